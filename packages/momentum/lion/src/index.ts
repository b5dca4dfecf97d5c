// SPDX-License-Identifier: Apache-2.0
// Chen et al., "Symbolic Discovery of Optimization Algorithms", arXiv:2302.06675
// Checked against the authors' lion_pytorch.py.

import {
  adaNormOptions,
  commonOptions,
  hyper,
  Optimizer,
  register,
  type AdaNormOptions,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';

/** Options of {@link Lion}. */
export interface LionOptions extends OptimizerOptions, AdaNormOptions {
  /** Share of the momentum in the direction of the step. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the momentum. @defaultValue `0.99` */
  beta2?: Hyper;
}

/**
 * Steps by the sign of a mixture of momentum and gradient: every element that moves, moves by the learning rate, and
 * one slot is all the memory it takes.
 *
 * ```text
 * c = β₁m + (1 − β₁)g
 * m ← β₂m + (1 − β₂)g
 * p ← p − learningRate·sign(c)
 * ```
 *
 * sign(0) is 0: what never had a gradient stays where it is. A NaN stays one. There is neither ε nor bias correction,
 * which a sign does not need. With `adanorm` it is the g in m that is stretched.
 *
 * Slots: `m`, of the parameter's shape; scalar: with `adanorm` `e`.
 *
 * The authors have decoupled decay only, and no AdaNorm; that of pytorch_optimizer has had no effect since 3.6. A
 * decay that is divided by the first learning rate, as lucidrains' port offers it, is `weightDecay` λ/lr₀, decoupled:
 * it follows a schedule, where `'independent'` does not.
 *
 * **When to use:** large batches and large models, vision and language alike, where AdamW does well and its second
 * moment costs memory. **When not:** where steps have to shrink by themselves near a minimum. The authors prefer
 * large batches, and find it robust at 64. **Hint:** a learning rate 3 to 10 times smaller than AdamW's, a weight
 * decay larger by as much; β₁ = 0.95 and β₂ = 0.98 where training is unstable.
 *
 * @example
 * ```ts
 * import { Lion } from '@optim/lion';
 *
 * model.compile({ optimizer: new Lion({ learningRate: 1e-4, weightDecay: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2302.06675
 */
export class Lion extends Optimizer<LionOptions> {
  static readonly className: string = 'Lion';

  static override readonly rule: Rule<LionOptions, 'm'> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-4),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.99),
      ...adaNormOptions(),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros }),
    update({ param, grad, stretched, m }, { learningRate, beta1, beta2 }) {
      const c = ema(m, grad, beta1);
      return { m: ema(m, stretched, beta2), param: param.sub(c.sign().mul(learningRate)) };
    },
  };
}

register(Lion);
