// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733
// Checked against the authors' dadaptation 3.2.

import {
  commonOptions,
  copy,
  hyper,
  zeros,
  type DecayScalars,
  type Hyper,
  type OptionTable,
  type Pair,
  type Results,
  type Round,
  type SlotInit,
  type Tensors,
} from '@optim/core';
import { where, type Expression } from '@optim/fusion';
import { DAdaptation, growingOptions, type DAdaptScalars, type GrowingOptions } from './d-adaptation.js';

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

type SGDScalars = DAdaptScalars<DAdaptSGDOptions, { r: number; G0: number }>;

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
export class DAdaptSGD extends DAdaptation<DAdaptSGDOptions> {
  static get className(): string {
    return 'DAdaptSGD';
  }

  static override readonly options: OptionTable<DAdaptSGDOptions> = {
    ...growingOptions(),
    momentum: hyper('[0, 1)', 0),
    ...commonOptions(0, 'coupled', ['coupled']),
  };

  protected override slots(): Record<string, SlotInit> {
    return { s: zeros, x0: copy };
  }

  protected override globals({ d0 }: Required<DAdaptSGDOptions>): Record<string, number> {
    return { d: d0, r: 0, G0: 0 };
  }

  protected override rounds(): Round[] {
    return [firstLength, ...super.rounds()];
  }

  /** G₀ is that of gradients without decay. */
  protected override decay(pair: Pair, scalars: DecayScalars & SGDScalars): Pair {
    return scalars.unit ? super.decay(pair, scalars) : pair;
  }

  protected override observe(
    { grad, s }: Tensors<'s'>,
    scalars: SGDScalars,
  ): Record<'product' | 'length', Expression> {
    const lambda = this.lambda(scalars);
    return {
      product: grad.mul(s).sum().mul(lambda),
      length: s.add(grad.mul(lambda)).square().sum(),
    };
  }

  protected override estimate(
    { product, length }: Record<'product' | 'length', Expression>,
    scalars: SGDScalars,
  ): Record<'d' | 'r', Expression> {
    const r = scalars.r.add(product);
    return { d: r.mul(2).div(length.sqrt()), r };
  }

  protected override update({ param, grad, s, x0 }: Tensors<'s' | 'x0'>, scalars: SGDScalars): Results {
    s = s.add(grad.mul(this.lambda(scalars)));
    const z = x0.sub(s);
    return { s, param: z.add(param.sub(z).mul(scalars.momentum)) };
  }
}

/** G₀, and with it λ for a learningRate of 1. */
const firstLength: Round = {
  observe: ({ grad }) => ({ squares: grad!.square().sum() }),
  combine: ({ squares }, scalars) => {
    const { d, G0: known } = scalars as SGDScalars;
    const G0 = where(known.greater(0), known, squares!.sqrt());
    return { G0, unit: where(G0.greater(0), d.div(G0), 0) };
  },
};
