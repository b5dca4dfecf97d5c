// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import { isRecord, show } from '@optim/options';
import { classOf, type OptimizerClassOf, type OptimizerNameInAnyCase } from './load-optimizer.js';
import { optimizerOf, type OptimizerSpec } from './spec.js';

/**
 * A new optimizer: from plain data, or by name.
 *
 * ```ts
 * import { createOptimizer } from '@optim/all';
 *
 * const optimizer = createOptimizer({
 *   name: 'adamw',
 *   options: { learningRate: { schedule: 'cosineWithWarmup', options: { maxLearningRate: 1e-3, totalSteps: 5000 } } },
 *   transforms: [{ hook: 'centralizeGradients' }],
 *   wrap: [{ name: 'lookahead', options: { k: 5 } }],
 *   noDecay: ['bias$', 'gamma$', 'beta$'],
 * });
 * ```
 *
 * @param spec - the optimizer as JSON
 * @throws RangeError, TypeError saying what does not fit: an unknown name, with the nearest ones; an unknown key; what the
 * constructors throw. Nothing is left then.
 */
export function createOptimizer(spec: OptimizerSpec): BaseOptimizer;
/**
 * A new optimizer by name.
 *
 * @param name - class name in any case: `AdamW`, `adamw`
 * @param parameters - what its constructor takes: options, for a wrapper base and options
 * @throws RangeError for an unknown name, with the nearest ones; what the constructor throws
 */
export function createOptimizer<N extends OptimizerNameInAnyCase>(
  name: N,
  ...parameters: ConstructorParameters<OptimizerClassOf<N>>
): InstanceType<OptimizerClassOf<N>>;
export function createOptimizer(given: string | OptimizerSpec, ...parameters: unknown[]): BaseOptimizer {
  if (typeof given === 'string') {
    const Class = classOf('name', given) as unknown as new (...parameters: unknown[]) => BaseOptimizer;
    return new Class(...parameters);
  }
  if (!isRecord(given))
    throw new TypeError(
      `@optim/all: createOptimizer takes a name, or an object with name, options, …; got ${show(given)}`,
    );
  if (parameters.length > 0)
    throw new TypeError(
      `@optim/all: createOptimizer takes nothing after an object with name and options, got ${show(parameters[0])}`,
    );
  return optimizerOf(given);
}
