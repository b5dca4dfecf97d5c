// SPDX-License-Identifier: Apache-2.0

/**
 * Every permissively licensed optimizer, wrapper, hook and schedule of `@optim` in one package. Algorithms whose own
 * licence, or whose authors' code's licence, is copyleft or non-commercial are not in it: install their packages.
 *
 * ```ts
 * import { createOptimizer } from '@optim/all';
 *
 * const optimizer = createOptimizer('adabelief', { learningRate: 1e-3 });
 * ```
 *
 * **From a configuration file.** `createOptimizer` also takes plain JSON: class, options, hooks, wrappers, and the variables
 * that weight decay leaves alone. {@link specOf} gives the JSON of an optimizer. {@link noDecayOf} finds those variables in a
 * model, by classes of layers and roles of weights.
 *
 * ```ts
 * import { createOptimizer, specOf } from '@optim/all';
 *
 * const optimizer = createOptimizer({
 *   name: 'adamw',
 *   options: {
 *     weightDecay: 0.05,
 *     learningRate: {
 *       schedule: 'cosineWithWarmup',
 *       options: { maxLearningRate: 1e-3, warmupSteps: 100, totalSteps: 5000 },
 *     },
 *   },
 *   transforms: [{ hook: 'centralizeGradients' }, { hook: 'clipByGlobalNorm', options: { maxNorm: 1 } }],
 *   wrap: [{ name: 'lookahead', options: { k: 5 } }],
 *   noDecay: ['bias', 'gamma', 'beta'],
 * });
 * const text = JSON.stringify(specOf(optimizer));
 * ```
 *
 * Names may be in any case. An option that is a schedule is written `{ schedule, options }`, a regular expression
 * `{ name, flags }`, an infinity `'Infinity'`. The first entry of `wrap` is the innermost. `noDecay` lists regular expressions
 * to be found anywhere in the name of a variable. In terms of pytorch_optimizer: `use_gc` is the hook `centralizeGradients`,
 * `use_lookahead` the wrapper `Lookahead`, and `wd_ban_list` is `noDecay`.
 *
 * **What there is.** Lists take a pattern and filters. Descriptions have summary, paper, licence, options with ranges and
 * defaults, bytes of state per parameter, and what a step needs. Algorithms that are not in this package are listed with the
 * command that installs them. A bundle contains none of this unless it is used.
 *
 * ```ts
 * import { describeOptimizer, describeSchedule, listHooks, listOptimizers } from '@optim/all';
 *
 * listOptimizers('adam*').map(({ name }) => name);
 * listOptimizers('*', { family: 'sam', needs: 'closure', licence: 'Apache-2.0' });
 * describeOptimizer('lion').state.bytesPerParameter; // 4
 * describeSchedule('oneCycle').options.map(({ name, range }) => `${name}: ${range}`);
 * listHooks('clip*').map(({ summary }) => summary);
 * ```
 *
 * @packageDocumentation
 */

export * from '@optim/hooks';
export * from '@optim/schedules';
// packages, written by `npm run sync`

export * from '@optim/a2grad';
export * from '@optim/accsgd';
export * from '@optim/accumulation';
export * from '@optim/acprop';
export * from '@optim/adabelief';
export * from '@optim/adabound';
export * from '@optim/adadelta';
export * from '@optim/adafactor';
export * from '@optim/adagrad';
export * from '@optim/adahessian';
export * from '@optim/adai';
export * from '@optim/adamatan2';
export * from '@optim/adamax';
export * from '@optim/adammini';
export * from '@optim/adamod';
export * from '@optim/adamp';
export * from '@optim/adams';
export * from '@optim/adamw';
export * from '@optim/adan';
export * from '@optim/adanorm';
export * from '@optim/adapnm';
export * from '@optim/adashift';
export * from '@optim/adasmooth';
export * from '@optim/ademamix';
export * from '@optim/adopt';
export * from '@optim/aggmo';
export * from '@optim/alig';
export * from '@optim/amos';
export * from '@optim/apollo';
export * from '@optim/asam';
export * from '@optim/asgd';
export * from '@optim/avagrad';
export * from '@optim/averaging';
export * from '@optim/bcos';
export * from '@optim/came';
export * from '@optim/cocob';
export * from '@optim/dadaptation';
export * from '@optim/diffgrad';
export * from '@optim/dog';
export * from '@optim/friendlysam';
export * from '@optim/ftrl';
export * from '@optim/galore';
export * from '@optim/gpa';
export * from '@optim/gsam';
export * from '@optim/kron';
export * from '@optim/lamb';
export * from '@optim/laprop';
export * from '@optim/lars';
export * from '@optim/lbfgs';
export * from '@optim/levenbergmarquardt';
export * from '@optim/lion';
export * from '@optim/lookahead';
export * from '@optim/looksam';
export * from '@optim/madgrad';
export * from '@optim/mars';
export * from '@optim/mechanic';
export * from '@optim/momo';
export * from '@optim/msvag';
export * from '@optim/muon';
export * from '@optim/nadam';
export * from '@optim/novograd';
export * from '@optim/optimisticadam';
export * from '@optim/padam';
export * from '@optim/pcgrad';
export * from '@optim/pid';
export * from '@optim/pnm';
export * from '@optim/polyaksgd';
export * from '@optim/prodigy';
export * from '@optim/qhadam';
export * from '@optim/qhm';
export * from '@optim/radam';
export * from '@optim/ranger';
export * from '@optim/ranger21';
export * from '@optim/rmsprop';
export * from '@optim/rotograd';
export * from '@optim/rprop';
export * from '@optim/sam';
export * from '@optim/scalableshampoo';
export * from '@optim/schedulefree';
export * from '@optim/scion';
export * from '@optim/sgdp';
export * from '@optim/sgdw';
export * from '@optim/shampoo';
export * from '@optim/signsgd';
export * from '@optim/sls';
export * from '@optim/sm3';
export * from '@optim/soap';
export * from '@optim/sophia';
export * from '@optim/split';
export * from '@optim/srmm';
export * from '@optim/stableadamw';
export * from '@optim/swats';
export * from '@optim/tiger';
export * from '@optim/wsam';
export * from '@optim/yogi';

// end of packages
export { createOptimizer } from './create-optimizer.js';
export {
  describeHook,
  describeOptimizer,
  describeSchedule,
  listHooks,
  listOptimizers,
  listSchedules,
  type OptimizerDescription,
  type OptimizerFilter,
} from './list.js';
export {
  loadOptimizer,
  optimizers,
  type OptimizerClassOf,
  type OptimizerName,
  type OptimizerNameInAnyCase,
} from './load-optimizer.js';
export { noDecayOf, type LayerWithWeights, type NoDecayOptions } from './no-decay.js';
export type { Described, Need, OptimizerSummary, OptionDescription, Summary } from './registry-types.js';
export { specOf, type HookSpec, type OptimizerSpec, type SavedOptions, type WrapSpec } from './spec.js';
// Both packages have options of this name.
export type { Ranger21Options } from '@optim/ranger21';
export type { Ranger21Options as Ranger21ScheduleOptions } from '@optim/schedules';
