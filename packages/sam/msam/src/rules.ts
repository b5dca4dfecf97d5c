// SPDX-License-Identifier: Apache-2.0
// How MSAM goes ahead of the step that the base has made.

import { round, type Hyper, type Recurrence } from '@optim/core/authoring';
import { copy, nonFinites } from '@optim/formulas';
import { lengthOf, squareSums, where, type Expression } from '@optim/fusion';

/** Options of {@link MSAM}. */
export interface MSAMOptions {
  /** Length of the perturbation, over all parameters together. @defaultValue `0.3` */
  rho?: Hyper;
}

/** What the round finds: rho/n, and whether the step was none because gradients were not finite. */
interface Found {
  stretch: number;
  skipped: number;
}

/** The point where the variable is not, and which of the two that is. */
type Ahead = Recurrence<MSAMOptions, 'counterpart' | 'before', object, Found & { evaluating: number }>;

/** Rules 3 to 5: `param` is the point after the step of the base, `counterpart` that before it, `before` the perturbed one before it. */
export const ahead: Ahead = {
  slots: () => ({ counterpart: copy }),
  globals: () => ({ evaluating: 0 }),
  rounds: () => [
    round({
      observe: ({ param, counterpart, grad }) => ({
        ...squareSums(param.sub(counterpart)),
        bad: nonFinites(grad),
      }),
      combine({ bad, ...sums }, { rho }) {
        const n = lengthOf(sums);
        const moves = n.greater(0);
        return {
          stretch: where(moves, (rho as Expression).div(n), 0),
          skipped: where(moves, 0, where(bad.greater(0), 1, 0)),
        };
      },
    }),
  ],
  update: ({ param, counterpart, before }, { stretch, skipped }) => ({
    counterpart: param,
    param: where(skipped.greater(0), before, param.add(param.sub(counterpart).mul(stretch))),
  }),
};
