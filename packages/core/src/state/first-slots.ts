// SPDX-License-Identifier: Apache-2.0
// What an optimizer keeps, and the slots of a variable: what they begin with, and which saved ones may be them.

import { kernelFor, sameShape, showShape, type Program } from '@optim/fusion';
import { groupOf, show, type ParameterGroup } from '@optim/options';
import type { GlobalValue, Reading, SavedParameter } from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';
import type { KeyedHook } from '../rule/hook.js';
import type { Appearance, HostInit, SlotInit, TracedInit, Traits } from '../rule/rule.js';

/** What an optimizer and its hooks keep. */
export interface Kept {
  readonly owner: string;
  readonly hooks: readonly KeyedHook[];
  /** Whether a slot or global of this name is a hook's. Hooks may come and go from one run to the next. */
  ofHook(name: string): boolean;
  readonly groups: readonly ParameterGroup[];
  /** Slots of the parameters of a group; 0 are the parameters of no group. */
  slots(group: number): Record<string, SlotInit>;
  /** The program of the slots that are traced. */
  init(variable: tf.Variable, slots: Record<string, TracedInit>, group: number, traits: Traits): Program;
  /** First values of the globals. */
  globals(): Record<string, GlobalValue>;
  traits(variable: tf.Variable, group: number): Traits;
}

/** The slots that a variable begins with: saved ones, first values where nothing is saved. */
export function firstSlots(
  kept: Kept,
  variable: tf.Variable,
  saved: SavedParameter | undefined,
  appearance: Appearance,
): Record<string, tf.Tensor> {
  const slots: Record<string, tf.Tensor> = {};
  const { program, host } = initsOf(kept, variable);
  const isSaved = (name: string): boolean => saved?.slots[name] !== undefined;
  if (!program.outputs.every(({ name }) => isSaved(name))) {
    const traced = kernelFor(program).run(
      program.inputs.map(() => variable),
      [],
    );
    program.outputs.forEach(({ name }, i) => (slots[name] = traced[i]!));
  }
  for (const [name, { shape, data }] of Object.entries(saved?.slots ?? {}))
    slots[name] = tf.tensor(data.slice(), [...shape]);
  for (const [name, { shape, values }] of host) {
    if (isSaved(name)) continue;
    const numbers = Float32Array.from(values(variable, appearance));
    slots[name] = tf.tensor(numbers, [...shape(variable.shape, variable.name)]);
  }
  return slots;
}

/**
 * Refuses slots that are not those of a variable.
 *
 * @throws RangeError naming the slot, with its shape and that of the variable's
 */
export function assertSlotShapes(
  kept: Kept,
  variable: tf.Variable,
  { name: parameter, slots }: SavedParameter,
  { assertSlots }: Reading,
): void {
  const { owner } = kept;
  const { program, host } = initsOf(kept, variable);
  const shapes = new Map([
    ...program.outputs.map(({ name, node }) => [name, program.nodes[node]!.shape] as const),
    ...host.map(([name, { shape }]) => [name, shape(variable.shape, variable.name)] as const),
  ]);
  assertSlots(owner, parameter, Object.keys(slots), [...shapes.keys()]);
  for (const [name, expected] of shapes) {
    const slot = slots[name];
    if (!slot && kept.ofHook(name)) continue;
    if (slot && sameShape(slot.shape, expected)) continue;
    throw new RangeError(
      `${owner}: saved slot ${name} of ${show(parameter)} must have shape ${showShape(expected)}, got ${slot ? showShape(slot.shape) : 'none'}`,
    );
  }
}

/** How the slots of a variable begin: those that are traced, in one program, and those made on the host. */
function initsOf(kept: Kept, variable: tf.Variable): { program: Program; host: [string, HostInit][] } {
  const group = groupOf(kept.groups, variable);
  const traits = kept.traits(variable, group);
  const inits = Object.entries(kept.slots(group)).filter(
    ([name]) => !(traits['unhooked'] && kept.ofHook(name)),
  );
  const traced = inits.filter((entry): entry is [string, TracedInit] => typeof entry[1] === 'function');
  const host = inits.filter((entry): entry is [string, HostInit] => typeof entry[1] !== 'function');
  return { program: kept.init(variable, Object.fromEntries(traced), group, traits), host };
}
