// SPDX-License-Identifier: Apache-2.0
// Running programs: the ops executor, and what kernelFor chooses.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import {
  kernelFor,
  opsExecutor,
  trace,
  Unsupported,
  where,
  type Kernel,
  type Program,
  type Rule,
} from '../src/index.js';
import { data, run, runKernel } from './run.js';
import { onOtherBackend, withExecutor } from './seam.js';

const backend = inject('backend');

describe('opsExecutor', () => {
  it('reads scalars anew in every run', async () => {
    const program = trace('Test', { x: [2] }, ['s', 't'], ({ x }, { s, t }) => ({ y: x!.mul(s!).add(t!) }));
    const kernel = opsExecutor.compile(program);
    const x = data([1, 2]);
    expect(await runKernel(kernel, program, { x }, { s: 3, t: 4 })).toEqual({ y: data([7, 10]) });
    expect(await runKernel(kernel, program, { x }, { s: 0.5, t: -1 })).toEqual({ y: data([-0.5, 0]) });
  });

  it('computes host scalars in float64 and rounds only the result', async () => {
    const beta = 1 - 1e-12;
    const rule: Rule = ({ x }, { beta }) => ({ y: x!.mul(beta!.neg().add(1)) });
    const { y } = await run(rule, { x: data([1, 2]) }, { beta });
    expect(y!.elements).toEqual([Math.fround(1 - beta), Math.fround(2 * (1 - beta))]);
  });

  it('broadcasts over leading and trailing axes', async () => {
    const { y, z } = await run(({ x, row, column }) => ({ y: x!.mul(row!), z: x!.sub(column!) }), {
      x: data([1, 2, 3, 4, 5, 6], [2, 3]),
      row: data([1, 10, 100]),
      column: data([1, 4], [2, 1]),
    });
    expect(y).toEqual(data([1, 20, 300, 4, 50, 600], [2, 3]));
    expect(z).toEqual(data([0, 1, 2, 0, 1, 2], [2, 3]));
  });

  it('takes one branch whole where the condition is a host value', async () => {
    const rule: Rule = ({ x, y }, { s }) => ({ z: where(s!.less(1), x!, y!) });
    const tensors = { x: data([1, 2], [2]), y: data([3, 4, 5], [3, 1]) };
    expect(await run(rule, tensors, { s: 0 })).toEqual({ z: data([1, 2, 1, 2, 1, 2], [3, 2]) });
    expect(await run(rule, tensors, { s: 1 })).toEqual({ z: data([3, 3, 4, 4, 5, 5], [3, 2]) });
  });

  it('gives new tensors, also for an input, a host scalar, and a value asked for twice', async () => {
    const rule: Rule = ({ x, y }, { s }) => {
      const sum = x!.add(y!);
      return { y: x!, x: y!, a: sum, b: sum, c: s!, d: s!, e: x!, f: x!.sum(), g: x!.sum() };
    };
    const program = trace('Test', { x: [2], y: [2] }, ['s'], rule);
    const inputs = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    const before = tf.memory().numTensors;
    const outputs = opsExecutor.compile(program).run(inputs, [5]);
    expect(tf.memory().numTensors - before).toBe(9);
    tf.dispose(inputs);
    const values = await Promise.all(outputs.map(async (output) => [...(await output.data())]));
    expect(values).toEqual([[1, 2], [3, 4], [4, 6], [4, 6], [5], [5], [1, 2], [3], [3]]);
    outputs[2]!.dispose();
    expect(outputs[3]!.isDisposed).toBe(false);
    tf.dispose(outputs);
  });

  it('leaves inputs and clones of them as they are', async () => {
    const program = trace('Test', { p: [3] }, [], ({ p }) => ({ p: p!.mul(2) }));
    const p = tf.tensor1d([1, 2, 3]);
    const clone = tf.clone(p);
    const [doubled] = opsExecutor.compile(program).run([p], []);
    expect(await Promise.all([p, clone, doubled!].map(async (tensor) => [...(await tensor.data())]))).toEqual(
      [
        [1, 2, 3],
        [1, 2, 3],
        [2, 4, 6],
      ],
    );
    tf.dispose([p, clone, doubled!]);
  });

  it('keeps nothing of a run that fails', () => {
    const program = trace('Test', { x: [2], y: [2] }, [], ({ x, y }) => ({ z: x!.mul(2).add(y!) }));
    const inputs = [tf.tensor1d([1, 2]), tf.tensor1d([1, 2, 3])];
    const before = tf.memory().numTensors;
    expect(() => opsExecutor.compile(program).run(inputs, [])).toThrow('could not be broadcast together');
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(inputs);
  });

  it('has a gradient', async () => {
    const program = trace('Test', { x: [2, 2] }, [], ({ x }) => ({ y: x!.square().sum([1]).sqrt() }));
    const kernel = opsExecutor.compile(program);
    const x = tf.tensor2d([
      [3, 4],
      [6, 8],
    ]);
    const gradient = tf.grad((v) => kernel.run([v], [])[0]!)(x);
    const expected = [0.6, 0.8, 0.6, 0.8];
    (await gradient.data()).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    tf.dispose([x, gradient]);
  });
});

describe('kernelFor', () => {
  const rule: Rule = ({ x }, { s }) => ({ y: x!.div(x!.norm()).mul(s!), n: x!.norm() });
  const make = (): Program => trace('Unit', { x: [2] }, ['s'], rule);
  const x = data([0, -4]);
  const expected = { y: data([0, -2]), n: data([4], []) };

  it('takes plain ops on a backend that has no executor', async () => {
    const program = make();
    const kernel = await onOtherBackend(() => kernelFor(program));
    expect(kernel.executor).toBe('ops');
    // Back on this one, it is this one's.
    expect(await runKernel(kernel, program, { x }, { s: 2 })).toEqual(expected);
  });

  it('compiles a program once for each backend', async () => {
    const [program, other] = [make(), make()];
    const kernel = kernelFor(program);
    expect(kernelFor(program)).toBe(kernel);
    expect(kernelFor(other)).not.toBe(kernel);
    await onOtherBackend(() => expect(kernelFor(program)).not.toBe(kernel));
    expect(tf.getBackend()).toBe(backend);
    expect(kernelFor(program)).toBe(kernel);
  });

  it('gives the executor of the backend one phase after the other', async () => {
    const program = make();
    const compiled: string[] = [];
    const compile = (phase: Program): Kernel => {
      compiled.push(phase.name);
      return { ...opsExecutor.compile(phase), executor: 'seam' };
    };
    const kernel = withExecutor(compile, () => kernelFor(program));
    expect(kernel.executor).toBe('seam');
    expect(compiled).toEqual(['Unit#0', 'Unit#1']);
    expect(await runKernel(kernel, program, { x }, { s: 2 })).toEqual(expected);
  });

  it('runs with plain ops the phase that the executor does not take', async () => {
    const program = make();
    const ran: string[] = [];
    const compile = (phase: Program): Kernel => {
      if (phase.name === 'Unit#0') throw new Unsupported('no sums');
      const kernel = opsExecutor.compile(phase);
      return { executor: 'seam', run: (...args) => (ran.push(phase.name), kernel.run(...args)) };
    };
    const kernel = withExecutor(compile, () => kernelFor(program));
    expect(await runKernel(kernel, program, { x }, { s: 2 })).toEqual(expected);
    expect(ran).toEqual(['Unit#1']);
  });

  it('is plain ops when the executor takes no phase', async () => {
    const refuse = (): never => {
      throw new Unsupported('nothing');
    };
    expect(withExecutor(refuse, () => kernelFor(make())).executor).toBe('ops');
  });

  it('does not hide a failure to compile, and tries again', async () => {
    const program = make();
    let failures = 1;
    const compile = (phase: Program): Kernel => {
      if (failures-- > 0) throw new RangeError('out of registers');
      return { ...opsExecutor.compile(phase), executor: 'seam' };
    };
    withExecutor(compile, () => {
      expect(() => kernelFor(program)).toThrow(new RangeError('out of registers'));
      expect(kernelFor(program).executor).toBe('seam');
    });
  });

  it('takes plain ops while a gradient is recorded', async () => {
    const program = trace('Square', { x: [2] }, [], ({ x }) => ({ y: x!.square().sum() }));
    let runs = 0;
    const compile = (phase: Program): Kernel => {
      const kernel = opsExecutor.compile(phase);
      return { executor: 'seam', run: (...args) => (runs++, kernel.run(...args)) };
    };
    const kernel = withExecutor(compile, () => kernelFor(program));
    const tensor = tf.tensor1d([3, 4]);
    const gradient = tf.grad((v) => kernel.run([v], [])[0]!)(tensor);
    expect([...(await gradient.data())]).toEqual([6, 8]);
    expect(runs).toBe(0);
    tf.dispose([kernel.run([tensor], []), gradient, tensor]);
    expect(runs).toBe(1);
  });

  it('hands back an input that was updated in place, and frees what lies between phases', async () => {
    const program = trace('InPlace', { x: [2] }, [], ({ x }) => ({
      x: x!.div(x!.sum()),
      n: x!.sum(),
      m: x!.sum(),
    }));
    const compile = (phase: Program): Kernel => {
      const kernel = opsExecutor.compile(phase);
      const run: Kernel['run'] = (inputs, scalars) => {
        const results = kernel.run(inputs, scalars);
        return phase.outputs.map(({ replaces }, i) => {
          if (replaces < 0) return results[i]!;
          results[i]!.dispose();
          return inputs[replaces]!;
        });
      };
      return { executor: 'seam', run };
    };
    const kernel = withExecutor(compile, () => kernelFor(program));
    const tensor = tf.tensor1d([1, 3]);
    const before = tf.memory().numTensors;
    const [same, n, m] = kernel.run([tensor], []);
    expect(same).toBe(tensor);
    expect(tensor.isDisposed).toBe(false);
    expect([(await n!.data())[0], (await m!.data())[0]]).toEqual([4, 4]);
    expect(tf.memory().numTensors - before).toBe(2);
    tf.dispose([tensor, n!, m!]);
  });

  it('gives each output a tensor of its own, also where they are the same reduction of an early phase', async () => {
    const program = trace('Twice', { x: [2] }, [], ({ x }) => ({
      n: x!.sum(),
      y: x!.div(x!.sum()),
      m: x!.sum(),
      largest: x!.div(x!.sum()).max(),
    }));
    const x = tf.tensor1d([1, 3]);
    const outputs = kernelFor(program).run([x], []);
    const [n, , m] = outputs;
    expect(n).not.toBe(m);
    n!.dispose();
    const values = await Promise.all(outputs.slice(1).map(async (output) => [...(await output.data())]));
    expect(values).toEqual([[0.25, 0.75], [4], [0.75]]);
    tf.dispose([x, ...outputs]);
  });
});
