// SPDX-License-Identifier: Apache-2.0
// What is done to each output unit of a kernel by itself, as hooks and as parts of composite algorithms.

import { constant, where, type Expression, type Operand } from '@optim/fusion';
import { unitAxes } from './formulas.js';

/** Euclidean norm of every output unit (last axis), kept for broadcasting; of the whole tensor for rank 0 and 1. */
export function unitNorm(x: Expression): Expression {
  return x.rank < 2 ? x.norm() : x.norm(unitAxes(x));
}

/**
 * Gradient centralization: every unit minus its mean.
 *
 * @param minRank - tensors of a lower rank stay as they are
 * @see https://arxiv.org/abs/2004.01461
 */
export function centralized(grad: Expression, minRank = 2): Expression {
  return grad.rank < Math.max(2, minRank) ? grad : grad.sub(grad.mean(unitAxes(grad)));
}

/**
 * Adaptive gradient clipping: the norm of every unit's gradient is at most a fraction of the norm of its weights.
 *
 * ```text
 * L = clipping·max(‖p‖, ε)
 * g ← g·L/‖g‖   if ‖g‖ > L
 * ```
 *
 * @see https://arxiv.org/abs/2102.06171
 */
export function clippedByUnit(
  grad: Expression,
  param: Expression,
  { clipping, epsilon }: { readonly clipping: Operand; readonly epsilon: Operand },
): Expression {
  const limit = unitNorm(param).maximum(epsilon).mul(clipping);
  const n = unitNorm(grad);
  return grad.mul(where(n.greater(limit), limit.div(n.maximum(1e-6)), 1));
}

/**
 * A gradient divided by its standard deviation plus ε: that of the whole tensor if it has more than two elements, or of
 * each unit. The mean stays in it.
 *
 * ```text
 * g ← g/(√[Σ(g − mean g)²/(n − 1)] + ε)
 * ```
 */
export function standardized(
  grad: Expression,
  { perUnit, epsilon }: { readonly perUnit: boolean; readonly epsilon: number },
): Expression {
  const axes = perUnit && grad.rank >= 2 ? unitAxes(grad) : undefined;
  if (!axes && grad.size <= 2) return grad;
  const mean = grad.mean(axes);
  const n = grad.size / mean.size;
  const deviation =
    n > 1
      ? grad
          .sub(mean)
          .norm(axes)
          .div(Math.sqrt(n - 1))
      : constant(0);
  const result = grad.div(deviation.add(epsilon));
  return epsilon > 0 ? result : where(grad.equal(0), 0, result);
}

/**
 * Norm loss: one step of gradient descent on Σ(1 − ‖p‖)² over the units, which pulls each towards norm 1.
 *
 * ```text
 * p ← p·(1 − 2·strength·(1 − 1/(‖p‖ + ε)))      where ‖p‖ + ε > 0
 * ```
 *
 * @param strength - learning rate times factor of the loss
 * @see https://arxiv.org/abs/2103.06583
 */
export function pulledToUnitNorm(param: Expression, strength: Expression, epsilon: Operand): Expression {
  const one = constant(1);
  const n = unitNorm(param).add(epsilon);
  const excess = one.sub(where(n.greater(0), one.div(n), 1));
  return param.mul(one.sub(excess.mul(strength.mul(2))));
}
