// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import { executorFor, opsExecutor, registerExecutor } from '@optim/fusion';
import type { Trials } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { comparisons, layouts, reference } from './subjects.js';

/** One row of the result. */
export interface Row {
  readonly backend: string;
  readonly layout: string;
  readonly subject: string;
  /** Our kernels, or plain TensorFlow.js ops. */
  readonly executor: string;
  readonly nanoseconds: number;
  /** Kernels in one step, for all parameters. */
  readonly kernels: number;
  /** Dispatches of a GPU that they took, where kernels share some. */
  readonly dispatches?: number;
  /** Bytes that the kernels of one step allocate. */
  readonly bytes: number;
  /** Arrays that a step reads and writes, of a rule of one kernel and one parameter. */
  readonly arrays?: number;
  /** Rows of one group were measured together. */
  readonly group: string;
}

interface Contestant {
  readonly subject: string;
  readonly optimizer: tf.Optimizer;
  readonly executor: string;
  readonly step: () => void;
  /** The last variable of a step. */
  readonly last: tf.Variable;
  readonly dispose: () => void;
  readonly times: number[];
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  /** Steps before the first round. */
  readonly warmup: number;
}

/** Steps of one subject in a row, as in training: after the first its data is where its own last step left it. */
const burst = 10;

/**
 * Measures subjects on one layout in turn, round after round, so that a slow moment hits all of them; what they are
 * compared with is measured with them.
 *
 * @param withOps - measures our own rules with plain ops too
 */
export async function measure(
  layout: string,
  trials: Trials,
  { withOps, rounds, warmup }: Effort & { readonly withOps: boolean },
): Promise<Row[]> {
  const backend = tf.getBackend();
  const shapes = layouts[layout]!;
  const size = shapes.reduce((sum, shape) => sum + shape.reduce((product, length) => product * length, 1), 0);
  const all = { ...comparisons, ...trials };
  const contestants = Object.entries(all).flatMap(([subject, make]) => {
    const own = contestant(subject, make(1000), shapes, executorFor(backend).name);
    if (!withOps || subject === reference || executorFor(backend) === opsExecutor) return [own];
    return [own, contestant(subject, make(1000), shapes, opsExecutor.name)];
  });
  for (let i = 0; i < warmup; i++) for (const one of contestants) await settled(one);
  for (let i = 0; i < rounds; i++) {
    for (const one of contestants) {
      for (let j = 0; j < burst; j++) {
        const start = performance.now();
        await settled(one);
        one.times.push(performance.now() - start);
      }
    }
  }
  const rows: Row[] = [];
  for (const { subject, optimizer, executor, step, last, dispose, times } of contestants) {
    const dispatches = backend === 'webgpu' ? await dispatched(() => settled({ step, last })) : null;
    const { kernels } = await tf.profile(() => (step(), undefined as unknown as tf.TensorContainer));
    const isOneSweep = kernels.length === 1 && shapes.length === 1 && !backend.startsWith('web');
    const isRule = 'stateDict' in optimizer && !('base' in optimizer);
    const arrays = isOneSweep && isRule ? await moved(all[subject]!(1000) as BaseOptimizer) : 0;
    rows.push({
      backend,
      layout,
      subject,
      executor: subject === reference ? 'tfjs' : executor,
      nanoseconds: (1e6 * median(times)) / size,
      kernels: kernels.length,
      ...(dispatches !== null && { dispatches }),
      bytes: kernels.reduce((sum, { bytesAdded }) => sum + Math.max(0, bytesAdded), 0),
      ...(arrays > 0 && { arrays }),
      group: `${backend}, ${layout}, ${Object.keys(trials).join()}`,
    });
    dispose();
  }
  return rows;
}

/** Arrays that a step of a rule moves: gradient, parameter and slots of its shape, of which some are only read. */
async function moved(optimizer: BaseOptimizer): Promise<number> {
  const variable = tf.tidy(() => tf.variable(tf.ones([50, 40])));
  const slotsAfter = async (seed: number): Promise<Float32Array[]> => {
    const gradients = { [variable.name]: tf.randomNormal([50, 40], 0, 1, 'float32', seed) };
    const loss = tf.scalar(1);
    optimizer.applyGradients(gradients, loss);
    tf.dispose([gradients, loss]);
    const { parameters } = await optimizer.stateDict();
    return parameters.flatMap(({ slots }) =>
      Object.values(slots)
        .map(({ data }) => data)
        .filter(({ length }) => length === variable.size),
    );
  };
  const before = await slotsAfter(1);
  const after = await slotsAfter(2);
  optimizer.dispose();
  variable.dispose();
  const written = after.filter((values, i) => values.some((value, at) => value !== before[i]![at]));
  return 3 + after.length + written.length;
}

/** Runs a step; on a GPU, waits until it has been done: reading one number is the only way to know. */
async function settled({ step, last }: Pick<Contestant, 'step' | 'last'>): Promise<void> {
  step();
  if (!tf.getBackend().startsWith('web')) return;
  const number = tf.tidy(() => tf.slice(tf.reshape(last, [-1]), [0], [1]));
  await number.data();
  number.dispose();
}

/** Dispatches that are given while something is done; one of them reads a number. */
async function dispatched(act: () => Promise<void>): Promise<number> {
  const { prototype } = (globalThis as unknown as Record<'GPUComputePassEncoder', { prototype: Pass }>)
    .GPUComputePassEncoder;
  const { dispatchWorkgroups } = prototype;
  let count = 0;
  prototype.dispatchWorkgroups = function counting(this: Pass, ...workgroups: number[]) {
    count++;
    dispatchWorkgroups.apply(this, workgroups);
  };
  try {
    await act();
  } finally {
    prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
  return count - 1;
}

interface Pass {
  dispatchWorkgroups(...workgroups: number[]): void;
}

function contestant(
  subject: string,
  optimizer: tf.Optimizer,
  shapes: readonly (readonly number[])[],
  executor: string,
): Contestant {
  const variables = shapes.map((shape) =>
    tf.tidy(() => tf.variable(tf.randomNormal([...shape], 0, 0.1, 'float32', 1))),
  );
  const gradients = variables.map(({ name, shape }) => ({
    name,
    tensor: tf.randomNormal(shape, 0, 1, 'float32', 2),
  }));
  const backend = tf.getBackend();
  const usual = executorFor(backend);
  const loss = tf.scalar(1);
  // A rule is compiled when a step first needs it, which may be the trial of `stepOf`, or a later one.
  const by = <T>(act: () => T): T => {
    if (executor !== opsExecutor.name) return act();
    registerExecutor(backend, opsExecutor);
    try {
      return act();
    } finally {
      registerExecutor(backend, usual);
    }
  };
  const own = by(() => stepOf(optimizer, variables, gradients, loss));
  const step = (): void => by(own);
  const dispose = (): void => {
    optimizer.dispose();
    tf.dispose(variables);
    tf.dispose(gradients);
    loss.dispose();
  };
  return { subject, optimizer, executor, step, last: variables.at(-1)!, dispose, times: [] };
}

/** A step with given gradients; of one that refuses them, with a loss that has those gradients. */
export function stepOf(
  optimizer: tf.Optimizer,
  variables: tf.Variable[],
  gradients: { name: string; tensor: tf.Tensor }[],
  loss: tf.Scalar,
): () => void {
  const given = (): void => (optimizer as BaseOptimizer).applyGradients(gradients, loss);
  const linear = (): tf.Scalar =>
    tf.addN(variables.map((p, i) => tf.sum(tf.mul(p, gradients[i]!.tensor)))) as tf.Scalar;
  try {
    given();
    return given;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return () => void optimizer.minimize(linear, false, variables);
  }
}

/** The middle of a list of numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
