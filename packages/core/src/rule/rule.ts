// SPDX-License-Identifier: Apache-2.0
// The vocabulary in which an algorithm is written: a rule is data.

import type { Expression, Shape } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';
import type { Hyper, OptionTable, Schedule } from '@optim/options';
import type { GlobalValue } from '@optim/state';

/** Options as numbers: schedules replaced by their value in the current step. */
export type Resolved<O> = { readonly [K in keyof O]-?: Exclude<O[K], Schedule | undefined> };

/** What a rule knows about a parameter besides its options. */
export interface Told {
  /** Whether there is any weight decay. */
  readonly decays: boolean;
  /** Index of its parameter group; 0 are the parameters of no group. */
  readonly group: number;
}

/** What core works out for each parameter, once every round has been made. */
export interface InForce {
  /** The learning rate that decoupled decay and hooks use, see {@link Rule.rateInForce}. */
  readonly rateInForce: Expression;
  /**
   * What a decay `'within'` the update takes off, see `shrunk`: λ times the rate in force if the mode is `'decoupled'`, else
   * λ; `null` where there is no decay, or a coupled one, which came before.
   */
  readonly decayStrength: Expression | null;
}

/**
 * What a rule is given besides tensors while it is traced: hyper-parameters (options that may be schedules), numeric
 * coefficients and globals are symbols; every other option, and every coefficient or trait that is a boolean or a string, is
 * an ordinary value to branch on.
 *
 * @typeParam O - the options
 * @typeParam C - coefficients, traits, globals, and what rounds find: `{ stepSize: number; rectified: boolean }`
 */
export type Known<O, C = unknown> = {
  readonly [K in keyof O]-?: Schedule extends O[K]
    ? Expression | Exclude<O[K], Hyper | undefined>
    : Exclude<O[K], undefined>;
} & {
  readonly [K in keyof C]: [C[K]] extends [number | undefined] ? Expression | Extract<C[K], undefined> : C[K];
} & Told;

/** What a rule reads of one parameter: its value, its gradient, its slots, and what else was given with the gradient. */
export type Tensors<S extends string = never> = { readonly [K in S | 'param' | 'grad']: Expression };

/** Named results of a rule. */
export type Results = Record<string, Expression>;

/**
 * First value of a slot, from the parameter before its first step and the traits of its variable; `null` where these call for
 * no such slot.
 */
export type TracedInit<C = Traits> = (param: Expression, traits: Partial<C>) => Expression | null;

/** Where a variable stands when its slots are made. */
export interface Appearance {
  /** Steps that the optimizer has done. */
  readonly step: number;
  /** How many of the optimizer's variables come before this one: all adopted earlier, then as they were made. */
  readonly order: number;
}

/** First value of a slot as numbers made on the host, once per variable: random draws, constants by name. */
export interface HostInit {
  /** Shape of the slot, from the shape and name of the variable. */
  readonly shape: (param: Shape, name: string) => Shape;
  readonly values: (variable: tf.Variable, appearance: Appearance) => ArrayLike<number>;
}

/** First value of a slot. */
export type SlotInit<C = Traits> = TracedInit<C> | HostInit;

/**
 * A slot with numbers made on the host.
 *
 * @param values - the elements, row-major, for one variable
 * @param shape - of the slot; that of the parameter when absent
 */
export function filled(values: HostInit['values'], shape: HostInit['shape'] = (param) => param): HostInit {
  return { shape, values };
}

/** What a rule may branch on for a variable by itself. */
export type Traits = Readonly<Record<string, boolean | string>>;

/** A parameter and its gradient, as weight decay changes them. */
export interface Pair {
  readonly param: Expression;
  readonly grad: Expression;
}

/**
 * One round over all parameters: `observe` is traced per parameter and names scalars, which are summed over the
 * parameters; `combine` turns the sums and the optimizer's globals into new globals, which `update` may use. A rule that needs
 * the loss finds it among the sums, as `loss`.
 */
export interface Round<T = Record<string, Expression>, K = Record<string, unknown>> {
  observe(tensors: T, known: K): Results;
  combine(sums: Record<string, Expression>, known: K): Results;
}

/**
 * A {@link Round} in which `combine` sees the sums by the names that `observe` gives them. It takes its types from where it
 * stands: write it inside the list that `rounds` returns.
 */
export function round<T, K, N extends string>(parts: {
  observe(tensors: T, known: K): Readonly<Record<N, Expression>>;
  combine(sums: Readonly<Record<N | 'loss', Expression>>, known: K): Results;
}): Round<T, K> {
  return parts as Round<T, K>;
}

/** Where weight decay acts, see {@link Rule.decay}. */
export type Decay<K> = 'before' | 'within' | 'never' | Decaying<K>['decay'];

/** A decay of a rule's own; a method, so that rules with other options are rules too. */
interface Decaying<K> {
  decay(pair: Pair, known: K): Pair;
}

/**
 * What a rule does: what it keeps, the numbers it needs once a step, and its recurrence. What is traced
 * (`gradient`, `rounds`, `decay`, `rateInForce`, `secondMoment`, `update`) gets symbols, runs once per structure and shape,
 * and serves every step.
 *
 * @typeParam O - its options
 * @typeParam S - names of its slots, and of tensors given along with the gradient
 * @typeParam C - its coefficients and traits
 * @typeParam G - its globals, and what its rounds find
 */
export interface Recurrence<
  O extends object,
  S extends string = never,
  C extends object = object,
  G extends object = object,
> {
  /** What every step needs: the value of the loss, at least one gradient. */
  readonly needs?: readonly ('loss' | 'gradient')[];
  /** Slots, by name or pattern, that are a running average of gradients or updates; wrappers may reset or average them. */
  readonly momentum?: readonly (string | RegExp)[];
  /** Results of `update` that are neither `param` nor slots, and go back to whoever asked for the step. */
  readonly returns?: readonly string[];
  /** Options besides `weightDecay` that set the strength of decay for some of the parameters. */
  readonly decayOptions?: readonly (keyof O & string)[];
  /** The least rank of a parameter that weight decay acts on; 0 unless given. */
  readonly decaysFrom?: number;

  /** Checks that involve more than one option; throws a RangeError made by `outOfRange`. */
  validate?(options: Required<O>): void;
  /** Tensors kept per parameter, each with its first value; `false` for one that is not needed with these options. */
  slots?(options: Required<O>): Partial<Readonly<Record<S, SlotInit<C> | false>>>;
  /** Numbers and vectors kept for the optimizer as a whole, each with its first value. */
  globals?(options: Resolved<O>): Partial<Readonly<Record<keyof G, GlobalValue>>>;
  /**
   * What a rule may branch on for each variable by itself, read off its name and shape when it first appears. With
   * `unhooked: true` hooks keep no slots for it: a variable of the algorithm's own, which none of them sees.
   */
  traits?(variable: tf.Variable, options: Required<O>): Partial<C>;
  /**
   * Numbers a step needs, in float64 and once per step. A rule may branch on those that are booleans or strings, such as
   * the name of the slot whose turn it is.
   *
   * @param t - the number of this update of the parameter, from 1; in `combine` that of the step
   * @param step - the number of this step of the optimizer, from 1
   */
  coefficients?(t: number, options: Resolved<O>, step: number): Partial<C>;
  /** Whether a step with these options does nothing but be counted. */
  pauses?(options: Resolved<O>): boolean;
  /** The rate that the optimizer reports for the step, from 1, where it is not the option `learningRate`. */
  reportedRate?(options: Resolved<O>, step: number): number;

  /** What the rule makes of the gradient before weight decay and everything else; hooks see it as it was before. */
  gradient?(tensors: Tensors<S>, known: Known<O, C & G>): Expression;
  /**
   * Weight decay. `'before'`, the default: before everything else, in the modes of core. `'within'`: `update` makes
   * every decay that shrinks the parameter, by `decayStrength`; only `'coupled'` comes before. `'never'`: all of it is the
   * rule's. A function: the pair after a decay of the rule's own, for which there is `decayed`.
   */
  readonly decay?: Decay<Known<O, C & G> & { readonly rateInForce: Expression | null }>;
  /**
   * What must be known across all parameters before the update, in order; `false` for a round that is not needed with these
   * options.
   */
  rounds?(options: Required<O>): readonly (Round<Tensors<S | 'stretched'>, Known<O, C & G>> | false)[];
  /**
   * The rate that decoupled decay and hooks use, where it is not the option `learningRate`. `null` in a round that has
   * yet to find it: nothing decays by it then.
   */
  rateInForce?(param: Expression, known: Known<O, C & G>): Expression | null;
  /**
   * The bias-corrected second moment that this step divides by, of the parameter's shape, from the slots after the update;
   * for hooks that read it.
   */
  secondMoment?(slots: Tensors<S>, known: Known<O, C & G>): Expression;
  /**
   * The recurrence: new `param` and slots. What is not returned stays as it is. A rule that decays by itself also returns
   * `start`, the parameter with the decay alone, so that a hook can separate the step from the decay. `stretched` is the
   * gradient as AdaNorm leaves it, where that is an option and on; else the gradient.
   */
  update(tensors: Tensors<S | 'stretched'>, known: Known<O, C & G> & InForce): Results;
}

/** An algorithm as data: its options, and what it does. Type parameters are those of {@link Recurrence}. */
export interface Rule<
  O extends object,
  S extends string = never,
  C extends object = object,
  G extends object = object,
> extends Recurrence<O, S, C, G> {
  /** Default, range and check of every option. */
  readonly options: OptionTable<O>;
}

/** What any rule does. */
// oxlint-disable-next-line no-explicit-any -- options, slots and coefficients differ; only the rule itself names them
export type AnyRecurrence = Recurrence<any, any, any, any>;

/** Any algorithm. */
// oxlint-disable-next-line no-explicit-any -- as above
export type AnyRule = Rule<any, any, any, any>;
