// SPDX-License-Identifier: Apache-2.0
// What is compiled is kept for the backend it was compiled for, and is bounded.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { Bounded } from '../src/bounded.js';
import { constant, kernelFor, trace, type Rule, matMul } from '../src/index.js';

const backend = inject('backend');
const isWebAssembly = backend === 'cpu' || backend === 'wasm';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a bounded map', () => {
  it('forgets what was not asked for the longest', () => {
    const map = new Bounded<number, string>(2);
    const made: number[] = [];
    const get = (key: number): string => map.get(key, () => (made.push(key), `${key}`));
    expect([1, 2, 1, 3, 1, 2].map(get)).toEqual(['1', '2', '1', '3', '1', '2']);
    expect(made).toEqual([1, 2, 3, 2]);
    expect(map.size).toBe(2);
  });

  it('keeps nothing of what fails', () => {
    const map = new Bounded<number, string>(2);
    const fail = (): never => {
      throw new RangeError('no');
    };
    expect(() => map.get(1, fail)).toThrow('no');
    expect(map.get(1, () => 'yes')).toBe('yes');
  });
});

describe.runIf(isWebAssembly)('WebAssembly modules', () => {
  const count = (): (() => number) => {
    const spy = vi.spyOn(WebAssembly, 'Module');
    return () => spy.mock.calls.length;
  };

  it('are few for 1,000 shapes', () => {
    const rule: Rule = ({ x }) => {
      const centred = x!.sub(x!.mean([0]));
      return { y: centred.div(centred.square().mean().sqrt().add(1e-7)) };
    };
    const modules = count();
    for (let n = 1; n <= 1000; n++) {
      const shape = [1 + (n % 40), 1 + Math.floor(n / 40)];
      kernelFor(trace('Shapes', { x: shape }, [], rule));
    }
    expect(modules()).toBeLessThan(20);
  });

  it('are the same for other settled numbers', () => {
    const modules = count();
    for (let n = 0; n < 100; n++) {
      kernelFor(
        trace('Numbers', { x: [3] }, [], ({ x }) => ({ y: x!.mul(0.1 + n).add(constant(n / 7 + 3)) })),
      );
    }
    expect(modules()).toBeLessThanOrEqual(1);
  });
});

describe.runIf(isWebAssembly)('a backend made anew', () => {
  const rule: Rule = ({ x }) => ({ x: x!.sub(x!.norm()).mul(0.3), gram: matMul(x!, x!, true).mul(2) });

  it('has kernels of its own, also for who holds those of the old one', async () => {
    const program = trace('Anew', { x: [1, 3] }, [], rule);
    const kernel = kernelFor(program);
    const run = async (): Promise<number[][]> => {
      const x = tf.tensor2d([[2, 3, 6]]);
      const results = kernel.run([x], []);
      const values = results.map((result) => [...result.dataSync()]);
      tf.dispose([x, ...results]);
      return values;
    };
    const before = await run();
    // ‖x‖ = 7
    [-1.5, -1.2, -0.3].forEach((want, i) => expect(before[0]![i]).toBeCloseTo(want, 6));
    const factory = tf.findBackendFactory(backend);
    tf.removeBackend(backend);
    tf.registerBackend(backend, factory);
    await tf.setBackend(backend);
    // Something else where the old memory was used.
    const other = tf.tensor1d(Array.from({ length: 1000 }, (_, i) => i));
    expect(await run()).toEqual(before);
    expect([...other.dataSync()].every((x, i) => x === i)).toBe(true);
    other.dispose();
  });
});
