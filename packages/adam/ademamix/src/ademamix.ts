// SPDX-License-Identifier: Apache-2.0
// Pagliardini, Ablin, Grangier, "The AdEMAMix Optimizer: Better, Faster, Older", arXiv:2409.03137
// Checked against the authors' PyTorch file and optax.

import {
  commonOptions,
  hyper,
  integer,
  momentsOptions,
  nullable,
  Optimizer,
  outOfRange,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, zeros } from '@optim/formulas';
import { warmed } from './warm-up.js';

/** Options of {@link AdEMAMix}. */
export interface AdEMAMixOptions extends OptimizerOptions, MomentsOptions {
  /** Decay of the fast average; 0: no slot for it. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the slow average. @defaultValue `0.9999` */
  beta3?: Hyper;
  /** Weight of the slow average. @defaultValue `5` */
  alpha?: Hyper;
  /** Steps over which alpha rises from 0; `null`: none. @defaultValue `null` */
  alphaWarmup?: number | null;
  /** Steps over which the slow decay rises from β₁ to β₃; `null`: none. @defaultValue `null` */
  beta3Warmup?: number | null;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
}

type Coefficients = { fast: number; slow: number; b: number; correction: number };

/**
 * Adam with a second, very slow average of the gradients beside the usual one: the direction remembers tens of thousands of
 * steps, and still turns at once.
 *
 * ```text
 * a = alpha·min(1, t/alphaWarmup)
 * b = exp(1/[(1 − t/T)/ln β₁ + (t/T)/ln β₃])        for t < T = beta3Warmup, then β₃
 * m₁ ← β₁m₁ + (1 − β₁)g
 * m₂ ← b·m₂ + (1 − b)g
 * v ← β₂v + (1 − β₂)g²
 * p ← p − learningRate·(m₁/(1 − β₁ᵗ) + a·m₂)/(√v/√(1 − β₂ᵗ) + ε)
 * ```
 *
 * m₂ is not corrected, so that it fills slowly.
 *
 * Slots, of the parameter's shape: `m1` (unless β₁ is 0), `m2`, `v`.
 *
 * The authors' PyTorch file has alpha 2, their optax file 5. pytorch_optimizer corrects both averages, and has one warm-up for
 * both.
 *
 * **When to use:** long trainings, such as those of language models. **When not:** below some ten thousand steps, or where
 * weights are replaced late in training, which m₂ remembers for long. **Hint:** both warm-ups as long as the training, alpha 5
 * to 8; for a shorter one β₃ 0.999.
 *
 * @example
 * ```ts
 * import { AdEMAMix } from '@optim/ademamix';
 *
 * const optimizer = new AdEMAMix({ learningRate: 1e-3, alphaWarmup: 50_000, beta3Warmup: 50_000 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2409.03137
 */
export class AdEMAMix extends Optimizer<AdEMAMixOptions> {
  static readonly className: string = 'AdEMAMix';

  static override readonly rule: Rule<AdEMAMixOptions, 'm1' | 'm2' | 'v', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      beta3: hyper('[0, 1)', 0.9999),
      alpha: hyper('[0, ∞)', 5),
      alphaWarmup: nullable(integer('[1, ∞)')),
      beta3Warmup: nullable(integer('[1, ∞)')),
      ...commonOptions(),
    },
    momentum: ['m1', 'm2'],
    validate({ beta1, beta3, beta3Warmup }) {
      if (beta3Warmup !== null && beta3 < beta1)
        throw outOfRange('AdEMAMix', 'beta3', 'at least beta1 with beta3Warmup', beta3);
    },
    slots: ({ beta1 }) => ({ m1: beta1 !== 0 && zeros, m2: zeros, v: zeros }),
    coefficients(t, options) {
      const { learningRate, beta1, beta3, alpha, alphaWarmup, beta3Warmup } = options;
      const { alpha: fast, correction } = biasCorrection(t, { ...options, adamD: false });
      const slow = learningRate * alpha * Math.min(1, t / (alphaWarmup ?? 1));
      return { fast, slow, b: warmed(t, beta3Warmup, beta1, beta3), correction };
    },
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, m1, m2, v }, { beta1, beta2, epsilon, fast, slow, b, correction }) {
      const m = m1 ? ema(m1, grad, beta1) : grad;
      m2 = ema(m2, grad, b);
      v = ema(v, grad.square(), beta2);
      const step = m.mul(fast).add(m2.mul(slow));
      return {
        ...(m1 && { m1: m }),
        m2,
        v,
        param: param.sub(step.div(v.sqrt().div(correction).add(epsilon))),
      };
    },
  };
}

register(AdEMAMix);
