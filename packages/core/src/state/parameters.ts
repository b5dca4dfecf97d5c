// SPDX-License-Identifier: Apache-2.0
// The state of an optimizer while it lives: parameters with their slots, globals, and loaded state whose variable has not
// appeared yet.

import * as tf from '@tensorflow/tfjs-core';
import { groupOf, matches } from '@optim/options';
import type { GlobalValue, Reading, SavedParameter, SavedState } from '@optim/state';
import type { Traits } from '../rule/rule.js';
import { assertSlotShapes, firstSlots, type Kept } from './first-slots.js';
import { isAlive, toVariable } from './variables.js';

/** A variable that an optimizer has adopted, and what is kept for it. */
export interface Parameter {
  readonly variable: tf.Variable;
  /** Index of its group of hyper-parameters; 0 for no group. */
  readonly group: number;
  /** Keys of the hooks that leave it alone. */
  readonly exempt: readonly string[];
  /** What a rule may branch on for it by itself. */
  readonly traits: Traits;
  /** How many of the optimizer's variables come before it, see `Appearance`. */
  readonly order: number;
  /** Group, exemptions and traits as one text: parameters of one kind are bound alike. Where coefficients of a hook go by the order, each is of its own. */
  readonly kind: string;
  readonly slots: Readonly<Record<string, tf.Variable>>;
  /** How many updates it has had. */
  updates: number;
}

/** Running averages of gradients or updates that an optimizer keeps. */
export interface Momentum {
  readonly names: readonly string[];
  /** Variables with what is kept for them, in the order of `names`. */
  readonly slots: readonly (readonly [variable: tf.Variable, kept: readonly (tf.Variable | undefined)[]])[];
}

/** A {@link Parameter} for every variable adopted, the globals, and what was loaded for variables yet to appear. */
export class Parameters {
  readonly globals: Map<string, tf.Variable> = new Map();
  readonly #kept: Kept;
  readonly #adopted = new Map<tf.Variable, Parameter>();
  /** What was loaded for variables that have not appeared yet. */
  waiting: readonly SavedParameter[] = [];
  /** What finds these variables; it came with what was loaded. */
  #reading: Reading | undefined;
  /** Why a step has ended half done. */
  torn: unknown;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /**
   * The parameters of variables; for new ones slots are made, or taken over from what was loaded.
   * @param step - number of steps that the optimizer has done
   */
  adopt(variables: readonly tf.Variable[], step: number): Parameter[] {
    this.assertWhole();
    const fresh = variables.filter((variable) => !this.#adopted.has(variable));
    if (fresh.length > 0) this.#adoptFresh(fresh, step);
    if (this.globals.size === 0) this.#keep(this.#kept.globals());
    return variables.map((variable) => this.#adopted.get(variable)!);
  }

  /** Index of the group of a variable, which need not have appeared yet. */
  groupOf(variable: tf.Variable): number {
    return this.#adopted.get(variable)?.group ?? groupOf(this.#kept.groups, variable);
  }

  /** Whether a variable is in a group that stays as it is, or has no elements. */
  isFrozen(variable: tf.Variable): boolean {
    return !variable.size || !!this.#kept.groups[this.groupOf(variable) - 1]?.freeze;
  }

  /** @throws Error when some parameters have made a step and others have not */
  assertWhole(): void {
    if (this.torn === undefined) return;
    throw new Error(
      `${this.#kept.owner}: a step failed when some parameters had made it; load a state and weights from before`,
      { cause: this.torn },
    );
  }

  #adoptFresh(variables: readonly tf.Variable[], step: number): void {
    const { groups, hooks } = this.#kept;
    this.prune();
    const matched = this.#match(variables, this.waiting);
    const before = this.#adopted.size;
    const orders = variables.map(({ id }) => before + variables.filter((other) => other.id < id).length);
    const isNumbered = hooks.some(({ hook }) => (hook.coefficients?.length ?? 1) !== 1);
    // Numbers made by an algorithm may be refused: all of them before anything is kept.
    const first = variables.map((variable, i) =>
      firstSlots(this.#kept, variable, matched.get(variable), { step, order: orders[i]! }),
    );
    // There may not be memory for all of them.
    const slots = first.map((values) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toVariable(value)])),
    );
    variables.forEach((variable, i) => {
      const group = groupOf(groups, variable);
      const exempt = hooks.flatMap(({ key, hook: { exclude } }) =>
        exclude && matches(exclude, variable) ? [key] : [],
      );
      const traits = this.#kept.traits(variable, group);
      this.#adopted.set(variable, {
        variable,
        group,
        exempt,
        traits,
        order: orders[i]!,
        kind: JSON.stringify([group, exempt, traits, isNumbered && orders[i]]),
        slots: slots[i]!,
        updates: matched.get(variable)?.updates ?? 0,
      });
    });
    const taken = new Set(matched.values());
    this.waiting = this.waiting.filter((parameter) => !taken.has(parameter));
  }

  /** Parameters in the order in which their variables were made. */
  ordered(): Parameter[] {
    this.prune();
    return [...this.#adopted.values()].sort((a, b) => a.variable.id - b.variable.id);
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

  setGlobal(name: string, value: number): void {
    this.prune();
    const kept = this.globals.get(name);
    if (kept) tf.tidy(() => kept.assign(tf.scalar(value)));
  }

  /** First values of the globals, in force as long as none are kept. */
  firstGlobals(): Record<string, GlobalValue> {
    return this.#kept.globals();
  }

  /** Names of the slots that a parameter of any group may have, and of the globals. */
  names(): { slots: string[]; globals: string[] } {
    // Group 0 has no overrides.
    const groups = [null, ...this.#kept.groups];
    const slots = new Set(groups.flatMap((_, group) => Object.keys(this.#kept.slots(group))));
    return { slots: [...slots], globals: Object.keys(this.#kept.globals()) };
  }

  /**
   * Takes over what is saved; parameters wait for their variables.
   *
   * @param variables - some for which anything must be saved
   * @returns all globals
   */
  restore(
    { parameters, globals: saved }: SavedState,
    variables: readonly tf.Variable[],
    reading: Reading,
  ): Record<string, GlobalValue> {
    const { owner } = this.#kept;
    const { assertSlots, assertSomeMatched, checkGlobals } = reading;
    this.#reading = reading;
    const { slots: known } = this.names();
    const own = (names: readonly string[]): string[] => names.filter((name) => !this.#kept.ofHook(name));
    const globals = checkGlobals(owner, saved, this.#kept.globals(), own);
    if (Object.keys(saved).length > 0) this.#keep(globals);
    this.waiting = parameters.map((parameter) => {
      const { name, slots } = parameter;
      assertSlots(owner, name, own(Object.keys(slots)), own(known));
      const kept = Object.entries(slots).filter(([slot]) => known.includes(slot));
      return { ...parameter, slots: Object.fromEntries(kept) };
    });
    assertSomeMatched(owner, variables, this.waiting, this.#match(variables, this.waiting));
    return globals;
  }

  clear(): void {
    this.prune();
    for (const parameter of this.#adopted.values()) this.#forget(parameter);
    tf.dispose([...this.globals.values()]);
    this.globals.clear();
    this.waiting = [];
  }

  /** Finds what is saved for variables, with the slots each is to have. */
  #match(
    variables: readonly tf.Variable[],
    saved: readonly SavedParameter[],
  ): Map<tf.Variable, SavedParameter> {
    const reading = this.#reading;
    if (!reading) return new Map();
    const assertFits = (variable: tf.Variable, parameter: SavedParameter): void =>
      assertSlotShapes(this.#kept, variable, parameter, reading);
    const slotsFit = (variable: tf.Variable, parameter: SavedParameter): boolean => {
      try {
        assertFits(variable, parameter);
        return true;
      } catch {
        return false;
      }
    };
    const matched = reading.matchSaved(this.#kept.owner, variables, saved, slotsFit);
    matched.forEach((parameter, variable) => assertFits(variable, parameter));
    return matched;
  }

  #keep(globals: Readonly<Record<string, GlobalValue>>): void {
    for (const [name, value] of Object.entries(globals))
      this.globals.set(name, toVariable(tf.tensor(value as number[])));
  }

  /** Forgets parameters whose variable is gone, and globals that `tf.disposeVariables()` took away. */
  prune(): void {
    for (const parameter of this.#adopted.values()) if (!isAlive(parameter.variable)) this.#forget(parameter);
    for (const [name, value] of this.globals) if (!isAlive(value)) this.globals.delete(name);
  }

  #forget({ variable, slots }: Parameter): void {
    tf.dispose(Object.values(slots).filter(isAlive));
    this.#adopted.delete(variable);
  }
}
