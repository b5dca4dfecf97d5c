// SPDX-License-Identifier: Apache-2.0
// Morwani, Vyas, Zhang, Kakade, "Connections between Schedule-Free Optimizers, AdEMAMix, and Accelerated SGD Variants",
// arXiv:2502.02431
// Checked against the authors' Simplified-AdEMAMix and optax.

import {
  commonOptions,
  flag,
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
import { ema, zero, zeros } from '@optim/formulas';
import { warmed } from './warm-up.js';

/** Options of {@link SimplifiedAdEMAMix}. */
export interface SimplifiedAdEMAMixOptions extends OptimizerOptions, MomentsOptions {
  /** Step size, a tenth of Adam's or less, since the momentum is a sum. @defaultValue `1e-4` */
  learningRate?: Hyper;
  /** Decay of the momentum. @defaultValue `0.99` */
  beta1?: Hyper;
  /** Weight of the current gradient. @defaultValue `0` */
  alpha?: Hyper;
  /** Steps over which β₁ rises from minBeta1; `null`: none. @defaultValue `null` */
  beta1Warmup?: number | null;
  /** Where that begins. @defaultValue `0.9` */
  minBeta1?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Divide the step by the sum of the weights of its gradients, which makes the sum an average. @defaultValue `false` */
  biasCorrection1?: boolean;
  /** Correct the second moment. @defaultValue `true` */
  biasCorrection2?: boolean;
}

/**
 * AdEMAMix with a slot less: one long sum of gradients, and the current one beside it, over Adam's denominator.
 *
 * ```text
 * b = exp(1/[(1 − t/T)/ln minBeta1 + (t/T)/ln β₁])       for t < T = beta1Warmup, then β₁
 * m ← b·m + g
 * v ← β₂v + (1 − β₂)g²
 * N ← b·N + 1
 * p ← p − learningRate·(alpha·g + m)/(√v/√(1 − β₂ᵗ) + ε)
 * ```
 *
 * With `biasCorrection1` the step is divided by N; without `biasCorrection2` the denominator is multiplied by √(1 − β₂ᵗ),
 * its ε too.
 *
 * Slots, of the parameter's shape: `m`, `v`; with `biasCorrection1` the scalar `N`.
 *
 * pytorch_optimizer averages in place of summing, and divides the correction of the second moment out where the authors multiply.
 *
 * **When to use:** in place of AdEMAMix with a third less memory. **When not:** with the rate of Adam: m grows to 1/(1 − β₁)
 * times the gradient. **Hint:** warm β₁ up over the whole training; alpha near 0 for very large batches, up to 100 for small
 * ones.
 *
 * @example
 * ```ts
 * import { SimplifiedAdEMAMix } from '@optim/ademamix';
 *
 * const optimizer = new SimplifiedAdEMAMix({ learningRate: 1e-4, beta1Warmup: 50_000, alpha: 10 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2502.02431
 */
export class SimplifiedAdEMAMix extends Optimizer<SimplifiedAdEMAMixOptions> {
  static readonly className: string = 'SimplifiedAdEMAMix';

  static override readonly rule: Rule<
    SimplifiedAdEMAMixOptions,
    'm' | 'v' | 'N',
    { b: number; correction: number }
  > = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-4),
      ...momentsOptions(0.99, 0.95, 1e-8),
      alpha: hyper('[0, ∞)', 0),
      beta1Warmup: nullable(integer('[1, ∞)')),
      minBeta1: hyper('[0, 1)', 0.9),
      biasCorrection1: flag(false),
      biasCorrection2: flag(true),
      ...commonOptions(),
    },
    momentum: ['m'],
    validate({ beta1, minBeta1, beta1Warmup }) {
      if (beta1Warmup !== null && minBeta1 > beta1)
        throw outOfRange('SimplifiedAdEMAMix', 'minBeta1', 'at most beta1 with beta1Warmup', minBeta1);
    },
    slots: ({ biasCorrection1 }) => ({ m: zeros, v: zeros, N: biasCorrection1 && zero }),
    coefficients: (t, { beta1, beta2, beta1Warmup, minBeta1 }) => ({
      b: warmed(t, beta1Warmup, minBeta1, beta1),
      correction: Math.sqrt(1 - beta2 ** t),
    }),
    secondMoment: ({ v }, { correction, biasCorrection2 }) =>
      biasCorrection2 ? v.div(correction.square()) : v,
    update({ param, grad, m, v, N }, known) {
      const { learningRate, beta2, alpha, epsilon, b, correction, biasCorrection2 } = known;
      m = m.mul(b).add(grad);
      v = ema(v, grad.square(), beta2);
      const root = v.sqrt();
      const d = biasCorrection2 ? root.div(correction).add(epsilon) : root.add(epsilon.mul(correction));
      if (N) N = N.mul(b).add(1);
      const rate = N ? learningRate.div(N) : learningRate;
      return { m, v, ...(N && { N }), param: param.sub(grad.mul(alpha).add(m).mul(rate).div(d)) };
    },
  };
}

register(SimplifiedAdEMAMix);
