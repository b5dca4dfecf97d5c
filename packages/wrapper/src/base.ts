// SPDX-License-Identifier: Apache-2.0
// What a wrapper is put around.

import { isRecord, show } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';

/** How deep optimizers may stand in one another: as deep as in the file of a state. */
const deepest = 20;
/** How many there may be inside one, at whatever depth. A configuration that stands in several places counts in each. */
const most = 1000;
let level = 0;
let made = 0;

/**
 * The optimizer that a configuration describes.
 * @throws TypeError for what is no configuration; RangeError for a class that nobody has registered, and for too many within
 * one another
 */
export function baseFrom(owner: string, config: unknown): tf.Optimizer {
  if (!isRecord(config) || typeof config['className'] !== 'string' || !isRecord(config['config']))
    throw new TypeError(`${owner}: configuration of base must be { className, config }, got ${show(config)}`);
  const { className } = config;
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  if (!Object.hasOwn(classNameMap, className))
    throw new RangeError(
      `${owner}: optimizer ${show(className)} is not registered; import its package before loading`,
    );
  if (level === 0) made = 0;
  if (level === deepest || made === most)
    throw new RangeError(
      `${owner}: configuration must have at most ${deepest} optimizers within one another and ${most} in one`,
    );
  const [cls, fromConfig] = classNameMap[className]!;
  level++;
  made++;
  try {
    return fromConfig(cls, config['config'] as tf.serialization.ConfigDict) as unknown as tf.Optimizer;
  } finally {
    level--;
  }
}
