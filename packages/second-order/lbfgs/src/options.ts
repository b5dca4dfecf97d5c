// SPDX-License-Identifier: Apache-2.0

import {
  choice,
  hyper,
  integer,
  nullable,
  outOfRange,
  plainDecayOptions,
  real,
  type Hyper,
  type PlainOptimizerOptions,
  type OptionTable,
} from '@optim/core/authoring';

/** Options of {@link LBFGS}. */
export interface LBFGSOptions extends Omit<PlainOptimizerOptions, 'weightDecayMode'> {
  /** Length of a step, in units of the direction; with a search the first trial. @defaultValue `1` */
  learningRate?: Hyper;
  /** Pairs of differences kept. @defaultValue `10` */
  historySize?: number;
  /** `'strongWolfe'`: search each step's length; `null`: the learning rate. @defaultValue `null` */
  lineSearch?: 'strongWolfe' | null;
  /** Iterations in one call. @defaultValue `1` */
  maxIterations?: number;
  /**
   * Evaluations of the loss in one call, the first included; `null`: max(25, ⌊1.25·maxIterations⌋). A search looks once at
   * least. @defaultValue `null`
   */
  maxEvaluations?: number | null;
  /** Largest element of a gradient that counts as zero. @defaultValue `1e-7` */
  toleranceGrad?: number;
  /** Step or change of the loss that counts as none. @defaultValue `1e-9` */
  toleranceChange?: number;
  /** Strength λ: the loss is f + ½λ·Σ p² at every evaluation. @defaultValue `0` */
  weightDecay?: Hyper;
  /** Always part of the loss. @defaultValue `'coupled'` */
  weightDecayMode?: 'coupled';
}

/** The rows of {@link LBFGSOptions}. */
export const rows: OptionTable<LBFGSOptions> = {
  learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
  historySize: integer('[1, ∞)', 10),
  lineSearch: nullable(choice(['strongWolfe'])),
  maxIterations: integer('[1, ∞)', 1),
  maxEvaluations: nullable(integer('[1, ∞)')),
  toleranceGrad: real('[0, ∞)', 1e-7),
  toleranceChange: real('[0, ∞)', 1e-9),
  ...(plainDecayOptions(0, 'coupled', ['coupled']) as OptionTable<
    Pick<LBFGSOptions, 'weightDecay' | 'weightDecayMode' | 'parameterGroups' | 'transforms'>
  >),
};

/** Whether a call needs numbers from the device: to search, or to know when to end. */
export function readsBack({ lineSearch, maxIterations }: Required<LBFGSOptions>): boolean {
  return lineSearch !== null || maxIterations > 1;
}

/** @throws RangeError for groups of more than weight decay, and for hooks that a method of one long vector cannot serve */
export function assertServed({ parameterGroups, transforms, lineSearch }: Required<LBFGSOptions>): void {
  for (const group of parameterGroups) {
    const other = Object.keys(group).find((name) => name !== 'match' && name !== 'weightDecay');
    if (other !== undefined)
      throw outOfRange('LBFGS', 'parameterGroups', 'groups of weightDecay alone', other);
  }
  for (const hook of transforms) {
    if (hook.update || hook.decay || hook.guard)
      throw outOfRange('LBFGS', 'transforms', 'hooks on gradients alone', hook.name);
    if (lineSearch !== null)
      throw outOfRange('LBFGS', 'transforms', 'empty with a lineSearch, which follows the loss', hook.name);
  }
}
