// SPDX-License-Identifier: Apache-2.0
// Checked against pytorch_optimizer v2.10.0 (deberta_v3_large_lr_scheduler).

import { integer, isArrayOf, real, resolveOptions, type OptionTable } from '@optim/options';
import { checkOrder } from './rows.js';

/** Options of {@link debertaV3LayerRates}. */
export interface DebertaV3LayerRatesOptions {
  /** Names of all parameters, in the model's order. */
  parameterNames: readonly string[];
  /** Rate of the middle tier; in [0, ∞), default 2e-5. */
  learningRate?: number;
  /** Rate of the head; in [0, ∞), default 1e-4. */
  headLearningRate?: number;
  /** Index of the first parameter of the middle tier; an integer in [0, `middleThreshold`], default 195. */
  lowThreshold?: number;
  /** Index of the first parameter of the upper tier; an integer in [0, `headStart`], default 323. */
  middleThreshold?: number;
  /** Index of the first parameter of the head; an integer in [0, ∞), default 390. */
  headStart?: number;
  /** Weight decay of the backbone; in [0, ∞), default 0.01. */
  weightDecay?: number;
}

/** What {@link debertaV3LayerRates} says of one parameter. */
export interface ParameterRates {
  /** Its learning rate. */
  learningRate: number;
  /** Its weight decay; `undefined` where the optimizer's own applies. */
  weightDecay: number | undefined;
}

const table: OptionTable<DebertaV3LayerRatesOptions> = {
  parameterNames: {
    type: 'an array of strings',
    range: 'one name per parameter',
    hasType: (value) => isArrayOf(value, (name) => typeof name === 'string'),
    allows: () => true,
  },
  learningRate: /* #__PURE__ */ real('[0, ∞)', 2e-5),
  headLearningRate: /* #__PURE__ */ real('[0, ∞)', 1e-4),
  lowThreshold: /* #__PURE__ */ integer('[0, ∞)', 195),
  middleThreshold: /* #__PURE__ */ integer('[0, ∞)', 323),
  headStart: /* #__PURE__ */ integer('[0, ∞)', 390),
  weightDecay: /* #__PURE__ */ real('[0, ∞)', 0.01),
};

/**
 * Three tiers of rates for the backbone and one for the head, as used to fine-tune DeBERTa v3 large. The
 * default thresholds fit that one checkpoint, counted in torch's order of parameters: pass your own.
 *
 *     i >= headStart:        headLearningRate, the optimizer's own weight decay
 *     i >= middleThreshold:  2 * learningRate
 *     i >= lowThreshold:     learningRate
 *     else:                  learningRate / 2.5
 *
 * In the backbone the weight decay is 0 where the name contains `bias` or `LayerNorm.weight`.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export function debertaV3LayerRates(options: DebertaV3LayerRatesOptions): ParameterRates[] {
  const resolved = resolveOptions('debertaV3LayerRates', table, options);
  checkOrder('debertaV3LayerRates', resolved, 'lowThreshold', 'middleThreshold');
  checkOrder('debertaV3LayerRates', resolved, 'middleThreshold', 'headStart');
  const { learningRate, headLearningRate, lowThreshold, middleThreshold, headStart, weightDecay } = resolved;
  return resolved.parameterNames.map((name, i) => {
    if (i >= headStart) return { learningRate: headLearningRate, weightDecay: undefined };
    const tier =
      i >= middleThreshold ? 2 * learningRate : i >= lowThreshold ? learningRate : learningRate / 2.5;
    return { learningRate: tier, weightDecay: /bias|LayerNorm\.weight/.test(name) ? 0 : weightDecay };
  });
}
