// SPDX-License-Identifier: Apache-2.0

import { hyper, integer, real, register, type OptionTable } from '@optim/core/authoring';
import { ascent, SharpnessAware, type Ascent, type Gradients } from '@optim/sam';
import type * as tf from '@tensorflow/tfjs-core';
import { keep, reuse, type LookSAMOptions } from './rules.js';

export type { LookSAMOptions } from './rules.js';

/**
 * SAM at nearly the price of the base: the gradient nearby is taken in every k-th step alone, and what it has that the
 * ordinary gradient has not is used again in the steps between.
 *
 * ```text
 * g = ∇f(p), G = √(Σ g²)       Σ over all elements of all parameters, ε = perturbEpsilon
 * in steps 1, k + 1, 2k + 1, …:
 *   q = p + rho·g/(G + ε)
 *   h = ∇f(q), of the same batch
 *   v = h − g·Σ g·h/(G² + ε)
 *   u = h
 * in the others:
 *   u = g + v·alpha·G/(√(Σ v²) + ε)
 * p ← step of the base from p along u
 * ```
 *
 * Slots, of the parameter's shape: `v`. Learning rate, weight decay and the like are those of the base, which may be
 * any `tf.Optimizer` that steps along given gradients. Both evaluations see the same batch and the same dropout
 * masks; statistics of batch normalization move in the first one alone. `minimize` returns the first loss, and
 * `model.fit` reports the metrics of the first evaluation.
 *
 * v is a small difference of two nearly parallel vectors, brought to the length of g: runs that differ in a rounding
 * drift apart. Where it is shorter than 1e-6 of h, it is set to 0. PyTorch ports project tensor by tensor; in the paper, and
 * here, the network is one vector. The paper's layer-wise radius is not part of this class.
 *
 * **When to use:** where SAM helps and twice the time is too much. **When not:** where an exact comparison with SAM is wanted,
 * or with very small rho. **Hint:** k 5 costs a fifth more than the base; rho a little above that of SAM, 0.1 to 0.5.
 *
 * @example
 * ```ts
 * import { LookSAM } from '@optim/looksam';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * model.compile({ optimizer: new LookSAM(tf.train.momentum(0.1, 0.9), { k: 5 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2203.02714
 */
export class LookSAM extends SharpnessAware<LookSAMOptions> {
  static readonly className: string = 'LookSAM';

  static override readonly options: OptionTable<LookSAMOptions> = {
    rho: hyper('[0, ∞)', 0.1),
    k: integer('[1, ∞)', 10),
    alpha: hyper('(0, 1)', 0.7),
    perturbEpsilon: real('[0, ∞)', 1e-12),
  };

  protected readonly rules: { keep: typeof keep; reuse: typeof reuse; climb: Ascent<LookSAMOptions> } = {
    keep,
    reuse,
    climb: ascent(() => null),
  };

  protected override climbs(): boolean {
    return this.iterations % this.settings.k === 0;
  }

  protected override follow(gradients: Gradients, step: (gradients: tf.NamedTensorMap) => void): void {
    if (!this.climbs()) return this.followMerged('reuse', gradients, step);
    step(gradients.nearby);
    this.combined('keep', gradients);
  }
}

register(LookSAM);
