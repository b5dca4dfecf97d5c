// SPDX-License-Identifier: Apache-2.0
// arXiv:2106.08254 and arXiv:2003.10555; checked against BEiT's code and timm 1.0.29.

import { integer, real, resolveOptions, type OptionTable } from '@optim/options';

/** Options of {@link layerwiseDecay}. */
export interface LayerwiseDecayOptions {
  /** Rate of the last level, the head; in [0, ∞). */
  learningRate: number;
  /** Levels of the model, n + 2 for a transformer with n blocks; an integer in [1, 10000]. */
  levels: number;
  /** Factor from a level to the one below it; in (0, 1], default 0.75. */
  decay?: number;
  /** What the factor of a level is never below; in [0, 1], default 0. */
  minScale?: number;
}

const table: OptionTable<LayerwiseDecayOptions> = {
  learningRate: /* #__PURE__ */ real('[0, ∞)'),
  levels: /* #__PURE__ */ integer('[1, 10000]'),
  decay: /* #__PURE__ */ real('(0, 1]', 0.75),
  minScale: /* #__PURE__ */ real('[0, 1]', 0),
};

/**
 * One rate per level of a model to fine-tune, lower the closer to the input. With `learningRate` 1 they are
 * factors for `scale`.
 *
 *     rates[i] = learningRate * max(minScale, decay^(levels - 1 - i)), i = 0 embeddings, the last one head
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Bao et al. 2021 (BEiT), arXiv:2106.08254; Clark et al. 2020 (ELECTRA), arXiv:2003.10555
 */
export function layerwiseDecay(options: LayerwiseDecayOptions): number[] {
  const { learningRate, levels, decay, minScale } = resolveOptions('layerwiseDecay', table, options);
  return Array.from(
    { length: levels },
    (_, i) => learningRate * Math.max(minScale, decay ** (levels - 1 - i)),
  );
}
