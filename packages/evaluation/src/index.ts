// SPDX-License-Identifier: Apache-2.0

/**
 * Evaluating a loss twice as if it were once. A loss of `model.fit` draws dropout masks, moves the statistics of batch
 * normalization and keeps its metrics: sharpness-aware methods, finite differences and line searches evaluate it again, and none
 * of that is to happen a second time.
 *
 * - {@link record} runs an evaluation and lists the random numbers it drew; {@link repeat} runs another one that draws the
 *   same, puts back variables that are not trained, and hands over what the evaluation kept.
 * - {@link replay}, {@link undisturbed}, {@link untrained} and {@link hold} are its parts.
 * - {@link releaseTape} and {@link apart} look after the tape on which TensorFlow.js records gradients.
 *
 * @packageDocumentation
 */

export { hold, record, repeat, replay, undisturbed, untrained } from './evaluation.js';
export { apart, releaseTape } from './tape.js';
