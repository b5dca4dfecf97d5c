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

export * from '@optim/hooks';
export * from '@optim/schedules';
// packages, written by `npm run sync`

export * from '@optim/a2grad';
export * from '@optim/accsgd';
export * from '@optim/adabelief';
export * from '@optim/adabound';
export * from '@optim/adadelta';
export * from '@optim/adafactor';
export * from '@optim/adahessian';
export * from '@optim/adai';
export * from '@optim/adamax';
export * from '@optim/adamod';
export * from '@optim/adamp';
export * from '@optim/adams';
export * from '@optim/adamw';
export * from '@optim/adan';
export * from '@optim/adanorm';
export * from '@optim/adapnm';
export * from '@optim/adashift';
export * from '@optim/adasmooth';
export * from '@optim/aggmo';
export * from '@optim/alig';
export * from '@optim/amos';
export * from '@optim/apollo';
export * from '@optim/asam';
export * from '@optim/asgd';
export * from '@optim/avagrad';
export * from '@optim/came';
export * from '@optim/dadaptation';
export * from '@optim/diffgrad';
export * from '@optim/friendlysam';
export * from '@optim/gsam';
export * from '@optim/kron';
export * from '@optim/lamb';
export * from '@optim/laprop';
export * from '@optim/lars';
export * from '@optim/lion';
export * from '@optim/lookahead';
export * from '@optim/looksam';
export * from '@optim/madgrad';
export * from '@optim/msvag';
export * from '@optim/muon';
export * from '@optim/nadam';
export * from '@optim/novograd';
export * from '@optim/pcgrad';
export * from '@optim/pid';
export * from '@optim/pnm';
export * from '@optim/prodigy';
export * from '@optim/qhadam';
export * from '@optim/qhm';
export * from '@optim/radam';
export * from '@optim/ranger';
export * from '@optim/ranger21';
export * from '@optim/rotograd';
export * from '@optim/sam';
export * from '@optim/scalableshampoo';
export * from '@optim/schedulefree';
export * from '@optim/scion';
export * from '@optim/sgdp';
export * from '@optim/sgdw';
export * from '@optim/shampoo';
export * from '@optim/signsgd';
export * from '@optim/sm3';
export * from '@optim/soap';
export * from '@optim/sophia';
export * from '@optim/srmm';
export * from '@optim/swats';
export * from '@optim/tiger';
export * from '@optim/wsam';
export * from '@optim/yogi';

// end of packages
export { createOptimizer, loadOptimizer, optimizers, type OptimizerName } from './create-optimizer.js';
// Both packages have options of this name.
export type { Ranger21Options } from '@optim/ranger21';
export type { Ranger21Options as Ranger21ScheduleOptions } from '@optim/schedules';
