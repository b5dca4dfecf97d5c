// SPDX-License-Identifier: Apache-2.0
// The options every algorithm takes, and weight decay as it is unless a paper has its own.

import type { Expression } from '@optim/fusion';
import type { ParameterGroup } from './group.js';
import { isHook, type Hook } from './hook.js';
import { choice, custom, flag, hyper, type Hyper, type OptionTable } from './options.js';
import type { Pair } from './rule.js';

/** How weight decay acts; `'decoupled'` is that of AdamW. */
export type WeightDecayMode = 'decoupled' | 'coupled' | 'independent';

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

/** Options of every algorithm with a learning rate and the three modes of weight decay. */
export interface OptimizerOptions extends CommonOptions {
  /** Step size: a number, or a schedule of the number of steps done. */
  learningRate?: Hyper;
  weightDecayMode?: WeightDecayMode;
}

const modes: readonly WeightDecayMode[] = ['decoupled', 'coupled', 'independent'];

/** The rows of {@link CommonOptions}; another default decay, mode, or list of modes may be given. */
export function commonOptions(
  weightDecay = 0,
  mode: string = 'decoupled',
  allowed: readonly string[] = modes,
): OptionTable<CommonOptions> {
  const { weightDecay: strength, ...others } = oneDecayOptions(weightDecay);
  return { weightDecay: strength, weightDecayMode: choice(allowed, mode), ...others };
}

/** The rows of {@link CommonOptions} but the mode, for an algorithm whose decay has one form only. */
export function oneDecayOptions(weightDecay = 0): OptionTable<Omit<CommonOptions, 'weightDecayMode'>> {
  return {
    weightDecay: hyper('[0, ∞)', weightDecay),
    parameterGroups: custom('an array of { match, … }', Array.isArray, []),
    transforms: custom('an array of hooks', (value) => Array.isArray(value) && value.every(isHook), []),
  };
}

/** Options of every algorithm that offers AdaNorm, see {@link adaNorm}. */
export interface AdaNormOptions {
  /** AdaNorm: stretch gradients shorter than the average of their predecessors to that length. @defaultValue `false` */
  adanorm?: boolean;
  /** Decay of that average. @defaultValue `0.95` */
  adanormR?: Hyper;
}

/** The rows of {@link AdaNormOptions}. */
export function adaNormOptions(): OptionTable<AdaNormOptions> {
  return { adanorm: flag(false), adanormR: hyper('[0, 1)', 0.95) };
}

/** What weight decay may use. */
export interface DecayScalars {
  readonly learningRate: Expression;
  readonly weightDecay: Expression;
  readonly weightDecayMode: string;
}

/**
 * Decay in the three modes of {@link WeightDecayMode}.
 *
 * @param rate - of the decoupled decay, which does not act while it is `null`
 */
export function decayed(
  { param, grad }: Pair,
  rate: Expression | null,
  { weightDecay, weightDecayMode }: Omit<DecayScalars, 'learningRate'>,
): Pair {
  if (weightDecayMode === 'coupled') return { param, grad: grad.add(param.mul(weightDecay)) };
  const strength = weightDecayMode === 'decoupled' ? rate && weightDecay.mul(rate) : weightDecay;
  return { param: strength ? param.mul(strength.neg().add(1)) : param, grad };
}
