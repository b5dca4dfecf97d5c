// SPDX-License-Identifier: Apache-2.0
// Liu et al., "Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training", ICLR 2024
// There is no code by the authors for this variant; checked against pytorch_optimizer, its schedule and probe mended.

import {
  DiagonalHessian,
  diagonalHessianOptions,
  estimates,
  type DiagonalHessianOptions,
  type HessianDistribution,
} from '@optim/adahessian';
import { commonOptions, hyper, type Hyper, type Rule } from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';

/** Options of {@link SophiaH}. */
export interface SophiaHOptions extends DiagonalHessianOptions {
  /** Decay of the momentum. @defaultValue `0.96` */
  beta1?: Hyper;
  /** Decay of the average of the Hessian's diagonal. @defaultValue `0.99` */
  beta2?: Hyper;
  /**
   * Bound of the quotient (ρ of the paper): an element moves by at most learningRate·p.
   * @defaultValue `0.01`
   */
  p?: Hyper;
  /** Steps from one estimate to the next; the first step has one. @defaultValue `10` */
  updatePeriod?: number;
  /** Distribution of the elements of a probe. @defaultValue `'gaussian'` */
  hessianDistribution?: HessianDistribution;
  /** Lower bound of the diagonal's average. @defaultValue `1e-12` */
  epsilon?: Hyper;
}

/**
 * Momentum over an average of the Hessian's diagonal, clipped element by element: Newton's step where the loss is curved
 * upwards, that of the sign where it is not.
 *
 * ```text
 * h ← β₂h + (1 − β₂)·mean of z ∘ (H z)     z random; in step 1 and every updatePeriod-th after it
 * m ← β₁m + (1 − β₁)g
 * p ← p − learningRate·clip(m/max(h, ε), ±p)
 * ```
 *
 * `minimize` and `model.fit` estimate the diagonal; `applyGradients(gradients, loss, diagonal)` takes a given one.
 *
 * Slots, of the parameter's shape, zeros: `m`, `h`.
 *
 * The estimate keeps its sign, and neither average is corrected: both start small together. It is used in the step in which it
 * is made, as in the paper; optax corrects m and uses the h of the step before, and pytorch_optimizer uses an estimate up to
 * a whole period late.
 *
 * **When to use:** pre-training of transformers, where the cost of an estimate is spread over ten steps. **When not:** with
 * losses that have no second derivative; `SophiaG` needs none. **Hint:** choose p so that 10 to 50 % of the elements are
 * not clipped, then learningRate·p like AdamW's rate, and AdamW's decay times p.
 *
 * @example
 * ```ts
 * import { SophiaH } from '@optim/sophia';
 *
 * model.compile({ optimizer: new SophiaH({ learningRate: 0.06, p: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2305.14342
 */
export class SophiaH extends DiagonalHessian<SophiaHOptions> {
  static readonly className: string = 'SophiaH';

  static override readonly rule: Rule<SophiaHOptions, 'm' | 'h' | 'curvature', { estimated: boolean }> = {
    options: {
      learningRate: hyper('(0, ∞)', 0.06, '[0, ∞)'),
      beta1: hyper('[0, 1)', 0.96),
      beta2: hyper('[0, 1)', 0.99),
      p: hyper('(0, ∞)', 0.01),
      epsilon: hyper('(0, ∞)', 1e-12),
      ...diagonalHessianOptions(10, 'gaussian'),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, h: zeros }),
    coefficients: (_, options, step) => ({ estimated: estimates(step, options) }),
    update({ param, grad, m, h, curvature }, { learningRate, beta1, beta2, p, epsilon, estimated }) {
      if (estimated) h = ema(h, curvature, beta2);
      m = ema(m, grad, beta1);
      const r = m.div(h.maximum(epsilon)).clip(p.neg(), p);
      return { m, h, param: param.sub(r.mul(learningRate)) };
    },
  };
}
