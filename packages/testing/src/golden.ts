// SPDX-License-Identifier: Apache-2.0
// Runs golden trajectories: numbers computed in float64 by the authors' own code and other real implementations.

import type { BaseOptimizer, Optimizer } from '@optim/core/authoring';
import { executorFor, opsExecutor, registerExecutor } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it, type TestContext } from 'vitest';
import { goldenGradients, objectiveOf, variablesOf } from './golden-inputs.js';

type Values = Record<string, number[]>;
type Options = Record<string, unknown>;

/** How far a test of a golden file strayed, for `npm run deviations`. */
export interface Strayed {
  readonly optimizer: string;
  readonly case: string;
  /** The largest |got − want| / (|want| + 1e-3). */
  readonly deviation: number;
  readonly tolerance: number;
  readonly withOps: boolean;
}

declare module 'vitest' {
  interface TaskMeta {
    golden?: Strayed;
  }
}

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
  /** In place of `minimize` with the objective; may return the loss at the start, to be compared. */
  readonly minimize?: (
    optimizer: T,
    variables: readonly tf.Variable[],
    golden: GoldenCase,
    t: number,
  ) => number | void | Promise<number | void>;
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

/**
 * The tolerance of a case, relative to |want| + 1e-3: eight times what the reference itself strays in float32 (other
 * orders of summation and other roundings of the same formula), and at least 1e-4, which float32 reaches in any
 * twenty steps of a well-conditioned rule.
 */
export function tolerance({ float32Deviation }: { readonly float32Deviation: number }): number {
  return Math.max(1e-4, 8 * float32Deviation);
}

/** The largest deviation that {@link expectClose} has met in the test that runs. */
let largest = 0;

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
  largest = Math.max(largest, worst);
  expect(worst, `${what}[${at}]: got ${got[at]}, want ${want[at]}`).toBeLessThanOrEqual(tol);
}

function reason(golden: GoldenCase): string {
  return `within ${tolerance(golden).toExponential(1)}, reference strays ${golden.float32Deviation.toExponential(1)} in float32`;
}

async function run<T extends tf.Optimizer>(
  golden: GoldenCase,
  make: GoldenMake<T>,
  extras: GoldenExtras<T>,
  { meta }: TestContext['task'],
  plain = false,
): Promise<void> {
  largest = 0;
  const optimizer = make(golden.options, golden);
  const variables = variablesOf(golden);
  try {
    await follow(golden, optimizer, variables, extras);
    meta.golden = {
      optimizer: optimizer.getClassName(),
      case: golden.name,
      deviation: largest,
      tolerance: tolerance(golden),
      withOps: plain,
    };
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
    } else {
      const loss = await minimized(golden, optimizer, variables, extras, t);
      const want = golden.scalars?.['loss']?.[t];
      if (loss !== undefined && want !== undefined)
        expectClose(`step ${t}, loss`, [loss], [want], tolerance(golden));
    }
    for (const [name, want] of Object.entries(golden.trajectory[t] ?? {})) {
      const got = await variables.find((variable) => variable.name === name)!.data();
      expectClose(`step ${t}, ${name}`, got, want, tolerance(golden));
    }
    for (const [name, values] of Object.entries(golden.scalars ?? {})) {
      const want = values[t];
      if (want === undefined || name === 'loss') continue;
      const globals = await (optimizer as unknown as Optimizer).readGlobals();
      expectClose(`step ${t}, ${name}`, [globals[name]!], [want], tolerance(golden));
    }
    await extras.check?.(optimizer, golden, t, variables);
  }
}

/** Minimizes once; the loss at the start, where it is known. */
async function minimized<T extends tf.Optimizer>(
  golden: GoldenCase,
  optimizer: T,
  variables: readonly tf.Variable[],
  { minimize }: GoldenExtras<T>,
  t: number,
): Promise<number | void> {
  if (minimize) return minimize(optimizer, variables, golden, t);
  const loss = optimizer.minimize(() => objectiveOf(golden, variables), true, [...variables])!;
  const [value] = await loss.data();
  loss.dispose();
  return value;
}

/** Moves a wrapper to its evaluation point after a step of a case, compares that with `evaluationTrajectory`, and moves it back. */
export async function expectEvaluation(
  optimizer: BaseOptimizer,
  { evaluationTrajectory, evaluationFloat32Deviation }: GoldenCase,
  t: number,
  variables: readonly tf.Variable[],
): Promise<void> {
  const wanted = (evaluationTrajectory as Record<string, Values>)[t];
  if (!wanted) return;
  const tol = tolerance({ float32Deviation: evaluationFloat32Deviation as number });
  optimizer.useEvaluationWeights();
  for (const variable of variables)
    expectClose(
      `step ${t}, ${variable.name} at the evaluation point`,
      await variable.data(),
      wanted[variable.name]!,
      tol,
    );
  optimizer.useTrainingWeights();
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
 * webgl for the first case alone, on webgpu not at all).
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
      it(`${golden.name} (${reason(golden)})`, ({ task }) => run(golden, make, extras, task));
      if (executorFor(backend) === opsExecutor) continue;
      // Slow in software rendering, and TensorFlow.js' own arithmetic: one case on one of the two shows that it takes over.
      if (backend === 'webgpu' || (backend === 'webgl' && i > 0)) continue;
      it(`${golden.name}, with plain ops`, ({ task }) =>
        withOps(() => run(golden, make, extras, task, true)));
    }
  });
}
