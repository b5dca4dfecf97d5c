// SPDX-License-Identifier: Apache-2.0
// Zhang et al., "Adam-mini: Use Fewer Learning Rates To Gain More", arXiv:2406.16793
// Written from the paper; checked against numbers of the authors' class.

import {
  choice,
  commonOptions,
  hyper,
  integer,
  momentsOptions,
  nullable,
  Optimizer,
  outOfRange,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, zeros } from '@optim/formulas';
import { constant } from '@optim/fusion';
import { blocksOf } from './blocks.js';

/** Options of {@link AdamMini}. */
export interface AdamMiniOptions extends OptimizerOptions, MomentsOptions {
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** The axis that numbers the units of a tensor of rank 2 or more; `'first'` for embeddings. @defaultValue `'last'` */
  unitAxis?: 'last' | 'first';
  /** How many blocks of consecutive units have a moment: `null`: one each, 1: the tensor has one. @defaultValue `null` */
  blocks?: number | null;
  /** What has a moment in a tensor of rank 0 or 1: itself, or each element. @defaultValue `'tensor'` */
  vectors?: 'tensor' | 'element';
}

/**
 * AdamW with one second moment for each block of weights in place of one for each weight, which halves its memory. A block is
 * an output unit unless said otherwise.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)·mean(g²)              the mean over each block
 * p ← p − α·m/(√v/√(1 − β₂ᵗ) + ε)          α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * Slots: `m`, of the parameter's shape; `v`, as many numbers as there are blocks, axes of length 1 kept.
 *
 * The authors choose blocks by the names of layers: for query and key set `blocks` to the number of heads, for embeddings
 * `unitAxis: 'first'` (one moment for each token), for biases `vectors: 'element'`, each in a parameter group; the default is
 * their choice for all other matrices. Their code gives a convolution one moment, here each output channel has its own.
 *
 * **When to use:** transformers, where AdamW does well and memory is short. **When not:** for embeddings with
 * `unitAxis: 'last'`, which mixes rare and frequent tokens, or for depthwise kernels, whose last axis numbers no units.
 * **Hint:** the settings of AdamW.
 *
 * @example
 * ```ts
 * import { AdamMini } from '@optim/adammini';
 *
 * const optimizer = new AdamMini({
 *   learningRate: 1e-3,
 *   parameterGroups: [
 *     { match: /embeddings/, unitAxis: 'first' },
 *     { match: /bias/, vectors: 'element', weightDecay: 0 },
 *   ],
 * });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2406.16793
 */
export class AdamMini extends Optimizer<AdamMiniOptions> {
  static readonly className: string = 'AdamMini';

  static override readonly rule: Rule<AdamMiniOptions, 'm' | 'v', { alpha: number; correction: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      unitAxis: choice(['last', 'first']),
      blocks: nullable(integer('[1, ∞)')),
      vectors: choice(['tensor', 'element']),
      ...commonOptions(),
    },
    momentum: ['m'],
    traits({ name, shape }, { unitAxis, blocks }) {
      const units = shape.at(unitAxis === 'last' ? -1 : 0)!;
      if (shape.length > 1 && blocks !== null && units % blocks !== 0)
        throw outOfRange('AdamMini', 'blocks', `a divisor of the ${units} units of "${name}"`, blocks);
      return {};
    },
    slots: (options) => ({
      m: zeros,
      v: ({ shape }) => constant(0).broadcastTo(blocksOf(shape, options).moments),
    }),
    coefficients: (t, options) => biasCorrection(t, { ...options, adamD: false }),
    secondMoment: ({ param, v }, known) =>
      blocksOf(param.shape, known).spread(v).div(known.correction.square()),
    update({ param, grad, m, v }, known) {
      const { beta1, beta2, epsilon, alpha, correction } = known;
      const blocks = blocksOf(param.shape, known);
      m = ema(m, grad, beta1);
      v = ema(v, blocks.mean(grad.square()), beta2);
      const rates = alpha.div(v.sqrt().div(correction).add(epsilon));
      return { m, v, param: param.sub(blocks.scaled(m, rates)) };
    },
  };
}

register(AdamMini);
