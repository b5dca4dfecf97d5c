// SPDX-License-Identifier: Apache-2.0
// Luo et al., "Adaptive Gradient Methods with Dynamic Bound of Learning Rate", arXiv:1902.09843
// Checked against the authors' adabound.py.

import {
  commonOptions,
  flag,
  hyper,
  isSchedule,
  nullable,
  Optimizer,
  outOfRange,
  real,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, zeros } from '@optim/formulas';

/** Options of {@link AdaBound}. */
export interface AdaBoundOptions extends OptimizerOptions, MomentsOptions {
  /** The rate both bounds converge to: a learning rate of SGD. @defaultValue `0.1` */
  finalLearningRate?: Hyper;
  /**
   * L₀, the learning rate that `finalLearningRate` belongs to; `null`: that at construction, of a group with a rate of its
   * own the first value of that. @defaultValue `null`
   */
  initialLearningRate?: number | null;
  /** How fast the bounds converge, per step. @defaultValue `1e-3` */
  gamma?: Hyper;
  /** Added to √v, before any correction. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** AMSBound: use the largest second moment so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = { a: number; correction: number; lower: number; upper: number };

/**
 * Adam whose learning rate of every element is kept between two bounds that close in on a rate of SGD: it begins as
 * Adam and ends as momentum SGD.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * η = clip(a/(√v + ε), lower, upper)       a = learningRate·√(1 − β₂ᵗ)/(1 − β₁ᵗ)
 * p ← p − η·m
 *
 * lower = f·(1 − 1/(γt + 1))               f = finalLearningRate·learningRate/L₀
 * upper = f·(1 + 1/(γt))
 * ```
 *
 * With `amsgrad` the largest v so far is used instead of v (AMSBound); with `adamD` a = learningRate·√(1 − β₂ᵗ). L₀ is
 * the learning rate at construction, of a schedule its first value: the bounds follow every change of the rate in
 * proportion. A group with a rate of its own has an L₀ of its own, as in the authors' code. A schedule that starts at 0
 * needs `initialLearningRate`.
 *
 * Slots, of the parameter's shape: `m`, `v`, with `amsgrad` `x` (largest v).
 *
 * ε is added to the uncorrected √v. Weight decay is coupled by default; the authors' AdaBoundW is
 * `weightDecayMode: 'independent'`. pytorch_optimizer adds a number under the root as well (ε in 2.10.0, 1e-15 in 3.9.0) and decouples
 * the decay.
 *
 * **When to use:** where Adam is fast but SGD generalizes better, as with CNNs. **When not:** where SGD does badly,
 * as with transformers. **Hint:** tune `finalLearningRate`, the rate of SGD without momentum. The lower bound
 * overtakes the rate of Adam at about step learningRate/(f·γ·√v), which is 10/√v with the defaults: step 10 where √v
 * = 1, 100 where it is 0.1. The bounds are close to each other after a few times 1/`gamma` steps.
 *
 * @example
 * ```ts
 * import { AdaBound } from '@optim/adabound';
 *
 * model.compile({ optimizer: new AdaBound({ finalLearningRate: 0.05 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1902.09843
 */
export class AdaBound extends Optimizer<AdaBoundOptions> {
  static readonly className: string = 'AdaBound';

  static override readonly rule: Rule<AdaBoundOptions, 'm' | 'v' | 'x', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      finalLearningRate: hyper('[0, ∞)', 0.1),
      initialLearningRate: nullable(real('(0, ∞)')),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      gamma: hyper('(0, 1)', 1e-3),
      epsilon: hyper('[0, ∞)', 1e-8),
      amsgrad: flag(false),
      adamD: flag(false),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: ({ amsgrad }) => ({ m: zeros, v: zeros, x: amsgrad && zeros }),
    coefficients(t, options) {
      const { alpha, correction } = biasCorrection(t, options);
      const { learningRate, finalLearningRate, initialLearningRate: L0, gamma } = options;
      const f = (finalLearningRate * learningRate) / (L0 ?? learningRate);
      return {
        a: alpha * correction,
        correction,
        lower: f * (1 - 1 / (gamma * t + 1)),
        upper: f * (1 + 1 / (gamma * t)),
      };
    },
    secondMoment: ({ v, x }, { amsgrad, correction }) => (amsgrad ? x : v).div(correction.square()),
    update({ param, grad, m, v, x }, { beta1, beta2, epsilon, amsgrad, a, lower, upper }) {
      m = ema(m, grad, beta1);
      v = ema(v, grad.square(), beta2);
      const { u, kept } = largestSoFar(v, x, amsgrad);
      const eta = a.div(u.sqrt().add(epsilon)).clip(lower, upper);
      return { m, v, ...kept, param: param.sub(m.mul(eta)) };
    },
  };

  constructor(options: AdaBoundOptions = {}) {
    super(options);
    // A setting from here on: saved with the others, and not changed by a new learning rate.
    const initialLearningRate = this.settings.initialLearningRate ?? this.learningRate;
    if (!(initialLearningRate > 0)) {
      const constraint = 'in (0, ∞) at first, or initialLearningRate given';
      throw outOfRange(this.owner, 'learningRate', constraint, initialLearningRate);
    }
    const parameterGroups = this.settings.parameterGroups.map((group) => {
      const { learningRate = 0 } = group as AdaBoundOptions;
      const first = isSchedule(learningRate) ? learningRate(0) : learningRate;
      return first > 0 ? { initialLearningRate: first, ...group } : group;
    });
    this.configure({ ...this.settings, initialLearningRate, parameterGroups });
  }
}

register(AdaBound);
