// SPDX-License-Identifier: Apache-2.0

import { check, resolveOptions, type OptionTable } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { count } from '../checks.js';
import { rootOptions, smallestScale, type RootOptions } from '../host/inverse-root.js';
import { checkMatrix, norm, traceOfProduct } from './matrices.js';

/**
 * The largest eigenvalue of a symmetric positive semidefinite matrix, by repeated squaring: λ =
 * tr(A·S)/tr(S), S = A^(2^k).
 *
 * It is never too large but for rounding, and too small by at most about log(n)/2^(k+1) of it. Matrix
 * products alone; nothing is read back.
 * @param x - [..., n, n]; leading axes are a batch
 * @param squarings - k
 * @returns [..., 1, 1]
 */
export function largestEigenvalue(x: tf.Tensor, squarings = 8): tf.Tensor {
  checkMatrix('largestEigenvalue', x, true);
  check('largestEigenvalue', 'squarings', count(), squarings);
  return tf.tidy(() => {
    // By the largest element first: squares of small numbers would vanish.
    const largest = tf.max(tf.abs(x), [-2, -1], true);
    const a = tf.divNoNan(x, largest);
    let power = tf.divNoNan(a, norm(a));
    for (let i = 0; i < squarings; i++) {
      const square = tf.matMul(power, power);
      power = tf.divNoNan(square, norm(square));
    }
    const identity = tf.eye(x.shape.at(-1)!);
    return tf.mul(largest, tf.divNoNan(traceOfProduct(a, power), traceOfProduct(power, identity)));
  });
}

/** Options of {@link coupledNewtonRoot}. */
export interface CoupledNewtonOptions extends RootOptions {
  /**
   * Iterations. A condition number of 10^k takes about 3 k and 5 more.
   * @defaultValue 30
   */
  iterations?: number;
}

const table: OptionTable<CoupledNewtonOptions> = {
  ...rootOptions,
  power: /* #__PURE__ */ count(),
  iterations: /* #__PURE__ */ count(30),
};

function integerPower(x: tf.Tensor, power: number): tf.Tensor {
  if (power === 1) return x;
  const half = integerPower(x, power >> 1);
  const square = tf.matMul(half, half);
  return power % 2 === 0 ? square : tf.matMul(square, x);
}

/**
 * (A + ridge·I)^(−1/p) of a symmetric positive definite matrix by the coupled Newton iteration, and how far
 * it got: `[root, residual]`. Matrix products alone; nothing is read back.
 *
 * ```text
 * z = (1 + p)/(2·‖A‖),  M = z·A,  H = z^(1/p)·I,  then  T = ((1 + p)·I − M)/p,  M ← Tᵖ·M,  H ← H·T
 * ```
 *
 * M tends to I and H to the root. Of all iterates, the one whose residual max |M − I| is smallest is
 * returned, so that rounding or a matrix that is not positive definite cannot spoil what was reached. A
 * residual above 1e-2 or so means that the root should not be used. In float32 condition numbers up to about
 * 1e6 are good; {@link inverseRoot} computes in float64 on the host.
 * @param x - [..., n, n]; leading axes are a batch
 * @param options - `power` must be an integer here
 * @returns the root, shaped like x, and the residual [..., 1, 1]
 */
export function coupledNewtonRoot(
  x: tf.Tensor,
  options: CoupledNewtonOptions,
): [root: tf.Tensor, residual: tf.Tensor] {
  const [n] = checkMatrix('coupledNewtonRoot', x, true);
  const { power, ridge, relativeRidge, iterations } = resolveOptions('coupledNewtonRoot', table, options);
  return tf.tidy(() => {
    const identity = tf.eye(n);
    let a = tf.add(x, tf.mul(identity, ridge));
    if (relativeRidge > 0) {
      const scale = tf.maximum(largestEigenvalue(x), smallestScale);
      a = tf.add(a, tf.mul(identity, tf.mul(scale, relativeRidge)));
    }
    const largest = tf.max(tf.abs(a), [-2, -1], true);
    const scaled = tf.div(a, largest);
    const z = tf.div((1 + power) / 2, norm(scaled));
    let m = tf.mul(scaled, z);
    let root = tf.mul(identity, tf.pow(tf.div(z, largest), 1 / power));
    const residualOf = (): tf.Tensor => tf.max(tf.abs(tf.sub(m, identity)), [-2, -1], true);
    let [best, residual] = [root, residualOf()];
    for (let i = 0; i < iterations; i++) {
      const t = tf.div(tf.sub(tf.mul(identity, 1 + power), m), power);
      m = tf.matMul(integerPower(t, power), m);
      root = tf.matMul(root, t);
      const now = residualOf();
      const isBetter = tf.less(now, residual);
      best = tf.where(isBetter, root, best);
      residual = tf.where(isBetter, now, residual);
    }
    return [best, residual];
  });
}
