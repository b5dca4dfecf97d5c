// SPDX-License-Identifier: Apache-2.0
// Whether a state is one that an optimizer can take, as far as that can be told without its parameters.

import { isRecord, show } from '@optim/options';
import { readForeign, readState } from './form.js';
import { listed, shorten } from './refusal.js';
import type { ForeignState, GlobalValue, StateDict } from './state-dict.js';

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
  return readState(`${owner}: state dict`, state, (base) => base as StateDict | ForeignState);
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

const lengthOf = (value: GlobalValue): number => (typeof value === 'number' ? -1 : value.length);

/**
 * Globals as an optimizer keeps them. Each is float32 on the device, and what the host counts or searches beside it
 * begins with that very number. Before the first step there are none, and that is a state too.
 *
 * @param globals - what is saved
 * @param first - its globals, each with its first value
 * @param own - leaves out the names of hooks, which may come and go
 * @returns all that are among the first, saved or not
 * @throws RangeError for other names, for a number that is no finite float32, and for a vector of another length
 */
export function checkGlobals(
  owner: string,
  globals: Readonly<Record<string, GlobalValue>>,
  first: Readonly<Record<string, GlobalValue>>,
  own: (names: readonly string[]) => readonly string[],
): Record<string, GlobalValue> {
  const names = Object.keys(globals);
  const [found, want] = [own(names), own(Object.keys(first))];
  if (names.length > 0 && !(found.length === want.length && found.every((name) => want.includes(name))))
    throw new RangeError(`${owner}: state dict: globals must be ${listed(want)}, got ${listed(names)}`);
  const refuse = (name: string, constraint: string, got: unknown): never => {
    throw new RangeError(
      `${owner}: state dict: globals.${shorten(name)} must be ${constraint}, got ${show(got)}`,
    );
  };
  for (const [name, value] of Object.entries(globals)) {
    const wrong = [value].flat().find((number) => !Number.isFinite(Math.fround(number)));
    if (wrong !== undefined) refuse(name, 'a finite float32 number', wrong);
  }
  const all = Object.entries(first).map(([name, fitting]) => {
    const value = globals[name] ?? fitting;
    const length = lengthOf(fitting);
    if (lengthOf(value) !== length) refuse(name, length < 0 ? 'one number' : `${length} numbers`, value);
    return [name, typeof value === 'number' ? Math.fround(value) : value.map(Math.fround)] as const;
  });
  return Object.fromEntries(all);
}
