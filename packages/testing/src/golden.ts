// SPDX-License-Identifier: Apache-2.0
// Runs golden trajectories: numbers computed in float64 by the authors' own code and other real implementations.

import type { BaseOptimizer, Optimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
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
}

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
  const step = inputs.gradients[t - 1]!;
  return Object.entries(inputs.shapes).map(([name, shape]) => ({
    name,
    tensor: tf.tensor(step[name as keyof typeof step], shape),
  }));
}

/** Σ ½a(p − c)² + 0.1(1 − cos 3p) over all elements of all parameters. */
export function goldenObjective(variables: readonly tf.Variable[]): tf.Scalar {
  const parts = variables.map((p) => {
    const { a, c } = inputs.objective.coefficients[p.name as keyof typeof inputs.objective.coefficients];
    const bowl = tf.mul(tf.mul(tf.square(tf.sub(p, tf.tensor(c, p.shape))), tf.tensor(a, p.shape)), 0.5);
    const waves = tf.mul(tf.sub(1, tf.cos(tf.mul(p, 3))), 0.1);
    return tf.sum(tf.add(bowl, waves)) as tf.Scalar;
  });
  return tf.addN(parts) as tf.Scalar;
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
export function expectClose(what: string, got: ArrayLike<number>, want: readonly number[], tol: number): void {
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

async function run(golden: GoldenCase, make: (options: Options) => tf.Optimizer): Promise<void> {
  const optimizer = make(golden.options);
  const variables = goldenVariables();
  try {
    await follow(golden, optimizer, variables);
  } finally {
    optimizer.dispose();
    tf.dispose(variables);
  }
}

async function follow(golden: GoldenCase, optimizer: tf.Optimizer, variables: readonly tf.Variable[]): Promise<void> {
  const last = golden.steps ?? Math.max(...Object.keys(golden.trajectory).map(Number));
  for (let t = 1; t <= last; t++) {
    if (golden.learningRates) (optimizer as BaseOptimizer).learningRate = golden.learningRates[t - 1]!;
    if (golden.mode === 'gradients') {
      const gradients = goldenGradients(t);
      optimizer.applyGradients(gradients);
      tf.dispose(gradients);
    } else {
      optimizer.minimize(() => goldenObjective(variables), false, [...variables]);
    }
    for (const [name, want] of Object.entries(golden.trajectory[t] ?? {})) {
      const got = await variables.find((variable) => variable.name === name)!.data();
      expectClose(`step ${t}, ${name}`, got, want, tolerance(golden));
    }
    for (const [name, values] of Object.entries(golden.scalars ?? {})) {
      const want = values[t];
      if (want === undefined) continue;
      const globals = await (optimizer as Optimizer).readGlobals();
      expectClose(`step ${t}, ${name}`, [globals[name]!], [want], tolerance(golden));
    }
  }
}

/**
 * A test per case of a golden file.
 *
 * @param file - the golden file
 * @param make - an optimizer from the options of a case
 */
export function goldenSuite(file: GoldenFile, make: (options: Options) => tf.Optimizer): void {
  describe(`${file.algorithm}: golden`, () => {
    for (const golden of file.cases as readonly GoldenCase[]) {
      it(`${golden.name} (${reason(golden)})`, () => run(golden, make));
    }
  });
}
