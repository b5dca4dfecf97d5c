// SPDX-License-Identifier: Apache-2.0
// You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", arXiv:1904.00962, Algorithm 2
// Checked against optax.lamb.

import {
  commonOptions,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  real,
  register,
  round,
  whole,
  type PeakOptions,
  type Hyper,
  type MomentsOptions,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { constant, lengthOf, squareSums, where } from '@optim/fusion';

/** Options of {@link Lamb}. */
export interface LambOptions extends PeakOptions, MomentsOptions {
  /** Step size: the relative change of each tensor per step. @defaultValue `1e-3` */
  learningRate?: Hyper;
  /**
   * `'layerwise'` is the paper's: part of the update and of its norm. The others act before the update.
   * @defaultValue `'layerwise'`
   */
  weightDecayMode?: WeightDecayMode | 'layerwise';
  /** Divide the moments by 1 − βᵗ. @defaultValue `true` */
  biasCorrection?: boolean;
  /** `false`: m ← β₁m + g. @defaultValue `true` */
  gradAveraging?: boolean;
  /** Clip the global norm of the gradients to this first; 0 is off. @defaultValue `0` */
  maxGradNorm?: Hyper;
  /** Upper bound of the weight norm in the ratio. @defaultValue `Infinity` */
  clampValue?: number;
  /** Ratio 1 everywhere. @defaultValue `false` */
  adam?: boolean;
}

type Coefficients = { firstCorrection: number; secondCorrection: number };

/**
 * Adam whose update in each tensor is rescaled to the norm of the weights; made for large batches.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * u = m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε) + weightDecay·p
 * p ← p − learningRate·(‖p‖/‖u‖)·u
 * ```
 *
 * Norms are over the whole tensor; the ratio is 1 where one of them is 0. With `maxGradNorm` all gradients are first
 * divided by max(1, N/maxGradNorm), N their global norm.
 *
 * Slots, of the parameter's shape: `m`, `v`.
 *
 * Keras and timm decay outside the ratio or adapt only some tensors; the first PyTorch ports correct no bias and clamp
 * ‖p‖ at 10 (`biasCorrection: false, clampValue: 10`).
 *
 * **When to use:** large batches, thousands of examples and more. **When not:** ordinary batches, where AdamW does as well
 * and has no ratio to hold a layer back. **Hint:** start at 1e-3 to 1e-2 with a decay of 0.01 and a warm-up, and scale the
 * rate with the square root of the batch size: it is the relative change of each tensor per step.
 *
 * @example
 * ```ts
 * import { Lamb } from '@optim/lamb';
 *
 * model.compile({ optimizer: new Lamb({ learningRate: 5e-3, weightDecay: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1904.00962
 */
export class Lamb extends Optimizer<LambOptions> {
  static readonly className: string = 'Lamb';

  static override readonly rule: Rule<LambOptions, 'm' | 'v', Coefficients, { clip?: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-6),
      biasCorrection: flag(true),
      gradAveraging: flag(true),
      maxGradNorm: whole(hyper('[0, ∞)', 0)),
      clampValue: real('(0, ∞]', Infinity),
      adam: flag(false),
      ...commonOptions(0, 'layerwise', ['layerwise', 'decoupled', 'coupled', 'independent', 'corrected']),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients: (t, { beta1, beta2, biasCorrection }) => ({
      firstCorrection: biasCorrection ? 1 - beta1 ** t : 1,
      secondCorrection: biasCorrection ? 1 - beta2 ** t : 1,
    }),
    rounds: (options) =>
      options.maxGradNorm === 0
        ? []
        : [
            round({
              observe: ({ grad }) => squareSums(grad),
              combine(sums, { maxGradNorm }) {
                const factor = maxGradNorm.div(lengthOf(sums).maximum(maxGradNorm));
                return { clip: where(maxGradNorm.greater(0), factor, 1) };
              },
            }),
          ],
    secondMoment: ({ v }, { secondCorrection }) => v.div(secondCorrection),
    update({ param, grad, m, v }, known) {
      const { learningRate, beta1, beta2, epsilon, weightDecay, weightDecayMode, decays } = known;
      const { firstCorrection, secondCorrection, clip, gradAveraging, clampValue, adam } = known;
      const g = clip ? grad.mul(clip) : grad;
      m = gradAveraging ? ema(m, g, beta1) : m.mul(beta1).add(g);
      v = ema(v, g.square(), beta2);
      let u = m.div(firstCorrection).div(v.div(secondCorrection).sqrt().add(epsilon));
      if (decays && weightDecayMode === 'layerwise') u = u.add(param.mul(weightDecay));
      const [p, n] = [param.norm(), u.norm()];
      const q = where(p.greater(0).and(n.greater(0)), p.minimum(clampValue).div(n), 1);
      return { m, v, param: param.sub(u.mul((adam ? constant(1) : q).mul(learningRate))) };
    },
  };
}

register(Lamb);
