// SPDX-License-Identifier: Apache-2.0
// The state of an optimizer as plain data.

import type { Shape } from '@optim/fusion';

/** Numbers of a slot, with their shape. */
export interface SavedTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Numbers of a weight of TensorFlow.js' own, whose counts of steps are int32. */
export interface SavedWeight {
  readonly shape: Shape;
  readonly data: Float32Array | Int32Array;
}

/** State of one parameter. */
export interface SavedParameter {
  readonly name: string;
  /** Absent when read from weights, which hold slots alone. */
  readonly shape?: Shape;
  readonly dtype: 'float32';
  /** How many updates it has had. */
  readonly updates: number;
  readonly slots: Readonly<Record<string, SavedTensor>>;
}

/** A number, or a vector of them. */
export type GlobalValue = number | readonly number[];

/** What {@link BaseOptimizer.stateDict} gives and {@link BaseOptimizer.loadStateDict} takes. */
export interface StateDict {
  /** Version of this layout. */
  readonly format: 1;
  /** Class name of the optimizer. */
  readonly optimizer: string;
  /** Number of steps done. */
  readonly step: number;
  /** Options as JSON; what has no JSON form (a plain function) is left out. */
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /** What is kept for the optimizer as a whole. */
  readonly globals: Readonly<Record<string, GlobalValue>>;
  /** In the order in which the variables were made. */
  readonly parameters: readonly SavedParameter[];
  /** State of the wrapped optimizer, of a wrapper. */
  readonly base?: StateDict | ForeignState;
  /** States of the optimizers beside that one, of a wrapper with several. */
  readonly others?: readonly (StateDict | ForeignState)[];
}

/** The part of a {@link StateDict} that is not options. */
export type SavedState = Pick<StateDict, 'step' | 'globals' | 'parameters'>;

/** State of an optimizer of TensorFlow.js itself: its weights, in its own order, and its rate, if it has one. */
export interface ForeignState {
  readonly format: 1;
  readonly optimizer: string;
  readonly learningRate?: number;
  readonly weights: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly tensor: SavedWeight;
  }[];
}

/** Whether a state is that of an optimizer of TensorFlow.js itself. */
export function isForeign(state: StateDict | ForeignState): state is ForeignState {
  return 'weights' in state;
}
