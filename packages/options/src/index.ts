// SPDX-License-Identifier: Apache-2.0

/**
 * Options described once, as data: default, range, check, error message and documentation come from the same row of a table.
 * With them schedules, which are options by step, and groups of options for some of the variables.
 *
 * @packageDocumentation
 */

export { isSchedule, isCallable, type Peak, type Schedule, type ScheduleConfig } from './schedule.js';
export {
  decodeMatch,
  encodeMatch,
  isMatch,
  isSavedMatch,
  matches,
  type Match,
  type SavedMatch,
} from './match.js';
export {
  decode,
  defineSchedule,
  encode,
  encodeValue,
  fromConfig,
  isConfig,
  registerSchedule,
  scheduleFromConfig,
  scheduleOptions,
} from './define-schedule.js';
export {
  checkGroups,
  decodeGroup,
  encodeGroup,
  groupOf,
  grouped,
  wholeOptimizerOptions,
  type ParameterGroup,
} from './group.js';
export {
  alternatives,
  patternsOf,
  sparing,
  weightsByLayer,
  type ChosenWeight,
  type LayerWeight,
  type LayerWithWeights,
  type NoDecayOptions,
} from './layers.js';
export {
  check,
  distance,
  isArrayOf,
  isRecord,
  outOfRange,
  resolveOptions,
  show,
  suggestion,
  wrongType,
  type Hyper,
  type OptionSpec,
  type OptionTable,
} from './options.js';
export { choice, custom, fixed, flag, hyper, integer, list, nullable, real, whole } from './rows.js';
