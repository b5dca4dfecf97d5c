// SPDX-License-Identifier: Apache-2.0
// You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", arXiv:1904.00962, Algorithm 2
// Checked against optax.lamb.

import {
  commonOptions,
  flag,
  hyper,
  Optimizer,
  real,
  register,
  type CommonOptions,
  type Hyper,
  type OptionTable,
  type Pair,
  type DecayScalars,
  type Resolved,
  type Results,
  type Round,
  type Scalars,
  type SlotInit,
  type Tensors,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { constant, where, type Expression } from '@optim/fusion';

/** Options of {@link Lamb}. */
export interface LambOptions extends CommonOptions {
  /** Step size: the relative change of each tensor per step. @defaultValue `1e-3` */
  learningRate?: Hyper;
  /** Decay of the first moment. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to the root of the second moment. @defaultValue `1e-6` */
  epsilon?: Hyper;
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
type Known = Coefficients & { clip?: number; decays: boolean };

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
  static get className(): string {
    return 'Lamb';
  }

  static override readonly options: OptionTable<LambOptions> = {
    learningRate: hyper('[0, ∞)', 1e-3),
    beta1: hyper('[0, 1)', 0.9),
    beta2: hyper('[0, 1)', 0.999),
    epsilon: hyper('[0, ∞)', 1e-6),
    biasCorrection: flag(true),
    gradAveraging: flag(true),
    maxGradNorm: hyper('[0, ∞)', 0),
    clampValue: real('(0, ∞]', Infinity),
    adam: flag(false),
    ...commonOptions(0, 'layerwise', ['layerwise', 'decoupled', 'coupled', 'independent']),
  };

  static override readonly momentumSlots: readonly string[] = ['m'];

  protected override slots(): Record<string, SlotInit> {
    return { m: zeros, v: zeros };
  }

  protected override coefficients(
    t: number,
    { beta1, beta2, biasCorrection }: Resolved<LambOptions>,
  ): Coefficients {
    if (!biasCorrection) return { firstCorrection: 1, secondCorrection: 1 };
    return { firstCorrection: 1 - beta1 ** t, secondCorrection: 1 - beta2 ** t };
  }

  protected override rounds({ maxGradNorm }: LambOptions): Round[] {
    return maxGradNorm === 0 ? [] : [globalClip];
  }

  protected override decay(pair: Pair, scalars: DecayScalars): Pair {
    return scalars.weightDecayMode === 'layerwise' ? pair : super.decay(pair, scalars);
  }

  protected override secondMoment(
    { v }: Tensors<'v'>,
    { secondCorrection }: Scalars<LambOptions, Coefficients>,
  ): Expression {
    return v.div(secondCorrection);
  }

  protected override update(
    { param, grad, m, v }: Tensors<'m' | 'v'>,
    { learningRate, beta1, beta2, epsilon, weightDecay, clip, decays, ...rest }: Scalars<LambOptions, Known>,
  ): Results {
    const { firstCorrection, secondCorrection, weightDecayMode, gradAveraging, clampValue, adam } = rest;
    const g = clip ? grad.mul(clip) : grad;
    m = m.mul(beta1).add(gradAveraging ? g.mul(beta1.complement()) : g);
    v = v.mul(beta2).add(g.square().mul(beta2.complement()));
    let u = m.div(firstCorrection).div(v.div(secondCorrection).sqrt().add(epsilon));
    if (decays && weightDecayMode === 'layerwise') u = u.add(param.mul(weightDecay));
    const q = adam ? constant(1) : trustRatio(param.norm(), u.norm(), clampValue);
    return { m, v, param: param.sub(u.mul(q.mul(learningRate))) };
  }
}

/** min(‖p‖, clamp)/‖u‖, or 1 where a norm is 0. */
function trustRatio(p: Expression, u: Expression, clamp: number): Expression {
  return where(p.greater(0).and(u.greater(0)), p.minimum(clamp).div(u), 1);
}

/** The factor that brings the global norm of all gradients down to `maxGradNorm`. */
const globalClip: Round = {
  observe: ({ grad }) => ({ squares: grad!.square().sum() }),
  combine: ({ squares }, scalars) => {
    const { maxGradNorm } = scalars as Scalars<LambOptions>;
    const factor = maxGradNorm.div(squares!.sqrt().maximum(maxGradNorm));
    return { clip: where(maxGradNorm.greater(0), factor, 1) };
  },
};

register(Lamb);
