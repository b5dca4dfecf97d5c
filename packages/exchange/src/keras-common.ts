// SPDX-License-Identifier: Apache-2.0
// What every optimizer of Keras has.

import { ignored, nullable, only, type Field } from './fields.js';

/** The fields that every configuration has, but for the rate. */
export const commonFields: readonly Field[] = [
  nullable('weight_decay', 'weightDecay', 0),
  only('clipnorm', null),
  only('global_clipnorm', null),
  only('clipvalue', null),
  only('use_ema', false),
  ignored('ema_momentum', 0.99),
  ignored('ema_overwrite_frequency'),
  only('loss_scale_factor', null),
  only('gradient_accumulation_steps', null),
];
