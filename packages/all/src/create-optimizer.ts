// SPDX-License-Identifier: Apache-2.0

import * as classes from './optimizers.js';

/** Every optimizer class by its name. */
export const optimizers: typeof classes = classes;

type Optimizers = typeof classes;

/** The name of an optimizer class. */
export type OptimizerName = keyof Optimizers;

/**
 * The class of an optimizer by its name, for instance one in a configuration file.
 *
 * @param name - class name, as `AdamW`
 * @throws RangeError for an unknown name
 */
export function loadOptimizer<N extends OptimizerName>(name: N): Optimizers[N] {
  if (!Object.hasOwn(optimizers, name)) {
    const known = Object.keys(optimizers)
      .sort((a, b) => a.localeCompare(b))
      .join(', ');
    throw new RangeError(`@optim/all: name must be one of ${known}, got ${JSON.stringify(name)}`);
  }
  return optimizers[name];
}

/**
 * A new optimizer by name.
 *
 * @param name - class name, as `AdamW`
 * @param parameters - what its constructor takes: options, for a wrapper base and options
 * @throws RangeError for an unknown name; what the constructor throws
 */
export function createOptimizer<N extends OptimizerName>(
  name: N,
  ...parameters: ConstructorParameters<Optimizers[N]>
): InstanceType<Optimizers[N]> {
  const Class = loadOptimizer(name) as unknown as new (...given: unknown[]) => InstanceType<Optimizers[N]>;
  return new Class(...parameters);
}
