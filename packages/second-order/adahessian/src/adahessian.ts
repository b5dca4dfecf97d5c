// SPDX-License-Identifier: Apache-2.0
// Yao et al., "ADAHESSIAN: An Adaptive Second Order Optimizer for Machine Learning", AAAI 2021
// Checked against the authors' code.

import {
  commonOptions,
  hyper,
  integer,
  list,
  momentsOptions,
  outOfRange,
  register,
  type Hyper,
  type MomentsOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { pow } from '@optim/fusion';
import {
  DiagonalHessian,
  diagonalHessianOptions,
  estimates,
  type DiagonalHessianOptions,
} from './diagonal-hessian.js';
import { assertDivides, spatialAverage } from './spatial-average.js';

/** Options of {@link AdaHessian}. */
export interface AdaHessianOptions extends DiagonalHessianOptions, MomentsOptions {
  /** Decay of the squared curvature's average. @defaultValue `0.999` */
  beta2?: Hyper;
  /**
   * Added to the denominator, after the power. Where curvature vanishes it is all that holds the step.
   * @defaultValue `1e-4`
   */
  epsilon?: Hyper;
  /** Exponent k of the denominator: 0 is momentum alone, 1 close to Newton's step. @defaultValue `1` */
  hessianPower?: Hyper;
  /**
   * Blocks over which |h| is averaged, for tensors of rank 1, 2, 3 and 4: 0 for none, −1 for the natural block (inputs of a
   * dense kernel, places of a convolution), n for runs of n elements, output unit first.
   * @defaultValue `[0, 0, -1, -1]`
   */
  spatialAverageBlockSize?: readonly number[];
}

/**
 * Adam with the diagonal of the Hessian in place of the gradient in the second moment: Newton's step, element by element, with
 * averages against the noise.
 *
 * ```text
 * h = mean of z ∘ (H z)                    z random, one part per parameter; every updatePeriod steps
 * D = mean of |h| over each block
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)D²
 * p ← p − learningRate·[m/(1 − β₁ᵗ)]/([v/(1 − β₂ᵗ)]^(k/2) + ε)
 * ```
 *
 * `minimize` and `model.fit` estimate the diagonal; `applyGradients(gradients, loss, diagonal)` takes a given one. Between
 * estimates D stays, and v goes on with it. A variable that joins between two of them moves from the next one on.
 *
 * Slots, of the parameter's shape, zeros: `m`, `v`, `D`.
 *
 * The blocks are those of the authors' training code, convolutions alone; their instructions average dense kernels too.
 * pytorch_optimizer has no blocks, uses an estimate one step late, and draws a constant probe, which gives sums of the Hessian's
 * rows.
 *
 * **When to use:** badly scaled problems on which Adam needs its rate tuned per layer; small and medium networks.
 * **When not:** where a step has to be as cheap as Adam's (it costs two to four), or a loss has operations without a second
 * derivative. **Hint:** start at 0.15 with a warm-up; `updatePeriod` 2 to 5 saves most of the cost.
 *
 * @example
 * ```ts
 * import { AdaHessian } from '@optim/adahessian';
 *
 * model.compile({ optimizer: new AdaHessian({ learningRate: 0.15, updatePeriod: 2 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2006.00719
 */
export class AdaHessian extends DiagonalHessian<AdaHessianOptions> {
  static readonly className: string = 'AdaHessian';

  static override readonly rule: Rule<
    AdaHessianOptions,
    'm' | 'v' | 'D' | 'curvature',
    { eta: number; correction: number; estimated: boolean; waits: boolean }
  > = {
    options: {
      learningRate: hyper('(0, ∞)', 0.15, '[0, ∞)'),
      ...momentsOptions(0.9, 0.999, 1e-4),
      hessianPower: hyper('[0, 1]', 1),
      spatialAverageBlockSize: list(integer('[-1, ∞)'), [0, 0, -1, -1]),
      ...diagonalHessianOptions(1, 'rademacher'),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros, D: zeros }),
    validate({ spatialAverageBlockSize: sizes }) {
      if (sizes.length !== 4)
        throw outOfRange('AdaHessian', 'spatialAverageBlockSize', 'four integers', sizes);
    },
    traits({ name, shape }, { spatialAverageBlockSize }) {
      assertDivides(name, shape, spatialAverageBlockSize);
      return {};
    },
    coefficients: (t, { learningRate, beta1, beta2, updatePeriod }, step) => ({
      eta: learningRate / (1 - beta1 ** t),
      correction: Math.sqrt(1 - beta2 ** t),
      estimated: estimates(step, { updatePeriod }),
      waits: t <= (step - 1) % updatePeriod,
    }),
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, m, v, D, curvature }, known) {
      const { beta1, beta2, epsilon, hessianPower, eta, correction, estimated, waits } = known;
      m = ema(m, grad, beta1);
      if (waits) return { m };
      if (estimated) D = spatialAverage(curvature.abs(), known.spatialAverageBlockSize);
      v = ema(v, D.square(), beta2);
      const d = pow(v.sqrt().div(correction), hessianPower).add(epsilon);
      return { m, v, D, param: param.sub(m.mul(eta).div(d)) };
    },
  };
}

register(AdaHessian);
