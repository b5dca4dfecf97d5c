// SPDX-License-Identifier: Apache-2.0
// What turns a rule and options into steps and state.

import type { Program } from '@optim/fusion';
import type { GlobalValue, Reading, SavedState } from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';
import { grouped, type OptionSpec, type ParameterGroup } from '@optim/options';
import { adaNormSlots } from '../rule/ada-norm.js';
import { asDecoupled } from '../rule/corrected.js';
import { keyed, withHooks, type Hook, type KeyedHook } from '../rule/hook.js';
import type { AnyRecurrence, SlotInit, Traits } from '../rule/rule.js';
import { Parameters, type Parameter } from '../state/parameters.js';
import { atStep, bind, type Binding } from './binding.js';
import type { Tensors } from './bound-kernel.js';
import { Composition, type Values } from './composition.js';
import { Stepper } from './stepper.js';
import type { Entry } from '@optim/contract';
import { Tracer } from './tracer.js';
import { unshared } from './unshared.js';

/** Where the optimizer is when it steps. */
export interface Moment {
  /** Number of steps done before. */
  readonly step: number;
  /** For rules that need it. */
  readonly loss?: tf.Scalar | undefined;
  /** Whether the step is an update of the parameters, to be counted as one; false afterwards where a hook says that it is none. */
  counts?: boolean;
}

/** What an engine is made of. */
export interface Design {
  /** Class name of the optimizer. */
  readonly owner: string;
  readonly table: Readonly<Record<string, OptionSpec>>;
  /** Checked options, defaults filled in. */
  readonly settings: object;
  /** The rules by name, over one state; that of an ordinary optimizer is called by no name, and hooks act in it alone. */
  readonly rules: Readonly<Record<string, AnyRecurrence>>;
}

interface Common {
  readonly parameterGroups?: readonly ParameterGroup[];
  readonly transforms?: readonly Hook[];
}

/** What is given for a parameter, each of it {@link unshared}. */
function safe(given: Entry['given']): Entry['given'] {
  let all = given;
  for (const name in given) {
    const tensor = unshared(given[name]);
    if (tensor !== given[name]) all = { ...all, [name]: tensor! };
  }
  return all;
}

/** One rule or several over one state: parameters with their slots, and globals. */
export class Engine {
  readonly state: Parameters;
  readonly #design: Design;
  readonly #hooks: readonly KeyedHook[];
  readonly #steppers: ReadonlyMap<string, Stepper>;
  /** Options of each group by its index; 0 is that of the parameters in no group. */
  #groups: readonly object[];

  constructor(design: Design) {
    this.#design = design;
    const { owner, settings, rules } = design;
    const { transforms = [], parameterGroups = [] } = settings as Common;
    this.#hooks = keyed(transforms);
    this.#groups = grouped(settings);
    const tracers = Object.entries(rules).map(([name, rule]) => {
      const composition = new Composition(rule, name ? [] : this.#hooks);
      return [name, new Tracer(name ? `${owner}.${name}` : owner, composition, settings)] as const;
    });
    this.#steppers = new Map(
      tracers.map(([name, tracer]) => [name, new Stepper(tracer, owner, rules[name]!.returns)]),
    );
    this.state = new Parameters({
      owner,
      hooks: this.#hooks,
      ofHook: (name) => '' in rules && name.includes('.'),
      groups: parameterGroups,
      slots: (group) => withHooks(this.#slotsOf(group), this.#hooks, ({ slots }) => slots),
      init: ({ shape }, slots, group, traits) => tracers[0]![1].init(shape, slots, group, traits),
      globals: () => withHooks(this.#globalsAt(0), this.#hooks, ({ globals }) => globals),
      traits: (variable, group) => this.#traitsOf(variable, group),
    });
  }

  /** Other options for the steps to come; slots and globals stay. */
  configure(settings: object): void {
    this.#groups = grouped(settings);
  }

  /** Options of a variable's group; `null` stands for one in none. */
  optionsOf(variable: tf.Variable | null): object {
    return this.#groups[variable ? this.state.groupOf(variable) : 0]!;
  }

  /** The parameters of variables, whose slots are made, or taken over from what was loaded. */
  adopt(variables: readonly tf.Variable[], step: number): Parameter[] {
    return this.state.adopt(variables, step);
  }

  /**
   * Takes over a saved state, in an engine that has none; when anything does not fit, nothing is kept.
   *
   * @param variables - those whose state is needed at once
   * @returns all globals
   * @throws RangeError for a slot or global of another name or shape, or if nothing is saved for any of the variables
   */
  restore(
    saved: SavedState,
    variables: readonly tf.Variable[],
    reading: Reading,
  ): Record<string, GlobalValue> {
    try {
      return tf.tidy(() => {
        const globals = this.state.restore(saved, variables, reading);
        if (variables.length > 0) this.adopt(variables, saved.step);
        return globals as never;
      });
    } catch (error) {
      this.state.clear();
      throw error;
    }
  }

  /**
   * Updates variables by a rule.
   *
   * @param rule - its name
   * @returns what the rule gives back for each entry; an empty list where it `returns` nothing
   */
  step(rule: string, entries: readonly Entry[], moment: Moment): Tensors[] {
    const { step, loss } = moment;
    return tf.tidy(() => {
      const parameters = this.adopt(
        entries.map(({ variable }) => variable),
        step,
      );
      const bindings = new Map<string, Binding>();
      let [last, binding]: [Parameter?, Binding?] = [];
      const bound = (parameter: Parameter): Binding => {
        // Mostly as the parameter before.
        if (binding && last!.kind === parameter.kind && last!.updates === parameter.updates) return binding;
        const key = `${parameter.kind}|${parameter.updates}`;
        binding = bindings.get(key) ?? this.#bind(rule, parameter, parameter.updates + 1, step);
        bindings.set(key, binding);
        last = parameter;
        return binding;
      };
      const needsLoss = this.#design.rules[rule]!.needs?.includes('loss') ?? false;
      const stepper = this.#steppers.get(rule)!;
      const items = parameters.map((parameter, i) => ({
        parameter,
        given: safe(entries[i]!.given),
        binding: bound(parameter),
      }));
      const base = this.#bind(rule, { group: 0, exempt: [], traits: {}, order: 0 }, step + 1, step);
      const { globals } = this.state;
      const counted = this.#hooks.map(({ key, hook }) => hook.counted?.(globals, key));
      try {
        const returned = stepper.run({
          items,
          base,
          globals: Object.fromEntries(globals),
          loss: needsLoss ? loss : undefined,
        });
        moment.counts &&= counted.every((isCounted) => isCounted?.() ?? true);
        if (moment.counts) for (const parameter of parameters) parameter.updates++;
        return returned;
      } catch (error) {
        if (stepper.isHalfDone) this.state.torn = error;
        throw error;
      }
    });
  }

  /** Whether a step of the optimizer's own rule is none, for all of these parameters. */
  pauses(entries: readonly Entry[], step: number): boolean {
    const { owner, table, rules } = this.#design;
    const { pauses } = rules['']!;
    if (!pauses) return false;
    const used = new Set(entries.map(({ variable }) => this.state.groupOf(variable)));
    return [...used].every((group) => pauses(atStep(owner, table, this.#groups[group]!, step)));
  }

  /** Programs of the last step, with the number of parameters each runs for. */
  programs(): Map<Program, number> {
    return new Map([...this.#steppers.values()].flatMap((stepper) => [...stepper.programs()]));
  }

  #bind(
    rule: string,
    of: Pick<Parameter, 'group' | 'exempt' | 'traits' | 'order'>,
    t: number,
    step: number,
  ): Binding {
    const { owner, table, rules } = this.#design;
    const options = this.#groups[of.group]!;
    const { decayOptions = [] } = rules[rule]!;
    const isOn = (name: string): boolean => ((options as Values)[name] ?? 0) !== 0;
    const values = asDecoupled(atStep(owner, table, options, step), options, this.#groups[0]!);
    const { group, exempt, traits, order } = of;
    const coefficients = withHooks<unknown>(
      rules[rule]!.coefficients?.(t, values, step + 1) ?? {},
      this.#hooks,
      (hook) => hook.coefficients?.(step + 1, order),
    );
    const decays = isOn('weightDecay') || decayOptions.some(isOn);
    return bind({ group, exempt, traits, decays }, table, values, coefficients);
  }

  #slotsOf(group: number): Record<string, SlotInit> {
    const options = this.#groups[group]! as { readonly adanorm?: boolean };
    const declared = Object.values(this.#design.rules).flatMap((rule) =>
      Object.entries((rule.slots?.(options) ?? {}) as Record<string, SlotInit | false>),
    );
    const kept = declared.filter((entry): entry is [string, SlotInit] => entry[1] !== false);
    return { ...Object.fromEntries(kept), ...(options.adanorm && adaNormSlots) };
  }

  #globalsAt(step: number): Record<string, GlobalValue> {
    const { owner, table, rules } = this.#design;
    const values = atStep(owner, table, this.#groups[0]!, step);
    return Object.assign({}, ...Object.values(rules).map((rule) => rule.globals?.(values) ?? {}));
  }

  #traitsOf(variable: tf.Variable, group: number): Traits {
    const rules = Object.values(this.#design.rules);
    return Object.assign({}, ...rules.map((rule) => rule.traits?.(variable, this.#groups[group]!) ?? {}));
  }
}
