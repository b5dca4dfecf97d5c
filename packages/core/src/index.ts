// SPDX-License-Identifier: Apache-2.0

/**
 * What every optimizer of `@optim` shares. Users rarely need it by name: an optimizer's own package brings it along.
 *
 * - {@link describeExecution} says how the last step ran, and {@link loadExecutors} loads what runs it ahead of time.
 * - {@link encodeState} and {@link decodeState} turn the state of an optimizer into bytes and back; `@optim/core/node`
 *   writes them to files.
 * - {@link register} makes them known to another copy of TensorFlow.js, which a page with a script tag has;
 *   `@optim/core/global-tf` is a module for import maps that stands for the global `tf`.
 * - {@link hookFromConfig} and {@link scheduleFromConfig} make saved hooks and schedules again.
 *
 * Whoever writes an algorithm, a hook or a schedule imports from `@optim/core/authoring`.
 *
 * @packageDocumentation
 */

export { loadExecutors } from '@optim/fusion';
export type { BaseOptimizer, NamedGradients } from '@optim/contract';
export { describeExecution, type ExecutionReport } from './describe.js';
export { scheduleFromConfig } from '@optim/options';
export type { ParameterGroup } from '@optim/options';
export type { Hyper } from '@optim/options';
export type { Schedule, ScheduleConfig } from '@optim/options';
export { registerWith as register, type TensorFlow } from './register.js';
export { hookFromConfig, type Hook, type HookConfig } from './rule/hook.js';
export { decodeState, encodeState } from '@optim/state';
export type { ForeignState, SavedParameter, SavedTensor, StateDict } from '@optim/state';
export type { NamedWeight } from '@optim/state';
