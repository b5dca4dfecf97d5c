// SPDX-License-Identifier: Apache-2.0
// The executor of the webgl backend where textures have 16 bits.

import * as tf from '@tensorflow/tfjs-core';
import type { Executor, Kernel } from '../../executor.js';
import { trace } from '../../trace.js';
import { writeAlong } from './along.js';
import { executorWith } from './executor.js';
import { functions, halfOf, pairShape, position } from './halves.js';
import { keepPairs, launchPair, pairOf } from './pairs.js';

const { name, compile } = executorWith({
  functions,
  position,
  halfOf,
  pairShape,
  prepare: keepPairs,
  of: pairOf,
  launch: launchPair,
  writeAlong,
});

const addition = trace('sum', { x: [], y: [] }, [], ({ x, y }) => ({ sum: x!.add(y!) }));
const adders = new WeakMap<object, Kernel>();

/** Keeps its tensors in pairs of halves. */
export const halvedExecutor: Executor = {
  name,
  compile,
  sum(scalars) {
    const backend = tf.backend();
    const adder = adders.get(backend) ?? compile(addition);
    adders.set(backend, adder);
    return scalars.reduce((x, y) => adder.run([x, y], [])[0]!);
  },
};
