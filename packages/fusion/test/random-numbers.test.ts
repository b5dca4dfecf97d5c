// SPDX-License-Identifier: Apache-2.0
// Random numbers: what is drawn, that it is random, and the same everywhere.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { describeProgram, executorFor, kernelFor, random, trace, type Program } from '../src/index.js';
import { draw, randomWords, type Distribution, type Key } from '../src/random.js';
import { stepsOf } from '../src/steps.js';

const hex = (words: Int32Array): string[] => [...words].map((word) => (word >>> 0).toString(16));

describe('random words', () => {
  it('are those of Threefry4x32 with 20 rounds', () => {
    // A known answer of the authors' library.
    expect(hex(randomWords(4, [0, 0, 0], 5))).toEqual(['9c6ca96a', 'e17eae66', 'fc10ecd4', '5256a7d8']);
  });

  it('never change', () => {
    expect(hex(randomWords(6, [2 ** 40 + 1, 3, 5]))).toMatchInlineSnapshot(`
      [
        "1f87e1d3",
        "547af7cb",
        "57dbdd9b",
        "f63d716e",
        "e87f253c",
        "910eda49",
        "800040b0",
        "66b4988e",
      ]
    `);
  });

  const bits = (a: Int32Array, b: Int32Array): number[] =>
    Array.from({ length: 128 }, (_, bit) => ((a[bit >>> 5]! ^ b[bit >>> 5]!) >>> (bit & 31)) & 1);

  it('differ in half of their bits when one bit of the key or the place does', () => {
    const flips: ((key: Key, bit: number) => Key)[] = [
      ([seed, step, stream], bit) => [seed + 2 ** bit, step, stream],
      ([seed, step, stream], bit) => [seed, step + 2 ** bit, stream],
      ([seed, step, stream], bit) => [seed, step, stream + 2 ** bit],
    ];
    for (const flip of flips) {
      const counts = Array.from({ length: 128 }, () => 0);
      let trials = 0;
      for (let n = 0; n < 40; n++) {
        for (let bit = 0; bit < 52; bit++, trials++) {
          const key: Key = [n, 2 * n, 3 * n];
          const changed = bits(randomWords(4, key), randomWords(4, flip(key, bit)));
          changed.forEach((is, at) => (counts[at]! += is));
        }
      }
      // Five standard deviations.
      const far = counts.filter((count) => Math.abs(count - trials / 2) > (5 * Math.sqrt(trials)) / 2);
      expect(far).toEqual([]);
    }
  });
});

const moments = (numbers: Float32Array): number[] =>
  [1, 2, 3, 4].map((power) => numbers.reduce((sum, x) => sum + x ** power, 0) / numbers.length);

describe('draws', () => {
  const size = 2 ** 18;
  const expected: [Distribution, number[], number[]][] = [
    ['uniform', [1 / 2, 1 / 3, 1 / 4, 1 / 5], [1 / 12, 4 / 45, 9 / 112, 16 / 225]],
    ['rademacher', [0, 1, 0, 1], [1, 0, 1, 0]],
    ['normal', [0, 1, 0, 3], [1, 2, 15, 96]],
  ];

  it.each(expected)('%s: moments', (distribution, means, variances) => {
    const got = moments(draw(distribution, size, [1, 2, 3]));
    means.forEach((mean, i) =>
      expect(Math.abs(got[i]! - mean)).toBeLessThanOrEqual(5 * Math.sqrt(variances[i]! / size)),
    );
  });

  it('are not related to their neighbours, nor to those of the next step', () => {
    const [now, next] = [draw('normal', size, [7, 1, 0]), draw('normal', size, [7, 2, 0])];
    const product = (other: Float32Array, lag: number): number =>
      now.reduce((sum, x, i) => sum + (i + lag < size ? x * other[i + lag]! : 0), 0) / size;
    for (const lag of [1, 2, 3, 4, 64]) expect(Math.abs(product(now, lag))).toBeLessThan(5 / Math.sqrt(size));
    for (const lag of [0, 1, 4]) expect(Math.abs(product(next, lag))).toBeLessThan(5 / Math.sqrt(size));
  });

  it('fill [0, 1) evenly', () => {
    const counts = Array.from({ length: 256 }, () => 0);
    for (const x of draw('uniform', size, [9, 0, 0])) counts[Math.floor(x * 256)]!++;
    const chi = counts.reduce((sum, count) => sum + (count - size / 256) ** 2 / (size / 256), 0);
    // 255 degrees of freedom: mean 255, standard deviation 22.6.
    expect(Math.abs(chi - 255)).toBeLessThan(5 * 22.6);
  });

  it('are a longer beginning of the same when there are more', () => {
    for (const [distribution] of expected) {
      expect(draw(distribution, 100, [1, 2, 3]).slice(0, 37)).toEqual(draw(distribution, 37, [1, 2, 3]));
    }
  });

  it('normal ones are quantiles of the uniform ones', () => {
    const words = randomWords(4096, [4, 5, 6]);
    // Φ by the trapezoidal rule.
    const phi = (x: number): number => {
      const [n, step] = [4000, x / 4000];
      let sum = 0;
      for (let i = 0; i <= n; i++) sum += Math.exp(-((i * step) ** 2) / 2) * (i === 0 || i === n ? 0.5 : 1);
      return (sum * step) / Math.sqrt(2 * Math.PI);
    };
    const numbers = draw('normal', 4096, [4, 5, 6]);
    for (let i = 0; i < 4096; i += 16) {
      const q = (words[i]! + 0.5) * 2 ** -32;
      const slope = Math.exp(-(numbers[i]! ** 2) / 2) / Math.sqrt(2 * Math.PI);
      expect(Math.abs(phi(numbers[i]!) - q) / slope).toBeLessThan(3e-7 * (1 + Math.abs(numbers[i]!)));
    }
  });
});

describe('in a rule', () => {
  const make = (distribution: Distribution): Program =>
    trace('Random', { x: [3, 5] }, ['seed', 'step'], (_, { seed, step }) => ({
      y: random(distribution, [3, 5], { seed: seed!, step: step!, stream: 2 }),
    }));
  const values = async (program: Program, numbers: number[]): Promise<Float32Array> => {
    const [y] = kernelFor(program).run([], numbers);
    const elements = Float32Array.from(await y!.data());
    y!.dispose();
    return elements;
  };

  it.each(['uniform', 'rademacher', 'normal'] as const)('%s: the same bits on every backend', async (own) => {
    const program = make(own);
    expect(await values(program, [5, 1])).toEqual(draw(own, 15, [5, 1, 2]));
    expect(await values(program, [5, 2])).toEqual(draw(own, 15, [5, 2, 2]));
  });

  it('refuses a key that is no whole number, when it is run', () => {
    expect(() => kernelFor(make('normal')).run([], [0.5, 1])).toThrow(
      new RangeError('random: seed must be a whole number, got 0.5'),
    );
  });

  it('is drawn just before it is read', () => {
    const program = trace('Late', { x: [2, 2] }, [], ({ x }) => {
      const product = x!.matMul(x!).add(1).matMul(x!);
      return { y: product.mul(random('rademacher', [2, 2], { seed: 1, step: 1 })) };
    });
    const ops = stepsOf(program).map((step) =>
      'results' in step ? program.nodes[step.results[0]!.node]!.op : 'program',
    );
    expect(ops).toEqual(['matMul', 'program', 'matMul', 'call', 'program']);
  });

  it('is described', () => {
    if (executorFor(tf.getBackend()).name === 'ops') return;
    expect(describeProgram(make('normal'))).toEqual([
      {
        phase: 'Random: random normal [3,5]',
        executor: 'tfjs',
        operations: 1,
        bytesRead: 0,
        bytesWritten: 60,
      },
    ]);
  });
});
