// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733
// Checked against the authors' dadaptation 3.2.

import {
  decayed,
  hyper,
  Optimizer,
  plainDecayOptions,
  round,
  type Hyper,
  type Rule,
} from '@optim/core/authoring';
import { copy, pauses, quotient, zeros } from '@optim/formulas';
import { lengthOf, squareSums, where } from '@optim/fusion';
import {
  estimation,
  growingOptions,
  rateInForce,
  type Estimated,
  type GrowingOptions,
} from './d-adaptation.js';

/** Options of {@link DAdaptSGD}. */
export interface DAdaptSGDOptions extends GrowingOptions {
  /** Averaging of the iterates. @defaultValue `0` */
  momentum?: Hyper;
  /**
   * `'coupled'`, always: p is made anew from x₀ in every step, and a decay of p itself would be lost.
   * @defaultValue `'coupled'`
   */
  weightDecayMode?: 'coupled';
}

type Globals = { r: number; G0: number };

/**
 * SGD with averaged iterates, with a learning rate that comes from an estimate d of the distance to the solution.
 *
 * ```text
 * G₀ = √Σ g²                               of the first gradient that is not zero
 * λ = d·learningRate/G₀
 * r ← r + λ·Σ g·s                          s of the step before
 * s ← s + λg
 * d ← max(d, min(2r/√Σ s², d·growthRate))
 * p ← momentum·p + (1 − momentum)·(x₀ − s)
 * ```
 *
 * Sums are over all parameters; λ is that of the d before the step; G₀ is taken before the weight decay is added. While
 * all gradients have been zero nothing changes and no step is counted (the authors' code divides by zero then); neither
 * in a step whose scheduled learningRate is 0.
 *
 * Slots, of the parameter's shape: `s`, and `x0`, the parameter before its first step. Globals: `d`, `r`, `G0`.
 *
 * pytorch_optimizer has momentum 0.9 by default and loses the weight decay.
 *
 * **When to use:** where SGD with momentum is the best optimizer, such as convolutional networks for images, and its
 * rate is not known. **When not:** for transformers and other networks that need a rate per parameter (DAdaptAdam).
 * **Hint:** momentum 0.9 for networks, and a schedule as for SGD; `growthRate: 1.02` acts as a warm-up.
 *
 * @example
 * ```ts
 * import { DAdaptSGD } from '@optim/dadaptation';
 *
 * model.compile({ optimizer: new DAdaptSGD({ momentum: 0.9 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2301.07733
 */
export class DAdaptSGD extends Optimizer<DAdaptSGDOptions> {
  static readonly className: string = 'DAdaptSGD';

  static override readonly rule: Rule<DAdaptSGDOptions, 's' | 'x0', object, Globals & Estimated> = {
    options: {
      ...growingOptions(),
      momentum: hyper('[0, 1)', 0),
      ...plainDecayOptions(0, 'coupled', ['coupled']),
    },
    slots: () => ({ s: zeros, x0: copy }),
    globals: ({ d0 }) => ({ d: d0, r: 0, G0: 0 }),
    // G₀ is that of gradients without decay.
    decay: (pair, known) => (known.unit ? decayed(pair, known) : pair),
    pauses,
    rounds: () => [
      round({
        observe: ({ grad }) => squareSums(grad),
        combine(sums, { d, ...known }) {
          const G0 = where(known.G0.greater(0), known.G0, lengthOf(sums));
          return { G0, unit: quotient(d, G0) };
        },
      }),
      estimation({
        observe: ({ grad, s }, _known, lambda) => ({
          product: grad.mul(s).sum().mul(lambda),
          length: s.add(grad.mul(lambda)).square().sum(),
        }),
        estimate({ product, length }, known) {
          const r = known.r.add(product);
          return { d: r.mul(2).div(length.sqrt()), r, G0: known.G0 };
        },
      }),
    ],
    rateInForce,
    update({ param, grad, s, x0 }, { momentum, rateInForce: lambda }) {
      s = s.add(grad.mul(lambda));
      const z = x0.sub(s);
      return { s, param: z.add(param.sub(z).mul(momentum)) };
    },
  };
}
