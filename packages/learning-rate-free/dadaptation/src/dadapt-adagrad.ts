// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733
// Checked against the authors' dadaptation 3.2.

import { hyper, Optimizer, plainDecayOptions, type Hyper, type Rule } from '@optim/core/authoring';
import { copy, full, pauses, zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';
import {
  estimation,
  growingOptions,
  rateInForce,
  type Estimated,
  type GrowingOptions,
} from './d-adaptation.js';

/** Options of {@link DAdaptAdaGrad}. */
export interface DAdaptAdaGradOptions extends GrowingOptions {
  /** Averaging of the iterates. @defaultValue `0` */
  momentum?: Hyper;
  /** Added to √a. @defaultValue `1e-6` */
  epsilon?: Hyper;
  /**
   * `'coupled'`, always: p is made anew from x₀ in every step, and a decay of p itself would be lost.
   * @defaultValue `'coupled'`
   */
  weightDecayMode?: 'coupled';
}

/**
 * AdaGrad, as dual averaging from where the parameters began, with a learning rate that comes from an estimate d of the
 * distance to the solution.
 *
 * ```text
 * λ = d·learningRate
 * a ← a + g²                               D = √a + ε
 * q ← q + λ²·Σ g²/D
 * s ← s + λg
 * d ← max(d, min((Σ s²/D − q)/Σ|s|, d·growthRate))
 * p ← momentum·p + (1 − momentum)·(x₀ − s/D)
 * ```
 *
 * Sums are over all parameters; λ is that of the d before the step. While all gradients have been zero nothing changes
 * and no step is counted; neither in a step whose scheduled learningRate is 0.
 *
 * Slots, of the parameter's shape: `a` (starts at 1e-6, whatever ε is), `s`, and `x0`, the parameter before its first
 * step. Globals: `d`, `q`.
 *
 * The authors keep the sums from step to step and correct them, here they are taken afresh: the same but for rounding.
 * pytorch_optimizer has ε = 0 and offers a decoupled decay, which the next step undoes.
 *
 * **When to use:** sparse or convex problems that AdaGrad suits, without a rate to tune. **When not:** for networks in
 * general: it is the slowest adapter of the family, DAdaptAdam or Prodigy get there sooner. **Hint:** `d0: 1e-3`
 * shortens the start.
 *
 * @example
 * ```ts
 * import { DAdaptAdaGrad } from '@optim/dadaptation';
 *
 * model.compile({ optimizer: new DAdaptAdaGrad({ d0: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2301.07733
 */
export class DAdaptAdaGrad extends Optimizer<DAdaptAdaGradOptions> {
  static readonly className: string = 'DAdaptAdaGrad';

  static override readonly rule: Rule<
    DAdaptAdaGradOptions,
    'a' | 's' | 'x0',
    object,
    { q: number } & Estimated
  > = {
    options: {
      ...growingOptions(),
      momentum: hyper('[0, 1)', 0),
      epsilon: hyper('(0, ∞)', 1e-6),
      ...plainDecayOptions(0, 'coupled', ['coupled']),
    },
    slots: () => ({ a: full(1e-6), s: zeros, x0: copy }),
    globals: ({ d0 }) => ({ d: d0, q: 0 }),
    rateInForce,
    pauses,
    rounds: () => [
      estimation({
        observe(tensors, known, lambda) {
          const { s, D } = accumulated(tensors, known, lambda);
          return {
            energy: tensors.grad.square().div(D).sum().mul(lambda.square()),
            reach: s.square().div(D).sum(),
            length: s.abs().sum(),
          };
        },
        estimate({ energy, reach, length }, known) {
          const q = known.q.add(energy);
          return { d: reach.sub(q).div(length), q };
        },
      }),
    ],
    update(tensors, known) {
      const { a, s, D } = accumulated(tensors, known, known.rateInForce);
      const z = tensors.x0.sub(s.div(D));
      return { a, s, param: z.add(tensors.param.sub(z).mul(known.momentum)) };
    },
  };
}

/** The new a and s, and D. */
function accumulated(
  { grad, a, s }: Record<'grad' | 'a' | 's', Expression>,
  { epsilon }: { epsilon: Expression },
  lambda: Expression,
): Record<'a' | 's' | 'D', Expression> {
  const squares = a.add(grad.square());
  return { a: squares, s: s.add(grad.mul(lambda)), D: squares.sqrt().add(epsilon) };
}
