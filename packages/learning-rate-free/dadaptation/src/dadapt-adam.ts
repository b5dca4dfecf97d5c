// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733
// Checked against the authors' dadaptation 3.2.

import {
  commonOptions,
  ema,
  flag,
  hyper,
  Optimizer,
  real,
  zeros,
  type DecayScalars,
  type Entry,
  type Hyper,
  type OptimizerOptions,
  type OptionTable,
  type Pair,
  type Resolved,
  type Results,
  type Round,
  type Scalars,
  type SlotInit,
  type Tensors,
} from '@optim/core';
import { where, type Expression } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';

/** Options of {@link DAdaptAdam}. */
export interface DAdaptAdamOptions extends OptimizerOptions {
  /** Factor on the estimated rate; leave it at 1, schedules multiply it. @defaultValue `1` */
  learningRate?: Hyper;
  /** First estimate of the distance d. @defaultValue `1e-6` */
  d0?: number;
  /** Decay of the first moment. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to √v. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Adam's bias correction, as a factor on λ. @defaultValue `false` */
  biasCorrection?: boolean;
  /** The estimate may grow by at most this factor per step. @defaultValue `Infinity` */
  growthRate?: number;
}

type Coefficients = { b: number };
type Globals = { d: number; r: number; c1: number; c2: number };
type Known = Coefficients & Globals & { lambda: number; counts: number };
type DAdaptScalars = Scalars<DAdaptAdamOptions, Known>;

/**
 * Adam whose learning rate comes from an estimate d of the distance to the solution.
 *
 * ```text
 * λ = d·learningRate                       with biasCorrection · √(1 − β₂ᵗ)/(1 − β₁ᵗ)
 * n = λ·Σ g·s/(√v + ε)                     s, v of the step before
 * m ← β₁m + (1 − β₁)λg
 * v ← β₂v + (1 − β₂)g²
 * s ← b·s + (1 − b)λg                      b = √β₂
 * r ← b·r + (1 − b)n
 * d ← max(d, min(r/((1 − b)Σ|s|), d·growthRate))
 * p ← p − m/(√v + ε)
 * ```
 *
 * Sums are over all parameters. Decoupled decay is p ← p·(1 − weightDecay·λ). While all gradients have been zero
 * nothing changes and no step is counted; neither in a step whose scheduled learningRate is 0.
 *
 * Slots, of the parameter's shape: `m`, `v`, `s`. Globals: `d`, `r`, and `c1`, `c2`, the values of 1 − βᵗ.
 *
 * optax always corrects the bias and decouples the decay; pytorch_optimizer multiplies by Σ|s| where the authors
 * divide, so that d never moves.
 *
 * @example
 * ```ts
 * import { DAdaptAdam } from '@optim/dadaptation';
 *
 * model.compile({ optimizer: new DAdaptAdam(), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2301.07733
 */
export class DAdaptAdam extends Optimizer<DAdaptAdamOptions> {
  static get className(): string {
    return 'DAdaptAdam';
  }

  static override readonly options: OptionTable<DAdaptAdamOptions> = {
    learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
    d0: real('(0, ∞)', 1e-6),
    beta1: hyper('[0, 1)', 0.9),
    beta2: hyper('[0, 1)', 0.999),
    epsilon: hyper('(0, ∞)', 1e-8),
    biasCorrection: flag(false),
    growthRate: real('[1, ∞]', Infinity),
    ...commonOptions(0, 'coupled'),
  };

  static override readonly momentumSlots: readonly string[] = ['m'];

  protected override slots(): Record<string, SlotInit> {
    return { m: zeros, v: zeros, s: zeros };
  }

  protected override globals({ d0 }: Required<DAdaptAdamOptions>): Globals {
    return { d: d0, r: 0, c1: 0, c2: 0 };
  }

  protected override coefficients(_t: number, { beta2 }: Resolved<DAdaptAdamOptions>): Coefficients {
    return { b: Math.sqrt(beta2) };
  }

  protected override rounds(): Round[] {
    return [estimate];
  }

  /** λ is known after the first round; the decays that need no λ wait for it too, in case the step does not count. */
  protected override decay(pair: Pair, scalars: DecayScalars & Partial<DAdaptScalars>): Pair {
    const { lambda, counts, weightDecay, weightDecayMode } = scalars;
    if (weightDecayMode === 'coupled') return super.decay(pair, scalars);
    if (!lambda || !counts) return pair;
    return super.decay(pair, { learningRate: lambda, weightDecay: weightDecay.mul(counts), weightDecayMode });
  }

  protected override update(
    { param, grad, m, v, s }: Tensors<'m' | 'v' | 's'>,
    scalars: DAdaptScalars,
  ): Results {
    const { beta1, beta2, epsilon, b, lambda } = scalars;
    const scaled = grad.mul(lambda);
    m = ema(m, scaled, beta1);
    v = ema(v, grad.square(), beta2);
    s = ema(s, scaled, b);
    return { m, v, s, param: param.sub(m.div(v.sqrt().add(epsilon))) };
  }

  protected override step(entries: readonly Entry[], loss?: tf.Scalar): void {
    if (this.learningRate === 0) this.incrementIterations();
    else super.step(entries, loss);
  }
}

/** Rule 1 with the corrections of this step: 1 − βᵗ is itself a moving average, of ones. */
function lambdaOf({ d, learningRate, biasCorrection, beta1, beta2, c1, c2 }: DAdaptScalars): {
  lambda: Expression;
  c1: Expression;
  c2: Expression;
} {
  const next = { c1: c1.mul(beta1).add(beta1.neg().add(1)), c2: c2.mul(beta2).add(beta2.neg().add(1)) };
  const lambda = d.mul(learningRate);
  return { ...next, lambda: biasCorrection ? lambda.mul(next.c2.sqrt().div(next.c1)) : lambda };
}

/** Rules 3, 7 and 8: the new estimate. */
const estimate: Round = {
  observe: ({ grad, v, s }, scalars) => {
    const known = scalars as DAdaptScalars;
    return {
      product: grad!.mul(s!).div(v!.sqrt().add(known.epsilon)).sum(),
      length: ema(s!, grad!.mul(lambdaOf(known).lambda), known.b)
        .abs()
        .sum(),
    };
  },
  combine: ({ product, length }, scalars) => {
    const known = scalars as DAdaptScalars;
    const { d, b, growthRate } = known;
    const { lambda, c1, c2 } = lambdaOf(known);
    const r = ema(known.r, lambda.mul(product!), b);
    const found = r.div(length!.mul(b.neg().add(1)));
    const grown = d.maximum(growthRate === Infinity ? found : found.minimum(d.mul(growthRate)));
    const counts = length!.greater(0);
    return {
      d: where(counts, grown, d),
      r: where(counts, r, known.r),
      c1: where(counts, c1, known.c1),
      c2: where(counts, c2, known.c2),
      lambda: where(counts, lambda, 0),
      counts: where(counts, 1, 0),
    };
  },
};
