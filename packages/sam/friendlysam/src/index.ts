// SPDX-License-Identifier: Apache-2.0
// Li et al., "Friendly Sharpness-Aware Minimization", arXiv:2403.12350

/**
 * Friendly SAM around any optimizer.
 *
 * @packageDocumentation
 */

import { hyper, register, round, type Hyper, type OptionTable } from '@optim/core/authoring';
import { ema, nonFinites, zeros } from '@optim/formulas';
import { where } from '@optim/fusion';
import {
  adaptiveScale,
  ascent,
  SAM,
  SharpnessAware,
  type Gradients,
  type Merge,
  type SAMOptions,
} from '@optim/sam';
import type * as tf from '@tensorflow/tfjs-core';

/** Options of {@link FriendlySAM}. */
export interface FriendlySAMOptions extends SAMOptions {
  /** How much of the mean gradient is taken out of the direction; 0 is SAM. @defaultValue `1` */
  sigma?: Hyper;
  /** Decay of the mean gradient. In [0, 1]. @defaultValue `0.9` */
  lambda?: Hyper;
}

/** A rule that knows whether the variable takes its first step. */
type Averaging = Merge<FriendlySAMOptions, 'm', { first: boolean }, { stretch: number; bad: number }>;

const slots: Averaging['slots'] = () => ({ m: zeros });
const coefficients: Averaging['coefficients'] = (t) => ({ first: t === 1 });

/** From p to q, along what is left of the gradient without its mean. */
const climb: Averaging = {
  ...(ascent<FriendlySAMOptions>(adaptiveScale) as Averaging),
  slots,
  coefficients,
  gradient: ({ grad, m }, { first, sigma }) => (first ? grad : grad.sub(m.mul(sigma))),
};

/** The mean gradient after the step. */
const average: Averaging = {
  slots,
  coefficients,
  rounds: () => [
    round({
      observe: ({ grad }) => ({ bad: nonFinites(grad) }),
      combine: ({ bad }) => ({ bad }),
    }),
  ],
  // Gradients that are not finite teach nothing; a base may leave such a step out.
  update: ({ grad, m }, { first, lambda, bad }) => ({
    m: where(bad.greater(0), m, first ? grad : ema(m, grad, lambda)),
  }),
};

/**
 * SAM that goes to the worst point for the noise of the batch alone: the running mean of the gradient is taken out of the
 * direction first.
 *
 * ```text
 * g = ∇f(p)
 * d = g − sigma·m, with m as the step before left it; d = g in the first step
 * T = |p| if adaptive, otherwise 1
 * q = p + rho·T²·d/(√(Σ (T·d)²) + perturbEpsilon)       Σ over all elements of all parameters
 * h = ∇f(q), of the same batch
 * p ← step of the base from p along h
 * m ← lambda·m + (1 − lambda)·g; m = g in the first step
 * ```
 *
 * Slots, of the parameter's shape: `m`, which starts with the first gradient of the variable. Learning rate, weight
 * decay and the like are those of the base, which may be any `tf.Optimizer` that steps along given gradients. Both
 * evaluations see the same batch and the same dropout masks; statistics of batch normalization move in the first one
 * alone. `minimize` returns the first loss, and `model.fit` reports the metrics of the first evaluation.
 *
 * Differs from PyTorch ports that average d in place of g. With sigma 1 and gradients without noise d is rounding error,
 * stretched to the length rho.
 *
 * **When to use:** in place of SAM with small, noisy batches. **When not:** with full batches, whose gradient has no noise, or
 * where time is short, for a step takes two evaluations of the gradient. **Hint:** rho 0.1 to 0.2, sigma 1, lambda 0.6
 * to 0.95.
 *
 * @example
 * ```ts
 * import { FriendlySAM } from '@optim/friendlysam';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * model.compile({ optimizer: new FriendlySAM(tf.train.momentum(0.1, 0.9), { rho: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2403.12350
 */
export class FriendlySAM extends SharpnessAware<FriendlySAMOptions> {
  static readonly className: string = 'FriendlySAM';

  static override readonly options: OptionTable<FriendlySAMOptions> = {
    ...SAM.options,
    sigma: hyper('[0, ∞)', 1),
    lambda: hyper('[0, 1]', 0.9),
  };

  protected readonly rules: { climb: Averaging; average: Averaging } = { climb, average };

  /** The mean goes on only once the step has been made, so that a step that fails leaves it. */
  protected override follow(gradients: Gradients, step: (gradients: tf.NamedTensorMap) => void): void {
    step(gradients.nearby);
    this.combined('average', gradients);
    const variables = this.entriesOf(gradients.grad).map(({ variable }) => variable);
    for (const parameter of this.engine.adopt(variables, this.iterations)) parameter.updates++;
  }
}

register(FriendlySAM);
