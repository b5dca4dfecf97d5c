// SPDX-License-Identifier: Apache-2.0

import {
  assertOptimizer,
  custom,
  defineHook,
  exclude,
  integer,
  isArrayOf,
  Optimizer,
  unwrap,
} from '@optim/core/authoring';
import type { Hook, Match } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';
import { zero } from '@optim/formulas';

/** What {@link monitor} takes the norm of: the gradient as the hooks before it leave it, what a step adds, the parameter. */
export type Monitored = 'gradient' | 'update' | 'parameter';

const all: readonly Monitored[] = ['gradient', 'update', 'parameter'];

/** Options of {@link monitor}. */
export interface MonitorOptions {
  /** Steps from one look to the next; the first step has one too. @defaultValue `1` */
  every?: number;
  /** Of what norms are taken. @defaultValue `['gradient', 'update', 'parameter']` */
  norms?: readonly Monitored[];
  /** Variables that are left out, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/** Norms of one variable, or of all together; those that are not taken are absent. */
export interface Norms {
  readonly gradient?: number;
  readonly update?: number;
  readonly parameter?: number;
  /** `update` over `parameter`. */
  readonly ratio?: number;
}

/** What {@link readNorms} gives: of all variables together, and of each by name. */
export interface AllNorms extends Norms {
  readonly variables: Readonly<Record<string, Norms>>;
}

const areNorms = (value: unknown): boolean =>
  isArrayOf(value, (each) => all.includes(each as Monitored)) &&
  (value as unknown[]).length > 0 &&
  new Set(value as unknown[]).size === (value as unknown[]).length;

/**
 * Takes the Euclidean norms of gradient, update and parameter, for each variable, on the device: in the first step, and in each
 * whose number is a multiple of `every`. {@link readNorms} reads the last ones when somebody wants to see them; a step reads
 * nothing.
 *
 * ```text
 * gradient = ‖g‖    update = ‖p − old‖    parameter = ‖p‖, after the step
 * ```
 *
 * Sees what the hooks before it leave: put it last. Slots are a scalar for each norm. Norms take sweeps of their own over the
 * numbers: the optimizer's part of such a step, not that of the gradient, becomes a few times as long (AdamW on wasm 2.5 times
 * for one large variable, 5 times for 200 small ones). Other steps cost what they cost without the hook: look every 10th or
 * 100th time where that counts.
 *
 * **Hint:** the ratio of update to parameter is about 1e-3 in a training that goes well.
 *
 * @example `monitor({ every: 10 })`
 * @throws TypeError for norms of anything else, or an `every` that is no number; RangeError for one that is no integer in [1, ∞)
 */
export const monitor: (options?: MonitorOptions) => Hook = /* #__PURE__ */ defineHook<MonitorOptions>(
  'monitor',
  {
    every: integer('[1, ∞)', 1),
    norms: custom(`some of ${all.join(', ')}`, areNorms, all),
    exclude: exclude(),
  },
  ({ every, norms }) => ({
    slots: Object.fromEntries(norms.map((name) => [name, zero])),
    coefficients: (step) => ({ looks: step === 1 || step % every === 0 }),
    update: ({ param, old, grad }, { looks }) => {
      if (!(looks as unknown as boolean)) return {};
      const tensors = { gradient: grad!, update: param!.sub(old!), parameter: param! };
      return Object.fromEntries(norms.map((name) => [name, tensors[name].norm()]));
    },
  }),
);

function withRatio(norms: Partial<Record<Monitored, number>>): Norms {
  const { update, parameter } = norms;
  return update === undefined || parameter === undefined ? norms : { ...norms, ratio: update / parameter };
}

/**
 * The norms that {@link monitor} has taken in the last step with a look, read as the backend answers: one tensor, however many variables there are.
 *
 * @param optimizer - with the hook; of a wrapper, the base counts
 * @returns `null` where it has no such hook, or has not stepped yet
 * @throws TypeError (as a rejection) for what is no optimizer
 */
export async function readNorms(optimizer: tf.Optimizer): Promise<AllNorms | null> {
  assertOptimizer('readNorms', optimizer);
  const base = unwrap(optimizer).at(-1);
  const kept = base instanceof Optimizer ? base.momentum([/^monitor\./]) : null;
  if (!kept) return null;
  const scalars = kept.slots.flatMap(([{ name }, slots]) =>
    slots.flatMap((slot, i) => (slot ? [{ name, norm: kept.names[i]!.slice(8) as Monitored, slot }] : [])),
  );
  if (scalars.length === 0) return null;
  const stacked = tf.stack(scalars.map(({ slot }) => slot));
  const values = await stacked.data();
  stacked.dispose();
  const variables: Record<string, Partial<Record<Monitored, number>>> = {};
  const squares: Partial<Record<Monitored, number>> = {};
  scalars.forEach(({ name, norm }, i) => {
    (variables[name] ??= {})[norm] = values[i]!;
    squares[norm] = (squares[norm] ?? 0) + values[i]! ** 2;
  });
  const roots = Object.entries(squares).map(([name, sum]) => [name, Math.sqrt(sum)] as const);
  const named = Object.entries(variables).map(([name, norms]) => [name, withRatio(norms)] as const);
  return { ...withRatio(Object.fromEntries(roots)), variables: Object.fromEntries(named) };
}
