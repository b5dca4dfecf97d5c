// SPDX-License-Identifier: Apache-2.0

import { quotient } from '@optim/formulas';
import { constant, where, type Expression } from '@optim/fusion';

/** (atan(t)/t − 1)/t² as a quotient of polynomials in t², fitted so that the largest error of atan for t up to 1 is least, 3e-8. */
const numerator = [-0.333331379, -0.186186676, -0.00292037505];
const denominator = [1, 1.15844638, 0.276007962];

/** c₀ + z·(c₁ + z·(c₂ + …)) */
function polynomial(z: Expression, coefficients: readonly number[]): Expression {
  return coefficients.slice(0, -1).reduceRight((sum, c) => sum.mul(z).add(c), constant(coefficients.at(-1)!));
}

/**
 * The angle from −π/2 to π/2 of the point at height x and y ≥ 0 to the right, 0 at the origin, to 1e-7. It takes a fraction of the
 * time of `atan2`, which serves all quadrants; graphics processors leave that undefined at the origin.
 */
export function angle(x: Expression, y: Expression): Expression {
  const isSteep = x.abs().greater(y);
  const t = quotient(where(isSteep, y, x), where(isSteep, x, y));
  const z = t.square();
  const flat = t.add(t.mul(z).mul(polynomial(z, numerator)).div(polynomial(z, denominator)));
  return where(isSteep, where(x.less(0), -Math.PI / 2, Math.PI / 2).sub(flat), flat);
}
