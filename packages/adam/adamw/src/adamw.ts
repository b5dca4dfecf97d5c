// SPDX-License-Identifier: Apache-2.0
// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", arXiv:1711.05101; Reddi, Kale, Kumar, "On the
// Convergence of Adam and Beyond", arXiv:1904.09237; St John, "AdamD", arXiv:2110.10828; Kingma and Ba, "Adam: A Method for
// Stochastic Optimization", arXiv:1412.6980
// Checked against torch.optim.AdamW, torch.optim.Adam and timm's NAdamW.

import {
  commonOptions,
  fixed,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, zeros } from '@optim/formulas';

/** Options of {@link AdamW}. */
export interface AdamWOptions extends OptimizerOptions, MomentsOptions {
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Use the largest second moment so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** Correct the bias of the second moment alone. @defaultValue `false` */
  adamD?: boolean;
  /** Look ahead along the first moment (NAdamW). @defaultValue `false` */
  nesterov?: boolean;
}

/** Options of {@link Adam}. */
export type AdamOptions = AdamWOptions;

/** Options of {@link AMSGrad}. */
export type AMSGradOptions = Omit<AdamWOptions, 'amsgrad'>;

/** Options of {@link AdamD}. */
export type AdamDOptions = Omit<AdamWOptions, 'adamD'>;

/**
 * Adam with weight decay applied to the weights themselves instead of to the gradient.
 *
 * ```text
 * p ← p·(1 − learningRate·weightDecay)
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * p ← p − α·m/(√v/√(1 − β₂ᵗ) + ε)          α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * With `amsgrad` the largest v so far is used instead of v; with `adamD` α = learningRate; with `nesterov`
 * β₁m + (1 − β₁)g instead of m.
 *
 * Slots, of the parameter's shape: `m`, `v`, with `amsgrad` `x` (largest v).
 *
 * Keras adds ε before the correction of v; optax takes AMSGrad's maximum of corrected moments. The paper's own decay
 * is not multiplied by the learning rate: `weightDecayMode: 'independent'`.
 *
 * **When to use:** as a first choice for nearly everything, transformers above all. **When not:** where SGD with
 * momentum is known to generalize better, as with many CNNs, or where two slots are too many. **Hint:** begin with
 * `learningRate` of 3e-4 to 1e-3; half the learning rate halves the decay too, so tune `weightDecay` together with it.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 *
 * model.compile({ optimizer: new AdamW({ learningRate: 1e-3, weightDecay: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1711.05101
 */
export class AdamW extends Optimizer<AdamWOptions> {
  static readonly className: string = 'AdamW';

  static override readonly rule: Rule<AdamWOptions, 'm' | 'v' | 'x', { alpha: number; correction: number }> =
    {
      options: {
        learningRate: hyper('[0, ∞)', 1e-3),
        ...momentsOptions(0.9, 0.999, 1e-8),
        amsgrad: flag(false),
        adamD: flag(false),
        nesterov: flag(false),
        ...commonOptions(0.01),
      },
      momentum: ['m'],
      slots: ({ amsgrad }) => ({ m: zeros, v: zeros, x: amsgrad && zeros }),
      coefficients: biasCorrection,
      secondMoment: ({ v, x }, { amsgrad, correction }) => (amsgrad ? x : v).div(correction.square()),
      update({ param, grad, m, v, x }, { beta1, beta2, epsilon, amsgrad, nesterov, alpha, correction }) {
        m = ema(m, grad, beta1);
        v = ema(v, grad.square(), beta2);
        const { u, kept } = largestSoFar(v, x, amsgrad);
        const d = u.sqrt().div(correction).add(epsilon);
        const n = nesterov ? ema(m, grad, beta1) : m;
        return { m, v, ...kept, param: param.sub(n.mul(alpha).div(d)) };
      },
    };
}

/**
 * Adam itself: steps of about the learning rate for every element, from moving averages of the gradient and of its square.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * p ← p − α·m/(√v/√(1 − β₂ᵗ) + ε)          α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * The same as {@link AdamW} without weight decay by default, and with a coupled one, which is added to the gradient and so goes
 * through the averages. With `amsgrad` the largest v so far takes the place of v. `nesterov: true, weightDecayMode: 'decoupled'` is NAdamW.
 *
 * TensorFlow.js has a class of this name: ours is registered, saved and named in errors as `OptimAdam`. `tf.train.adam(rate)`
 * is `learningRate: rate, epsilon: 1e-7`, but for powers of β in float32, which are off in its first steps. Keras adds ε
 * before the correction of v; optax corrects Nesterov's form by 1 − β₁ᵗ⁺¹.
 *
 * **When to use:** to reproduce what was trained with Adam. **When not:** with any weight decay (AdamW). **Hint:** begin with
 * a `learningRate` of 3e-4 to 1e-3; a larger `epsilon` tames steps of elements whose gradient is tiny.
 *
 * @example
 * ```ts
 * import { Adam } from '@optim/adamw';
 *
 * model.compile({ optimizer: new Adam({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1412.6980
 */
export class Adam extends AdamW {
  static override readonly className: string = 'OptimAdam';

  static override readonly rule: typeof AdamW.rule = {
    ...AdamW.rule,
    options: { ...AdamW.rule.options, ...commonOptions(0, 'coupled') },
  };

  constructor(options: AdamOptions = {}) {
    super(options);
  }
}

/**
 * Adam that divides by the largest second moment so far, so that steps never grow again; no weight decay by default.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * x ← max(x, v)
 * p ← p − α·m/(√x/√(1 − β₂ᵗ) + ε)          α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * The same as {@link AdamW} with `amsgrad: true`. The paper itself corrects no bias; this is the rule of PyTorch and
 * Keras.
 *
 * **When to use:** where Adam does not settle late in training because rare large gradients are forgotten.
 * **When not:** where one early spike of the gradient may happen: it shortens all steps after it. **Hint:** begin with
 * Adam's learning rate, rather more than less, since the denominator never shrinks.
 *
 * @example
 * ```ts
 * import { AMSGrad } from '@optim/adamw';
 *
 * model.compile({ optimizer: new AMSGrad({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1904.09237
 */
export class AMSGrad extends AdamW {
  static override readonly className: string = 'AMSGrad';

  static override readonly rule: typeof AdamW.rule = {
    ...AdamW.rule,
    options: { ...AdamW.rule.options, ...commonOptions(0), amsgrad: fixed(true) },
  };

  constructor(options: AMSGradOptions = {}) {
    super(options);
  }
}

/**
 * Adam that corrects the bias of the second moment alone, so that the first steps stay small; no weight decay by
 * default.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * p ← p − learningRate·m/(√v/√(1 − β₂ᵗ) + ε)
 * ```
 *
 * The same as {@link AdamW} with `adamD: true`. With `amsgrad` the largest v so far is divided by in place of v.
 *
 * **When to use:** where Adam's first steps, as long as all others, do harm and a warm-up would be added.
 * **When not:** beside a warm-up, which does the same. **Hint:** keep Adam's learning rate: the first step is 1 − β₁ of
 * Adam's, and after about 1/(1 − β₁) steps there is no difference.
 *
 * @example
 * ```ts
 * import { AdamD } from '@optim/adamw';
 *
 * model.compile({ optimizer: new AdamD({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2110.10828
 */
export class AdamD extends AdamW {
  static override readonly className: string = 'AdamD';

  static override readonly rule: typeof AdamW.rule = {
    ...AdamW.rule,
    options: { ...AdamW.rule.options, ...commonOptions(0), adamD: fixed(true) },
  };

  constructor(options: AdamDOptions = {}) {
    super(options);
  }
}
