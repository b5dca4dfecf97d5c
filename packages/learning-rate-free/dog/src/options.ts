// SPDX-License-Identifier: Apache-2.0
// What DoG and LDoG are told.

import {
  hyper,
  nullable,
  outOfRange,
  plainDecayOptions,
  real,
  whole,
  type Hyper,
  type OptionTable,
  type PlainOptimizerOptions,
} from '@optim/core/authoring';

/** Options of {@link DoG} and {@link LDoG}. */
export interface DistanceOptions extends PlainOptimizerOptions {
  /** Factor on the step size found; leave it at 1, schedules multiply it. @defaultValue `1` */
  learningRate?: Hyper;
  /** First distance, relative to 1 + ‖p₀‖; 1e-4 with batch normalization. @defaultValue `1e-6` */
  repsRel?: number;
  /** Size of the first step in place of a first distance; `null`: the latter. @defaultValue `null` */
  initialStep?: number | null;
  /** First value of the sum of squared gradients. @defaultValue `1e-8` */
  epsilon?: number;
  /** `'decoupled'` shrinks by the step size found. @defaultValue `'coupled'` */
  weightDecayMode?: 'coupled' | 'decoupled' | 'independent';
}

const defaultReps = 1e-6;

/** The rows of {@link DistanceOptions}. */
export function distanceOptions(): OptionTable<DistanceOptions> {
  return {
    learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
    repsRel: whole(real('(0, ∞)', defaultReps)),
    initialStep: whole(nullable(real('(0, ∞)'))),
    epsilon: whole(real('(0, ∞)', 1e-8)),
    ...plainDecayOptions(0, 'coupled'),
  };
}

/** @throws RangeError for two ways to begin */
export function assertOneStart(
  owner: string,
  { repsRel, initialStep }: { readonly repsRel: number; readonly initialStep: number | null },
): void {
  if (initialStep !== null && repsRel !== defaultReps)
    throw outOfRange(owner, 'repsRel', 'left out where initialStep is given', repsRel);
}
