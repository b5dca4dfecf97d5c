// SPDX-License-Identifier: Apache-2.0
// Puts hooks, weight decay and the rule together into one program per stage, structure and shape.

import { trace, where, type Expression, type Program, type Shape } from '@optim/fusion';
import type { Hook, KeyedHook } from './hook.js';
import type { Pair, Results, Round, TracedInit } from './rule.js';

/** What there is to trace: the parts of one optimizer. */
export interface Parts {
  readonly name: string;
  readonly hooks: readonly KeyedHook[];
  readonly rounds: readonly Round[];
  decay(pair: Pair, scalars: Record<string, unknown>): Pair;
  rate(param: Expression, scalars: Record<string, unknown>): Expression | null;
  secondMoment(tensors: Record<string, Expression>, scalars: Record<string, unknown>): Expression;
  update(tensors: Record<string, Expression>, scalars: Record<string, unknown>): Results;
}

/** What a trace depends on, and may read as ordinary values. */
export interface Structure {
  /** Distinguishes structures. */
  readonly key: string;
  /** Options and coefficients to branch on. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Names of host numbers. */
  readonly numbers: readonly string[];
  /** Whether there is any weight decay. */
  readonly decays: boolean;
  /** Keys of the hooks that leave the parameter alone. */
  readonly exempt: readonly string[];
}

/** An observation over all parameters, by a hook or by the algorithm. */
interface Observer {
  /** Number of hooks whose change of the gradient it sees. */
  readonly after: number;
  /** Prefix of its sums and globals; empty for the algorithm. */
  readonly key: string;
  /** Whether it sees the second moment after the update, and so has to come last. */
  readonly late: boolean;
  readonly round: Round;
}

type Tensors = Record<string, Expression>;

/** Marks a global among the inputs of a program. */
export const global = (name: string): string => `@${name}`;

/** Marks a sum over all parameters, which a global or a slot of the same name is not. */
export const sum = (name: string): string => `+${name}`;

function renamed<T>(record: Record<string, T>, rename: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value]));
}

function prefixed<T>(key: string, record: Record<string, T>): Record<string, T> {
  return key === '' ? record : renamed(record, (name) => `${key}.${name}`);
}

/** The entries of a record that belong to `key`, under their own names. */
function own<T>(key: string, record: Record<string, T>): Record<string, T> {
  const prefix = `${key}.`;
  const entries = Object.entries(record).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** Whether what a hook observes is known only after the rule. */
function isLate(hook: Hook): boolean {
  return hook.reads?.includes('secondMoment') ?? false;
}

/** Distinguishes the shapes of a parameter and its slots, which may depend on the variable's name. */
function layout(shapes: Record<string, Shape>): string {
  return Object.entries(shapes).join('|');
}

/** What a rule takes off: of start − x it is x itself, without the rounding of a difference. */
function stepOf(start: Expression, param: Expression): Expression {
  const [minuend, x] = param.args;
  const isDifference = param.op === 'sub' && minuend === start;
  return isDifference ? x!.broadcastTo(start.shape) : start.sub(param);
}

/** Traces the stages of a step; every distinct trace is made once. */
export class Tracer {
  readonly observers: readonly Observer[];
  private readonly programs = new Map<string, Program>();

  constructor(private readonly parts: Parts) {
    const none = (): Results => ({});
    const ofHooks = parts.hooks.flatMap(({ key, hook }, before): Observer[] => {
      if (!hook.observe && !hook.combine) return [];
      const late = isLate(hook);
      const round: Round = {
        observe: (tensors) => hook.observe?.(tensors) ?? none(),
        combine: (sums, globals) => hook.combine?.(sums, globals as Tensors) ?? none(),
      };
      return [{ after: late ? parts.hooks.length : before, key, late, round }];
    });
    const ofRule = parts.rounds.map((round) => ({ after: parts.hooks.length, key: '', late: false, round }));
    this.observers = [
      ...ofHooks.filter(({ late }) => !late),
      ...ofRule,
      ...ofHooks.filter(({ late }) => late),
    ];
  }

  /** First values of slots: an output per slot. */
  init(shape: Shape, slots: Record<string, TracedInit>, group: number): Program {
    return this.cached(`init|${shape}|${group}`, () =>
      trace(`${this.parts.name}.slots`, { param: shape }, [], ({ param }) =>
        Object.fromEntries(
          Object.entries(slots).flatMap(([name, init]) => {
            const first = init(param!);
            return first ? [[name, first]] : [];
          }),
        ),
      ),
    );
  }

  /** Scalars of one parameter for observer `index`. */
  observe(
    index: number,
    shapes: Record<string, Shape>,
    globals: readonly string[],
    structure: Structure,
  ): Program {
    const observer = this.observers[index]!;
    const name = `${this.parts.name}.${observer.key ? `${observer.key}.` : ''}observe`;
    return this.cached(`observe${index}|${layout(shapes)}|${structure.key}`, () =>
      this.trace(name, shapes, globals, structure, (tensors, scalars) => {
        const results = this.observed(observer, tensors, scalars, structure);
        for (const [part, value] of Object.entries(results)) {
          if (value.size !== 1)
            throw new TypeError(
              `${name}: "${part}" must be a scalar of the parameter, got shape [${value.shape}]`,
            );
        }
        return renamed(prefixed(observer.key, results), sum);
      }),
    );
  }

  private observed(
    { after, key, late, round }: Observer,
    tensors: Tensors,
    scalars: Record<string, unknown>,
    structure: Structure,
  ): Results {
    const { grad } = this.gradient(tensors, scalars, after, structure);
    const seen = { ...own(key, tensors), param: tensors['param']!, grad };
    if (key && !late) return round.observe(seen, {});
    const { pair } = this.decayed(tensors, grad, scalars, structure, false);
    const inputs = { ...tensors, ...pair };
    if (!key) return round.observe(inputs, scalars);
    const results = { ...inputs, ...this.parts.update(inputs, scalars) };
    return round.observe({ ...seen, secondMoment: this.parts.secondMoment(results, scalars) }, {});
  }

  /** New globals from the sums of observer `index`. */
  combine(index: number, sums: readonly string[], globals: readonly string[], structure: Structure): Program {
    const { key, round } = this.observers[index]!;
    const inputs = Object.fromEntries(sums.map((name) => [name, [] as Shape]));
    return this.cached(`combine${index}|${structure.key}`, () =>
      this.trace(
        `${this.parts.name}.${key ? `${key}.` : ''}combine`,
        inputs,
        globals,
        structure,
        (tensors, scalars) => {
          const parts = renamed(tensors, (name) => name.slice(1));
          return key
            ? prefixed(key, round.combine(own(key, parts), own(key, scalars as Tensors)))
            : round.combine(parts, scalars);
        },
      ),
    );
  }

  /** The step of one parameter: new `param` and slots. */
  update(shapes: Record<string, Shape>, globals: readonly string[], structure: Structure): Program {
    return this.cached(`update|${layout(shapes)}|${structure.key}`, () =>
      this.trace(`${this.parts.name}.update`, shapes, globals, structure, (tensors, scalars) => {
        const { hooks } = this.parts;
        const old = tensors['param']!;
        const { grad, slots } = this.gradient(tensors, scalars, hooks.length, structure);
        const { pair, slots: decaySlots } = this.decayed(tensors, grad, scalars, structure, true);
        const { start = pair.param, ...ruled } = this.parts.update({ ...tensors, ...pair }, scalars);
        let results: Results = { ...slots, ...decaySlots, param: pair.param, ...ruled };
        for (const { key, hook } of hooks) {
          if (!hook.update || structure.exempt.includes(key)) continue;
          const param = results['param']!;
          const moved = { param, old, start, step: stepOf(start, param), grad };
          const seen = { ...own(key, tensors), ...own(key, results), ...moved };
          const { param: next = param, ...kept } = hook.update(
            seen,
            this.scalarsOf({ key, hook }, old, scalars) ?? {},
          );
          results = { ...results, ...prefixed(key, kept), param: next };
        }
        return this.guarded(results, tensors, scalars);
      }),
    );
  }

  /** What the globals are after the step: new ones, or the old ones (inputs) where a guard of another hook does not hold. */
  commit(kept: readonly string[], globals: readonly string[], structure: Structure): Program | null {
    const guards = this.parts.hooks.filter(({ hook }) => hook.guard).map(({ key }) => `${key}.`);
    const guarded = kept.filter((name) => !guards.some((key) => name.startsWith(key)));
    if (guards.length === 0 || guarded.length === 0) return null;
    const inputs = Object.fromEntries(guarded.map((name) => [name, [] as Shape]));
    return this.cached(`commit|${structure.key}`, () =>
      this.trace(`${this.parts.name}.commit`, inputs, globals, structure, (before, scalars) =>
        this.guarded(
          Object.fromEntries(guarded.map((name) => [name, scalars[name] as Expression])),
          before,
          scalars,
        ),
      ),
    );
  }

  /** Results where every guard holds, else what there was before. */
  private guarded(results: Results, before: Tensors, scalars: Record<string, unknown>): Results {
    for (const { key, hook } of this.parts.hooks) {
      if (!hook.guard) continue;
      const holds = hook.guard(own(key, scalars as Tensors));
      results = Object.fromEntries(
        Object.entries(results).map(([name, value]) => [
          name,
          before[name] ? where(holds, value, before[name]) : value,
        ]),
      );
    }
    return results;
  }

  private gradient(
    tensors: Tensors,
    scalars: Record<string, unknown>,
    hooks: number,
    { exempt }: Structure,
  ): { grad: Expression; slots: Results } {
    let grad = tensors['grad']!;
    let slots: Results = {};
    for (const { key, hook } of this.parts.hooks.slice(0, hooks)) {
      if (!hook.gradient || exempt.includes(key)) continue;
      const seen = { ...own(key, tensors), param: tensors['param']!, grad };
      const { grad: next, ...kept } = hook.gradient(seen, own(key, scalars as Tensors));
      grad = next ?? grad;
      slots = { ...slots, ...prefixed(key, kept) };
    }
    return { grad, slots };
  }

  /**
   * What the rule gets: after weight decay, and after the hooks that decay, as far as what they need is known.
   *
   * @param last - whether all observations have been made
   */
  private decayed(
    tensors: Tensors,
    grad: Expression,
    scalars: Record<string, unknown>,
    { decays, exempt }: Structure,
    last: boolean,
  ): { pair: Pair; slots: Results } {
    const whole = { param: tensors['param']!, grad };
    let pair = decays ? this.parts.decay(whole, scalars) : whole;
    let slots: Results = {};
    for (const { key, hook } of this.parts.hooks) {
      if (!hook.decay || exempt.includes(key) || (isLate(hook) && !last)) continue;
      const known = this.scalarsOf({ key, hook }, tensors['param']!, scalars);
      if (!known) continue;
      const seen = { ...own(key, tensors), param: pair.param, grad };
      const { param = pair.param, ...kept } = hook.decay(seen, known);
      pair = { ...pair, param };
      slots = { ...slots, ...prefixed(key, kept) };
    }
    return { pair, slots };
  }

  /** The globals of a hook, and the learning rate if it reads that; null while a round has yet to find the rate. */
  private scalarsOf(
    { key, hook }: KeyedHook,
    param: Expression,
    scalars: Record<string, unknown>,
  ): Tensors | null {
    const globals = own(key, scalars as Tensors);
    if (!hook.reads?.includes('learningRate')) return globals;
    const learningRate = this.parts.rate(param, scalars);
    return learningRate && { ...globals, learningRate };
  }

  private trace(
    name: string,
    shapes: Record<string, Shape>,
    globals: readonly string[],
    structure: Structure,
    rule: (tensors: Tensors, scalars: Record<string, unknown>) => Results,
  ): Program {
    const inputs = { ...shapes, ...Object.fromEntries(globals.map((key) => [global(key), [] as Shape])) };
    return trace(name, inputs, structure.numbers, (symbols, numbers) => {
      const shared = Object.fromEntries(globals.map((key) => [key, symbols[global(key)]!]));
      const tensors = Object.fromEntries(Object.keys(shapes).map((key) => [key, symbols[key]!]));
      return rule(tensors, { ...structure.flags, ...numbers, ...shared });
    });
  }

  private cached(key: string, make: () => Program): Program {
    let program = this.programs.get(key);
    if (!program) this.programs.set(key, (program = make()));
    return program;
  }
}
