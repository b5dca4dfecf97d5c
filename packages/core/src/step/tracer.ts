// SPDX-License-Identifier: Apache-2.0
// Traces the stages of a step: one program per stage, structure and shape.

import { Bounded, trace, type Expression, type Program, type Shape } from '@optim/fusion';
import type { Results, Round, TracedInit, Traits } from '../rule/rule.js';
import type { Structure } from './binding.js';
import {
  isLate,
  preparedGradient,
  resultsOf,
  stepOf,
  sweeps,
  withoutPrefix,
  withPrefix,
  type Composition,
  type Symbols,
  type Values,
} from './composition.js';

/** An observation over all parameters, by a hook or by the rule. */
interface Observer {
  /** Number of hooks whose change of the gradient it sees. */
  readonly after: number;
  /** Prefix of its sums and globals; empty for the rule. */
  readonly key: string;
  /** Whether it sees the second moment after the update, and so has to come last. */
  readonly late: boolean;
  readonly round: Round;
}

type Shapes = Readonly<Record<string, Shape>>;

/** What a program of one parameter is traced for. */
export interface Subject {
  readonly shapes: Shapes;
  readonly structure: Structure;
}

/** Marks a global among the inputs of a program. */
export const global = (name: string): string => `@${name}`;

/** Marks a sum over all parameters, which a global or a slot of the same name is not. */
export const sum = (name: string): string => `+${name}`;

function renamed<T>(record: Record<string, T>, rename: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value]));
}

/** Distinguishes what programs are traced for: slots may differ in shape for variables of one shape. */
function keyOf({ shapes, structure }: Subject): string {
  return `${Object.entries(shapes).join('|')}|${structure.key}`;
}

/** The observers of a rule and its hooks in the order in which they observe. */
function observersOf({ rule, hooks }: Composition, settings: object): Observer[] {
  const ofHooks = hooks.flatMap(({ key, hook }, before): Observer[] => {
    if (!hook.observe && !hook.combine) return [];
    const late = isLate(hook);
    const round: Round = {
      observe: (tensors) => resultsOf(hook, 'observe', hook.observe ? hook.observe(tensors) : {}),
      combine: (sums, globals) =>
        resultsOf(hook, 'combine', hook.combine ? hook.combine(sums, globals as Symbols) : {}),
    };
    return [{ after: late ? hooks.length : before, key, late, round }];
  });
  const rounds = (rule.rounds?.(settings) ?? []).filter((each): each is Round => each !== false);
  const ofRule = rounds.map((round) => ({ after: hooks.length, key: '', late: false, round }));
  return [...ofHooks.filter(({ late }) => !late), ...ofRule, ...ofHooks.filter(({ late }) => late)];
}

/** Programs kept beside those of the plans in use: models have tens of shapes, data of any length gives any number. */
export const mostPrograms = 256;

/** Traces the stages of a step; a distinct trace is made once, unless many others have been made since. */
export class Tracer {
  readonly observers: readonly Observer[];
  readonly #name: string;
  readonly #composition: Composition;
  readonly #programs = new Bounded<string, Program>(mostPrograms);

  /** @param name - of the optimizer and, where it has several, of the rule: what programs are called by */
  constructor(name: string, composition: Composition, settings: object) {
    this.#name = name;
    this.#composition = composition;
    this.observers = observersOf(composition, settings);
  }

  /** First values of slots: an output per slot. */
  init(shape: Shape, slots: Record<string, TracedInit>, group: number, traits: Traits): Program {
    return this.#programs.get(`init|${shape}|${group}|${JSON.stringify(traits)}`, () =>
      trace(`${this.#name}.slots`, { param: shape }, [], ({ param }) =>
        Object.fromEntries(
          Object.entries(slots).flatMap(([name, init]) => {
            const first = init(param!, traits);
            return first ? [[name, first]] : [];
          }),
        ),
      ),
    );
  }

  /**
   * Scalars of one parameter for observer `index`. The last of the rule also returns the prepared gradient, where it took
   * a sweep to prepare.
   */
  observe(index: number, subject: Subject, globals: Shapes): Program {
    const { key } = this.observers[index]!;
    const name = this.#stage(key, 'observe');
    return this.#programs.get(`observe${index}|${keyOf(subject)}`, () =>
      this.#trace(name, subject.shapes, globals, subject.structure, (tensors, values) => {
        const { sums, grad } = this.#observed(index, tensors, values, subject);
        for (const [part, value] of Object.entries(sums)) {
          if (value.size !== 1)
            throw new TypeError(`${name}: "${part}" must be a scalar, got shape [${value.shape}]`);
        }
        return { ...renamed(withPrefix(key, sums), sum), ...(grad && { [preparedGradient]: grad }) };
      }),
    );
  }

  #observed(
    index: number,
    tensors: Symbols,
    values: Values,
    subject: Subject,
  ): { sums: Results; grad?: Expression } {
    const { after, key, late, round } = this.observers[index]!;
    const composition = this.#composition;
    const scene = { tensors, values, ...subject };
    const { grad } = composition.hooked(scene, after);
    const seen = { ...withoutPrefix(key, tensors), param: tensors['param']!, grad };
    if (key && !late) return { sums: round.observe(seen, {}) };
    const { pair } = composition.pair(scene, grad, false);
    if (late) {
      const { start = pair.param, ...ruled } = composition.ruled(scene, pair);
      const results: Symbols = { ...tensors, ...pair, ...ruled };
      const told = {
        secondMoment: composition.rule.secondMoment?.(results as never, values as never),
        step: stepOf(start, results['param']!),
        learningRate: composition.rateInForce(scene),
      };
      return { sums: round.observe({ ...seen, ...(told as Symbols) }, {}) };
    }
    const sums = round.observe(composition.seenByRule(scene, pair).seen, values);
    const prepared = composition.prepared(scene, grad);
    const isLast = this.observers[index + 1]?.key !== '';
    const keeps = isLast && composition.keepsNothingOfGradient && sweeps(prepared);
    return keeps ? { sums, grad: prepared } : { sums };
  }

  /** New globals from the sums of observer `index`. */
  combine(index: number, sums: readonly string[], globals: Shapes, structure: Structure): Program {
    const { key, round } = this.observers[index]!;
    const inputs = Object.fromEntries(sums.map((name) => [name, [] as Shape]));
    return this.#programs.get(`combine${index}|${structure.key}`, () =>
      this.#trace(this.#stage(key, 'combine'), inputs, globals, structure, (tensors, values) => {
        const parts = renamed(tensors, (name) => name.slice(1));
        if (!key) return round.combine(parts, values);
        return withPrefix(
          key,
          round.combine(withoutPrefix(key, parts), withoutPrefix(key, values as Symbols)),
        );
      }),
    );
  }

  /** The step of one parameter: new `param` and slots. */
  update(subject: Subject, globals: Shapes): Program {
    return this.#programs.get(`update|${keyOf(subject)}`, () =>
      this.#trace(`${this.#name}.update`, subject.shapes, globals, subject.structure, (tensors, values) =>
        this.#composition.update({ tensors, values, ...subject }),
      ),
    );
  }

  /** What the globals are after the step: new ones, or the old ones (inputs) where a guard of another hook does not hold. */
  commit(kept: readonly string[], globals: Shapes, structure: Structure): Program | null {
    const guards = this.#composition.hooks.filter(({ hook }) => hook.guard).map(({ key }) => `${key}.`);
    const guarded = kept.filter((name) => !guards.some((key) => name.startsWith(key)));
    if (guards.length === 0 || guarded.length === 0) return null;
    const inputs = Object.fromEntries(guarded.map((name) => [name, globals[name]!]));
    return this.#programs.get(`commit|${structure.key}`, () =>
      this.#trace(`${this.#name}.commit`, inputs, globals, structure, (before, values) =>
        this.#composition.guarded(
          Object.fromEntries(guarded.map((name) => [name, values[name] as Expression])),
          before,
          values,
        ),
      ),
    );
  }

  #stage(key: string, stage: string): string {
    return [this.#name, ...(key ? [key] : []), stage].join('.');
  }

  #trace(
    name: string,
    shapes: Shapes,
    globals: Shapes,
    { numbers, choices }: Structure,
    rule: (tensors: Symbols, values: Values) => Results,
  ): Program {
    const inputs = { ...shapes, ...renamed(globals, global) };
    return trace(name, inputs, numbers, (symbols, scalars) => {
      const shared = Object.fromEntries(Object.keys(globals).map((key) => [key, symbols[global(key)]!]));
      const tensors = Object.fromEntries(Object.keys(shapes).map((key) => [key, symbols[key]!]));
      return rule(tensors, { ...choices, ...scalars, ...shared });
    });
  }
}
