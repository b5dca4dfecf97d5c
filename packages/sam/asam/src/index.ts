// SPDX-License-Identifier: Apache-2.0
// Kwon et al., "ASAM: Adaptive Sharpness-Aware Minimization for Scale-Invariant Learning of Deep Neural Networks",
// arXiv:2102.11600
// Checked against SamsungLabs/ASAM.

import {
  custom,
  hyper,
  isCallable,
  real,
  register,
  type Hyper,
  type OptionTable,
} from '@optim/core/authoring';
import { ascent, SharpnessAware, type Ascent, type PerturbationOptions } from '@optim/sam';
import type * as tf from '@tensorflow/tfjs-core';

/** Options of {@link ASAM}. */
export interface ASAMOptions extends PerturbationOptions {
  /** Relative radius of the neighbourhood, about ten times SAM's. @defaultValue `0.5` */
  rho?: Hyper;
  /** Added to |p|, so that weights of zero are perturbed too. @defaultValue `0.01` */
  eta?: Hyper;
  /**
   * Perturb biases as in SAM (T = 1): variables whose last part of the name starts with `bias` or `beta`, or those for
   * which a predicate says yes. A predicate cannot be saved. @defaultValue `true`
   */
  excludeBias?: boolean | ((variable: tf.Variable) => boolean);
  /** Added to the norm. @defaultValue `1e-16` */
  perturbEpsilon?: number;
}

type Traits = { excluded: boolean };

/**
 * SAM in a neighbourhood measured relative to the size of each weight, so that rescaling the layers of a network does
 * not change it.
 *
 * ```text
 * g = ∇f(p)
 * T = 1 for a bias, otherwise |p| + eta
 * q = p + rho·T²·g/(√(Σ (T·g)²) + perturbEpsilon)       Σ over all elements of all parameters
 * h = ∇f(q), of the same batch
 * p ← step of the base from p along h
 * ```
 *
 * Learning rate, weight decay and the like are those of the base, which may be any `tf.Optimizer` that steps along
 * given gradients. Keeps nothing between steps. Both evaluations see the same batch and the same dropout masks;
 * statistics of batch normalization move in the first one alone. `minimize` returns the first loss, and `model.fit`
 * reports the metrics of the first evaluation.
 *
 * SAM with `adaptive`, as in PyTorch ports, is the same with eta 0 and without `excludeBias`: biases that start at zero
 * are then never perturbed. The authors find biases by the names of PyTorch, where everything without "weight" in its
 * name is one.
 *
 * **When to use:** in place of SAM where layers differ in scale, or have none of their own as before a normalization.
 * **When not:** where time is short, for a step takes two evaluations of the gradient. **Hint:** rho 0.5 with eta 0.01 for
 * small images, rho 1 for harder data; SAM's rho is on another scale.
 *
 * @example
 * ```ts
 * import { ASAM } from '@optim/asam';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * model.compile({ optimizer: new ASAM(tf.train.momentum(0.1, 0.9), { rho: 0.5 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2102.11600
 */
export class ASAM extends SharpnessAware<ASAMOptions> {
  static readonly className: string = 'ASAM';

  static override readonly options: OptionTable<ASAMOptions> = {
    rho: hyper('[0, ∞)', 0.5),
    eta: hyper('[0, ∞)', 0.01),
    excludeBias: custom(
      'true, false or a predicate on the variable',
      (value) => typeof value === 'boolean' || isCallable(value),
      true,
    ),
    perturbEpsilon: real('[0, ∞)', 1e-16),
  };

  protected readonly rules: { climb: Ascent<ASAMOptions, Traits> } = {
    climb: ascent(
      (param, { eta, excluded }) => (excluded ? null : param.abs().add(eta)),
      (variable, { excludeBias }) => ({ excluded: isExcluded(variable, excludeBias) }),
    ),
  };

  /** @throws TypeError for a predicate */
  override getConfig(): tf.serialization.ConfigDict {
    if (typeof this.settings.excludeBias === 'boolean') return super.getConfig();
    throw new TypeError('ASAM: excludeBias: a function cannot be saved; name biases so that true finds them');
  }
}

/** Whether the last part of a name is that of a bias: of a layer, or of a normalization. */
const isBias = /(?:^|\/)(?:bias|beta)[^/]*$/;

/** Whether a variable is perturbed as in SAM. */
function isExcluded(variable: tf.Variable, excludeBias: Required<ASAMOptions>['excludeBias']): boolean {
  if (typeof excludeBias === 'function') return excludeBias(variable);
  return excludeBias && isBias.test(variable.name);
}

register(ASAM);
