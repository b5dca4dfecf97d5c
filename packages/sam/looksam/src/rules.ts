// SPDX-License-Identifier: Apache-2.0
// What LookSAM makes of gradients: the direction it keeps in a full step, and uses again in the others.

import { round, type Hyper } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { where, type Expression } from '@optim/fusion';
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

/** Keeps v, the part of h perpendicular to g. */
export const keep: Merge<LookSAMOptions, 'v', object, { along: number; kept: number }> = {
  slots: () => ({ v: zeros }),
  rounds: () => [
    round({
      observe: ({ grad, nearby }) => ({ gg: grad.square().sum(), gd: grad.mul(nearby.sub(grad)).sum() }),
      combine: ({ gg, gd }, { perturbEpsilon }) => ({
        along: where(gg.equal(0), 0, gd.sub(perturbEpsilon).div(gg.add(perturbEpsilon))),
      }),
    }),
    round({
      observe: (tensors, { along }) => ({
        vv: perpendicular(tensors, along).square().sum(),
        hh: tensors.nearby.square().sum(),
      }),
      combine: ({ vv, hh }) => ({ kept: where(vv.sqrt().greater(hh.sqrt().mul(noise)), 1, 0) }),
    }),
  ],
  update: (tensors, { along, kept }) => ({ v: perpendicular(tensors, along).mul(kept) }),
};

/** Adds v to the gradient, in a length that goes with it. */
export const reuse: Merge<LookSAMOptions, 'v', object, { stretch: number }> = {
  returns: returnsMerged,
  rounds: () => [
    round({
      observe: ({ grad, v }) => ({ gg: grad.square().sum(), vv: v.square().sum() }),
      combine: ({ gg, vv }, { alpha, perturbEpsilon }) => {
        const V = vv.sqrt();
        return { stretch: where(V.equal(0), 0, gg.sqrt().mul(alpha).div(V.add(perturbEpsilon))) };
      },
    }),
  ],
  update: ({ grad, v }, { stretch }) => ({ merged: grad.add(v.mul(stretch)) }),
};
