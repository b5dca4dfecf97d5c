// SPDX-License-Identifier: Apache-2.0
// Bernstein, Wang, Azizzadenesheli, Anandkumar, "signSGD: Compressed Optimisation for Non-Convex Problems",
// arXiv:1802.04434
// Checked against optax' sign_sgd and signum.

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

/** Options of {@link SignSGD}. */
export interface SignSGDOptions extends OptimizerOptions {
  /** Decay β of the average; 0 is signSGD, everything above it Signum. @defaultValue `0.9` */
  momentum?: Hyper;
}

/**
 * Moves every element that has a gradient by the learning rate, along the sign of the gradient or of its moving average.
 *
 * ```text
 * m ← βm + (1 − β)g                        β = momentum; without it m = g
 * p ← p − learningRate·sign(m)
 * ```
 *
 * sign(0) is 0; a NaN stays one. There is neither ε nor bias correction, which a sign does not need.
 *
 * Slot: with `momentum` `m`, of the parameter's shape.
 *
 * The experiments of the paper decay by `weightDecayMode: 'coupled'`: an element without gradient then moves by the
 * whole learning rate towards zero. pytorch_optimizer ignores the decay, or forgets the average at every step.
 *
 * **When to use:** where gradients differ in size from element to element by orders of magnitude, and memory for a
 * second moment is short. **When not:** small batches, whose noise a sign makes as large as the signal; Lion is the
 * better start for large models. **Hint:** a learning rate 3 to 10 times smaller than Adam's, that falls to 0: steps
 * do not shrink by themselves near a minimum.
 *
 * @example
 * ```ts
 * import { SignSGD } from '@optim/signsgd';
 *
 * model.compile({ optimizer: new SignSGD({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1802.04434
 */
export class SignSGD extends Optimizer<SignSGDOptions> {
  static readonly className: string = 'SignSGD';

  static override readonly rule: Rule<SignSGDOptions, 'm'> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      momentum: hyper('[0, 1)', 0.9),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: ({ momentum }) => ({ m: momentum !== 0 && zeros }),
    update({ param, grad, m }, { learningRate, momentum }) {
      if (!m) return { param: param.sub(grad.sign().mul(learningRate)) };
      m = ema(m, grad, momentum);
      return { m, param: param.sub(m.sign().mul(learningRate)) };
    },
  };
}

register(SignSGD);
