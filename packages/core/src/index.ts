// SPDX-License-Identifier: Apache-2.0

/**
 * What every optimizer of `@optim` shares: the step protocol and the TensorFlow.js contract, options, parameter
 * groups, schedules and hooks as such, state dicts, and the base of wrappers.
 *
 * @packageDocumentation
 */

export { BaseOptimizer, register, type Entry, type NamedGradients, type NamedWeight } from './base.js';
export { describeExecution, type ExecutionReport } from './describe.js';
export {
  adaNorm,
  biasCorrection,
  copy,
  countedCorrections,
  ema,
  heavyBall,
  largestSoFar,
  ones,
  positiveNegative,
  rectification,
  signum,
  slowWeights,
  softplus,
  stablyDecayed,
  unitAxes,
  zero,
  zeros,
} from './formulas.js';
export { factoredAxes, factoredMoment, factoredSlots, type FactoredAxes } from './factored.js';
export type { ParameterGroup } from './group.js';
export { defineHook, exclude, hookFromConfig, type Hook, type HookConfig } from './hook.js';
export type { Match } from './match.js';
export {
  adaNormOptions,
  commonOptions,
  oneDecayOptions,
  type AdaNormOptions,
  type CommonOptions,
  type DecayScalars,
  type OptimizerOptions,
  type WeightDecayMode,
} from './common-options.js';
export type { Momentum } from './optimizer-state.js';
export { Optimizer } from './optimizer.js';
export {
  choice,
  custom,
  fixed,
  flag,
  hyper,
  integer,
  nullable,
  outOfRange,
  real,
  resolveOptions,
  type Hyper,
  type OptionSpec,
  type OptionTable,
} from './options.js';
export { projected } from './projection.js';
export { filled } from './rule.js';
export type {
  HostInit,
  Pair,
  Resolved,
  Results,
  Round,
  Scalars,
  SlotInit,
  Tensors,
  TracedInit,
} from './rule.js';
export { decodeState, encodeState } from './safetensors.js';
export {
  defineSchedule,
  isSchedule,
  registerSchedule,
  scheduleFromConfig,
  type Schedule,
  type ScheduleConfig,
} from './schedule.js';
export type { ForeignState, SavedParameter, SavedTensor, StateDict } from './state.js';
export { centralized, clippedByUnit, pulledToUnitNorm, standardized, unitNorm } from './units.js';
export { momentumOf, unwrap, Wrapper } from './wrapper.js';
export { loadExecutors } from '@optim/fusion';
