// SPDX-License-Identifier: Apache-2.0
// Runs that share a dispatch, and those that must not.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { webgpuExecutor } from '../src/executors/webgpu/executor.js';
import { kernelFor, registerExecutor, trace, type Kernel } from '../src/index.js';
import { countCalls } from './webgpu-calls.js';
import { adamW, elements, lamb, tensor, Trained } from './webgpu-rules.js';

registerExecutor('webgpu', webgpuExecutor);

/** Of one structure, but for the last: its length is no multiple of four. */
const shapes = [[8], [40, 4], [200], [64_000], [4, 4, 4], [16], [12], [1000], [7]];

afterEach(() => {
  vi.restoreAllMocks();
});

async function stepped(rule: typeof adamW, between: () => void): Promise<number[][]> {
  const all = shapes.map((shape) => new Trained('Shared', rule, shape));
  const kernels = all.map(({ program }) => kernelFor(program));
  for (let t = 0; t < 3; t++)
    all.forEach((trained, i) => {
      trained.step(kernels[i]!);
      between();
    });
  const state = await Promise.all(all.map((trained) => trained.state()));
  for (const trained of all) trained.dispose();
  return state.flat();
}

it.each([
  ['elementwise', adamW],
  ['with norms', lamb],
])('%s: give the bits of runs one by one', async (_, rule) => {
  const alone = await stepped(rule, () => tf.dispose(tf.tidy(() => tf.add(tf.ones([1]), 1))));
  expect(await stepped(rule, () => {})).toEqual(alone);
});

it('serve two runs of four buffers, or four of two', async () => {
  const [x, g] = [4, 8, 12, 16, 20, 24, 28, 32, 36].reduce<[tf.Tensor[], tf.Tensor[]]>(
    ([xs, gs], size, i) => [
      [...xs, tensor([size], i)],
      [...gs, tensor([size], -i)],
    ],
    [[], []],
  );
  const kernels = x.map(({ shape }) =>
    kernelFor(
      trace('Descent', { x: shape, g: shape }, ['rate'], ({ x, g }, { rate }) => ({
        x: x!.sub(g!.mul(rate!)),
      })),
    ),
  );
  const run = (): void => kernels.forEach((kernel, i) => void kernel.run([x[i]!, g[i]!], [0.5]));
  run();
  await x[0]!.data();
  const dispatches = countCalls('GPUComputePassEncoder', 'dispatchWorkgroups');
  run();
  await x[0]!.data();
  // Four, four, and one that is left.
  expect(dispatches()).toBe(3);
  for (const [i, { size }] of x.entries()) {
    const [p, q] = [elements(size, i), elements(size, -i)];
    const want = [...p].map((value, j) =>
      Math.fround(Math.fround(value - Math.fround(0.5 * q[j]!)) - Math.fround(0.5 * q[j]!)),
    );
    expect([...(await x[i]!.data())]).toEqual(want);
  }
  tf.dispose([x, g]);
});

it('do not join what reads what another writes, or writes it too', async () => {
  const kernel: Kernel = kernelFor(trace('Sum', { x: [4], y: [4] }, [], ({ x, y }) => ({ x: x!.add(y!) })));
  const [a, b, c] = [1, 2, 4].map((value) => tf.tidy(() => tf.fill([4], value)));
  kernel.run([a!, b!], []);
  kernel.run([b!, a!], []);
  kernel.run([b!, c!], []);
  kernel.run([c!, b!], []);
  // 1 + 2; 2 + 3; 5 + 4; 4 + 9
  const values = await Promise.all([a!, b!, c!].map(async (x) => [...(await x.data())]));
  expect(values).toEqual([3, 9, 13].map((value) => [value, value, value, value])); // prettier-ignore
  tf.dispose([a!, b!, c!]);
});

it('come before whatever TensorFlow.js does next, and survive that their tensors are gone', async () => {
  const kernel = kernelFor(trace('Twice', { x: [4], y: [4] }, [], ({ x, y }) => ({ x: x!.add(y!) })));
  const x = tf.tidy(() => tf.ones([4]));
  const y = tf.tidy(() => tf.ones([4]));
  kernel.run([x, y], []);
  const z = tf.tidy(() => tf.mul(x, 10));
  kernel.run([x, y], []);
  y.dispose();
  // Whose buffer these would get.
  const others = Array.from({ length: 4 }, () => tf.tidy(() => tf.mul(tf.ones([4]), 7)));
  expect([...(await z.data())]).toEqual([20, 20, 20, 20]);
  expect([...(await x.data())]).toEqual([3, 3, 3, 3]);
  tf.dispose([x, z, others]);
});
