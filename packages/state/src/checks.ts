// SPDX-License-Identifier: Apache-2.0
// Whether a state is one that an optimizer can take, as far as that can be told without its parameters.

import { isRecord, show } from '@optim/options';
import { readForeign, readState } from './form.js';
import { listed } from './refusal.js';
import type { ForeignState, StateDict } from './state-dict.js';

function checkOwner(owner: string, state: unknown): void {
  if (!isRecord(state)) return;
  if (state['format'] !== 1)
    throw new RangeError(`${owner}: state dict: format must be 1, got ${show(state['format'])}`);
  if (state['optimizer'] !== owner)
    throw new RangeError(
      `${owner}: state dict: optimizer must be "${owner}", got ${show(state['optimizer'])}`,
    );
}

/**
 * Checks everything about a state dict that can be checked without the parameters. The state of a base is left to the
 * base.
 *
 * @param owner - class name of the optimizer that is to take it
 * @returns a copy, but for the numbers of slots: what is changed in the original afterwards changes nothing
 * @throws TypeError when it is not a state dict; RangeError when it is one of another optimizer or version
 */
export function checkStateDict(owner: string, state: unknown): StateDict {
  checkOwner(owner, state);
  const read = readState(`${owner}: state dict`, state, (base) => base as StateDict | ForeignState);
  for (const [name, value] of Object.entries(read.globals))
    if (!Number.isFinite(value))
      throw new RangeError(`${owner}: state dict: globals.${name} must be finite, got ${value}`);
  return read;
}

/**
 * Checks the state of a TensorFlow.js optimizer.
 * @returns a copy, but for the numbers
 * @throws TypeError when it is not one; RangeError when it is one of another class or version
 */
export function checkForeignState(owner: string, state: unknown): ForeignState {
  if (isRecord(state) && Array.isArray(state['weights'])) checkOwner(owner, state);
  return readForeign(`${owner}: state dict`, state);
}

/**
 * Refuses state with slots that the optimizer does not keep.
 *
 * @throws RangeError when a parameter has a slot that no parameter of this optimizer has
 */
export function assertSlots(
  owner: string,
  parameter: string,
  found: readonly string[],
  slots: readonly string[],
): void {
  if (found.every((name) => slots.includes(name))) return;
  throw new RangeError(
    `${owner}: slots of ${show(parameter)} must be of ${listed(slots)}, got ${listed(found)}`,
  );
}

/** Whether two lists hold the same names, in any order. */
export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
