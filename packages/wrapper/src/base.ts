// SPDX-License-Identifier: Apache-2.0
// What a wrapper is put around.

import { isRecord, show } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The optimizer that a configuration describes.
 * @throws TypeError for what is no configuration; RangeError for a class that nobody has registered
 */
export function baseFrom(owner: string, config: unknown): tf.Optimizer {
  if (!isRecord(config) || typeof config['className'] !== 'string' || !isRecord(config['config']))
    throw new TypeError(`${owner}: configuration of base must be { className, config }, got ${show(config)}`);
  const { className } = config;
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  if (!Object.hasOwn(classNameMap, className))
    throw new RangeError(`optimizer ${show(className)} is not registered; import its package before loading`);
  const [cls, fromConfig] = classNameMap[className]!;
  return fromConfig(cls, config['config'] as tf.serialization.ConfigDict) as unknown as tf.Optimizer;
}
