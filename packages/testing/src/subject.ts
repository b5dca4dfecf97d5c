// SPDX-License-Identifier: Apache-2.0
// What the conformance suite knows about the optimizer it is given, and the small problem it trains.

import type { StateDict } from '@optim/core';
import type { BaseOptimizer, OptionSpec } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';

/** Options of an optimizer, as golden files and the suite write them. */
export type Options = Record<string, unknown>;

/** An optimizer from options; those that are not given have their defaults, a wrapper chooses its base. */
export type Make = (options: Options) => BaseOptimizer;

/** The optimizer under test, as its class declares itself. */
export interface Subject {
  readonly make: Make;
  readonly name: string;
  /** `static options` of the class. */
  readonly table: Readonly<Record<string, OptionSpec>>;
  /** `static needs` of the class. */
  readonly needs: readonly string[];
  /** `decaysFrom` of its rule. */
  readonly decaysFrom: number;
}

/** One thing to check about an optimizer; it throws when the optimizer does otherwise. */
export interface Check {
  readonly name: string;
  /**
   * Run in browsers too, where a step in software rendering takes a hundred times as long: only what depends on the
   * kernels. The rest runs the same JavaScript on every backend.
   */
  readonly everywhere?: boolean;
  /** Whether it concerns an optimizer with these options; always when absent. */
  readonly applies?: (subject: Subject) => boolean;
  readonly run: (subject: Subject) => Promise<void>;
}

/** Reads from its class what an optimizer declares. */
export function subjectOf(make: Make): Subject {
  const optimizer = make({});
  const { options, needs, rule } = optimizer.constructor as unknown as {
    options: Subject['table'];
    needs: Subject['needs'];
    rule?: { decaysFrom?: number };
  };
  optimizer.dispose();
  return { make, name: optimizer.getClassName(), table: options, needs, decaysFrom: rule?.decaysFrom ?? 0 };
}

/** One variable of every rank that rules distinguish, far from zero, some elements positive and some negative. */
export function variables(): tf.Variable[] {
  const shapes = { scale: [], bias: [3], kernel: [4, 3], filter: [2, 2, 3, 2] };
  return Object.entries(shapes).map(([name, shape]) =>
    variable(name, shape, (i) => (i % 2 ? -1 : 1) * (1 + 0.1 * (i % 5))),
  );
}

/** A variable with given elements. */
export function variable(name: string, shape: number[], element: (i: number) => number): tf.Variable {
  const first = tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => element(i)),
    shape,
  );
  const made = tf.variable(first, true, name);
  first.dispose();
  return made;
}

/** Σ ½(p − c)² over all elements; the targets c move with the step `t` and depend on the variable's name. */
export function loss(variables: readonly tf.Variable[], t: number): tf.Scalar {
  const parts = variables.map((p) => {
    const targets = Float32Array.from({ length: p.size }, (_, i) => Math.sin(1.7 * i + p.name.length + t));
    return tf.mul(tf.sum(tf.square(tf.sub(p, tf.tensor(targets, p.shape)))), 0.5) as tf.Scalar;
  });
  return tf.addN(parts) as tf.Scalar;
}

/** Steps `from` to `to` on {@link loss}, both included. */
export function train(optimizer: tf.Optimizer, variables: tf.Variable[], from: number, to: number): void {
  for (let t = from; t <= to; t++) optimizer.minimize(() => loss(variables, t), false, variables);
}

/** The values of variables, copied. */
export function valuesOf(variables: readonly tf.Variable[]): Promise<Float32Array[]> {
  return Promise.all(variables.map(async (variable) => Float32Array.from(await variable.data())));
}

/** Gives variables the values {@link valuesOf} read. */
export function assignAll(variables: readonly tf.Variable[], values: readonly Float32Array[]): void {
  variables.forEach((variable, i) => {
    const value = tf.tensor(values[i]!.slice(), variable.shape);
    variable.assign(value);
    value.dispose();
  });
}

/** Runs `body` with an optimizer and fresh {@link variables}, and frees both. */
export async function withOptimizer<T>(
  { make }: Subject,
  options: Options,
  body: (optimizer: BaseOptimizer, variables: tf.Variable[]) => T | Promise<T>,
): Promise<T> {
  const optimizer = make(options);
  const trained = variables();
  try {
    return await body(optimizer, trained);
  } finally {
    optimizer.dispose();
    tf.dispose(trained);
  }
}

/** The values after some steps from the same start. */
export function trajectory(subject: Subject, options: Options = {}, steps = 4): Promise<Float32Array[]> {
  return withOptimizer(subject, options, (optimizer, variables) => {
    train(optimizer, variables, 1, steps);
    return valuesOf(variables);
  });
}

/** Everything that a refused call must leave as it was. */
export async function snapshot(
  optimizer: BaseOptimizer,
  variables: readonly tf.Variable[],
): Promise<{ values: Float32Array[]; state: StateDict; iterations: number; learningRate: number }> {
  const { iterations, learningRate } = optimizer;
  return { values: await valuesOf(variables), state: await optimizer.stateDict(), iterations, learningRate };
}
