// SPDX-License-Identifier: Apache-2.0
// Seetharaman et al., "AutoClip: Adaptive Gradient Clipping for Source Separation Networks", arXiv:2007.14469
// Checked against the authors' autoclip.py.

import { defineHook, integer, real, type Hook } from '@optim/core/authoring';
import { defineTensorFunction, lengthOf, squareSums, where, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link autoClip}. */
export interface AutoClipOptions {
  /** Percentile q of the norms so far that gradients are cut to. @defaultValue `10` */
  percentile?: number;
  /** How many norms are remembered, the last ones. @defaultValue `10000` */
  historySize?: number;
}

/** A place in a history that holds no norm yet: norms are not negative. */
const none = -1;

/** The newest first; the oldest goes. */
const joined = /* #__PURE__ */ defineTensorFunction({
  name: 'joined',
  shapes: ([, history]) => [history!],
  run: ([n, history]) => [tf.concat([tf.reshape(n!, [1]), tf.slice(history!, [0], [history!.size - 1])])],
});

/** From the largest to the smallest. */
const sorted = /* #__PURE__ */ defineTensorFunction({
  name: 'sorted',
  shapes: ([x]) => [x!],
  run: ([x]) => [tf.topk(x!, x!.size, true).values],
});

/** 0, 1, 2, … */
const places = /* #__PURE__ */ defineTensorFunction({
  name: 'places',
  shapes: ([x]) => [x!],
  run: ([x]) => [tf.range(0, x!.size, 1, 'float32')],
});

/** The percentile among the first `count` numbers, linear between neighbours. */
function percentileOf(history: Expression, count: Expression, percentile: number): Expression {
  const place = count.sub(1).mul(1 - percentile / 100);
  const [values] = sorted([history]) as [Expression];
  const [at] = places([history]) as [Expression];
  const share = at.sub(place).abs().neg().add(1).maximum(0);
  return where(share.greater(0), values.mul(share), 0).sum();
}

/**
 * Clips the norm of all gradients together to a percentile of all norms so far: no threshold to choose.
 *
 * ```text
 * n = √Σg²                                 over all parameters
 * H ← the last historySize norms, n among them
 * ℓ = percentile q of H                    linear between neighbours
 * g ← g·ℓ/(n + 1e-6)                       where that is shorter
 * ```
 *
 * Globals: `history` is H, the newest first, -1 where there is none yet; `count` is how many there are. The 1e-6 is the
 * authors' and no option. The history is sorted in every step, by TensorFlow.js: with the 10 000 norms of the default that takes
 * longer than the step of a small model.
 *
 * The authors remember all norms; their code for TensorFlow clips every tensor by itself. A norm that is not finite stays in
 * the history: put `skipNonFinite()` before it.
 *
 * **When to use:** where no threshold is known, at a percentile of 10; at 50 to 90 against spikes alone. **When not:** where the
 * size of gradients is to count: a percentile of 10 shortens nine steps of ten. **Hint:** tune the learning rate with the hook on;
 * a `historySize` of 1000 forgets the first, large norms earlier, and sorts faster.
 *
 * @example `autoClip(10)`
 * @throws RangeError for a percentile that is not in [0, 100], and a historySize that is no integer from 1 on
 * @see https://arxiv.org/abs/2007.14469
 */
export const autoClip: (options?: AutoClipOptions | number) => Hook =
  /* #__PURE__ */ defineHook<AutoClipOptions>(
    'autoClip',
    { percentile: real('[0, 100]', 10), historySize: integer('[1, ∞)', 10_000) },
    ({ percentile, historySize }) => ({
      globals: { count: 0, history: Array.from({ length: historySize }, () => none) },
      observe: ({ grad }) => squareSums(grad!),
      combine: ({ squares, shrunkSquares }, { count, history }) => {
        const n = lengthOf({ squares: squares!, shrunkSquares: shrunkSquares! });
        const k = count!.add(1).minimum(historySize);
        const [next] = joined([n, history!]) as [Expression];
        const factor = percentileOf(next, k, percentile).div(n.add(1e-6)).minimum(1);
        return { count: k, history: next, factor };
      },
      gradient: ({ grad }, { factor }) => ({ grad: grad!.mul(factor!) }),
    }),
    'percentile',
  );
