// SPDX-License-Identifier: Apache-2.0
// Ma and Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", arXiv:1810.06801
// Checked against the authors' qhoptim.

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

/** Options of {@link QHM}. */
export interface QHMOptions extends OptimizerOptions {
  /** Decay β of the average. @defaultValue `0` */
  momentum?: Hyper;
  /** Share ν of the average in the step. @defaultValue `1` */
  nu?: Hyper;
}

/**
 * SGD along a weighted mean of the gradient at hand and of the average of all gradients.
 *
 * ```text
 * b ← βb + (1 − β)g                        β = momentum
 * p ← p − learningRate·[(1 − ν)g + νb]     ν = nu
 * ```
 *
 * ν = 0 or β = 0 is SGD, ν = 1 momentum with dampening, ν = β Nesterov's.
 *
 * Slot: `b`, of the parameter's shape; it starts at zero, and no bias is corrected: with β = 0.999 and ν = 1 the
 * first steps are a thousand times shorter than learningRate·g.
 *
 * The decay that the authors call direct is `weightDecayMode: 'decoupled'`. They have no defaults; those here are
 * those of pytorch_optimizer, and plain SGD. Momentum without dampening (b ← βb + g) steps 1/(1 − β) times as far:
 * SGD with 0.1 and momentum 0.9 is QHM with 1.0, 0.9 and ν = 1.
 *
 * **When to use:** in place of momentum SGD, for an average over more steps than plain momentum tolerates: the
 * gradient itself keeps the step up to date. **When not:** where layers need different step sizes, as transformers
 * do. **Hint:** momentum 0.999, ν = 0.7 and ten times the learning rate of SGD with momentum 0.9.
 *
 * @example
 * ```ts
 * import { QHM } from '@optim/qhm';
 *
 * model.compile({ optimizer: new QHM({ learningRate: 0.1, momentum: 0.999, nu: 0.7 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1810.06801
 */
export class QHM extends Optimizer<QHMOptions> {
  static readonly className: string = 'QHM';

  static override readonly rule: Rule<QHMOptions, 'b'> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      momentum: hyper('[0, 1)', 0),
      nu: hyper('[0, 1]', 1),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['b'],
    slots: () => ({ b: zeros }),
    update({ param, grad, b }, { learningRate, momentum, nu }) {
      b = ema(b, grad, momentum);
      return { b, param: param.sub(ema(b, grad, nu).mul(learningRate)) };
    },
  };
}

register(QHM);
