// SPDX-License-Identifier: Apache-2.0

import {
  choice,
  custom,
  flag,
  integer,
  isArrayOf,
  isCallable,
  isRecord,
  nullable,
  real,
  show,
  type OptionTable,
} from '@optim/core/authoring';
import type * as tf from '@tensorflow/tfjs-core';

/** What is done to the gradients of tasks. */
export type Method = 'RotoGrad' | 'RotoGradNorm' | 'RotateOnly' | 'VanillaMTL';

/** Options of {@link RotoGrad}. */
export interface RotoGradOptions {
  /**
   * `'RotateOnly'` turns gradients, `'RotoGrad'` also equalizes their sizes, `'RotoGradNorm'` balances them by weights that
   * it learns; `'VanillaMTL'` adds them up as they are. @defaultValue `'RotoGrad'`
   */
  method?: Method;
  /** Columns of the features that are rotated, from the first on; `null` for all. In [1, ∞). @defaultValue `null` */
  latentSize?: number | null;
  /** The step, from 0, at which losses and sizes to compare with are taken anew. @defaultValue `20` */
  burnInPeriod?: number;
  /** Whether heads and rotations see each loss in relation to that of the first step. @defaultValue `false` */
  normalizeLosses?: boolean;
  /** Strength of the balance of `'RotoGradNorm'`, which needs it; the larger, the more slow tasks get. @defaultValue `null` */
  alpha?: number | null;
  /** Where rotations start: at random, at the identity, or at orthogonal matrices of determinant 1, one a task. @defaultValue `'random'` */
  initialRotations?: 'random' | 'identity' | readonly (readonly (readonly number[])[])[];
  /** Makes the random start repeatable; `null` for another one in every run. @defaultValue `null` */
  seed?: number | null;
}

/** Default, range and check of every option. */
export const rows: OptionTable<RotoGradOptions> = {
  method: choice<Method>(['RotoGrad', 'RotoGradNorm', 'RotateOnly', 'VanillaMTL']),
  latentSize: nullable(integer('[1, ∞)')),
  burnInPeriod: integer('[0, ∞)', 20),
  normalizeLosses: flag(false),
  alpha: nullable(real('[0, ∞)')),
  initialRotations: custom(
    "'random', 'identity' or matrices",
    (value) => value === 'random' || value === 'identity' || Array.isArray(value),
    'random',
  ),
  seed: nullable(integer('[0, ∞)')),
};

/** What a step is made of: a backbone, and a head with its loss for every task. */
export interface Tasks {
  /** What the backbone makes of a batch: [rows, width]. */
  readonly features: () => tf.Tensor;
  /** The loss of every task, from the features as its rotation leaves them. */
  readonly losses: readonly ((features: tf.Tensor2D) => tf.Scalar)[];
  /** A loss of the backbone alone. */
  readonly backboneLoss?: (features: tf.Tensor2D) => tf.Scalar;
}

/** @throws TypeError for what is no {@link Tasks}; RangeError for no losses */
export function assertTasks(tasks: unknown): void {
  const isTasks = isRecord(tasks) && isCallable(tasks['features']) && isArrayOf(tasks['losses'], isCallable);
  if (!isTasks)
    throw new TypeError(
      `RotoGrad: tasks must be a function or { features, losses } of functions, got ${show(tasks)}`,
    );
  if ((tasks['losses'] as unknown[]).length === 0)
    throw new RangeError('RotoGrad: losses must be at least one, got none');
}
