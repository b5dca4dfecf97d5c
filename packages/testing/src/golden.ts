// SPDX-License-Identifier: Apache-2.0
// Runs golden trajectories: numbers computed in float64 by the authors' own code and other real implementations.

import type { BaseOptimizer, Optimizer } from '@optim/core/authoring';
import { executorFor, opsExecutor, registerExecutor } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import inputs from '../golden/inputs.json' with { type: 'json' };

type Values = Record<string, number[]>;
type Options = Record<string, unknown>;

/** One run of a golden file; golden/README.md says what each field means. */
export interface GoldenCase {
  readonly name: string;
  readonly mode: string;
  readonly options: Options;
  readonly float32Deviation: number;
  readonly trajectory: Record<string, Values>;
  readonly steps?: number;
  readonly scalars?: Record<string, Record<string, number>>;
  readonly learningRates?: number[];
  readonly [extra: string]: unknown;
}

/** What a golden file has beyond the common fields, and how an optimizer is held to it. */
export interface GoldenExtras<T extends tf.Optimizer> {
  /** Before the first step. */
  readonly start?: (
    optimizer: T,
    golden: GoldenCase,
    variables: readonly tf.Variable[],
  ) => Promise<void> | void;
  /** In place of `applyGradients` with the gradients alone. */
  readonly apply?: (
    optimizer: T,
    gradients: ReturnType<typeof goldenGradients>,
    golden: GoldenCase,
    t: number,
  ) => void;
  /** In place of `minimize` with the objective. */
  readonly minimize?: (
    optimizer: T,
    variables: readonly tf.Variable[],
    golden: GoldenCase,
    t: number,
  ) => void;
  /** After step `t`, from 1. */
  readonly check?: (
    optimizer: T,
    golden: GoldenCase,
    t: number,
    variables: readonly tf.Variable[],
  ) => Promise<void> | void;
}

/** An optimizer from the options of a case; the case itself says what its options do not. */
export type GoldenMake<T extends tf.Optimizer = BaseOptimizer> = (options: Options, golden?: GoldenCase) => T;

/** A golden file of an optimizer. */
export interface GoldenFile {
  readonly algorithm: string;
  readonly cases: readonly unknown[];
}

/** The parameters every case starts from. Names are those of the golden file, which some rules look at. */
export function goldenVariables(): tf.Variable[] {
  return Object.entries(inputs.shapes).map(([name, shape]) => {
    const first = tf.tensor(inputs.parameters[name as keyof typeof inputs.parameters], shape);
    const variable = tf.variable(first, true, name);
    first.dispose();
    return variable;
  });
}

/** Gradients of step `t`, from 1. */
export function goldenGradients(t: number): { name: string; tensor: tf.Tensor }[] {
  return goldenTensors(inputs.gradients[t - 1]!);
}

/** Diagonals of the Hessian in step `t`, from 1, plus a number. */
export function goldenDiagonals(t: number, offset = 0): { name: string; tensor: tf.Tensor }[] {
  const step = Object.entries(inputs.hessianDiagonals[t - 1]!);
  return goldenTensors(Object.fromEntries(step.map(([name, of]) => [name, of.map((h) => h + offset)])));
}

/** What a golden file lists for the parameters, as tensors. */
export function goldenTensors(values: Readonly<Values>): { name: string; tensor: tf.Tensor }[] {
  return Object.entries(inputs.shapes).map(([name, shape]) => ({
    name,
    tensor: tf.tensor(values[name]!, shape),
  }));
}

/**
 * 1 − cos x and its gradient, to float32 precision for |x| up to about 10. The sine and cosine of GPUs are not: their
 * standards allow an absolute error of 2⁻¹¹.
 */
function oneMinusCos(x: tf.Tensor): tf.Tensor {
  const y = tf.square(tf.div(x, 8));
  const terms = [1 / 3628800, -1 / 40320, 1 / 720, -1 / 24, 1 / 2];
  let v = tf.mul(
    terms.reduce<tf.Tensor>((sum, term) => tf.add(tf.mul(sum, y), term), tf.scalar(0)),
    y,
  );
  // 1 − cos 2a = 2v(2 − v) where v = 1 − cos a.
  for (let i = 0; i < 3; i++) v = tf.mul(tf.mul(v, 2), tf.sub(2, v));
  return v;
}

/** What an objective is made of: for every parameter, by name, the widths and the places of its bowls. */
export interface Coefficients {
  readonly a: Readonly<Values>;
  readonly c: Readonly<Values>;
  readonly ripple: number;
}

/** Σ ½a(p − c)² + ripple·(1 − cos 3p) over all elements of the parameters that coefficients are given for. */
export function bowls(variables: readonly tf.Variable[], { a, c, ripple }: Coefficients): tf.Scalar {
  const parts = variables.flatMap((p) => {
    if (!(p.name in a)) return [];
    const away = tf.square(tf.sub(p, tf.tensor(c[p.name]!, p.shape)));
    const bowl = tf.mul(tf.mul(away, tf.tensor(a[p.name]!, p.shape)), 0.5);
    const waves = tf.mul(oneMinusCos(tf.mul(p, 3)), ripple);
    return [tf.sum(tf.add(bowl, waves)) as tf.Scalar];
  });
  return tf.addN(parts) as tf.Scalar;
}

/** The objective of golden files, a sum of {@link bowls}. */
export function goldenObjective(variables: readonly tf.Variable[]): tf.Scalar {
  const { coefficients } = inputs.objective;
  const of = (key: 'a' | 'c'): Values =>
    Object.fromEntries(Object.entries(coefficients).map(([name, each]) => [name, each[key]]));
  return bowls(variables, { a: of('a'), c: of('c'), ripple: 0.1 });
}

/**
 * The tolerance of a case, relative to |want| + 1e-3: eight times what the reference itself strays in float32 (other
 * orders of summation and other roundings of the same formula), and at least 1e-4, which float32 reaches in any
 * twenty steps of a well-conditioned rule.
 */
export function tolerance({ float32Deviation }: { readonly float32Deviation: number }): number {
  return Math.max(1e-4, 8 * float32Deviation);
}

/** Asserts |got − want| ≤ tol·(|want| + 1e-3) for every element. */
export function expectClose(
  what: string,
  got: ArrayLike<number>,
  want: readonly number[],
  tol: number,
): void {
  expect(got.length, `${what}: length`).toBe(want.length);
  let worst = 0;
  let at = 0;
  want.forEach((value, i) => {
    const deviation = Math.abs(got[i]! - value) / (Math.abs(value) + 1e-3);
    if (!(deviation <= worst)) [worst, at] = [deviation, i];
  });
  expect(worst, `${what}[${at}]: got ${got[at]}, want ${want[at]}`).toBeLessThanOrEqual(tol);
}

function reason(golden: GoldenCase): string {
  return `within ${tolerance(golden).toExponential(1)}, reference strays ${golden.float32Deviation.toExponential(1)} in float32`;
}

async function run<T extends tf.Optimizer>(
  golden: GoldenCase,
  make: GoldenMake<T>,
  extras: GoldenExtras<T>,
): Promise<void> {
  const optimizer = make(golden.options, golden);
  const variables = goldenVariables();
  try {
    await follow(golden, optimizer, variables, extras);
  } finally {
    optimizer.dispose();
    tf.dispose(variables);
  }
}

async function follow<T extends tf.Optimizer>(
  golden: GoldenCase,
  optimizer: T,
  variables: readonly tf.Variable[],
  extras: GoldenExtras<T>,
): Promise<void> {
  await extras.start?.(optimizer, golden, variables);
  const last = golden.steps ?? Math.max(...Object.keys(golden.trajectory).map(Number));
  for (let t = 1; t <= last; t++) {
    if (golden.learningRates)
      (optimizer as unknown as BaseOptimizer).learningRate = golden.learningRates[t - 1]!;
    if (golden.mode === 'gradients') {
      const gradients = goldenGradients(t);
      if (extras.apply) extras.apply(optimizer, gradients, golden, t);
      else optimizer.applyGradients(gradients);
      tf.dispose(gradients);
    } else if (extras.minimize) extras.minimize(optimizer, variables, golden, t);
    else optimizer.minimize(() => goldenObjective(variables), false, [...variables]);
    for (const [name, want] of Object.entries(golden.trajectory[t] ?? {})) {
      const got = await variables.find((variable) => variable.name === name)!.data();
      expectClose(`step ${t}, ${name}`, got, want, tolerance(golden));
    }
    for (const [name, values] of Object.entries(golden.scalars ?? {})) {
      const want = values[t];
      if (want === undefined) continue;
      const globals = await (optimizer as unknown as Optimizer).readGlobals();
      expectClose(`step ${t}, ${name}`, [globals[name]!], [want], tolerance(golden));
    }
    await extras.check?.(optimizer, golden, t, variables);
  }
}

/** Runs `body` with plain ops in place of the backend's own kernels. */
export async function withOps<T>(body: () => Promise<T>): Promise<T> {
  const backend = tf.getBackend();
  const executor = executorFor(backend);
  registerExecutor(backend, opsExecutor);
  try {
    return await body();
  } finally {
    registerExecutor(backend, executor);
  }
}

/**
 * A test per case of a golden file, with the kernels of the backend; and with plain ops, where those are others (on
 * GPUs for the first case alone).
 *
 * @param file - the golden file
 * @param make - an optimizer from the options of a case
 * @param extras - what this file has beyond the common fields
 */
export function goldenSuite<T extends tf.Optimizer>(
  file: GoldenFile,
  make: GoldenMake<T>,
  extras: GoldenExtras<T> = {},
): void {
  describe(`${file.algorithm}: golden`, () => {
    const backend = inject('backend');
    for (const [i, golden] of (file.cases as readonly GoldenCase[]).entries()) {
      it(`${golden.name} (${reason(golden)})`, () => run(golden, make, extras));
      if (executorFor(backend) === opsExecutor) continue;
      // Slow in software rendering, and TensorFlow.js' own arithmetic: one case shows that it takes over.
      if (backend.startsWith('web') && i > 0) continue;
      it(`${golden.name}, with plain ops`, () => withOps(() => run(golden, make, extras)));
    }
  });
}
