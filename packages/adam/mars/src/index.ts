// SPDX-License-Identifier: Apache-2.0
// Yuan et al., "MARS: Unleashing the Power of Variance Reduction for Training Large Models", arXiv:2411.10438
// Checked against the authors' mars.py.

import {
  choice,
  commonOptions,
  decayed,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  outOfRange,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, zeros } from '@optim/formulas';

/** Options of {@link MARS}. */
export interface MARSOptions extends OptimizerOptions, MomentsOptions {
  /** Decay of the first moment of matrices. @defaultValue `0.95` */
  beta1?: Hyper;
  /** Decay of the second moment of matrices. @defaultValue `0.99` */
  beta2?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Strength of the correction; 0: AdamW with every tensor clipped to norm 1. @defaultValue `0.025` */
  gamma?: Hyper;
  /** What becomes of the corrected gradient of a matrix. @defaultValue `'adamw'` */
  variant?: 'adamw' | 'lion';
  /** Use the largest second moment so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** Treat vectors as matrices. @defaultValue `false` */
  optimize1d?: boolean;
  /** Decay of the first moment of vectors. @defaultValue `0.9` */
  adamwBeta1?: Hyper;
  /** Decay of the second moment of vectors. @defaultValue `0.95` */
  adamwBeta2?: Hyper;
  /** Strength of the weight decay of vectors, which is decoupled where that of matrices is `'corrected'`. @defaultValue `0.1` */
  adamwWeightDecay?: Hyper;
  /** The rate of vectors is learningRate times this. @defaultValue `1` */
  adamwLearningRateFactor?: Hyper;
}

type Of<N extends string> = Record<N | `${N}1d`, number>;
type Coefficients = Of<'alpha'> & Of<'correction'> & { matrix: boolean };

/**
 * AdamW or Lion on a gradient that is corrected by its change since the step before, which takes out variance.
 *
 * ```text
 * c = g + γ·β₁/(1 − β₁)·(g − d)
 * c ← c/max(1, ‖c‖)                        the norm of the tensor
 * d ← g
 * m ← β₁m + (1 − β₁)c
 * v ← β₂v + (1 − β₂)c²
 * p ← p − α·m/(√v/√(1 − β₂ᵗ) + ε)          α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * In the variant `'lion'` p ← p − learningRate·sign(m), without v. With `amsgrad` the largest v so far takes the place of v.
 * This is for parameters of rank 2 or more; for others, unless `optimize1d`, it is AdamW with g in place of c and numbers of
 * its own (`adamw…`).
 *
 * Slots, of the parameter's shape: `m`; `v` (not of matrices with `'lion'`); with `amsgrad` `x` (largest v); of matrices `d`, the gradient
 * before.
 *
 * The authors' code treats rank 2 alone as a matrix; that and timm's differ in convolutions. timm takes c = g, unclipped, in the first
 * step. The exact form, which evaluates the gradient twice, and `'shampoo'` (Muon) are not here.
 *
 * **When to use:** language models, with batches that are noisy. **When not:** where the mini-batches have little in common, or
 * memory is short. **Hint:** about ten times the rate of AdamW; leave β₁ and γ.
 *
 * @example
 * ```ts
 * import { MARS } from '@optim/mars';
 *
 * model.compile({ optimizer: new MARS({ learningRate: 3e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2411.10438
 */
export class MARS extends Optimizer<MARSOptions> {
  static readonly className: string = 'MARS';

  static override readonly rule: Rule<MARSOptions, 'm' | 'v' | 'x' | 'd', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 3e-3),
      ...momentsOptions(0.95, 0.99, 1e-8),
      gamma: hyper('[0, ∞)', 0.025),
      variant: choice(['adamw', 'lion']),
      amsgrad: flag(false),
      optimize1d: flag(false),
      adamwBeta1: hyper('[0, 1)', 0.9),
      adamwBeta2: hyper('[0, 1)', 0.95),
      adamwWeightDecay: hyper('[0, ∞)', 0.1),
      adamwLearningRateFactor: hyper('(0, ∞)', 1),
      ...commonOptions(),
    },
    momentum: ['m'],
    decayOptions: ['adamwWeightDecay'],
    validate({ variant, amsgrad }) {
      if (amsgrad && variant === 'lion')
        throw outOfRange('MARS', 'amsgrad', "false with variant 'lion'", true);
    },
    traits: ({ shape }, { optimize1d }) => ({ matrix: optimize1d || shape.length >= 2 }),
    slots: ({ variant, amsgrad }) => ({
      m: zeros,
      v: (param, { matrix }) => (matrix && variant === 'lion' ? null : zeros(param)),
      x: amsgrad && zeros,
      d: (param, { matrix }) => (matrix ? zeros(param) : null),
    }),
    coefficients(t, options) {
      const { learningRate, adamwLearningRateFactor: factor, adamwBeta1, adamwBeta2 } = options;
      const own = biasCorrection(t, { ...options, adamD: false });
      const hyper1d = {
        learningRate: learningRate * factor,
        beta1: adamwBeta1,
        beta2: adamwBeta2,
        adamD: false,
      };
      const { alpha: alpha1d, correction: correction1d } = biasCorrection(t, hyper1d);
      return { ...own, alpha1d, correction1d };
    },
    decay: (pair, known) =>
      decayed(pair, known.matrix ? known : { ...known, weightDecay: known.adamwWeightDecay }),
    rateInForce: (_param, { matrix, learningRate, adamwLearningRateFactor }) =>
      matrix ? learningRate : learningRate.mul(adamwLearningRateFactor),
    update({ param, grad, m, v, x, d }, known) {
      const { matrix, learningRate, gamma, epsilon, amsgrad } = known;
      const [beta1, beta2] = matrix ? [known.beta1, known.beta2] : [known.adamwBeta1, known.adamwBeta2];
      const share = gamma.mul(beta1.div(beta1.complement()));
      const change = matrix ? grad.add(grad.sub(d).mul(share)) : grad;
      const c = matrix ? change.div(change.norm().maximum(1)) : grad;
      const kept = matrix && { d: grad };
      m = ema(m, c, beta1);
      if (matrix && known.variant === 'lion')
        return { ...kept, m, param: param.sub(m.sign().mul(learningRate)) };
      v = ema(v, c.square(), beta2);
      const { u, kept: largest } = largestSoFar(v, x, amsgrad);
      const [alpha, correction] = matrix
        ? [known.alpha, known.correction]
        : [known.alpha1d, known.correction1d];
      const denominator = u.sqrt().div(correction).add(epsilon);
      return { ...kept, m, v, ...largest, param: param.sub(m.mul(alpha).div(denominator)) };
    },
  };
}

register(MARS);
