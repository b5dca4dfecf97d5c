// SPDX-License-Identifier: Apache-2.0
// Every hook with algorithms of several families. What a hook does is worked out on the host and given to the algorithm
// without the hook, which has to arrive at the same numbers from the same state.

import { AdamW } from '@optim/adamw';
import type { BaseOptimizer, Hook, StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { expectClose, withOps } from '../../../packages/testing/src/index.js';
import { algorithms, type Algorithm, type Seen, type Values } from './algorithms.js';
import { gradientsAt, noise, shapes, type Row } from './rows.js';

const steps = 4;

/** Runs `body` with a variable of every shape. */
async function withVariables<T>(body: (variables: readonly tf.Variable[]) => Promise<T>): Promise<T> {
  const tensors = tensorsOf(noise(0));
  const variables = Object.entries(tensors).map(([name, tensor]) => tf.variable(tensor, true, name));
  tf.dispose(tensors);
  try {
    return await body(variables);
  } finally {
    tf.dispose(variables);
  }
}

function tensorsOf(values: Values): tf.NamedTensorMap {
  const tensors = Object.entries(values).map(
    ([name, x]) => [name, tf.tensor([...x], shapes[name]!)] as const,
  );
  return Object.fromEntries(tensors);
}

async function read(variables: readonly tf.Variable[]): Promise<Values> {
  const values = variables.map(async (variable) => [variable.name, [...(await variable.data())]] as const);
  return Object.fromEntries(await Promise.all(values));
}

function write(variables: readonly tf.Variable[], values: Values): void {
  const tensors = tensorsOf(values);
  for (const variable of variables) variable.assign(tensors[variable.name]!);
  tf.dispose(tensors);
}

/** Step `t`, with a loss for those that look at it. */
function apply(optimizer: BaseOptimizer, gradients: Values, t: number): void {
  tf.tidy(() => optimizer.applyGradients(tensorsOf(gradients), tf.scalar(3 / t)));
}

/** A state without what hooks keep. */
function withoutHooks(state: StateDict): StateDict {
  const own = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !name.includes('.')));
  const parameters = state.parameters.map((parameter) => ({ ...parameter, slots: own(parameter.slots) }));
  return { ...state, globals: own(state.globals), parameters };
}

/** Where the algorithm alone arrives, given what the hook makes. */
async function alone(
  row: Row,
  algorithm: Algorithm,
  seen: Seen,
  variables: readonly tf.Variable[],
): Promise<Values> {
  const start = row.parameters?.(seen, algorithm) ?? seen.p;
  const plain = algorithm.make([]);
  await plain.loadStateDict(withoutHooks(seen.before));
  write(variables, start);
  apply(plain, row.gradients?.(seen) ?? seen.g, seen.t);
  plain.dispose();
  const end = await read(variables);
  if (!row.steps) return end;
  const u = less(start, end);
  const rate = (name: string): number => algorithm.rate(seen, name);
  return less(start, row.steps(u, { seen, start, rate }));
}

/** Differences of all elements. */
function less(minuend: Values, subtrahend: Values): Values {
  const differences = Object.entries(minuend).map(
    ([name, x]) => [name, x.map((e, i) => e - subtrahend[name]![i]!)] as const,
  );
  return Object.fromEntries(differences);
}

function follow(row: Row, algorithm: Algorithm): Promise<void> {
  return withVariables(async (variables) => {
    const hooked = algorithm.make([row.hook()]);
    for (let t = 1; t <= steps; t++) {
      const [g, p, before] = [gradientsAt(t, row), await read(variables), await hooked.stateDict()];
      apply(hooked, g, t);
      const [got, after] = [await read(variables), await hooked.stateDict()];
      const seen = { t, p, g, before, after };
      for (const [name, want] of Object.entries(row.globals?.(seen, algorithm) ?? {}))
        expectClose(`step ${t}, ${name}`, [after.globals[name] as number], [want], 1e-5);
      if (t === row.skips) {
        expect(got).toEqual(p);
        expect(withoutHooks(after).globals).toEqual(withoutHooks(before).globals);
        expect(after.parameters.map(({ slots }) => slots)).toEqual(
          before.parameters.map(({ slots }) => slots),
        );
      } else {
        const want = await alone(row, algorithm, seen, variables);
        for (const [name, x] of Object.entries(want))
          expectClose(`step ${t}, ${name}`, got[name]!, [...x], 1e-4);
        write(variables, got);
      }
    }
    hooked.dispose();
  });
}

/** The parameters after all steps. */
function trajectory(algorithm: Algorithm, row: Row, transforms: Hook[] = [row.hook()]): Promise<Values> {
  return withVariables(async (variables) => {
    const optimizer = algorithm.make(transforms);
    for (let t = 1; t <= steps; t++) apply(optimizer, gradientsAt(t, row), t);
    optimizer.dispose();
    return read(variables);
  });
}

/** The largest deviation, relative to |want| + 1e-3; NaN where there is one. */
function distance(got: Values, want: Values): number {
  const deviations = Object.entries(want).flatMap(([name, x]) =>
    x.map((e, i) => Math.abs(got[name]![i]! - e) / (Math.abs(e) + 1e-3)),
  );
  return Math.max(...deviations);
}

/** Tests of every row of a table. */
export function hookSuite(table: Readonly<Record<string, Row>>): void {
  describe.each(Object.entries(table))('%s', (_name, row) => {
    it.each(row.with)('does to %s what it says, on either executor', async (name) => {
      const algorithm = algorithms[name];
      await follow(row, algorithm);
      const fused = await trajectory(algorithm, row);
      const ops = await withOps(() => trajectory(algorithm, row));
      expect(distance(fused, ops)).toBeLessThan(1e-4);
      const without = await trajectory(algorithm, row, []);
      expect(distance(fused, without)).not.toBeLessThan(1e-3);
    });

    it.skipIf(row.trains === false)('trains a model by fit, on either executor', async () => {
      const fused = await fit([row.hook()]);
      expect(fused.at(-1)! / fused[0]!).toBeLessThan(0.2);
      expectClose('losses', fused, await withOps(() => fit([row.hook()])), 1e-3);
    });
  });
}

/** The losses of a small network. */
async function fit(transforms: Hook[]): Promise<number[]> {
  const dense = (
    units: number,
    seed: number,
  ): Pick<Parameters<typeof layers.layers.dense>[0], 'units' | 'kernelInitializer'> => ({
    units,
    kernelInitializer: layers.initializers.glorotUniform({ seed }),
  });
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ ...dense(8, 1), inputShape: [3], activation: 'tanh' }),
      layers.layers.dense(dense(2, 2)),
    ],
  });
  const optimizer = new AdamW({ learningRate: 0.03, weightDecay: 0, transforms });
  const xs = tf.tensor([...noise(7)['kernel']!], [4, 3]);
  const ys = tf.tensor(noise(8)['kernel']!.slice(0, 8), [4, 2]);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  try {
    const options = { epochs: 40, batchSize: 2, shuffle: false, verbose: 0, yieldEvery: 'never' } as const;
    return (await model.fit(xs, ys, options)).history['loss'] as number[];
  } finally {
    optimizer.dispose();
    model.dispose();
    tf.dispose([xs, ys]);
  }
}
