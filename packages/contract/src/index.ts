// SPDX-License-Identifier: Apache-2.0

/**
 * What TensorFlow.js and its users see of an optimizer, whatever is behind it.
 *
 * - {@link BaseOptimizer} is the common base of rules, of wrappers and of what searches along a line: `minimize` and
 *   `applyGradients` as `model.fit` calls them, `getWeights`, `setWeights` and state dicts, {@link TwoPoints | a point of
 *   training and one of evaluation}, `dispose`. What it takes it checks first, so that a refused step changes nothing.
 * - {@link unwrap} lists a wrapper and all that is inside.
 * - {@link assertOptimizer} refuses what is no optimizer; {@link assertLoss}, {@link assertVariables} and {@link lossOf} are the checks
 *   of a step.
 *
 * `@optim/core` puts its engine under it.
 *
 * @packageDocumentation
 */

export { BaseOptimizer } from './contract.js';
export {
  assertLoss,
  assertVariables,
  lossOf,
  namesOf,
  type Entry,
  type NamedGradients,
} from './gradients.js';
export { isTensor } from './is-tensor.js';
export { TwoPoints } from './two-points.js';
export { unwrap } from './unwrap.js';
// Behind the others: bundles keep this order, in which they pack better.
export { assertOptimizer } from './assert-optimizer.js';
