// SPDX-License-Identifier: Apache-2.0
// The state of an optimizer as plain data.

import type { Shape } from '@optim/fusion';
import { show } from '@optim/options';

/** Numbers of a slot, with their shape. */
export interface SavedTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
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
  /** Scalars kept for the optimizer as a whole. */
  readonly globals: Readonly<Record<string, number>>;
  /** In the order in which the variables were made. */
  readonly parameters: readonly SavedParameter[];
  /** State of the wrapped optimizer, of a wrapper. */
  readonly base?: StateDict | ForeignState;
}

/** State of an optimizer of TensorFlow.js itself: its weights, in its own order. */
export interface ForeignState {
  readonly format: 1;
  readonly optimizer: string;
  readonly weights: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly tensor: SavedTensor;
  }[];
}

/** Whether a value is an object with names, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Checks everything about a state dict that can be checked without the parameters.
 *
 * @param owner - class name of the optimizer that is to take it
 * @param slots - the slots its parameters may have; any when absent
 * @param globals - the globals it must have; any when absent
 * @throws TypeError when it is not a state dict; RangeError when it is one of another optimizer or version
 */
export function checkStateDict(
  owner: string,
  state: unknown,
  slots?: readonly string[],
  globals?: readonly string[],
): StateDict {
  const fail = (what: string, received: unknown): never => {
    throw new TypeError(`${owner}: state dict: ${what}, got ${show(received)}`);
  };
  if (!isRecord(state)) return fail('must be an object', state);
  if (state['format'] !== 1)
    throw new RangeError(`${owner}: state dict: format must be 1, got ${show(state['format'])}`);
  if (state['optimizer'] !== owner) {
    throw new RangeError(
      `${owner}: state dict: optimizer must be "${owner}", got ${show(state['optimizer'])}`,
    );
  }
  const step = state['step'];
  if (!Number.isInteger(step) || (step as number) < 0) fail('step must be an integer in [0, ∞)', step);
  if (!isRecord(state['hyperparameters']))
    fail('hyperparameters must be an object', state['hyperparameters']);
  if (!isRecord(state['globals'])) return fail('globals must be an object', state['globals']);
  if (!Array.isArray(state['parameters'])) return fail('parameters must be an array', state['parameters']);
  const found = Object.keys(state['globals']);
  // Before the first step there are none, and that is a state too.
  if (globals && found.length > 0 && !sameNames(found, globals)) {
    throw new RangeError(
      `${owner}: state dict: globals must be [${globals.join(', ')}], got [${found.join(', ')}]`,
    );
  }
  for (const [name, value] of Object.entries(state['globals'])) {
    if (typeof value !== 'number') fail(`globals.${name} must be a number`, value);
  }
  state['parameters'].forEach((parameter, i) => {
    const where = `parameters[${i}]`;
    if (!isRecord(parameter) || typeof parameter['name'] !== 'string')
      return fail(`${where}.name must be a string`, parameter);
    if (parameter['shape'] !== undefined && !isShape(parameter['shape']))
      fail(`${where}.shape must be an array of lengths`, parameter['shape']);
    if (parameter['dtype'] !== 'float32') fail(`${where}.dtype must be "float32"`, parameter['dtype']);
    if (!Number.isInteger(parameter['updates']))
      fail(`${where}.updates must be an integer`, parameter['updates']);
    if (!isRecord(parameter['slots'])) return fail(`${where}.slots must be an object`, parameter['slots']);
    const names = Object.keys(parameter['slots']);
    if (slots) assertSlots(owner, parameter['name'], names, slots);
    for (const [name, slot] of Object.entries(parameter['slots'])) {
      if (!isSavedTensor(slot))
        fail(`slot ${name} of "${parameter['name']}" must have a shape and as many float32 numbers`, slot);
    }
  });
  return state as unknown as StateDict;
}

/** Whether a state is that of an optimizer of TensorFlow.js itself. */
export function isForeign(state: StateDict | ForeignState): state is ForeignState {
  return 'weights' in state;
}

/**
 * Checks the state of a TensorFlow.js optimizer.
 * @throws TypeError when it is not one; RangeError when it is one of another class
 */
export function checkForeignState(owner: string, state: unknown): ForeignState {
  if (!isRecord(state) || !Array.isArray(state['weights'])) {
    throw new TypeError(
      `${owner}: state dict: base must be the weights of the optimizer, got ${show(state)}`,
    );
  }
  if (state['optimizer'] !== owner) {
    throw new RangeError(
      `${owner}: state dict: optimizer must be "${owner}", got ${show(state['optimizer'])}`,
    );
  }
  state['weights'].forEach((weight, i) => {
    if (isRecord(weight) && typeof weight['name'] === 'string' && isSavedTensor(weight['tensor'])) return;
    throw new TypeError(
      `${owner}: state dict: weights[${i}] must have a name and a tensor, got ${show(weight)}`,
    );
  });
  return state as unknown as ForeignState;
}

/**
 * Refuses state with slots that the optimizer does not keep.
 *
 * @param found - slots in the saved state of `parameter`
 * @param slots - slots that the parameters of this optimizer may have
 * @throws RangeError naming the parameter and both lists
 */
export function assertSlots(
  owner: string,
  parameter: string,
  found: readonly string[],
  slots: readonly string[],
): void {
  if (found.every((name) => slots.includes(name))) return;
  throw new RangeError(
    `${owner}: slots of "${parameter}" must be of [${slots.join(', ')}], got [${found.join(', ')}]`,
  );
}

/** Whether two lists hold the same names, in any order. */
export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

/** Whether a value is an array of lengths. */
export function isShape(value: unknown): value is Shape {
  return Array.isArray(value) && value.every((length) => Number.isInteger(length) && length >= 0);
}

/** Whether a value is a shape with that many float32 numbers. */
export function isSavedTensor(value: unknown): value is SavedTensor {
  if (!isRecord(value) || !isShape(value['shape']) || !(value['data'] instanceof Float32Array)) return false;
  return value['data'].length === value['shape'].reduce((product, length) => product * length, 1);
}
