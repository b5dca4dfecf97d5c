// SPDX-License-Identifier: Apache-2.0
// RotoGrad's arithmetic. Gradients are [rows, width]; sizes are norms over all of that.

import { matrixExponential } from '@optim/linalg';
import * as tf from '@tensorflow/tfjs-core';

const identity = (width: number): tf.Tensor2D => tf.eye(width);

/** Size of a gradient. */
export function sizeOf(gradient: tf.Tensor): tf.Scalar {
  return tf.sqrt(tf.sum(tf.square(gradient)));
}

/** x/y, and 0 where y is. */
const ratio = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.divNoNan(x, y);

const sumOf = (terms: readonly tf.Tensor[]): tf.Tensor => terms.reduce((sum, term) => tf.add(sum, term));

/**
 * R = R⁰·exp(A) with A = lower(P) − lower(P)ᵀ, extended by the identity for columns beyond those that are rotated.
 *
 * @param p - [d, d]; what is strictly below the diagonal counts
 */
export function rotationOf(p: tf.Tensor, start: tf.Tensor, width: number): tf.Tensor2D {
  const d = p.shape[0]!;
  const below = tf.mul(p, tf.sub(tf.linalg.bandPart(tf.ones([d, d]), -1, 0), identity(d)));
  const turned = matrixExponential(tf.sub(below, tf.transpose(below))) as tf.Tensor2D;
  const r = tf.matMul<tf.Tensor2D>(start as tf.Tensor2D, turned);
  const rest = width - d;
  if (rest === 0) return r;
  return tf.add<tf.Tensor2D>(
    tf.pad2d(tf.sub(r, identity(d)) as tf.Tensor2D, [
      [0, rest],
      [0, rest],
    ]),
    identity(width),
  );
}

/** V: the mean of gradients that have all the size of their mean. */
export function commonDirection(gradients: readonly tf.Tensor[]): tf.Tensor {
  const size = sizeOf(tf.div(sumOf(gradients), gradients.length));
  const equal = gradients.map((g) => tf.mul(g, ratio(size, sizeOf(g))));
  return tf.div(sumOf(equal), gradients.length);
}

/** ∂J/∂P of J = Σ over rows n of ‖R·Vₙ − g̃ₙ‖². */
export function rotationGradient(
  p: tf.Tensor,
  start: tf.Tensor,
  direction: tf.Tensor,
  gradient: tf.Tensor,
): tf.Tensor {
  const width = gradient.shape[1]!;
  const apartness = (at: tf.Tensor): tf.Tensor =>
    tf.sum(tf.squaredDifference(tf.matMul(direction, rotationOf(at, start, width), false, true), gradient));
  return tf.grad(apartness)(p);
}

/**
 * Σ gₖ of one size each: C·Σ gₖ/nₖ with C = Σ aₖ·nₖ, where a task counts the more, the larger its gradient is in
 * relation to the first.
 */
export function equalized(
  gradients: readonly tf.Tensor[],
  sizes: readonly tf.Tensor[],
  first: readonly tf.Tensor[],
): tf.Tensor {
  const growth = sizes.map((n, k) => tf.div(n, first[k]!));
  const all = sumOf(growth);
  const size = sumOf(sizes.map((n, k) => tf.mul(tf.div(growth[k]!, all), n)));
  return tf.mul(size, sumOf(gradients.map((g, k) => tf.div(g, sizes[k]!))));
}

/** wₖ = K·softmax(ω)ₖ, [K]. */
export function taskWeights(omega: tf.Tensor): tf.Tensor {
  return tf.mul(tf.softmax(omega as tf.Tensor1D), omega.size);
}

/**
 * What RotoGradNorm hands back, Σ wₖ·gₖ, and the gradient of Σₖ |wₖ·‖gₖ‖ − m·(xₖ/x̄)^alpha| with respect to ω.
 *
 * @param progress - xₖ, losses in relation to the first
 */
export function balanced(
  gradients: readonly tf.Tensor[],
  omega: tf.Tensor,
  progress: readonly tf.Tensor[],
  alpha: number,
): { handedBack: tf.Tensor; gradient: tf.Tensor } {
  const weights = tf.unstack(taskWeights(omega));
  const handedBack = sumOf(gradients.map((g, k) => tf.mul(g, weights[k]!)));
  const m = tf.div(sizeOf(handedBack), gradients.length);
  const x = tf.stack([...progress]);
  const aims = tf.mul(m, tf.pow(tf.div(x, tf.mean(x)), alpha));
  const sizes = tf.stack(gradients.map(sizeOf));
  const imbalance = (at: tf.Tensor): tf.Tensor =>
    tf.sum(tf.abs(tf.sub(tf.mul(sizes, taskWeights(at)), aims)));
  return { handedBack, gradient: tf.grad(imbalance)(omega) };
}

export { sumOf };
