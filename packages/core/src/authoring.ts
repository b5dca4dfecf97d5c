// SPDX-License-Identifier: Apache-2.0

/**
 * What an algorithm, a hook or a schedule is made of.
 *
 * - {@link Optimizer} with a static {@link Rule}: an algorithm as data.
 * - {@link defineHook}, {@link defineSchedule}: changes of gradients and updates, and numbers by step.
 * - The rows of option tables: {@link hyper}, {@link real}, {@link integer}, {@link flag}, {@link choice}, …
 *
 * Formulas that several papers share are in `@optim/formulas`; expressions in `@optim/fusion`; what an optimizer around another
 * one is made of is in `@optim/wrapper`.
 *
 * @packageDocumentation
 */

// In an order that packs well: bundles keep it, and `npm run size` tells.
export {
  assertLoss,
  assertOptimizer,
  assertVariables,
  BaseOptimizer,
  lossOf,
  namesOf,
  unwrap,
  type Entry,
  type NamedGradients,
} from '@optim/contract';
export { defineSchedule, registerSchedule } from '@optim/options';
export { grouped, type ParameterGroup } from '@optim/options';
export type { Match } from '@optim/options';
export { outOfRange, resolveOptions, type Hyper, type OptionSpec, type OptionTable } from '@optim/options';
export { movable } from './step/movable.js';
export { isArrayOf, isCallable, isRecord, show } from '@optim/options';
export { choice, custom, fixed, flag, hyper, integer, list, nullable, real, whole } from '@optim/options';
export { isSchedule, type Schedule } from '@optim/options';
export { total } from './step/total.js';
export {
  adaNormOptions,
  commonOptions,
  momentsOptions,
  oneDecayOptions,
  plainDecayOptions,
  type AdaNormOptions,
  type CommonOptions,
  type MomentsOptions,
  type OptimizerOptions,
  type PeakOptions,
  type PlainDecayMode,
  type PlainOptimizerOptions,
  type WeightDecayMode,
} from './rule/common-options.js';
export { decayed, shrunk } from './rule/decay.js';
export { defineHook, exclude, type Hook } from './rule/hook.js';
export {
  filled,
  round,
  type Known,
  type Recurrence,
  type Resolved,
  type Results,
  type Round,
  type Rule,
  type SlotInit,
  type Tensors,
} from './rule/rule.js';
export type { Momentum, Parameter } from './state/parameters.js';
export { exchange, isAlive } from './state/variables.js';
export { register } from './register.js';
export type { Engine } from './step/engine.js';
export { readable } from '@optim/state';
export { Optimizer } from './optimizer.js';
export { steady, unshared } from './step/unshared.js';
export { apart, hold, record, repeat, replay, undisturbed, untrained } from '@optim/evaluation';
export { adaNorm } from './rule/ada-norm.js';
export { atStep } from './step/binding.js';
