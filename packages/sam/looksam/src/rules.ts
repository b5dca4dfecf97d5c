// SPDX-License-Identifier: Apache-2.0
// What LookSAM makes of gradients: the direction it keeps in a full step, and uses again in the others.

import { round, type Hyper } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { lengthOf, squareSums, where, type Expression } from '@optim/fusion';
import { returnsMerged, type Merge, type PerturbationOptions } from '@optim/sam';

/** Options of {@link LookSAM}. */
export interface LookSAMOptions extends PerturbationOptions {
  /** Radius of the neighbourhood. @defaultValue `0.1` */
  rho?: Hyper;
  /** Steps from one perturbed gradient to the next; 1 is SAM. @defaultValue `10` */
  k?: number;
  /** Share of the direction that is used again. In (0, 1). @defaultValue `0.7` */
  alpha?: Hyper;
  /** Added to norms. @defaultValue `1e-12` */
  perturbEpsilon?: number;
}

/** Rounding noise: a part of h perpendicular to g that is shorter than this share of h counts as none. */
const noise = 1e-6;

/** v = h − g·Σ g·h/(G² + ε), from h − g, which is exact where the two are close: nothing that is small is left to cancel. */
const perpendicular = (
  { grad: g, nearby: h }: Record<'grad' | 'nearby', Expression>,
  along: Expression,
): Expression => h.sub(g).sub(g.mul(along));

/** Makes products float32 holds of those it does not. */
const shrinking = 2 ** -80;

type Lengths = Record<'xx' | 'xs' | 'yy' | 'ys', Expression>;

/** What the lengths of two tensors are made of. */
function lengths(x: Expression, y: Expression): Lengths {
  const [a, b] = [squareSums(x), squareSums(y)];
  return { xx: a.squares, xs: a.shrunkSquares, yy: b.squares, ys: b.shrunkSquares };
}

/** The lengths, of all parameters together. */
const fromSums = ({ xx, xs, yy, ys }: Lengths): [Expression, Expression] => [
  lengthOf({ squares: xx, shrunkSquares: xs }),
  lengthOf({ squares: yy, shrunkSquares: ys }),
];

/** Keeps v, the part of h perpendicular to g. */
export const keep: Merge<LookSAMOptions, 'v', object, { along: number; kept: number }> = {
  slots: () => ({ v: zeros }),
  rounds: () => [
    round({
      observe({ grad, nearby }) {
        const d = nearby.sub(grad);
        const shrunk = grad.mul(shrinking).mul(d.mul(shrinking)).sum();
        return { ...squareSums(grad), gd: grad.mul(d).sum(), shrunk };
      },
      combine({ squares: gg, shrunkSquares, gd, shrunk }, { perturbEpsilon }) {
        const usual = gd.sub(perturbEpsilon).div(gg.add(perturbEpsilon));
        const fits = gg.maximum(gd.abs()).less(Infinity);
        return { along: where(gg.equal(0), 0, where(fits, usual, shrunk.div(shrunkSquares))) };
      },
    }),
    round({
      observe: (tensors, { along }) => lengths(perpendicular(tensors, along), tensors.nearby),
      combine(sums) {
        const [V, H] = fromSums(sums);
        return { kept: where(V.greater(H.mul(noise)), 1, 0) };
      },
    }),
  ],
  // Nothing is kept of gradients that are not finite either; a base may leave such a step out.
  update: (tensors, { along, kept }) => ({ v: where(kept.greater(0), perpendicular(tensors, along), 0) }),
};

/** Adds v to the gradient, in a length that goes with it. */
export const reuse: Merge<LookSAMOptions, 'v', object, { stretch: number }> = {
  returns: returnsMerged,
  rounds: () => [
    round({
      observe: ({ grad, v }) => lengths(grad, v),
      combine(sums, { alpha, perturbEpsilon }) {
        const [G, V] = fromSums(sums);
        return { stretch: where(V.equal(0), 0, G.mul(alpha).div(V.add(perturbEpsilon))) };
      },
    }),
  ],
  update: ({ grad, v }, { stretch }) => ({ merged: grad.add(v.mul(stretch)) }),
};
