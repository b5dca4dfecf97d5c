// SPDX-License-Identifier: Apache-2.0
// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", arXiv:1711.05101, Algorithm 1
// Checked against timm's SGDW and torch.optim.SGD.

import {
  commonOptions,
  flag,
  hyper,
  Optimizer,
  outOfRange,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { heavyBall, zeros } from '@optim/formulas';

/** Options of {@link SGDW}. */
export interface SGDWOptions extends OptimizerOptions {
  /** Momentum μ. @defaultValue `0` */
  momentum?: Hyper;
  /** Dampening τ of all gradients but the first. @defaultValue `0` */
  dampening?: Hyper;
  /** Nesterov's momentum; needs a momentum, and no dampening. @defaultValue `false` */
  nesterov?: boolean;
}

/**
 * SGD with momentum, with weight decay applied to the weights themselves instead of to the gradient.
 *
 * ```text
 * p ← p·(1 − learningRate·weightDecay)
 * b ← μb + (1 − τ)g                        the first time b ← g
 * p ← p − learningRate·b                   nesterov: g + μb in place of b
 * ```
 *
 * Without momentum g is used instead of b. Slot: with `momentum` `b`, of the parameter's shape.
 *
 * The authors decay without the learning rate, `weightDecayMode: 'independent'`, and by the same schedule: give
 * `weightDecay` one too. pytorch_optimizer counts the first gradient twice, or drops the momentum.
 *
 * **When to use:** image models, where tuned momentum SGD generalizes best: the decay can be tuned on its own, and
 * need not change with the learning rate as much as L2. **When not:** transformers and sparse gradients, whose layers
 * need different step sizes. **Hint:** learning rate 0.05 to 0.1 and momentum 0.9; an L2 factor w is a `weightDecay`
 * of about w/(1 − momentum) here.
 *
 * @example
 * ```ts
 * import { SGDW } from '@optim/sgdw';
 *
 * model.compile({
 *   optimizer: new SGDW({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-3 }),
 *   loss: 'meanSquaredError',
 * });
 * ```
 * @see https://arxiv.org/abs/1711.05101
 */
export class SGDW extends Optimizer<SGDWOptions> {
  static readonly className: string = 'SGDW';

  static override readonly rule: Rule<SGDWOptions, 'b', { share: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      momentum: hyper('[0, 1)', 0),
      dampening: hyper('[0, 1]', 0),
      nesterov: flag(false),
      ...commonOptions(),
    },
    momentum: ['b'],
    validate({ momentum, dampening, nesterov }) {
      if (nesterov && (momentum === 0 || dampening !== 0))
        throw outOfRange('SGDW', 'nesterov', 'false without momentum and with dampening', nesterov);
    },
    slots: ({ momentum }) => ({ b: momentum !== 0 && zeros }),
    coefficients: (t, { dampening }) => ({ share: t === 1 ? 1 : 1 - dampening }),
    update({ param, grad, b }, known) {
      const { learningRate } = known;
      if (!b) return { param: param.sub(grad.mul(learningRate)) };
      const { q, ...kept } = heavyBall(b, grad, known);
      return { ...kept, param: param.sub(q.mul(learningRate)) };
    },
  };
}

register(SGDW);
