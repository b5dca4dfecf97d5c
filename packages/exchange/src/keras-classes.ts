// SPDX-License-Identifier: Apache-2.0
// Which class of Keras each class here is, as data: slots, options, counts. That both do the same is shown by going on.

import { adafactorRates, epsilonOf, relativeOf } from './keras-options.js';
import { kerasEpsilon } from './keras-schedules.js';
import { muProduct } from './mu-product.js';
import { flag, number, only, type Field, type Options } from './fields.js';

/** How a class here and one of Keras correspond. */
export interface KerasClass {
  /** The fields of the configuration besides those that every optimizer of Keras has. */
  readonly fields: readonly Field[];
  /** Options that Keras does not have, with the values that make both the same. */
  readonly fixed: Options;
  /** Options that matter only to a parameter without state. */
  readonly starts?: Options;
  /** Options that follow from several fields, and back. */
  readonly derived?: (options: Options) => Options;
  readonly underived?: (who: string, options: Options) => Options;
  /** Options whose schedule is no schedule there. */
  readonly scheduled?: readonly string[];
  /**
   * The order of the variables: of each run, for each parameter its slots. A slot is named as here, and as Keras ends the path of
   * the variable.
   */
  readonly runs: (options: Options) => readonly (readonly (readonly [slot: string, end: string])[])[];
  /** What a slot here is as a multiple of that there. */
  readonly factor?: (options: Options) => number;
  /** A scalar after all others, which follows from the others. */
  readonly last?: (options: Options, t: number) => number;
  /** Whether the number of steps enters a step. */
  readonly counts: boolean;
  /** Whether the slots are those of AdaFactor, of other shapes there. */
  readonly isFactored?: boolean;
  /** Whether the learning rate must be a number. */
  readonly needsRate?: boolean;
}

const betas = [number('beta_1', 'beta1'), number('beta_2', 'beta2')];
const epsilon = number('epsilon', 'epsilon');
const decoupled = { weightDecayMode: 'decoupled' };

const m = ['m', 'momentum'] as const;
const v = ['v', 'velocity'] as const;

const adam: KerasClass = {
  fixed: { ...decoupled, adamD: false, nesterov: false },
  fields: [...betas, epsilon, flag('amsgrad', 'amsgrad')],
  derived: ({ epsilon: value, beta2 }) => ({
    epsilon: value === 0 ? 0 : kerasEpsilon({ epsilon: value as number, beta2: beta2 as number }),
  }),
  underived: (who, options) => ({ epsilon: epsilonOf(who, options) }),
  scheduled: ['epsilon'],
  runs: ({ amsgrad }) => [[m, v], ...(amsgrad === true ? [[['x', 'velocity_hat'] as const]] : [])],
  counts: true,
};

export const kerasClasses: Readonly<Record<string, KerasClass>> = {
  OptimAdam: adam,
  AdamW: adam,
  SGDW: {
    fields: [number('momentum', 'momentum'), flag('nesterov', 'nesterov')],
    fixed: { ...decoupled, dampening: 0 },
    // Keras keeps steps of the present rate: −learningRate·b.
    factor: ({ learningRate }) => -1 / (learningRate as number),
    runs: ({ momentum }) => (momentum === 0 ? [] : [[['b', 'momentum']]]),
    counts: false,
    needsRate: true,
  },
  OptimRMSProp: {
    fields: [number('rho', 'decay'), number('momentum', 'momentum'), epsilon, flag('centered', 'centered')],
    fixed: {
      ...decoupled,
      nesterov: false,
      epsilonPosition: 'inside',
      biasCorrection: false,
      learningRateInMomentum: true,
    },
    starts: { initialAccumulator: 0 },
    runs: ({ momentum, centered }) => [
      [v],
      ...(momentum === 0 ? [] : [[['b', 'momentum'] as const]]),
      ...(centered === true ? [[['a', 'average_gradient'] as const]] : []),
    ],
    counts: false,
  },
  AdaGrad: {
    fields: [number('initial_accumulator_value', 'initialAccumulator'), epsilon],
    fixed: { ...decoupled, epsilonPosition: 'inside', learningRateDecay: 0 },
    runs: () => [[['s', 'accumulator']]],
    counts: false,
  },
  NAdam: {
    fields: [...betas, epsilon],
    fixed: { ...decoupled, momentumDecay: 1 },
    runs: () => [[m, v]],
    last: muProduct,
    counts: true,
  },
  Lion: {
    fields: betas,
    fixed: { ...decoupled, adanorm: false },
    runs: () => [[m]],
    counts: false,
  },
  Lamb: {
    fields: [...betas, epsilon],
    fixed: {
      ...decoupled,
      biasCorrection: true,
      gradAveraging: true,
      maxGradNorm: 0,
      clampValue: Infinity,
      adam: false,
    },
    runs: () => [[m, v]],
    counts: true,
  },
  AdaFactor: {
    fields: [
      { name: 'beta_2_decay', read: relativeOf, write: ({ decayRate }) => -(decayRate as number) },
      number('epsilon_1', 'epsilon1'),
      number('epsilon_2', 'epsilon2'),
      number('clip_threshold', 'clipThreshold'),
      only('relative_step', true),
    ],
    fixed: {
      scaleParameter: true,
      beta1: null,
      beta2: null,
      factored: true,
      minDimSizeToFactor: 1,
      weightDecayMode: 'independent',
    },
    starts: { relativeStep: null, warmupInit: false },
    ...adafactorRates,
    scheduled: ['learningRate'],
    runs: () => [
      [
        ['R', ''],
        ['C', ''],
        ['V', 'velocity'],
      ],
    ],
    counts: true,
    isFactored: true,
    needsRate: true,
  },
};
