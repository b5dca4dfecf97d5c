// SPDX-License-Identifier: Apache-2.0
// Lucas et al., "Aggregated Momentum: Stability Through Passive Damping", arXiv:1804.00325
// Checked against the authors' AggMo for PyTorch.

import {
  commonOptions,
  hyper,
  integer,
  list,
  Optimizer,
  real,
  register,
  resolveOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';

/** Options of {@link AggMo}. */
export interface AggMoOptions extends OptimizerOptions {
  /** Damping of each velocity. @defaultValue `[0, 0.9, 0.99]` */
  betas?: readonly number[];
}

/**
 * Averages several velocities of different damping: the slow ones accelerate, the fast ones damp what would oscillate.
 *
 * ```text
 * vᵢ ← βᵢvᵢ + g                            for each βᵢ of betas
 * p ← p − learningRate·(v₁ + … + v_K)/K
 * ```
 *
 * Slots, of the parameter's shape, zeros at first: `v1`, `v2`, …, one for each entry of `betas`.
 *
 * The gradient is not multiplied by 1 − βᵢ, so that one velocity alone is heavy-ball momentum. Velocities belong to
 * positions: where the authors' code and its ports keep them by value, equal betas share one and advance it twice. The
 * authors decay coupled only.
 *
 * **When to use:** in place of momentum SGD where a momentum of 0.99 would pay but oscillates. **When not:** where memory
 * counts: each velocity is a copy of the parameters. **Hint:** keep the default betas and change the learning rate alone;
 * 3 to 10 times that of SGD with momentum 0.9 is usually stable.
 *
 * @example
 * ```ts
 * import { AggMo } from '@optim/aggmo';
 *
 * model.compile({ optimizer: new AggMo({ learningRate: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1804.00325
 */
export class AggMo extends Optimizer<AggMoOptions> {
  static readonly className: string = 'AggMo';

  static override readonly rule: Rule<AggMoOptions, `v${number}`> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.1),
      betas: list(real('[0, 1)'), [0, 0.9, 0.99]),
      ...commonOptions(0, 'coupled'),
    },
    momentum: [/^v\d+$/],
    slots: ({ betas }) => Object.fromEntries(betas.map((_, i) => [`v${i + 1}`, zeros])),
    update({ param, grad, ...slots }, { learningRate, betas }) {
      const velocities = betas.map((beta, i) => slots[`v${i + 1}`]!.mul(beta).add(grad));
      const sum = velocities.reduce((a, b) => a.add(b));
      return {
        ...Object.fromEntries(velocities.map((v, i) => [`v${i + 1}`, v])),
        param: param.sub(sum.mul(learningRate.div(betas.length))),
      };
    },
  };
}

/**
 * The paper's exponential form of {@link AggMoOptions.betas}: 1 − aⁱ for i from 0 to k − 1.
 *
 * @throws RangeError unless a is in (0, 1) and k a whole number in [1, 64]
 */
export function betasFromExponentialForm(a = 0.1, k = 3): number[] {
  const table = { a: real('(0, 1)'), k: integer('[1, 64]') };
  resolveOptions('betasFromExponentialForm', table, { a, k });
  return Array.from({ length: k }, (_, i) => 1 - a ** i);
}

register(AggMo);
