// SPDX-License-Identifier: Apache-2.0

/**
 * What a base of optimizers is made of, beside `Optimizer`: `@optim/wrapper` is made of it.
 *
 * - {@link Engine} runs rules over a state of their own.
 * - {@link capture}, {@link headerOf} and {@link plain} make a state dict of that.
 * - {@link encodeOptions}, {@link decodeOptions} and {@link optionsIn} are options as JSON and back.
 *
 * @packageDocumentation
 */

export { decodeOptions, encodeOptions, optionsIn } from './rule/config.js';
export type { AnyRecurrence } from './rule/rule.js';
export type { InForce } from './settable.js';
export { capture, headerOf, plain } from './state/saving.js';
export { Engine } from './step/engine.js';
