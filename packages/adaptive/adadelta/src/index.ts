// SPDX-License-Identifier: Apache-2.0
// Zeiler, "ADADELTA: An Adaptive Learning Rate Method", arXiv:1212.5701
// Checked against torch.optim.Adadelta.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';

/** Options of {@link AdaDelta}. */
export interface AdaDeltaOptions extends OptimizerOptions {
  /** Factor on the step; 1 is the paper's method. @defaultValue `1` */
  learningRate?: Hyper;
  /** Decay ρ of both averages. @defaultValue `0.9` */
  rho?: Hyper;
  /** Added under both roots; sets the length of the first steps. @defaultValue `1e-6` */
  epsilon?: Hyper;
}

/**
 * Scales each gradient by the size of recent steps over the size of recent gradients, so that steps have the unit of the
 * parameter and there is no learning rate to find.
 *
 * ```text
 * v ← ρv + (1 − ρ)g²
 * d = g·√(u + ε)/√(v + ε)
 * u ← ρu + (1 − ρ)d²
 * p ← p − learningRate·d
 * ```
 *
 * The learning rate stays out of u. Nothing corrects the bias: u starts at zero, so that no element of the first step is
 * longer than √(ε/(1 − ρ)), 3e-3 with the defaults.
 *
 * Slots, of the parameter's shape: `v`, `u`.
 *
 * `tf.train.adadelta` divides by the v before the step, so that its first step is learningRate·g, and has other
 * defaults; Keras' default learning rate is 1e-3. Some ports put the learning rate into u.
 *
 * **When to use:** where no learning rate is known and none is to be searched for. **When not:** where a tuned Adam or SGD
 * is at hand: they usually end lower. **Hint:** where training starts too slowly raise `epsilon`, to 1e-4 or even 1e-2,
 * not the learning rate.
 *
 * @example
 * ```ts
 * import { AdaDelta } from '@optim/adadelta';
 *
 * model.compile({ optimizer: new AdaDelta({ epsilon: 1e-4 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1212.5701
 */
export class AdaDelta extends Optimizer<AdaDeltaOptions> {
  static readonly className: string = 'AdaDelta';

  static override readonly rule: Rule<AdaDeltaOptions, 'v' | 'u'> = {
    options: {
      learningRate: hyper('[0, ∞)', 1),
      rho: hyper('[0, 1)', 0.9),
      epsilon: hyper('(0, ∞)', 1e-6),
      ...commonOptions(0, 'coupled'),
    },
    slots: () => ({ v: zeros, u: zeros }),
    update({ param, grad, v, u }, { learningRate, rho, epsilon }) {
      v = ema(v, grad.square(), rho);
      const d = grad.mul(u.add(epsilon).sqrt().div(v.add(epsilon).sqrt()));
      u = ema(u, d.square(), rho);
      return { v, u, param: param.sub(d.mul(learningRate)) };
    },
  };
}

register(AdaDelta);
