// SPDX-License-Identifier: Apache-2.0
// The vocabulary in which an update rule is written.

import type { Expression, Shape } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';
import type { Hyper } from './options.js';
import type { Schedule } from './schedule.js';

/** Options as numbers: schedules replaced by their value in the step at hand. */
export type Resolved<O> = { readonly [K in keyof O]-?: Exclude<O[K], Schedule | undefined> };

/**
 * What a rule sees while it is traced: hyper-parameters (options that may be schedules), coefficients and globals are
 * symbols; every other option, and every coefficient that is a boolean or a string, is an ordinary value to branch on.
 *
 * @typeParam O - the options
 * @typeParam C - the coefficients and globals, e.g. `{ stepSize: number; rectified: boolean }`
 */
export type Scalars<O, C = unknown> = {
  readonly [K in keyof O]-?: Schedule extends O[K]
    ? Expression | Exclude<O[K], Hyper | undefined>
    : Exclude<O[K], undefined>;
} & {
  readonly [K in keyof C]: [C[K]] extends [number | undefined] ? Expression | Extract<C[K], undefined> : C[K];
};

/** What a rule reads of one parameter: its value, its gradient and its slots. */
export type Tensors<S extends string = never> = { readonly [K in S | 'param' | 'grad']: Expression };

/** Named results of a rule. */
export type Results = Record<string, Expression>;

/** First value of a slot, from the parameter before its first step; `null` where its shape calls for no such slot. */
export type TracedInit = (param: Expression) => Expression | null;

/** First value of a slot as numbers made on the host, once per variable: random draws, constants by name. */
export interface HostInit {
  /** Shape of the slot, from the shape and name of the variable. */
  readonly shape: (param: Shape, name: string) => Shape;
  readonly values: (variable: tf.Variable) => ArrayLike<number>;
}

/** First value of a slot. */
export type SlotInit = TracedInit | HostInit;

/**
 * A slot with numbers made on the host.
 *
 * @param values - the elements, row-major, for one variable
 * @param shape - of the slot; that of the parameter when absent
 */
export function filled(values: HostInit['values'], shape: HostInit['shape'] = (param) => param): HostInit {
  return { shape, values };
}

/** A parameter and its gradient, as weight decay changes them. */
export interface Pair {
  readonly param: Expression;
  readonly grad: Expression;
}

/**
 * One round over all parameters: `observe` is traced per parameter and names scalars, which are summed over the
 * parameters; `combine` turns the sums and the optimizer's globals into new globals, which `update` may use.
 */
export interface Round {
  observe(tensors: Record<string, Expression>, scalars: Record<string, unknown>): Results;
  combine(sums: Record<string, Expression>, scalars: Record<string, unknown>): Results;
}
