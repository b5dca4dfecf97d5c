// SPDX-License-Identifier: Apache-2.0
// Kernels where textures have 16 bits.

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halvedExecutor } from '../src/executors/webgl/halved.js';
import { loadWebgl } from '../src/executors/webgl/load.js';
import { executorFor, opsExecutor, trace, type Executor, type Rule } from '../src/index.js';

function useHalves(on: boolean): void {
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', on);
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', !on);
}
beforeAll(() => useHalves(true));
afterAll(() => useHalves(false));

function run(
  rule: Rule,
  inputs: Record<string, tf.Tensor>,
  executor: Executor = halvedExecutor,
): tf.Tensor[] {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const program = trace('Test', shapes, [], rule);
  return executor.compile(program).run(
    program.inputs.map((at) => inputs[program.nodes[at]!.name!]!),
    [],
  );
}

const dataIds = (): number =>
  (tf.backend() as unknown as { texData: { numDataIds(): number } }).texData.numDataIds();

/** What 16 bits do not hold. */
const fine = [1 + 2 ** -23, -0.1, 1e-8, -1e-16, 2 ** -82, 1e5, -3e38, 65504, Infinity, 0, 2 ** -14, 1e-5].map(
  Math.fround,
);

describe('in 16-bit textures', () => {
  it('the executor is the one that keeps halves', async () => {
    expect(await loadWebgl()).toBe(halvedExecutor);
    useHalves(false);
    expect(await loadWebgl()).toBe(executorFor('webgl'));
    useHalves(true);
  });

  it.each([[[12]], [[3, 4]], [[4, 3]], [[2, 3, 2]], [[1, 12]], [[12, 1]]])(
    'values go from kernel to kernel and to whoever reads them in all 32 bits: %j',
    async (shape) => {
      const before = dataIds();
      const x = tf.tensor(fine, shape);
      const [y] = run(({ x }) => ({ y: x!.neg() }), { x });
      const copy = tf.clone(y!);
      const [z] = run(({ y }) => ({ z: y!.neg() }), { y: y! });
      expect([...(await z!.data())]).toEqual(fine.map((value) => value + 0));
      expect([...z!.dataSync()]).toEqual([...(await z!.data())]);
      const [again] = run(({ copy }) => ({ w: copy!.neg() }), { copy });
      expect(again!.dataSync()[0]).toBe(1 + 2 ** -23);
      // All that others see is rounded.
      const seen = tf.tidy(() => tf.mul(z!, 1).dataSync());
      expect([seen[0], seen[2], seen[7]]).toEqual([1, 0, 65504]);
      tf.dispose([x, y!, copy, z!, again!]);
      expect(dataIds()).toBe(before);
    },
  );

  it('a tensor disposed while it is read gives its numbers, and nothing is left', async () => {
    const before = dataIds();
    const x = tf.tensor([0.1, 1e-9]);
    const [y] = run(({ x }) => ({ y: x!.mul(0.5) }), { x });
    const reading = y!.data();
    tf.dispose([x, y!]);
    expect([...(await reading)]).toEqual([0.05, 5e-10].map(Math.fround));
    expect(dataIds()).toBe(before);
  });

  it('a tensor goes to another backend in all 32 bits', async () => {
    const x = tf.tensor([0.1, 1e-9, 0.7]);
    const [y] = run(({ x }) => ({ y: x!.mul(0.5) }), { x });
    await tf.setBackend('cpu');
    const moved = tf.tidy(() => tf.mul(y!, 1).dataSync());
    await tf.setBackend('webgl');
    expect([...moved]).toEqual([...Float32Array.of(0.1, 1e-9, 0.7)].map((value) => value / 2));
    tf.dispose([x, y!]);
  });

  it.each([
    [[5, 7], [0]],
    [[5, 7], [1]],
    [
      [3, 4, 5],
      [0, 2],
    ],
    [
      [2, 3, 3, 4],
      [1, 3],
    ],
    [[6, 1, 3], [2]],
  ])('reductions of %j over %j hold what 16 bits do not', (shape: number[], axes: number[]) => {
    const size = tf.util.sizeFromShape(shape);
    const values = Array.from({ length: size }, (_, i) => 1e-5 * (1 + (i % 13)));
    const x = tf.tensor(values, shape);
    const rule: Rule = ({ x }) => ({
      sum: x!.square().sum(axes),
      most: x!.square().max(axes),
      all: x!.square().sum(),
    });
    const [sum, most, all] = run(rule, { x });
    const squares = values.map((value) => value ** 2);
    const want = tf.tidy(() => {
      // Of a size that 16 bits hold.
      const scaled = tf.tensor(
        squares.map((value) => value * 1e10),
        shape,
      );
      return [tf.sum(scaled, axes, true), tf.max(scaled, axes, true)].map((tensor) => [...tensor.dataSync()]);
    });
    const near = (got: tf.Tensor, [...expected]: number[], digits: number): void =>
      [...got.dataSync()].forEach((value, i) => expect(value * 1e10).toBeCloseTo(expected[i]!, digits));
    expect(sum!.shape).toEqual(shape.map((length, axis) => (axes.includes(axis) ? 1 : length)));
    near(sum!, want[0]!, -0.5);
    near(most!, want[1]!, 3);
    const total = squares.reduce((part, square) => part + square);
    expect(all!.dataSync()[0]! / total).toBeCloseTo(1, 5);
    tf.dispose([x, sum!, most!, all!]);
  });

  it('adds scalars that 16 bits do not hold', () => {
    const xs = [1e-9, 2e-9, 1e6, -1e6].map((value) => tf.scalar(value));
    const made = tf.tidy(() => halvedExecutor.sum!(xs.slice(0, 2)));
    const large = tf.tidy(() => halvedExecutor.sum!(xs));
    expect(made.dataSync()[0]).toBeCloseTo(3e-9, 15);
    expect(large.dataSync()[0]).toBe(0);
    tf.dispose([...xs, made, large]);
  });

  it('plain ops make no step of a divisor that is lost', () => {
    const v = tf.tensor([0, 1e-16, 4]);
    const m = tf.tensor([0, 1e-3, 4]);
    const rule: Rule = ({ m, v }) => ({ step: m!.div(v!.sqrt().add(1e-8)) });
    const [step] = run(rule, { m, v }, opsExecutor);
    expect([...step!.dataSync()].map((value) => Math.round(value))).toEqual([0, 0, 2]);
    tf.dispose([v, m, step!]);
  });
});
