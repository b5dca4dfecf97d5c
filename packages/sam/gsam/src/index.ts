// SPDX-License-Identifier: Apache-2.0
// Zhuang et al., "Surrogate Gap Minimization Improves Sharpness-Aware Training", arXiv:2203.08065
// Checked against trajectories of the authors' juntang-zhuang/GSAM (PyTorch), commit a770275.

/**
 * GSAM around any optimizer.
 *
 * @packageDocumentation
 */

import { hyper, register, round, type Hyper, type OptionTable } from '@optim/core/authoring';
import {
  adaptiveScale,
  ascent,
  returnsMerged,
  SAM,
  SharpnessAware,
  type Ascent,
  type Gradients,
  type Merge,
  type SAMOptions,
} from '@optim/sam';
import { lengthOf, squareSums, where } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';

/** Options of {@link GSAM}. */
export interface GSAMOptions extends SAMOptions {
  /** Share of the part of g perpendicular to h that is taken off; 0 is SAM. In [0, 1). @defaultValue `0.4` */
  alpha?: Hyper;
}

/** What the round finds: the part of g along h, as a factor of h. */
interface Found {
  along: number;
}

/** Makes products float32 holds of those it does not. */
const shrinking = 2 ** -80;

/** Rules 4 to 6. */
const surrogate: Merge<GSAMOptions, never, object, Found> = {
  returns: returnsMerged,
  rounds: () => [
    round({
      observe({ grad, nearby }) {
        const [g, h] = [squareSums(grad), squareSums(nearby)];
        return {
          gg: g.squares,
          gs: g.shrunkSquares,
          hh: h.squares,
          hs: h.shrunkSquares,
          gh: grad.mul(nearby).sum(),
          shrunk: grad.mul(shrinking).mul(nearby.mul(shrinking)).sum(),
        };
      },
      combine({ gg, gs, hh, hs, gh, shrunk }, { perturbEpsilon }) {
        const G = lengthOf({ squares: gg, shrunkSquares: gs });
        const H = lengthOf({ squares: hh, shrunkSquares: hs });
        const GH = G.mul(H);
        const huge = shrunk.div(G.mul(shrinking).mul(H.mul(shrinking)));
        const cosine = where(GH.less(Infinity), gh.div(GH.add(perturbEpsilon)), huge);
        return { along: where(H.equal(0), 0, cosine.mul(G).div(H.add(perturbEpsilon))) };
      },
    }),
  ],
  update({ grad, nearby }, { along, alpha }) {
    const v = grad.sub(nearby.mul(along));
    return { merged: nearby.sub(v.mul(alpha)) };
  },
};

/**
 * SAM that also climbs along the part of the ordinary gradient that is perpendicular to the sharpness-aware one, which
 * narrows the gap between the loss nearby and the loss.
 *
 * ```text
 * g = ∇f(p)
 * T = |p| if adaptive, otherwise 1
 * q = p + rho·T²·g/(√(Σ (T·g)²) + ε)       Σ over all elements of all parameters, ε = perturbEpsilon
 * h = ∇f(q), of the same batch
 * G = √(Σ g²), H = √(Σ h²), c = Σ g·h/(G·H + ε)
 * v = g − c·G·h/(H + ε)
 * p ← step of the base from p along h − alpha·v
 * ```
 *
 * Learning rate, weight decay and the like are those of the base, which may be any `tf.Optimizer` that steps along
 * given gradients. Keeps nothing between steps. Both evaluations see the same batch and the same dropout masks;
 * statistics of batch normalization move in the first one alone. `minimize` returns the first loss, and `model.fit`
 * reports the metrics of the first evaluation. In the paper rho follows the learning rate: that is `proportional` of
 * `@optim/schedules`, made from the schedule of the base as in the example, so that both belong to the same step.
 *
 * Differs from the authors' PyTorch code, whose scheduler may give a rho that lags one step behind the learning rate;
 * their JAX code has another rule for `adaptive`.
 *
 * **When to use:** in place of SAM where there is time to tune one more number. **When not:** where time is short, for a
 * step takes two evaluations of the gradient. **Hint:** rho two to ten times that of SAM, falling to a tenth of it, and
 * alpha 0.1 to 0.4.
 *
 * @example
 * ```ts
 * import { GSAM } from '@optim/gsam';
 * import { cosineAnnealing, proportional } from '@optim/schedules';
 * import { SGDW } from '@optim/sgdw';
 *
 * const learningRate = cosineAnnealing({ maxLearningRate: 0.1, totalSteps: 5000 });
 * const rho = proportional(learningRate, { maxLearningRate: 0.1, maxValue: 0.2, minValue: 0.02 });
 * const base = new SGDW({ learningRate, momentum: 0.9 });
 * model.compile({ optimizer: new GSAM(base, { rho, alpha: 0.2 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2203.08065
 */
export class GSAM extends SharpnessAware<GSAMOptions> {
  static readonly className: string = 'GSAM';

  static override readonly options: OptionTable<GSAMOptions> = {
    ...SAM.options,
    alpha: hyper('[0, 1)', 0.4),
  };

  protected readonly rules: { climb: Ascent<GSAMOptions>; surrogate: typeof surrogate } = {
    climb: ascent(adaptiveScale),
    surrogate,
  };

  protected override follow(gradients: Gradients, step: (gradients: tf.NamedTensorMap) => void): void {
    this.followMerged('surrogate', gradients, step);
  }
}

register(GSAM);
