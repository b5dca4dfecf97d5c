// SPDX-License-Identifier: Apache-2.0
// Ginsburg et al., "Stochastic Gradient Methods with Layer-wise Adaptive Moments for Training of Deep Networks",
// arXiv:1905.11286
// Checked against the authors' novograd.py of Jasper.

import {
  commonOptions,
  decayed,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { ema, largestSoFar, zero, zeros } from '@optim/formulas';
import { where } from '@optim/fusion';

/** Options of {@link NovoGrad}. */
export interface NovoGradOptions extends OptimizerOptions {
  /** Momentum. @defaultValue `0.95` */
  beta1?: Hyper;
  /** Decay of the squared norm. @defaultValue `0.98` */
  beta2?: Hyper;
  /** Added to the root of the squared norm. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /**
   * `'coupled'` is the paper's, which calls it decoupled: added to the normalized gradient. The others act before the
   * update.
   * @defaultValue `'coupled'`
   */
  weightDecayMode?: WeightDecayMode;
  /** Weigh what is added to the momentum by 1 − β₁. @defaultValue `false` */
  gradAveraging?: boolean;
  /** Use the largest squared norm so far. @defaultValue `false` */
  amsgrad?: boolean;
}

/**
 * Momentum SGD on gradients normalized layer by layer: one number per tensor is all there is of a second moment.
 *
 * ```text
 * v ← β₂v + (1 − β₂)‖g‖²                   the first time v ← ‖g‖²
 * q = g/(√v + ε) + weightDecay·p
 * m ← β₁m + q                              gradAveraging: β₁m + (1 − β₁)q
 * p ← p − learningRate·m
 * ```
 *
 * Norms are over the whole tensor, a bias being one of its own. The first gradient that is not zero counts as the
 * first; before it v stays 0. No bias is corrected. m is a sum: it grows to 1/(1 − β₁) = 20 times q, or without a
 * factor with `gradAveraging`. With `amsgrad` the largest v so far is used instead of v.
 *
 * Slots: `m`, of the parameter's shape; scalars: `v`, with `amsgrad` `x` (largest v).
 *
 * pytorch_optimizer corrects biases as in Adam and counts the first gradient twice; TensorFlow Addons averages from
 * the second step on.
 *
 * **When to use:** speech and image models, large batches or little memory: steps as steady as Adam's for the memory
 * of SGD. **When not:** where the elements of one tensor need rates of their own: a tensor has one. **Hint:** a
 * learning rate of 0.01 to 0.1 with cosine decay, unlike Adam's; a weight decay of 1e-4 to 1e-3; no
 * warm-up, which the paper does without.
 *
 * @example
 * ```ts
 * import { NovoGrad } from '@optim/novograd';
 *
 * model.compile({ optimizer: new NovoGrad({ learningRate: 0.01, weightDecay: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1905.11286
 */
export class NovoGrad extends Optimizer<NovoGradOptions> {
  static readonly className: string = 'NovoGrad';

  static override readonly rule: Rule<NovoGradOptions, 'm' | 'v' | 'x'> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.95, 0.98, 1e-8),
      gradAveraging: flag(false),
      amsgrad: flag(false),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: ({ amsgrad }) => ({ m: zeros, v: zero, x: amsgrad && zero }),
    // The coupled decay waits for the normalization.
    decay: (pair, known) => (known.weightDecayMode === 'coupled' ? pair : decayed(pair, known)),
    update({ param, grad, m, v, x }, known) {
      const { learningRate, beta1, beta2, epsilon, weightDecay, weightDecayMode, decays } = known;
      const n2 = grad.square().sum();
      v = where(v.equal(0), n2, ema(v, n2, beta2));
      const { u, kept } = largestSoFar(v, x, known.amsgrad);
      let q = grad.div(u.sqrt().add(epsilon));
      if (decays && weightDecayMode === 'coupled') q = q.add(param.mul(weightDecay));
      m = known.gradAveraging ? ema(m, q, beta1) : m.mul(beta1).add(q);
      return { ...kept, m, v, param: param.sub(m.mul(learningRate)) };
    },
  };
}

register(NovoGrad);
