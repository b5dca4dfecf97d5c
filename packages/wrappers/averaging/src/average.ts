// SPDX-License-Identifier: Apache-2.0
// Options of the average, and its rule.

import {
  choice,
  flag,
  integer,
  outOfRange,
  real,
  type OptionTable,
  type Recurrence,
} from '@optim/core/authoring';
import { copy } from '@optim/formulas';

/** How the points weigh in the average: exponentially less with age, alike, or by a power of their number. */
export type AverageKind = 'ema' | 'uniform' | 'polynomial';

/** Options of {@link WeightAveraging}. */
export interface WeightAveragingOptions {
  /** Weights of the average: exponential, all alike (SWA), or a power of the number of the point. @defaultValue `'ema'` */
  kind?: AverageKind;
  /** Of `'ema'`: share of the old average in the new one. @defaultValue `0.999` */
  decay?: number;
  /** Of `'ema'`: let the decay grow towards `decay`. @defaultValue `false` */
  warmup?: boolean;
  /** Of `'ema'` with `warmup`: points in which the decay comes to 1 − 2^(−warmupPower). @defaultValue `1` */
  warmupGamma?: number;
  /** Of `'ema'` with `warmup`: how fast the decay grows. @defaultValue `0.6666666666666666` */
  warmupPower?: number;
  /** Of `'ema'`: weigh as if the average had begun at zero and were divided by 1 − decayⁿ. @defaultValue `false` */
  biasCorrection?: boolean;
  /** Of `'polynomial'`: 0 weighs all points alike; the larger, the sooner early ones are forgotten. @defaultValue `3` */
  eta?: number;
  /** Update after which the first point is taken; 0: the parameters before training are the first point. @defaultValue `1` */
  start?: number;
  /** Updates from one point to the next. @defaultValue `1` */
  every?: number;
}

export const averageOptions: OptionTable<WeightAveragingOptions> = {
  kind: choice<AverageKind>(['ema', 'uniform', 'polynomial']),
  decay: real('[0, 1)', 0.999),
  warmup: flag(false),
  warmupGamma: real('(0, ∞)', 1),
  warmupPower: real('(0, ∞)', 2 / 3),
  biasCorrection: flag(false),
  eta: real('[0, ∞)', 3),
  start: integer('[0, ∞)', 1),
  every: integer('[1, ∞)', 1),
};

const optionsOf: Readonly<Record<AverageKind, readonly (keyof WeightAveragingOptions)[]>> = {
  ema: ['decay', 'warmup', 'warmupGamma', 'warmupPower', 'biasCorrection'],
  uniform: [],
  polynomial: ['eta'],
};

/** @throws RangeError for an option of another kind than the chosen one, and for two corrections of the beginning */
export function assertOneKind(owner: string, options: Required<WeightAveragingOptions>): void {
  const { kind, warmup, biasCorrection } = options;
  for (const name of Object.values(optionsOf).flat()) {
    const standard = averageOptions[name]!.default;
    if (options[name] !== standard && !optionsOf[kind].includes(name))
      throw outOfRange(
        owner,
        name,
        `${standard} with kind '${kind}', which has no use for it`,
        options[name],
      );
  }
  if (warmup && biasCorrection)
    throw outOfRange(owner, 'biasCorrection', 'false with warmup: both weigh the first points', true);
}

/** Share of the newest point in the average, n points being in it. */
function shareOf(n: number, options: Required<WeightAveragingOptions>): number {
  const { kind, decay, warmup, warmupGamma, warmupPower, biasCorrection, eta } = options;
  if (n === 0) return 1;
  if (kind === 'uniform') return 1 / (n + 1);
  if (kind === 'polynomial') return (eta + 1) / (n + 1 + eta);
  if (warmup) return 1 - Math.min(decay, 1 - (1 + n / warmupGamma) ** -warmupPower);
  return biasCorrection ? (1 - decay) / (1 - decay ** (n + 1)) : 1 - decay;
}

/** The rule of a point: `param` is the newest one. */
export const takePoint: Recurrence<
  WeightAveragingOptions,
  'average',
  { share: number },
  { evaluating: number }
> = {
  slots: () => ({ average: copy }),
  globals: () => ({ evaluating: 0 }),
  coefficients: (t, options) => ({ share: shareOf(t - 1, options) }),
  update: ({ param, average }, { share }) => ({ average: average.add(param.sub(average).mul(share)) }),
};
