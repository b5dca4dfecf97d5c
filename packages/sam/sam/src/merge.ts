// SPDX-License-Identifier: Apache-2.0
// What a sharpness-aware method makes of the gradients at p and at q.

import type { Recurrence } from '@optim/core/authoring';
import type * as tf from '@tensorflow/tfjs-core';

/** The gradients of a step by variable name: at p, and at the worse point q nearby. */
export interface Gradients {
  readonly grad: tf.NamedTensorMap;
  readonly nearby: tf.NamedTensorMap;
}

/**
 * A rule that is given both gradients, as `grad` and `nearby`. What it returns as `merged` is the gradient of the base.
 * Type parameters are those of `Recurrence`.
 */
export type Merge<
  O extends object,
  S extends string = never,
  C extends object = object,
  G extends object = object,
> = Recurrence<O, S | 'nearby', C, G>;

/** What a {@link Merge} gives back. */
export const returnsMerged: readonly ['merged'] = ['merged'];
