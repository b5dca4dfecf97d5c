// SPDX-License-Identifier: Apache-2.0
// What a rule, weight decay and hooks do to one parameter, one after the other.

import { Expression, operations, where } from '@optim/fusion';
import { isRecord, show } from '@optim/options';
import { adaNorm } from '../rule/ada-norm.js';
import { decayed, strengthOf, type DecayKnown } from '../rule/decay.js';
import type { Hook, KeyedHook } from '../rule/hook.js';
import type { Pair, AnyRecurrence, Results } from '../rule/rule.js';
import type { Structure } from './binding.js';

export type Symbols = Record<string, Expression>;

/** Numbers, choices and globals, by name. */
export type Values = Record<string, unknown>;

/** What one parameter is traced with. */
export interface Scene {
  readonly tensors: Symbols;
  readonly values: Values;
  readonly structure: Structure;
}

/** The tensor of a gradient that hooks and rule have prepared in an earlier observation. */
export const preparedGradient = '^grad';

/** The entries of a record that belong to a hook, under their own names. */
export function withoutPrefix<T>(key: string, record: Record<string, T>): Record<string, T> {
  const prefix = `${key}.`;
  const entries = Object.entries(record).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** A record of a hook's, its names marked as those of the hook; an empty key marks nothing. */
export function withPrefix<T>(key: string, record: Record<string, T>): Record<string, T> {
  if (key === '') return record;
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${key}.${name}`, value]));
}

/** Whether what a hook observes is known only after the rule. */
export function isLate(hook: Hook): boolean {
  return hook.reads?.some((what) => what !== 'learningRate') ?? false;
}

/** Whether anything in an expression takes a sweep over a whole tensor before the next can begin. */
export function sweeps(expression: Expression, seen: Set<Expression> = new Set()): boolean {
  if (seen.has(expression)) return false;
  seen.add(expression);
  const { op, args } = expression;
  return (args.length > 0 && !(op in operations)) || args.some((arg) => sweeps(arg, seen));
}

/** What a rule takes off: of start − x it is x itself, without the rounding of a difference. */
export function stepOf(start: Expression, param: Expression): Expression {
  const [minuend, x] = param.args;
  const isDifference = param.op === 'sub' && minuend === start;
  return isDifference ? x!.broadcastTo(start.shape) : start.sub(param);
}

/** What a hook gives back. @throws TypeError for anything but expressions by name, a promise of some among it */
export function resultsOf(hook: Hook, part: string, results: unknown): Results {
  const found = isRecord(results) ? Object.values(results) : [results];
  const wrong = found.findIndex((value) => !(value instanceof Expression));
  if (wrong < 0) return results as Results;
  throw new TypeError(
    `hook ${hook.name}: ${part} must return expressions by name, got ${show(found[wrong])}`,
  );
}

/** A rule with its hooks. */
export class Composition {
  constructor(
    readonly rule: AnyRecurrence,
    readonly hooks: readonly KeyedHook[],
  ) {}

  /** The gradient as the first `count` hooks leave it, and their slots. */
  hooked({ tensors, values, structure }: Scene, count: number): { grad: Expression; slots: Results } {
    let grad = tensors['grad']!;
    let slots: Results = {};
    for (const { key, hook } of this.hooks.slice(0, count)) {
      if (!hook.gradient || structure.exempt.includes(key)) continue;
      const seen = { ...withoutPrefix(key, tensors), param: tensors['param']!, grad };
      const results = hook.gradient(seen, withoutPrefix(key, values as Symbols));
      const { grad: next, ...kept } = resultsOf(hook, 'gradient', results);
      grad = next ?? grad;
      slots = { ...slots, ...withPrefix(key, kept) };
    }
    return { grad, slots };
  }

  /** What the rule makes of the gradient that all hooks have seen, unless that is known already. */
  prepared({ tensors, values }: Scene, grad: Expression): Expression {
    const known = tensors[preparedGradient];
    if (known || !this.rule.gradient) return known ?? grad;
    return this.rule.gradient({ ...tensors, param: tensors['param']!, grad }, values as never);
  }

  /** Whether the prepared gradient may be kept from an observation for the update: no hook keeps anything on the way. */
  get keepsNothingOfGradient(): boolean {
    return this.hooks.every(({ hook }) => !hook.gradient || !hook.slots);
  }

  /**
   * What the rule gets: after weight decay, and after the hooks that decay, where what they need is known already.
   *
   * @param grad - as all hooks leave it
   * @param last - whether all observations have been made
   */
  pair(scene: Scene, grad: Expression, last: boolean): { pair: Pair; slots: Results } {
    const { tensors, structure } = scene;
    let pair = this.#decayedPair({ param: tensors['param']!, grad: this.prepared(scene, grad) }, scene);
    let slots: Results = {};
    for (const { key, hook } of this.hooks) {
      if (!hook.decay || structure.exempt.includes(key) || (isLate(hook) && !last)) continue;
      const globals = this.#globalsOf({ key, hook }, scene);
      if (!globals) continue;
      const seen = { ...withoutPrefix(key, tensors), param: pair.param, grad };
      const { param = pair.param, ...kept } = resultsOf(hook, 'decay', hook.decay(seen, globals));
      pair = { ...pair, param };
      slots = { ...slots, ...withPrefix(key, kept) };
    }
    return { pair, slots };
  }

  #decayedPair(pair: Pair, scene: Scene): Pair {
    const { decay = 'before' } = this.rule;
    if (decay === 'never' || !this.#decays(scene, pair)) return pair;
    const known = this.#known(scene);
    if (typeof decay === 'function') return decay(pair, known as never);
    return decay === 'before' || known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair;
  }

  #decays({ structure }: Scene, { param }: Pair): boolean {
    return structure.decays && param.rank >= (this.rule.decaysFrom ?? 0);
  }

  #known(scene: Scene): DecayKnown {
    return { ...scene.values, rateInForce: this.rateInForce(scene) } as unknown as DecayKnown;
  }

  /** The rate of decoupled decay and hooks; `null` while a round has yet to find it. */
  rateInForce({ tensors, values }: Scene): Expression | null {
    const { rateInForce } = this.rule;
    if (rateInForce) return rateInForce(tensors['param']!, values as never);
    return (values['learningRate'] as Expression | undefined) ?? null;
  }

  /** The globals of a hook, and the learning rate if it reads that; `null` while a round has yet to find the rate. */
  #globalsOf({ key, hook }: KeyedHook, scene: Scene): Symbols | null {
    const globals = withoutPrefix(key, scene.values as Symbols);
    if (!hook.reads?.includes('learningRate')) return globals;
    const learningRate = this.rateInForce(scene);
    return learningRate && { ...globals, learningRate };
  }

  /** The tensors of a scene with the pair in place, and the gradient that AdaNorm stretches, where it is on. */
  seenByRule({ tensors, values }: Scene, pair: Pair): { seen: Symbols; kept: Results } {
    const e = values['adanorm'] === true ? tensors['e'] : undefined;
    const { stretched, kept } = e
      ? adaNorm(pair.grad, e, values['adanormR'] as Expression)
      : { stretched: pair.grad, kept: {} };
    return { seen: { ...tensors, ...pair, stretched }, kept };
  }

  /** The rule's own update, of a pair after all decay that comes before it. */
  ruled(scene: Scene, pair: Pair): Results {
    const known = this.#known(scene);
    const within = this.rule.decay === 'within' && this.#decays(scene, pair);
    const decayStrength = within ? strengthOf(known) : null;
    const { seen, kept } = this.seenByRule(scene, pair);
    return { ...kept, ...this.rule.update(seen as never, { ...known, decayStrength } as never) };
  }

  /** The whole step of one parameter: new `param`, slots, and what the rule gives back. */
  update(scene: Scene): Results {
    const { tensors, structure } = scene;
    const old = tensors['param']!;
    const { grad, slots } = this.hooked(scene, this.hooks.length);
    const { pair, slots: decaySlots } = this.pair(scene, grad, true);
    const { start = pair.param, ...ruled } = this.ruled(scene, pair);
    let results: Results = { ...slots, ...decaySlots, param: pair.param, ...ruled };
    for (const { key, hook } of this.hooks) {
      if (!hook.update || structure.exempt.includes(key)) continue;
      const param = results['param']!;
      const moved = { param, old, start, step: stepOf(start, param), grad };
      const seen = { ...withoutPrefix(key, tensors), ...withoutPrefix(key, results), ...moved };
      const made = hook.update(seen, this.#globalsOf({ key, hook }, scene) ?? {});
      const { param: next = param, ...kept } = resultsOf(hook, 'update', made);
      results = { ...results, ...withPrefix(key, kept), param: next };
    }
    return this.guarded(results, tensors, scene.values);
  }

  /** Results where every guard holds, else what there was before. */
  guarded(results: Results, before: Symbols, values: Values): Results {
    for (const { key, hook } of this.hooks) {
      if (!hook.guard) continue;
      const { holds } = resultsOf(hook, 'guard', {
        holds: hook.guard(withoutPrefix(key, values as Symbols)),
      });
      results = Object.fromEntries(
        Object.entries(results).map(([name, value]) => [
          name,
          before[name] ? where(holds!, value, before[name]) : value,
        ]),
      );
    }
    return results;
  }
}
