// SPDX-License-Identifier: Apache-2.0
// The state of an optimizer while it lives: parameters with their slots, globals, and loaded state that is yet to be met.

import { kernelFor, sameShape, showShape, type Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from './base.js';
import { groupOf, type ParameterGroup } from './group.js';
import type { KeyedHook } from './hook.js';
import { matches } from './match.js';
import type { HostInit, SlotInit, TracedInit } from './rule.js';
import { assertSlots, assertSomeMatched, matchSaved, type SavedParameter, type StateDict } from './state.js';
import type { Parameter } from './stepper.js';
import type { Tracer } from './tracer.js';
import { saveParameters, writeWeights } from './weights.js';

/** Running averages of gradients or updates that an optimizer keeps. */
export interface Momentum {
  readonly names: readonly string[];
  /** Variables with what is kept for them, in the order of `names`. */
  readonly slots: readonly (readonly [variable: tf.Variable, kept: readonly (tf.Variable | undefined)[]])[];
}

/** What an optimizer and its hooks keep. */
export interface Layout {
  readonly owner: string;
  readonly tracer: Tracer;
  readonly hooks: readonly KeyedHook[];
  readonly groups: readonly ParameterGroup[];
  /** Slots of the parameters of a group; 0 are the parameters of no group. */
  slots(group: number): Record<string, SlotInit>;
  /** First values of the globals. */
  globals(): Record<string, number>;
}

/** The part of a {@link StateDict} that is not options. */
export type SavedState = Pick<StateDict, 'step' | 'globals' | 'parameters'>;

/** A {@link Parameter} for every variable met, the globals, and what was loaded for variables not met yet. */
export class OptimizerState {
  readonly globals: Map<string, tf.Variable> = new Map();
  private readonly parameters = new Map<tf.Variable, Parameter>();
  private saved: readonly SavedParameter[] = [];

  constructor(private readonly layout: Layout) {}

  /** The parameters of variables; for new ones slots are made, or taken over from what was loaded. */
  track(variables: readonly tf.Variable[]): Parameter[] {
    const fresh = variables.filter((variable) => !this.parameters.has(variable));
    if (fresh.length > 0) this.meet(fresh);
    if (this.globals.size === 0) this.keep(this.layout.globals());
    return variables.map((variable) => this.parameters.get(variable)!);
  }

  private meet(variables: readonly tf.Variable[]): void {
    const { owner, groups, hooks } = this.layout;
    this.prune();
    const matched = this.match(variables, this.saved);
    if (this.parameters.size === 0) assertSomeMatched(owner, variables, this.saved, matched);
    // Numbers made by an algorithm may be refused: all of them before anything is kept.
    const first = variables.map((variable) => this.firstSlots(variable, matched.get(variable)));
    variables.forEach((variable, i) => {
      const slots = Object.entries(first[i]!).map(([name, value]) => [name, toVariable(value)] as const);
      this.parameters.set(variable, {
        variable,
        group: groupOf(groups, variable),
        exempt: hooks.flatMap(({ key, hook: { exclude } }) =>
          exclude && matches(exclude, variable) ? [key] : [],
        ),
        slots: Object.fromEntries(slots),
        updates: matched.get(variable)?.updates ?? 0,
      });
    });
    const taken = new Set(matched.values());
    this.saved = this.saved.filter((parameter) => !taken.has(parameter));
  }

  private firstSlots(variable: tf.Variable, saved: SavedParameter | undefined): Record<string, tf.Tensor> {
    const slots: Record<string, tf.Tensor> = {};
    if (saved) {
      for (const [name, { shape, data }] of Object.entries(saved.slots))
        slots[name] = tf.tensor(data.slice(), [...shape]);
      return slots;
    }
    const { program, host } = this.inits(variable);
    const inputs = program.inputs.map(() => variable);
    const traced = kernelFor(program).run(inputs, []);
    program.outputs.forEach(({ name }, i) => (slots[name] = traced[i]!));
    for (const [name, { shape, values }] of host) {
      const numbers = Float32Array.from(values(variable));
      slots[name] = tf.tensor(numbers, [...shape(variable.shape, variable.name)]);
    }
    return slots;
  }

  /** How the slots of a variable begin: those that are traced, in one program, and those made on the host. */
  private inits(variable: tf.Variable): { program: Program; host: [string, HostInit][] } {
    const { groups, tracer } = this.layout;
    const group = groupOf(groups, variable);
    const inits = Object.entries(this.layout.slots(group));
    const traced = inits.filter((entry): entry is [string, TracedInit] => typeof entry[1] === 'function');
    const host = inits.filter((entry): entry is [string, HostInit] => typeof entry[1] !== 'function');
    return { program: tracer.init(variable.shape, Object.fromEntries(traced), group), host };
  }

  /** Parameters in the order in which their variables were made. */
  ordered(): Parameter[] {
    this.prune();
    return [...this.parameters.values()].sort((a, b) => a.variable.id - b.variable.id);
  }

  /** The slots, of all parameters, whose names are given or match; `null` if no parameter has such. */
  momentum(slots: readonly (string | RegExp)[]): Momentum | null {
    const { slots: all } = this.names();
    const names = slots.flatMap((slot) =>
      all.filter((name) => (slot instanceof RegExp ? slot.test(name) : name === slot)),
    );
    if (names.length === 0) return null;
    return {
      names,
      slots: this.ordered().map(({ variable, slots }) => [variable, names.map((name) => slots[name])]),
    };
  }

  async readGlobals(): Promise<Record<string, number>> {
    this.prune();
    if (this.globals.size === 0) return this.layout.globals();
    const entries = [...this.globals].map(async ([name, value]) => [name, (await value.data())[0]!] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  setGlobal(name: string, value: number): void {
    this.prune();
    const kept = this.globals.get(name);
    if (kept) tf.tidy(() => kept.assign(tf.scalar(value)));
  }

  /** Names of the slots that a parameter of any group may have, and of the globals. */
  names(): { slots: string[]; globals: string[] } {
    const groups = [0, ...this.layout.groups.map((_, i) => i + 1)];
    const slots = new Set(groups.flatMap((group) => Object.keys(this.layout.slots(group))));
    return { slots: [...slots], globals: Object.keys(this.layout.globals()) };
  }

  async save(): Promise<Omit<SavedState, 'step'>> {
    const globals = await this.readGlobals();
    return { globals, parameters: [...(await saveParameters(this.ordered())), ...this.saved] };
  }

  toWeights(step: number): { made: tf.Tensor[]; weights: NamedWeight[] } {
    return writeWeights(step, this.ordered(), this.saved, this.globals);
  }

  /**
   * The variables met so far, all of which may take over what is saved for them.
   * @throws RangeError for a slot of another name or shape, or if nothing is saved for any
   */
  fitting({ parameters }: SavedState): tf.Variable[] {
    const variables = this.ordered().map(({ variable }) => variable);
    assertSomeMatched(this.layout.owner, variables, parameters, this.match(variables, parameters));
    return variables;
  }

  /**
   * Takes over what is saved; parameters wait for their variables.
   * @returns all globals; before the first step none are saved
   */
  restore({ parameters, globals }: SavedState): Record<string, number> {
    this.saved = parameters;
    this.keep(globals);
    return { ...this.layout.globals(), ...globals };
  }

  clear(): void {
    this.prune();
    for (const parameter of this.parameters.values()) this.forget(parameter);
    tf.dispose([...this.globals.values()]);
    this.globals.clear();
    this.saved = [];
  }

  /** Finds what is saved for variables, with the slots each is to have. */
  private match(
    variables: readonly tf.Variable[],
    saved: readonly SavedParameter[],
  ): Map<tf.Variable, SavedParameter> {
    const matched = matchSaved(this.layout.owner, variables, saved);
    for (const [variable, parameter] of matched) this.assertFits(variable, parameter);
    return matched;
  }

  private assertFits(variable: tf.Variable, { name: parameter, slots }: SavedParameter): void {
    const { owner } = this.layout;
    const { program, host } = this.inits(variable);
    const shapes = new Map([
      ...program.outputs.map(({ name, node }) => [name, program.nodes[node]!.shape] as const),
      ...host.map(([name, { shape }]) => [name, shape(variable.shape, variable.name)] as const),
    ]);
    assertSlots(owner, parameter, Object.keys(slots), [...shapes.keys()]);
    for (const [name, expected] of shapes) {
      const slot = slots[name];
      if (slot && sameShape(slot.shape, expected)) continue;
      throw new RangeError(
        `${owner}: saved slot ${name} of "${parameter}" must have shape ${showShape(expected)}, got ${slot ? showShape(slot.shape) : 'none'}`,
      );
    }
  }

  private keep(globals: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(globals)) this.globals.set(name, toVariable(tf.scalar(value)));
  }

  /** Forgets parameters whose variable is gone, and globals that `tf.disposeVariables()` took away. */
  private prune(): void {
    for (const parameter of this.parameters.values())
      if (!isAlive(parameter.variable)) this.forget(parameter);
    for (const [name, value] of this.globals) if (!isAlive(value)) this.globals.delete(name);
  }

  private forget({ variable, slots }: Parameter): void {
    tf.dispose(Object.values(slots).filter(isAlive));
    this.parameters.delete(variable);
  }
}

/** A variable of the optimizer's own, unnamed and not trainable; takes over the tensor. */
function toVariable(value: tf.Tensor): tf.Variable {
  const variable = tf.variable(value, false);
  value.dispose();
  return variable;
}

/** Whether a variable is still there; `isDisposed` does not tell after `tf.disposeVariables()`. */
function isAlive(variable: tf.Variable): boolean {
  return tf.engine().registeredVariables[variable.name] === variable;
}
