// SPDX-License-Identifier: Apache-2.0

import { show } from '@optim/options';
import { findName, properName } from './names.js';
import * as classes from './optimizers.js';
import { optimizersApart } from './registry/optimizers-apart.js';

/** Every optimizer class by its name. */
export const optimizers: typeof classes = classes;

type Optimizers = typeof classes;

/** The name of an optimizer class. */
export type OptimizerName = keyof Optimizers;

/** The name of an optimizer class, in one of the cases that people write it in. */
export type OptimizerNameInAnyCase = OptimizerName | Lowercase<OptimizerName> | Uppercase<OptimizerName>;

/** The class of a name in any case. */
export type OptimizerClassOf<N extends string> = {
  [K in OptimizerName]: Lowercase<K> extends Lowercase<N> ? Optimizers[K] : never;
}[OptimizerName];

/**
 * The class of an optimizer by its name, for instance one in a configuration file.
 *
 * @param name - class name in any case: `AdamW`, `adamw`, `ADAMW`
 * @throws RangeError for an unknown name, with the nearest ones, and for one that is in a package of its own, with that;
 * TypeError for something else than a string
 */
export function loadOptimizer<N extends OptimizerNameInAnyCase>(name: N): OptimizerClassOf<N> {
  return classOf('name', name) as unknown as OptimizerClassOf<N>;
}

/**
 * The class of a name that may be anything.
 *
 * @param argument - what was given, as errors name it
 */
export function classOf(argument: string, name: unknown): Optimizers[OptimizerName] {
  const apart = typeof name === 'string' && findName(name, Object.keys(optimizersApart));
  if (apart) {
    const where = `which is in a package of its own: ${optimizersApart[apart]}`;
    throw new RangeError(
      `@optim/all: ${argument} must be the name of an optimizer of @optim/all, got ${show(name)}, ${where}`,
    );
  }
  const proper = properName(argument, 'an optimizer', name, Object.keys(optimizers));
  return optimizers[proper as OptimizerName];
}
