// SPDX-License-Identifier: Apache-2.0
// Lee et al., "Grokfast: Accelerated Grokking by Amplifying Slow Gradients", arXiv:2405.20233
// Checked against the authors' grokfast.py.

import {
  choice,
  defineHook,
  exclude,
  flag,
  integer,
  nullable,
  outOfRange,
  real,
  type Hook,
  type Match,
} from '@optim/core/authoring';
import { ema, zero, zeros } from '@optim/formulas';
import { constant, defineTensorFunction, reshape, where } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link grokfast}. */
export interface GrokfastOptions {
  /** How the slow part is found: by a moving average, or as the mean of the last gradients. @defaultValue `'ema'` */
  filter?: 'ema' | 'window';
  /** Share α of the old average; with `'ema'`. @defaultValue `0.98` */
  alpha?: number;
  /** How much of the slow part is added, λ; `null`: 2 with `'ema'`, 5 with `'window'`. @defaultValue `null` */
  lambda?: number | null;
  /** How many gradients are kept, k; with `'window'`. @defaultValue `100` */
  windowSize?: number;
  /** What is added of the gradients kept; with `'window'`. @defaultValue `'mean'` */
  reduce?: 'mean' | 'sum';
  /** Whether nothing is added until the window is full; with `'window'`. @defaultValue `true` */
  warmup?: boolean;
  /** Variables whose gradients stay as they are, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/** What one filter has and the other has not, with its default. */
const foreign = {
  ema: { windowSize: 100, reduce: 'mean', warmup: true },
  window: { alpha: 0.98 },
} as const;

/** The rows of a matrix without the first, and one more. */
const shifted = /* #__PURE__ */ defineTensorFunction({
  name: 'shifted',
  shapes: ([rows]) => [rows!],
  run: ([rows, last]) => [rows!.shape[0] === 1 ? last! : tf.concat([tf.slice(rows!, [1, 0]), last!])],
});

/**
 * Adds to the gradient what changes slowly in it, amplified.
 *
 * ```text
 * μ ← αμ + (1 − α)g                        'ema'; the first time μ ← g
 * μ = mean (or sum) of the last k gradients       'window'
 * g ← g + λμ                               with the new μ; with warmup once there are k
 * ```
 *
 * Filtered are the gradients as they come to this hook, without what it adds. Slots: with `'ema'` `mu`, of the parameter's shape,
 * and the scalar `count`, 1 after the first gradient; with `'window'` `window`, [k, elements], the newest last, and `count`, how
 * many it holds. That is k times the memory of the parameters, and each step takes the time to move it.
 *
 * A NaN stays in μ: put `skipNonFinite()` before it. Clip the norm after it, since gradients grow up to 1 + λ times.
 *
 * **When to use:** for grokking, small tasks with a long plateau, together with weight decay. **When not:** elsewhere it is
 * no more than momentum. **Hint:** α = 0.98 and λ = 2 first; α of 0.8 to 0.9 with λ of 0.1 to 1 for images and molecules; a
 * smaller learning rate with SGD.
 *
 * @example `grokfast({ alpha: 0.98, lambda: 2 })`
 * @throws RangeError for an alpha that is not in [0, 1), a lambda that is not in [0, ∞), a windowSize that is no integer from 1
 * on, another filter or reduce, or what the filter does not have
 * @see https://arxiv.org/abs/2405.20233
 */
export const grokfast: (options?: GrokfastOptions) => Hook = /* #__PURE__ */ defineHook<GrokfastOptions>(
  'grokfast',
  {
    filter: choice(['ema', 'window']),
    alpha: real('[0, 1)', 0.98),
    lambda: nullable(real('[0, ∞)')),
    windowSize: integer('[1, ∞)', 100),
    reduce: choice(['mean', 'sum']),
    warmup: flag(true),
    exclude: exclude(),
  },
  (options) => {
    const { filter } = options;
    for (const [name, value] of Object.entries(foreign[filter])) {
      const given = options[name as keyof GrokfastOptions];
      if (given !== value) throw outOfRange('grokfast', name, `left out with filter '${filter}'`, given);
    }
    return filter === 'ema' ? averaging(options) : windowed(options);
  },
) as (options?: GrokfastOptions) => Hook;

function averaging({ alpha, lambda }: Required<GrokfastOptions>): Omit<Hook, 'name'> {
  return {
    slots: { mu: zeros, count: zero },
    gradient: ({ grad, mu, count }) => {
      const next = ema(mu!, grad!, where(count!.greater(0), alpha, 0));
      return { grad: grad!.add(next.mul(lambda ?? 2)), mu: next, count: constant(1) };
    },
  };
}

function windowed({ windowSize, reduce, warmup, lambda }: Required<GrokfastOptions>): Omit<Hook, 'name'> {
  return {
    slots: { window: ({ size }) => constant(0).broadcastTo([windowSize, size]), count: zero },
    gradient: ({ grad, window, count }) => {
      const next = shifted([window!, reshape(grad!, [1, grad!.size])])[0]!;
      const k = count!.add(1).minimum(windowSize);
      const sum = reshape(next.sum([0]), grad!.shape);
      const mu = reduce === 'sum' ? sum : sum.div(k);
      const more = grad!.add(mu.mul(lambda ?? 5));
      return { grad: warmup ? where(k.less(windowSize), grad!, more) : more, window: next, count: k };
    },
  };
}
