// SPDX-License-Identifier: Apache-2.0

/**
 * Every permissively licensed optimizer, wrapper, hook and schedule of `@optim` in one package. Algorithms whose own
 * licence, or whose authors' code's licence, is copyleft or non-commercial are not in it: install their packages.
 *
 * ```ts
 * import { createOptimizer, cosineWithWarmup } from '@optim/all';
 *
 * const optimizer = createOptimizer('AdaBelief', { learningRate: 1e-3 });
 * ```
 *
 * @packageDocumentation
 */

export * from '@optim/adabelief';
export * from '@optim/adafactor';
export * from '@optim/adai';
export * from '@optim/adamp';
export * from '@optim/adamw';
export * from '@optim/alig';
export * from '@optim/asam';
export * from '@optim/dadaptation';
export * from '@optim/hooks';
export * from '@optim/lamb';
export * from '@optim/lookahead';
export * from '@optim/sam';
export * from '@optim/schedules';
export { createOptimizer, optimizers, type OptimizerName } from './create-optimizer.js';
