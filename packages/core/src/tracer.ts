// SPDX-License-Identifier: Apache-2.0
// Puts hooks, weight decay and the rule together into one program per stage, structure and shape.

import { trace, where, type Expression, type Program, type Shape } from '@optim/fusion';
import type { Hook } from './hook.js';
import type { Pair, Results, Round, TracedInit } from './rule.js';

/** What there is to trace: the parts of one optimizer. */
export interface Parts {
  readonly name: string;
  readonly hooks: readonly { readonly key: string; readonly hook: Hook }[];
  readonly rounds: readonly Round[];
  decay(pair: Pair, scalars: Record<string, unknown>): Pair;
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
}

/** An observation over all parameters, by a hook or by the algorithm. */
interface Observer {
  /** Number of hooks whose change of the gradient it sees. */
  readonly after: number;
  /** Prefix of its sums and globals; empty for the algorithm. */
  readonly key: string;
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

/** Traces the stages of a step; every distinct trace is made once. */
export class Tracer {
  readonly observers: readonly Observer[];
  private readonly programs = new Map<string, Program>();

  constructor(private readonly parts: Parts) {
    const none = (): Results => ({});
    this.observers = [
      ...parts.hooks.flatMap(({ key, hook }, after) =>
        hook.observe || hook.combine
          ? [
              {
                after,
                key,
                round: {
                  observe: (t: Tensors) => hook.observe?.(t) ?? none(),
                  combine: (s: Tensors, g: object) => hook.combine?.(s, g as Tensors) ?? none(),
                },
              },
            ]
          : [],
      ),
      ...parts.rounds.map((round) => ({ after: parts.hooks.length, key: '', round })),
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
    const { after, key, round } = this.observers[index]!;
    const name = `${this.parts.name}.${key ? `${key}.` : ''}observe`;
    return this.cached(`observe${index}|${shapes['param']}|${structure.key}`, () =>
      this.trace(name, shapes, globals, structure, (tensors, scalars) => {
        const { grad } = this.gradient(tensors, scalars, after);
        const results = key
          ? round.observe({ ...own(key, tensors), param: tensors['param']!, grad }, {})
          : round.observe(
              { ...tensors, ...this.decayed({ param: tensors['param']!, grad }, scalars, structure) },
              scalars,
            );
        for (const [part, value] of Object.entries(results)) {
          if (value.size !== 1)
            throw new TypeError(
              `${name}: "${part}" must be a scalar of the parameter, got shape [${value.shape}]`,
            );
        }
        return renamed(prefixed(key, results), sum);
      }),
    );
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
    return this.cached(`update|${shapes['param']}|${structure.key}`, () =>
      this.trace(`${this.parts.name}.update`, shapes, globals, structure, (tensors, scalars) => {
        const old = tensors['param']!;
        const { grad, slots } = this.gradient(tensors, scalars, this.parts.hooks.length);
        const pair = this.decayed({ param: old, grad }, scalars, structure);
        let results: Results = {
          ...slots,
          param: pair.param,
          ...this.parts.update({ ...tensors, ...pair }, scalars),
        };
        for (const { key, hook } of this.parts.hooks) {
          if (!hook.update) continue;
          const seen = { ...own(key, tensors), ...own(key, results), param: results['param']!, old, grad };
          const { param, ...kept } = hook.update(seen, own(key, scalars as Tensors));
          results = { ...results, ...prefixed(key, kept), ...(param && { param }) };
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
  ): { grad: Expression; slots: Results } {
    let grad = tensors['grad']!;
    let slots: Results = {};
    for (const { key, hook } of this.parts.hooks.slice(0, hooks)) {
      if (!hook.gradient) continue;
      const seen = { ...own(key, tensors), param: tensors['param']!, grad };
      const { grad: next, ...kept } = hook.gradient(seen, own(key, scalars as Tensors));
      grad = next ?? grad;
      slots = { ...slots, ...prefixed(key, kept) };
    }
    return { grad, slots };
  }

  private decayed(pair: Pair, scalars: Record<string, unknown>, structure: Structure): Pair {
    return structure.decays ? this.parts.decay(pair, scalars) : pair;
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
