// SPDX-License-Identifier: Apache-2.0
// The options that every algorithm takes, and those that many do.

import {
  choice,
  custom,
  flag,
  isArrayOf,
  nullable,
  real,
  type Hyper,
  hyper,
  type OptionSpec,
  type OptionTable,
  type ParameterGroup,
} from '@optim/options';
import { isHook, type Hook } from './hook.js';

/** How weight decay acts; `'decoupled'` is that of AdamW, `'corrected'` that of AdamC. */
export type WeightDecayMode = PlainDecayMode | 'corrected';

/** The modes that need no largest learning rate: those of algorithms that find their step size themselves. */
export type PlainDecayMode = 'decoupled' | 'coupled' | 'independent';

/** Options every algorithm takes. */
export interface CommonOptions {
  /** Strength λ of the weight decay. */
  weightDecay?: Hyper;
  /**
   * Where the decay acts, before the update: `'decoupled'` p ← p·(1 − learningRate·λ), `'coupled'` g ← g + λ·p,
   * `'independent'` p ← p·(1 − λ).
   */
  weightDecayMode?: string;
  /** Other hyper-parameters for some of the variables: `[{ match: /bias/, weightDecay: 0 }]`. */
  parameterGroups?: readonly ParameterGroup[];
  /** Hooks on gradients and updates, in the order given. */
  transforms?: readonly Hook[];
}

/** Options of every algorithm whose decay may be `'corrected'`. */
export interface PeakOptions extends CommonOptions {
  /**
   * Where the decay acts, before the update: `'decoupled'` p ← p·(1 − learningRate·λ), `'coupled'` g ← g + λ·p,
   * `'independent'` p ← p·(1 − λ), `'corrected'` p ← p·(1 − λ·learningRate²/maxLearningRate).
   */
  weightDecayMode?: string;
  /**
   * Largest learning rate, for `'corrected'` alone; it stays when the rate is set. `null`: the rate, or the peak of its
   * schedule, when the optimizer is made.
   */
  maxLearningRate?: number | null;
}

/** Options of every algorithm with a learning rate and the four modes of weight decay. */
export interface OptimizerOptions extends PeakOptions {
  /** Step size: a number, or a schedule of the number of steps done. */
  learningRate?: Hyper;
  weightDecayMode?: WeightDecayMode;
}

/** Options of every algorithm whose learning rate is a factor on a step size that it finds itself. */
export interface PlainOptimizerOptions extends CommonOptions {
  /** Step size: a number, or a schedule of the number of steps done. */
  learningRate?: Hyper;
  weightDecayMode?: PlainDecayMode;
}

/** What settings hold besides options, once the rates have been scaled. */
export interface Scaled {
  learningRateScale?: number;
}

/** The modes that need no largest learning rate. */
export const plainModes: readonly PlainDecayMode[] = ['decoupled', 'coupled', 'independent'];

/** The modes of core. */
export const decayModes: readonly string[] = [...plainModes, 'corrected'];

/** What a largest rate may be. */
export const peaks: OptionSpec = /* @__PURE__ */ real('(0, ∞)');

/** The row of the largest rate of corrected decay. An algorithm without that mode may have another option of the name. */
export const peak: OptionSpec = /* @__PURE__ */ nullable(peaks);

/** The rows of {@link PeakOptions}; another default decay, mode, or list of modes may be given. */
export function commonOptions(
  weightDecay = 0,
  mode: string = 'decoupled',
  allowed: readonly string[] = decayModes,
): OptionTable<PeakOptions> {
  return { ...plainDecayOptions(weightDecay, mode, allowed), maxLearningRate: peak };
}

/** The rows of {@link CommonOptions}, for an algorithm whose rate has no maximum, or whose decay may not be decoupled. */
export function plainDecayOptions(
  weightDecay = 0,
  mode: string = 'decoupled',
  allowed: readonly string[] = plainModes,
): OptionTable<CommonOptions> {
  return { weightDecay: strength(weightDecay), weightDecayMode: choice(allowed, mode), ...shared() };
}

/** The rows of {@link CommonOptions} but the mode, for an algorithm whose decay has one form only. */
export function oneDecayOptions(weightDecay = 0): OptionTable<Omit<CommonOptions, 'weightDecayMode'>> {
  return { weightDecay: strength(weightDecay), ...shared() };
}

const strength = (weightDecay: number): OptionSpec => hyper('[0, ∞)', weightDecay);

/** The rows that have nothing to do with decay. */
const shared = (): OptionTable<Pick<CommonOptions, 'parameterGroups' | 'transforms'>> => ({
  parameterGroups: custom('an array of { match, … }', Array.isArray, []),
  transforms: custom('an array of hooks', (value) => isArrayOf(value, isHook), []),
});

/** Options of every algorithm with Adam's two moments. */
export interface MomentsOptions {
  /** Decay of the first moment. */
  beta1?: Hyper;
  /** Decay of the second moment. */
  beta2?: Hyper;
  /** Added to the root of the second moment. */
  epsilon?: Hyper;
}

/** The rows of {@link MomentsOptions}, with their defaults. */
export function momentsOptions(beta1: number, beta2: number, epsilon: number): OptionTable<MomentsOptions> {
  return {
    beta1: hyper('[0, 1)', beta1),
    beta2: hyper('[0, 1)', beta2),
    epsilon: hyper('[0, ∞)', epsilon),
  };
}

/** Options of every algorithm that offers AdaNorm. */
export interface AdaNormOptions {
  /** AdaNorm: e ← r·e + (1 − r)·‖g‖ of the tensor, then g·e/‖g‖ in place of g where e > ‖g‖ > 0. @defaultValue `false` */
  adanorm?: boolean;
  /** Decay r of that average. @defaultValue `0.95` */
  adanormR?: Hyper;
}

/** The rows of {@link AdaNormOptions}. Core keeps the average and hands the rule the gradient `stretched`. */
export function adaNormOptions(): OptionTable<AdaNormOptions> {
  return { adanorm: flag(false), adanormR: hyper('[0, 1)', 0.95) };
}
