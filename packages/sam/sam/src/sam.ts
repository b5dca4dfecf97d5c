// SPDX-License-Identifier: Apache-2.0
// Foret et al., "Sharpness-Aware Minimization for Efficiently Improving Generalization", arXiv:2010.01412
// Checked against davda54/sam and optax.contrib.sam.

import { flag, hyper, real, register, type Hyper, type OptionTable } from '@optim/core/authoring';
import { adaptiveScale, ascent, type Ascent, type PerturbationOptions } from './ascent.js';
import { SharpnessAware } from './sharpness-aware.js';

/** Options of {@link SAM}. */
export interface SAMOptions extends PerturbationOptions {
  /** Radius of the neighbourhood. @defaultValue `0.05` */
  rho?: Hyper;
  /** Scale the neighbourhood by |p|, element by element. @defaultValue `false` */
  adaptive?: boolean;
  /** Added to the norm. @defaultValue `1e-12` */
  perturbEpsilon?: number;
}

/**
 * Sharpness-aware minimization: takes the gradient at the worst point nearby and has any optimizer step along it from
 * the original point. Meant to find flat minima, which often generalize better, for two evaluations of the loss a
 * step.
 *
 * ```text
 * g = ∇f(p)
 * T = |p| if adaptive, otherwise 1
 * q = p + rho·T²·g/(√(Σ (T·g)²) + perturbEpsilon)       Σ over all elements of all parameters
 * h = ∇f(q), of the same batch
 * p ← step of the base from p along h
 * ```
 *
 * Learning rate, weight decay and the like are those of the base, which may be any `tf.Optimizer` that steps along
 * given gradients. Keeps nothing between steps. rho 0 is the base itself. Both evaluations see the same batch and the
 * same dropout masks; statistics of batch normalization move in the first one alone. `minimize` returns the first
 * loss, and `model.fit` reports the metrics of the first evaluation.
 *
 * Differs from the authors' code in `perturbEpsilon` (they have none) and in `adaptive`, the simplified ASAM of the
 * PyTorch port; that of ASAM's authors is `@optim/asam`. Weight decay in the base is not part of g, where L2 in the
 * loss is.
 *
 * **When to use:** where the training loss is low and the test loss is not: image models above all. **When not:** where
 * time is short, for a step takes two evaluations of the gradient. **Hint:** rho 0.05, or 0.5 to 2 with `adaptive`, and the
 * learning rate of the base; small batches perturb better than large ones.
 *
 * @example
 * ```ts
 * import { SAM } from '@optim/sam';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * model.compile({ optimizer: new SAM(tf.train.momentum(0.1, 0.9), { rho: 0.05 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2010.01412
 */
export class SAM extends SharpnessAware<SAMOptions> {
  static readonly className: string = 'SAM';

  static override readonly options: OptionTable<SAMOptions> = {
    rho: hyper('[0, ∞)', 0.05),
    adaptive: flag(false),
    perturbEpsilon: real('[0, ∞)', 1e-12),
  };

  protected readonly rules: { climb: Ascent<SAMOptions> } = {
    climb: ascent(adaptiveScale),
  };
}

register(SAM);
