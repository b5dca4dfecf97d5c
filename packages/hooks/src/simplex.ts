// SPDX-License-Identifier: Apache-2.0
// Duchi et al., "Efficient Projections onto the l1-Ball for Learning in High Dimensions", ICML 2008
// Checked against optax.projections.projection_simplex.

import { defineHook, exclude, real, type Hook, type Match } from '@optim/core/authoring';
import { defineTensorFunction } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { axesOf, axisRow, type Axis } from './slices.js';

/** Options of {@link simplex}. */
export interface SimplexOptions {
  /** What every slice sums to, s. @defaultValue `1` */
  scale?: number;
  /**
   * Axes of a slice, negative ones from the end; `null`: all but the last, a slice for every output unit, or the whole of a
   * vector. @defaultValue `null`
   */
  axis?: Axis;
  /** Variables it acts on, by name or by a function of the variable; `null`: all. @defaultValue `null` */
  match?: Match | null;
}

/** The nearest points of the simplex. */
const projected = /* #__PURE__ */ defineTensorFunction<{ axes: readonly number[]; scale: number }>({
  name: 'simplex',
  shapes: ([w]) => [w!],
  run: ([w], { axes, scale }) => {
    const others = w!.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...others, ...axes];
    const n = axes.reduce((size, axis) => size * w!.shape[axis]!, 1);
    if (w!.size === 0) return [w!];
    const moved = tf.transpose(w!, order);
    const rows = tf.reshape(moved, [-1, n]);
    const { values: u } = tf.topk(rows, n, true);
    const sums = tf.sub(tf.cumsum(u, 1), scale);
    const isActive = tf.cast(tf.greater(u, tf.div(sums, tf.range(1, n + 1))), 'float32');
    const k = tf.sum(isActive, 1, true);
    const tau = tf.div(tf.sub(tf.sum(tf.mul(u, isActive), 1, true), scale), k);
    const back = order.map((_, axis) => order.indexOf(axis));
    return [tf.transpose(tf.reshape(tf.relu(tf.sub(rows, tau)), moved.shape), back)];
  },
});

/**
 * A constraint: the weights of every output unit are shares of a whole, none below 0. Each goes to the nearest such point.
 *
 * ```text
 * u = p of a slice, the largest first
 * k = the largest j with u_j > (u_1 + … + u_j − s)/j
 * τ = (u_1 + … + u_k − s)/k
 * p ← max(p − τ, 0)
 * ```
 *
 * A slice is taken over axis; one of a single element becomes s. TensorFlow.js sorts, once a step. optax takes all parameters
 * for one slice.
 *
 * **When to use:** for mixture and attention weights. **When not:** where a softmax does: it has a gradient everywhere.
 * **Hint:** a small learning rate.
 *
 * @example `simplex({ match: /mixture/ })`
 * @throws RangeError for a scale that is not in (0, ∞); a step throws RangeError for an axis that a variable does not have
 * @see https://doi.org/10.1145/1390156.1390191
 */
export const simplex: (options?: SimplexOptions | number) => Hook =
  /* #__PURE__ */ defineHook<SimplexOptions>(
    'simplex',
    { scale: real('(0, ∞)', 1), axis: axisRow(), match: exclude() },
    ({ scale, axis }) => ({
      update: ({ param }) => {
        const axes = axesOf('simplex', param!, axis);
        return { param: projected([param!], { axes, scale })[0]! };
      },
    }),
    'scale',
  );
