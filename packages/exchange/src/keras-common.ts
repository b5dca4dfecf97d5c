// SPDX-License-Identifier: Apache-2.0
// What every optimizer of Keras has.

import { kerasClasses, type KerasClass } from './keras-classes.js';
import { ignored, nullable, only, type Field } from './fields.js';
import { refused } from './refusal.js';

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

/** The conversion for a class here. */
export function kerasClassOf(who: string, className: string): KerasClass {
  if (Object.hasOwn(kerasClasses, className)) return kerasClasses[className]!;
  throw refused(who, 'the class', `be one of ${Object.keys(kerasClasses).join(', ')}`, className);
}
