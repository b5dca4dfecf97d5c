// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { curvature, hutchinsonDiagonal, randomProbe, type ProbeOptions } from '../src/index.js';

let x: tf.Variable;

beforeEach(() => {
  tf.engine().startScope();
  x = tf.variable(tf.tensor1d([-0.5, 0.7, 1.2, 0.3]), true, 'x');
});
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

/** Not diagonal: its Hessian at x has 100 to 1500 on the diagonal and beside it. */
function rosenbrock(): tf.Scalar {
  const [a, b] = [tf.slice(x, 0, 3), tf.slice(x, 1, 3)];
  const valley = tf.mul(tf.square(tf.sub(b, tf.square(a))), 100);
  return tf.sum(tf.add(valley, tf.square(tf.sub(1, a))));
}

/** The Hessian, row by row. */
async function hessian(): Promise<number[][]> {
  const rows = curvature(rosenbrock, [x], ({ product }) =>
    tf.stack(
      [0, 1, 2, 3].map((i) => product({ x: tf.tensor1d([0, 1, 2, 3].map((j) => Number(i === j))) })['x']!),
    ),
  );
  return (await rows.array()) as number[][];
}

function bowl(): tf.Scalar {
  return tf.sum(tf.mul(tf.square(x), tf.tensor1d([0.5, 1, -2, 4])));
}

describe('hutchinsonDiagonal', () => {
  it('is exact for a diagonal Hessian with one Rademacher probe', async () => {
    const { value, grads, diagonal } = hutchinsonDiagonal(bowl, [x], { seed: 5 });
    expect([...(await diagonal['x']!.data())]).toEqual([1, 2, -4, 8]);
    const want = [-0.5, 1.4, -4.8, 2.4];
    [...(await grads['x']!.data())].forEach((grad, i) => expect(grad).toBeCloseTo(want[i]!, 5));
    expect((await value.data())[0]).toBeCloseTo(-1.905, 5);
  });

  it('is exact in the mean over all patterns of signs', async () => {
    const rows = await hessian();
    const mean = curvature(rosenbrock, [x], ({ product }) => {
      const estimates = Array.from({ length: 16 }, (_, n) => {
        const z = tf.tensor1d([0, 1, 2, 3].map((i) => ((n >> i) & 1) * 2 - 1));
        return tf.mul(z, product({ x: z })['x']!);
      });
      return tf.mean(tf.concat(estimates.map((estimate) => tf.reshape(estimate, [1, 4]))), 0);
    });
    [...(await mean.data())].forEach((value, i) =>
      expect(Math.abs(value / rows[i]![i]! - 1)).toBeLessThan(1e-5),
    );
  });

  for (const [distribution, own] of [
    ['rademacher', 0],
    ['normal', 2],
  ] as const) {
    it(`stays within 5 standard errors with ${distribution} probes`, async () => {
      const probes = inject('backend').startsWith('web') ? 50 : 1000;
      const rows = await hessian();
      const { diagonal } = hutchinsonDiagonal(rosenbrock, [x], { probes, distribution, seed: 3 });
      const estimate = await diagonal['x']!.data();
      rows.forEach((row, i) => {
        const variance = row.reduce((sum, h, j) => sum + (i === j ? own : 1) * h * h, 0);
        const error = Math.sqrt(variance / probes);
        expect(Math.abs(estimate[i]! - row[i]!) / error).toBeLessThan(5);
      });
    });
  }

  it('is reproducible by seed and step, and another one otherwise', async () => {
    const draw = async (options: ProbeOptions): Promise<string> =>
      String(
        await hutchinsonDiagonal(rosenbrock, [x], { distribution: 'normal', ...options }).diagonal[
          'x'
        ]!.data(),
      );
    const first = await draw({ seed: 3, step: 4 });
    expect(await draw({ seed: 3, step: 4 })).toBe(first);
    const others = [
      await draw({ seed: 3, step: 5 }),
      await draw({ seed: 4, step: 4 }),
      await draw({}),
      await draw({}),
    ];
    expect(new Set([first, ...others]).size).toBe(5);
  });

  it('evaluates the loss once, and leaks nothing', () => {
    let evaluations = 0;
    const before = tf.memory().numTensors;
    const { value, grads, diagonal } = hutchinsonDiagonal(
      () => {
        evaluations++;
        return rosenbrock();
      },
      [x],
      { probes: 3 },
    );
    expect(evaluations).toBe(1);
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([value, grads, diagonal]);
  });

  it('refuses options out of range', () => {
    const of = (options: object) => () => hutchinsonDiagonal(bowl, [x], options);
    expect(of({ probes: 0 })).toThrow('hutchinsonDiagonal: probes must be an integer in [1, 10000], got 0');
    expect(of({ probes: 1.5 })).toThrow('probes must be an integer in [1, 10000], got 1.5');
    expect(of({ seed: -1 })).toThrow('seed must be an integer in [0, 9007199254740991], or null, got -1');
    expect(of({ step: 0.5 })).toThrow('step must be an integer in [0, 9007199254740991], got 0.5');
    expect(of({ distribution: 'uniform' })).toThrow(
      "distribution must be one of 'rademacher', 'normal', got \"uniform\"",
    );
  });
});

// Made on the host, the same on every backend.
describe.runIf(inject('backend') === 'cpu')('randomProbe', () => {
  const size = 100_000;
  const big = (): tf.Variable[] =>
    ['a', 'b'].map((name) => tf.tidy(() => tf.variable(tf.zeros([size / 100, 100]), true, name)));

  for (const [distribution, fourth] of [
    ['rademacher', 1],
    ['normal', 3],
  ] as const) {
    it(`${distribution}: the moments are right, and parts are independent`, async () => {
      const variables = big();
      const { a, b } = randomProbe(variables, { distribution, seed: 11 }) as Record<'a' | 'b', tf.Tensor>;
      const later = randomProbe(variables, { distribution, seed: 11, step: 1 })['a']!;
      const [x, y, z] = [await a.data(), await b.data(), await later.data()];
      const mean = (of: (i: number) => number): number =>
        Array.from({ length: size }, (_, i) => of(i)).reduce((sum, value) => sum + value, 0) / size;
      // Five standard errors.
      const error = (variance: number): number => 5 * Math.sqrt(variance / size);
      expect(Math.abs(mean((i) => x[i]!))).toBeLessThan(error(1));
      expect(Math.abs(mean((i) => x[i]! ** 2) - 1)).toBeLessThan(error(fourth - 1) + 1e-6);
      expect(Math.abs(mean((i) => x[i]! ** 3))).toBeLessThan(error(distribution === 'normal' ? 15 : 1));
      expect(Math.abs(mean((i) => x[i]! ** 4) - fourth)).toBeLessThan(
        error(distribution === 'normal' ? 96 : 0) + 1e-6,
      );
      for (const other of [y, z]) expect(Math.abs(mean((i) => x[i]! * other[i]!))).toBeLessThan(error(1));
      for (const lag of [1, 2, 31, 32, 100]) {
        expect(Math.abs(mean((i) => x[i]! * x[(i + lag) % size]!)), `lag ${lag}`).toBeLessThan(error(1));
      }
    });
  }

  it('does not depend on the names', async () => {
    const variables = big();
    const named = tf.variable(tf.zeros([size / 100, 100]), true, 'other');
    const first = await randomProbe(variables, { seed: 1 })['a']!.data();
    expect(await randomProbe([named], { seed: 1 })['other']!.data()).toEqual(first);
  });
});
