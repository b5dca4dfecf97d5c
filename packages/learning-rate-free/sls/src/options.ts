// SPDX-License-Identifier: Apache-2.0

import {
  choice,
  hyper,
  integer,
  nullable,
  outOfRange,
  plainDecayOptions,
  real,
  whole,
  type CommonOptions,
  type Hyper,
  type OptionTable,
} from '@optim/core/authoring';

/** Options of {@link ArmijoSGD}. */
export interface ArmijoSGDOptions extends CommonOptions {
  /** Largest step size tried. @defaultValue `1` */
  maxLearningRate?: number;
  /** The step size that the first call begins from. @defaultValue `1` */
  initialStep?: number;
  /** Share of the predicted decrease that is asked for; 0.5 for convex problems. @defaultValue `0.1` */
  c?: number;
  /** Factor of the step size after a trial that failed. @defaultValue `0.9` */
  beta?: number;
  /** Where a call begins: at the last step size grown, at the largest, or at the last. @defaultValue `'growth'` */
  reset?: 'growth' | 'max' | 'keep';
  /** By how much the step size grows in an epoch, a factor. @defaultValue `2` */
  growth?: number;
  /** Steps of an epoch, for `growth`. @defaultValue `500` */
  stepsPerEpoch?: number;
  /** How often a call may shrink the step size. @defaultValue `100` */
  maxBacktracks?: number;
  /** Heavy ball μ, added after the search; 0: no slot for it. @defaultValue `0` */
  momentum?: Hyper;
  /** Make so many trials, always, and choose on the device; `null`: read a number after each. @defaultValue `null` */
  trials?: number | null;
  /** `'coupled'`: part of the loss that is searched; the others act after the search. @defaultValue `'coupled'` */
  weightDecayMode?: 'coupled' | 'decoupled' | 'independent';
}

/** The rows of {@link ArmijoSGDOptions}. */
export const rows: OptionTable<ArmijoSGDOptions> = {
  maxLearningRate: whole(real('(0, ∞)', 1)),
  initialStep: whole(real('(0, ∞)', 1)),
  c: whole(real('(0, 1)', 0.1)),
  beta: whole(real('(0, 1)', 0.9)),
  reset: whole(choice(['growth', 'max', 'keep'])),
  growth: whole(real('[1, ∞)', 2)),
  stepsPerEpoch: whole(integer('[1, ∞)', 500)),
  maxBacktracks: whole(integer('[0, ∞)', 100)),
  momentum: whole(hyper('[0, 1)', 0)),
  trials: whole(nullable(integer('[1, 64]'))),
  ...plainDecayOptions(0, 'coupled'),
};

/** @throws RangeError for hooks on more than gradients, which a search does not follow */
export function assertServed({ transforms }: Required<ArmijoSGDOptions>): void {
  const other = transforms.find(({ update, decay, guard }) => update ?? decay ?? guard);
  if (other) throw outOfRange('ArmijoSGD', 'transforms', 'hooks on gradients alone', other.name);
}
