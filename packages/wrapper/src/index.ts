// SPDX-License-Identifier: Apache-2.0

/**
 * What an optimizer around another one is made of; the one inside may be of `@optim` or of TensorFlow.js.
 *
 * - {@link Wrapper} is the base: the contract with TensorFlow.js, the optimizer inside, and an engine that runs the wrapper's own
 *   rules. Learning rate, saving and loading go through to what is inside.
 * - {@link assertFollows}, {@link assertGradientsOnly} and {@link assertOnePoint} refuse a base that cannot do what the wrapper
 *   asks of it.
 * - {@link hasStepped}, {@link evaluatesItself} and {@link observeMoved} say what a step of the base has done, and
 *   {@link stepFrom} lets it step from another point.
 * - {@link learningRateOf} and {@link scaleRate} know the rates of any optimizer, {@link movedBy} what it moves, and
 *   {@link resetting} lets it forget its state.
 *
 * @packageDocumentation
 */

export { assertOptimizer } from '@optim/contract';
export { baseFrom } from './base.js';
export { assertFollows, assertGradientsOnly, assertOnePoint } from './demands.js';
export { learningRateOf, movedBy, scaleRate } from './learning-rate.js';
export { resetting } from './live.js';
export { stepFrom } from './points.js';
export { evaluatesItself, hasStepped, observeMoved, type Moved } from './stepping.js';
export { Wrapper } from './wrapper.js';
