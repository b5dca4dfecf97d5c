// SPDX-License-Identifier: Apache-2.0

import { flag, hold, hyper, nullable, real, register, type OptionTable } from '@optim/core/authoring';
import { learningRateOf } from '@optim/wrapper';
import { adaptiveScale, ascent, SAM, SharpnessAware, type Ascent, type Gradients } from '@optim/sam';
import * as tf from '@tensorflow/tfjs-core';
import { sharpen, weigh, type WSAMOptions } from './rules.js';

export type { WSAMOptions } from './rules.js';

/**
 * Weighted SAM: takes sharpness, the difference of the loss at the worst point nearby and the loss, as a regularization with
 * a weight, in place of minimizing the loss nearby.
 *
 * ```text
 * g = ∇f(p)
 * T = |p| if adaptive, otherwise 1
 * q = p + rho·T²·g/(√(Σ (T·g)²) + perturbEpsilon)       Σ over all elements of all parameters
 * h = ∇f(q), of the same batch
 * g ← g·min(1, maxNorm/(√(Σ g²) + 1e-6)), and h likewise      with maxNorm
 * w = gamma/(1 − gamma)
 * p ← step of the base from p along g, then p ← p − L·w·(h − g)      with decouple, L the learning rate of the base
 * p ← step of the base from p along w·h + (1 − w)·g                  without
 * ```
 *
 * Learning rate, weight decay and the like are those of the base, which may be any `tf.Optimizer` that steps along
 * given gradients; with `decouple` L is that of the parameter's group, where the base has groups, and a step that the base
 * leaves out, or in which it only gathers gradients, moves nothing. Keeps nothing between steps. Both evaluations see the same batch and the same dropout masks; statistics of batch normalization
 * move in the first one alone. `minimize` returns the first loss, and `model.fit` reports the metrics of the first
 * evaluation.
 *
 * gamma 0 is the base alone; gamma 1/2 without `decouple` is SAM. PyTorch ports clip h alone.
 *
 * **When to use:** in place of SAM where there is time to tune how much flatness counts. **When not:** where time is
 * short, for a step takes two evaluations of the gradient. **Hint:** gamma 0.8 to 0.95; lower it first where training is
 * unstable.
 *
 * @example
 * ```ts
 * import { WSAM } from '@optim/wsam';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * model.compile({ optimizer: new WSAM(tf.train.momentum(0.1, 0.9), { gamma: 0.8 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2305.15817
 */
export class WSAM extends SharpnessAware<WSAMOptions> {
  static readonly className: string = 'WSAM';

  static override readonly options: OptionTable<WSAMOptions> = {
    ...SAM.options,
    gamma: hyper('[0, 1)', 0.9),
    decouple: flag(true),
    maxNorm: nullable(real('(0, ∞)')),
  };

  protected readonly rules: {
    climb: Ascent<WSAMOptions>;
    weigh: typeof weigh;
    sharpen: typeof sharpen;
  } = { climb: ascent(adaptiveScale), weigh, sharpen };

  /** @throws TypeError also where a base without a learning rate is to be decoupled from */
  constructor(base: tf.Optimizer, options: WSAMOptions = {}) {
    super(base, options);
    if (this.settings.decouple && !Number.isFinite(this.learningRate)) {
      throw new TypeError(
        `WSAM: base must have a learning rate with decouple, but ${base.getClassName()} has none`,
      );
    }
  }

  protected override follow(gradients: Gradients, step: (gradients: tf.NamedTensorMap) => void): void {
    const { decouple, maxNorm } = this.settings;
    if (!decouple) return this.followMerged('weigh', gradients, step);
    tf.tidy(() => {
      // Before the base steps, for it is at its next rate afterwards.
      const rates = this.#rates(gradients);
      const variables = this.entriesOf(gradients.grad).map(({ variable }) => variable);
      const before = new Map(variables.map((variable) => [variable, hold(variable)]));
      try {
        if (maxNorm === null) step(gradients.grad);
        else this.followMerged('weigh', gradients, step);
        const held = (variable: tf.Variable): tf.NamedTensorMap => ({
          rate: rates[variable.name]!,
          before: before.get(variable)!,
        });
        this.combined('sharpen', gradients, held);
      } finally {
        tf.dispose([...before.values()]);
      }
    });
  }

  /** The learning rate of the base for each variable; those of one rate share a tensor. */
  #rates({ grad }: Gradients): tf.NamedTensorMap {
    const scalars = new Map<number, tf.Scalar>();
    const scalarOf = (rate: number): tf.Scalar => {
      const scalar = scalars.get(rate) ?? tf.scalar(rate);
      scalars.set(rate, scalar);
      return scalar;
    };
    const rated = this.entriesOf(grad).map(({ variable }) => [
      variable.name,
      scalarOf(learningRateOf(this.base, variable)),
    ]);
    return Object.fromEntries(rated);
  }
}

register(WSAM);
