// SPDX-License-Identifier: Apache-2.0
// What the webgpu executor does to tensors and commands.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { webgpuExecutor } from '../src/executors/webgpu/executor.js';
import {
  kernelFor,
  registerExecutor,
  trace,
  Unsupported,
  type Expression,
  type Kernel,
  type Rule,
  type Shape,
  log,
} from '../src/index.js';

const double: Rule = ({ x }) => ({ x: x!.mul(2) });
const kernelOf = (rule: Rule, shapes: Record<string, Shape>, scalars: string[] = [], name = 'Test'): Kernel =>
  kernelFor(trace(name, shapes, scalars, rule));
const values = async (tensor: tf.Tensor): Promise<number[]> => [...(await tensor.data())];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('webgpuExecutor', () => {
  (inject('backend') === 'webgpu' ? onWebgpu : elsewhere)();
});

function elsewhere(): void {
  it('says what it misses on other backends', () => {
    const program = trace('Test', { x: [2] }, [], double);
    expect(() => webgpuExecutor.compile(program)).toThrow(Unsupported);
    expect(() => webgpuExecutor.compile(program)).toThrow(
      /^the webgpu backend does not show device, tensorMap, commandQueueOwnedIds, .*submitQueue/,
    );
  });
}

function onWebgpu(): void {
  registerExecutor('webgpu', webgpuExecutor);

  describe('in place', () => {
    it('a tensor of its own is updated, whether its elements are on the device, on the host, or on both', async () => {
      const kernel = kernelOf(double, { x: [3] });
      const onHost = tf.tensor1d([1, 2, 3]);
      expect(kernel.run([onHost], [])).toEqual([onHost]);
      expect(kernel.run([onHost], [])[0]).toBe(onHost);
      expect(await values(onHost)).toEqual([4, 8, 12]);
      expect(kernel.run([onHost], [])[0]).toBe(onHost);
      expect(await values(onHost)).toEqual([8, 16, 24]);
      onHost.dispose();
    });

    it.each([
      ['a clone', (x: tf.Tensor): tf.Tensor => tf.clone(x)],
      ['a reshape', (x: tf.Tensor): tf.Tensor => tf.reshape(x, [3, 1])],
      ['a kept tensor of a tidy', (x: tf.Tensor): tf.Tensor => tf.tidy(() => tf.keep(tf.reshape(x, [3])))],
    ])('%s taken before keeps its values', async (_, alias) => {
      const kernel = kernelOf(double, { x: [3] });
      const x = tf.tensor1d([1, 2, 3]);
      const taken = alias(x);
      const [fresh] = kernel.run([x], []);
      expect(fresh).not.toBe(x);
      expect([await values(x), await values(taken), await values(fresh!)]).toEqual([
        [1, 2, 3],
        [1, 2, 3],
        [2, 4, 6],
      ]);
      taken.dispose();
      expect(kernel.run([x], [])[0]).toBe(x);
      expect(await values(x)).toEqual([2, 4, 6]);
      tf.dispose([x, fresh!]);
    });

    it('a variable made from a tensor that is kept is updated once it has let go of it', async () => {
      const kernel = kernelOf(double, { x: [3] });
      const initial = tf.tensor1d([1, 2, 3]);
      const variable: tf.Variable = tf.variable(initial);
      const [fresh] = kernel.run([variable], []);
      expect(fresh).not.toBe(variable);
      variable.assign(fresh!);
      fresh!.dispose();
      expect(kernel.run([variable], [])[0]).toBe(variable);
      expect([await values(initial), await values(variable)]).toEqual([
        [1, 2, 3],
        [4, 8, 12],
      ]);
      tf.dispose([initial, variable]);
    });

    it('a tensor given for two inputs stays as it is', async () => {
      const kernel = kernelOf(({ x, y }) => ({ x: x!.add(y!) }), { x: [3], y: [3] });
      const x: tf.Tensor = tf.tensor1d([1, 2, 3]);
      const [sum] = kernel.run([x, x], []);
      expect([await values(x), await values(sum!)]).toEqual([
        [1, 2, 3],
        [2, 4, 6],
      ]);
      tf.dispose([x, sum!]);
    });

    it('a tensor whose elements others read is replaced by a new one', async () => {
      const rule: Rule = ({ x, row }) => ({ x: x!.add(row!), row: row!.mul(10) });
      const program = trace('Test', { x: [2, 3], row: [1, 3] }, [], rule);
      const [x, row] = [tf.zeros([2, 3]), tf.tensor2d([[1, 2, 3]])];
      const [newX, newRow] = kernelFor(program).run([x, row], []);
      expect(newX).toBe(x);
      expect(newRow).not.toBe(row);
      expect([await values(newX!), await values(newRow!)]).toEqual([
        [1, 2, 3, 1, 2, 3],
        [10, 20, 30],
      ]);
      tf.dispose([x, row, newRow!]);
    });

    it('sums of what is overwritten are those of the values before', async () => {
      const kernel = kernelOf(({ x }) => ({ total: x!.sum(), x: x!.mul(2) }), { x: [3] });
      const x = tf.tensor1d([1, 2, 3]);
      const [total, same] = kernel.run([x], []);
      expect(same).toBe(x);
      expect([await values(total!), await values(x)]).toEqual([[6], [2, 4, 6]]);
      tf.dispose([x, total!]);
    });

    it('elements being read meanwhile are those of before, and are not taken for the new ones later', async () => {
      const kernel = kernelOf(double, { x: [3] });
      const x = tf.tensor1d([1, 2, 3]);
      kernel.run([x], []);
      const reading = x.data();
      kernel.run([x], []);
      expect([...(await reading)]).toEqual([2, 4, 6]);
      expect(await values(x)).toEqual([4, 8, 12]);
      x.dispose();
    });
  });

  it('is in order with ops before and after', async () => {
    const kernel = kernelOf(double, { x: [1000] });
    const results = tf.tidy(() => {
      const x = tf.add(tf.ones([1000]), tf.ones([1000]));
      const before = tf.sum(x);
      kernel.run([x], []);
      const between = tf.sum(x);
      kernel.run([x], []);
      return [before, between, tf.sum(tf.add(x, x))];
    });
    expect(await Promise.all(results.map(values))).toEqual([[2000], [4000], [16_000]]);
    tf.dispose(results);
  });

  it('reads the numbers of each run, however many wait to be submitted', async () => {
    const flag = 'WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE';
    const usual = tf.env().getNumber(flag);
    tf.env().set(flag, 1000);
    const kernel = kernelOf(({ x }, { s }) => ({ y: x!.mul(s!) }), { x: [2] }, ['s']);
    const x = tf.tensor1d([1, 10]);
    const outputs = Array.from({ length: 100 }, (_, i) => kernel.run([x], [i % 3 === 0 ? 0.5 : i])[0]!);
    expect(await Promise.all(outputs.map(values))).toEqual(
      outputs.map((_, i) => (i % 3 === 0 ? [0.5, 5] : [i, 10 * i])),
    );
    tf.env().set(flag, usual);
    tf.dispose([x, outputs]);
  });

  it('rounds numbers only once they are computed', async () => {
    const kernel = kernelOf(({ x }, { beta }) => ({ y: x!.mul(beta!.neg().add(1)) }), { x: [2] }, ['beta']);
    const x = tf.tensor1d([1, 2]);
    const [y] = kernel.run([x], [1 - 1e-12]);
    expect(await values(y!)).toEqual([Math.fround(1 - (1 - 1e-12)), 2 * Math.fround(1 - (1 - 1e-12))]);
    tf.dispose([x, y!]);
  });

  it('leaves other types of elements to ops', async () => {
    const kernel = kernelOf(double, { x: [3] });
    const whole = tf.tensor1d([1, 2, 3], 'int32');
    const cast = tf.cast(whole, 'float32');
    const outputs = [...kernel.run([whole], []), ...kernel.run([cast], [])];
    expect(outputs.map(({ dtype }) => dtype)).toEqual(['float32', 'float32']);
    expect(await Promise.all([...outputs, cast].map(values))).toEqual([
      [2, 4, 6],
      [2, 4, 6],
      [1, 2, 3],
    ]);
    tf.dispose([whole, cast, outputs]);
  });

  it('brings tensors over from another backend', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    const kernel = kernelOf(double, { x: [3] });
    await tf.setBackend('cpu');
    const [x, y] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([4, 5, 6])];
    const clone = tf.clone(y);
    await tf.setBackend('webgpu');
    const results = [kernel.run([x], [])[0]!, kernel.run([y], [])[0]!];
    expect(results[0]).toBe(x);
    expect(await Promise.all([...results, clone].map(values))).toEqual([
      [2, 4, 6],
      [8, 10, 12],
      [4, 5, 6],
    ]);
    tf.dispose([x, y, clone, results]);
  });

  describe('many elements', () => {
    // More workgroups than a dispatch may have side by side.
    const count = 65_535 * 64 + 1;

    it('are all updated', async () => {
      const kernel = kernelOf(({ x }) => ({ x: x!.add(1) }), { x: [count] });
      const x = tf.ones([count]);
      expect(kernel.run([x], [])[0]).toBe(x);
      const ends = [tf.min(x), tf.max(x)];
      expect(await Promise.all(ends.map(values))).toEqual([[2], [2]]);
      tf.dispose([x, ends]);
    });

    it('are summed up closely', async () => {
      const kernel = kernelOf(({ x }) => ({ sum: x!.sum(), max: x!.max(), min: x!.mul(-1).min() }), {
        x: [count],
      });
      const x = tf.fill([count], 0.1);
      const results = await Promise.all(
        kernel.run([x], []).map(async (result) => {
          const [value] = await values(result);
          result.dispose();
          return value!;
        }),
      );
      expect(Math.abs(results[0]! / (count * Math.fround(0.1)) - 1)).toBeLessThan(1e-6);
      expect(results.slice(1)).toEqual([Math.fround(0.1), -Math.fround(0.1)]);
      x.dispose();
    });

    it('are reduced in more rows than a dispatch has workgroups', async () => {
      const shape = [65_600, 129];
      const kernel = kernelOf(({ x }) => ({ rows: x!.sum([1]), columns: x!.max([0]) }), { x: shape });
      const x = tf.ones(shape);
      const [rows, columns] = kernel.run([x], []);
      expect(new Set(await values(rows!))).toEqual(new Set([129]));
      expect(new Set(await values(columns!))).toEqual(new Set([1]));
      expect([rows!.shape, columns!.shape]).toEqual([
        [65_600, 1],
        [1, 129],
      ]);
      tf.dispose([x, rows!, columns!]);
    });
  });

  describe('tf.profile and DEBUG', () => {
    it('name the rule', async () => {
      const kernel = kernelOf(double, { x: [3] }, [], 'Rule.update');
      const x = tf.tensor1d([1, 2, 3]);
      const { kernels } = await tf.profile(() => kernel.run([x], [])[0]!);
      expect(kernels.map(({ name, outputShapes }) => [name, outputShapes])).toEqual([['Rule.update', [[3]]]]);
      expect(kernels[0]!.kernelTimeMs).toBeGreaterThanOrEqual(0);
      x.dispose();
    });

    it('find what is not a number', async () => {
      const warnings: string[] = [];
      vi.spyOn(console, 'warn').mockImplementation((message: string) => void warnings.push(message));
      vi.spyOn(console, 'log').mockImplementation(() => {});
      const kernel = kernelOf(({ x }) => ({ x: log(x!.sub(1)) }), { x: [3] }, [], 'Rule.update');
      const x = tf.tensor1d([1, 2, 0]);
      tf.env().set('DEBUG', true);
      tf.env().set('CHECK_COMPUTATION_FOR_ERRORS', true);
      kernel.run([x], []);
      tf.env().set('DEBUG', false);
      tf.env().set('CHECK_COMPUTATION_FOR_ERRORS', false);
      expect(await values(x)).toEqual([-Infinity, 0, Number.NaN]);
      await vi.waitFor(() => expect(warnings).toContain("Found -Infinity in the result of 'Rule.update'"));
      x.dispose();
    });
  });

  describe('more tensors than the device binds buffers', () => {
    const names = Array.from({ length: 40 }, (_, i) => `x${i}`);
    const shapes = (shape: Shape): Record<string, Shape> =>
      Object.fromEntries(names.map((name) => [name, shape]));
    const total = (tensors: Record<string, Expression>): Expression =>
      names.map((name) => tensors[name]!).reduce((sum, x) => sum.add(x));

    it.each([[[]], [[3]], [[2, 8]]])('are packed when they are of shape %j', async (shape) => {
      const program = trace('Many', { ...shapes(shape), p: shape }, [], ({ p, ...tensors }) => ({
        p: p!.add(total(tensors)),
        ...Object.fromEntries(names.map((name) => [`y${name}`, tensors[name]!.mul(2)])),
        sum: total(tensors).sum(),
      }));
      const kernel = kernelFor(program);
      expect(kernel.executor).toBe('webgpu');
      const inputs = program.inputs.map((at) =>
        tf.fill([...shape], Number(program.nodes[at]!.name!.slice(1) || 1000)),
      );
      const outputs = kernel.run(inputs, []);
      const results = await Promise.all(outputs.map(values));
      const size = tf.util.sizeFromShape([...shape]);
      const expected: Record<string, number[]> = { p: Array(size).fill(1000 + 780), sum: [size * 780] };
      expect(results).toEqual(
        program.outputs.map(({ name }) => expected[name] ?? Array(size).fill(2 * Number(name.slice(2)))),
      );
      expect(outputs[0]).toBe(inputs[program.outputs[0]!.replaces]);
      tf.dispose([inputs, outputs]);
    });

    it('are refused when all are updated in place', () => {
      const program = trace('Many', shapes([2]), [], (tensors) =>
        Object.fromEntries(names.map((name) => [name, tensors[name]!.mul(2)])),
      );
      expect(() => webgpuExecutor.compile(program)).toThrow(Unsupported);
      expect(() => webgpuExecutor.compile(program)).toThrow(
        /^40 tensors in place; the device binds \d+ buffers$/,
      );
    });
  });

  it('says so when the device is lost', async () => {
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    const { gpu } = navigator as unknown as {
      gpu: { requestAdapter(): Promise<{ requestDevice(): Promise<never> }> };
    };
    const device: { destroy(): void; lost: Promise<unknown> } = await (
      await gpu.requestAdapter()
    ).requestDevice();
    tf.registerBackend('doomed', () => new WebGPUBackend(device as never));
    tf.copyRegisteredKernels('webgpu', 'doomed');
    registerExecutor('doomed', webgpuExecutor);
    await tf.setBackend('doomed');
    const kernel = kernelOf(double, { x: [3] });
    const x = tf.tensor1d([1, 2, 3]);
    expect(kernel.executor).toBe('webgpu');
    expect(await values(kernel.run([x], [])[0]!)).toEqual([2, 4, 6]);
    device.destroy();
    await device.lost;
    expect(() => kernel.run([x], [])).toThrow(
      /^@optim\/fusion: the WebGPU device is lost \(destroyed.*\), and with it all tensors on it; load the last saved state on a new backend$/,
    );
    x.dispose();
    await tf.setBackend('webgpu');
    tf.removeBackend('doomed');
  });
}
