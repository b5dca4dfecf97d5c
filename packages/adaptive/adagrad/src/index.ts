// SPDX-License-Identifier: Apache-2.0
// Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12, 2011
// Checked against torch.optim.Adagrad, Keras and optax.

import {
  choice,
  commonOptions,
  hyper,
  Optimizer,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { full, quotient, rooted, type EpsilonPosition } from '@optim/formulas';

/** Options of {@link AdaGrad}. */
export interface AdaGradOptions extends OptimizerOptions {
  /** Divides the rate by 1 + (t − 1)·learningRateDecay. @defaultValue `0` */
  learningRateDecay?: Hyper;
  /** First value of s; 0.1 in Keras, optax and `tf.train`. @defaultValue `0` */
  initialAccumulator?: number;
  /** Keeps the denominator from 0. @defaultValue `1e-10` */
  epsilon?: Hyper;
  /** Added to the root (`'outside'`, PyTorch), or under it (Keras, optax, `tf.train`). @defaultValue `'outside'` */
  epsilonPosition?: EpsilonPosition;
}

/**
 * Divides every element of the gradient by the root of the sum of all its squares so far: rare features keep long steps,
 * frequent ones get shorter and shorter ones.
 *
 * ```text
 * λ = learningRate/(1 + (t − 1)·learningRateDecay)
 * s ← s + g²
 * p ← p − λ·g/(√s + ε)                     'inside': g/√(s + ε)
 * ```
 *
 * In the first step every element with a gradient moves by the learning rate; an `initialAccumulator` shortens the steps of
 * small gradients. Decoupled decay goes by `learningRate` itself.
 *
 * Slot, of the parameter's shape: `s`.
 *
 * `tf.train.adagrad(rate)` and Keras are `initialAccumulator: 0.1, epsilon: 1e-7, epsilonPosition: 'inside'`; the former
 * takes its ε from the device.
 *
 * **When to use:** sparse features and embeddings, convex models. **When not:** for long trainings of deep networks, where
 * its steps become too short (RMSProp and Adam forget). **Hint:** a rate ten times Adam's, 0.01 to 0.1, without a schedule.
 *
 * @example
 * ```ts
 * import { AdaGrad } from '@optim/adagrad';
 *
 * model.compile({ optimizer: new AdaGrad({ learningRate: 0.05 }), loss: 'meanSquaredError' });
 * ```
 * @see https://jmlr.org/papers/v12/duchi11a.html
 */
export class AdaGrad extends Optimizer<AdaGradOptions> {
  static readonly className: string = 'AdaGrad';

  static override readonly rule: Rule<AdaGradOptions, 's', { lambda: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-2),
      learningRateDecay: hyper('[0, ∞)', 0),
      initialAccumulator: real('[0, ∞)', 0),
      epsilon: hyper('[0, ∞)', 1e-10),
      epsilonPosition: choice(['outside', 'inside']),
      ...commonOptions(0, 'coupled'),
    },
    slots: ({ initialAccumulator }) => ({
      s: full(initialAccumulator),
    }),
    coefficients: (t, { learningRate, learningRateDecay }) => ({
      lambda: learningRate / (1 + (t - 1) * learningRateDecay),
    }),
    secondMoment: ({ s }) => s,
    update({ param, grad, s }, { lambda, epsilon, epsilonPosition }) {
      s = s.add(grad.square());
      return { s, param: param.sub(quotient(grad.mul(lambda), rooted(s, epsilon, epsilonPosition))) };
    },
  };
}

register(AdaGrad);
