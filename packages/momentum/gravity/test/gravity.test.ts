// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import { Gravity, type GravityOptions, type InitialVelocity } from '@optim/gravity';
import { clipByGlobalNorm } from '@optim/hooks';
import { conformance, expectClose, expectWalk, goldenSuite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Gravity.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

goldenSuite(golden, (options, given) => {
  const { initialVelocity } = given as { initialVelocity?: InitialVelocity };
  return new Gravity({ ...options, ...(initialVelocity && { initialVelocity }) });
});

// With a seed, since one optimizer is compared with another; and with gradients of moderate length, since along steep ones
// Gravity hardly moves: it would need more steps than the suite gives it to leave the walls of Rosenbrock's valley.
conformance(
  ({ transforms = [], ...options }) => {
    const clip = clipByGlobalNorm(1);
    return new Gravity({
      seed: 1,
      ...options,
      transforms: Array.isArray(transforms) ? [clip, ...(transforms as Hook[])] : (transforms as never),
    });
  },
  undefined,
  {
    'trains as if what has a rate of 0, or is frozen, were not there':
      'a rate of 0 in the first step is refused: v begins with alpha over it',
  },
);

describe('Gravity', () => {
  const still = (options: GravityOptions = {}): Gravity => new Gravity({ alpha: 0, ...options });

  it('squashes gradients relative to the largest, and counts steps from 1', async () => {
    // M = 2: ζ = 2/17, −1/5, 0; β₁ = 1.9/3.
    const first = [2 / 17, -1 / 5, 0].map((zeta) => (1.1 / 3) * zeta);
    // M = 0.5: ζ = 0.5/1.0625, 0, 0; β₂ = 2.8/4 = 0.7.
    const second = [0.7 * first[0]! + (0.3 * 0.5) / 1.0625, 0.7 * first[1]!, 0];
    // Without a gradient v decays, with β₃ = 3.7/5 = 0.74, and still moves p.
    const third = second.map((v) => 0.74 * v);
    const path = [first, second, third].map((_, t, all) =>
      [0, 1, 2].map((i) => 1 - 0.5 * all.slice(0, t + 1).reduce((sum, v) => sum + v[i]!, 0)),
    );
    const gradients = [
      [2, -1, 0],
      [0.5, 0, 0],
      [0, 0, 0],
    ];
    expectWalk(await walk(still({ learningRate: 0.5 }), [1, 1, 1], gradients), path);
  });

  it('hardly moves along a huge gradient', async () => {
    const [[x]] = (await walk(still(), [1], [[1e15]])) as [[number]];
    expect(x).toBe(1);
  });

  it('takes a scalar for its own largest entry', async () => {
    const optimizer = still({ learningRate: 1, beta: 0.5 });
    const x = tf.tidy(() => tf.variable(tf.scalar(1), true, 'x'));
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(-2) }));
    // β₁ = ½.
    expect((await x.data())[0]).toBeCloseTo(1 + 1 / 17, 6);
    x.dispose();
    optimizer.dispose();
  });

  it('counts the steps of the optimizer, not those of a parameter', async () => {
    const [x, y] = tf.tidy(() => [
      tf.variable(tf.scalar(1), true, 'x'),
      tf.variable(tf.scalar(1), true, 'y'),
    ]);
    const optimizer = still({ learningRate: 1 });
    const one = tf.scalar(1);
    optimizer.applyGradients({ x: one });
    optimizer.applyGradients({ y: one });
    // ζ = ½; β₂ = 0.7.
    expect((await y!.data())[0]).toBeCloseTo(1 - 0.3 / 2, 6);
    tf.dispose([x!, y!, one]);
    optimizer.dispose();
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ learningRate: Infinity }, 'learningRate must be in (0, ∞), got Infinity'],
    [{ alpha: -1 }, 'alpha must be in [0, ∞), got -1'],
    [{ beta: 1.1 }, 'beta must be in [0, 1], got 1.1'],
    [{ seed: 0.5 }, 'seed must be an integer in (-∞, ∞), or null, got 0.5'],
  ])('refuses %o', (wrong, message) => {
    expect(() => new Gravity(wrong)).toThrow(new RangeError(`Gravity: ${message}`));
  });
});

/** The first velocities of two variables of 500 elements; `order` is that of the gradients. */
async function drawn(
  options: GravityOptions,
  order: readonly string[] = ['a', 'b'],
): Promise<Float32Array[]> {
  const optimizer = new Gravity(options);
  const variables = tf.tidy(() => ['a', 'b'].map((name) => tf.variable(tf.zeros([500]), true, name)));
  // Gradients of zero: p moves by −learningRate·β₁·v alone.
  tf.tidy(() => optimizer.applyGradients(order.map((name) => ({ name, tensor: tf.zeros([500]) }))));
  const values = await Promise.all(variables.map(async (p) => Float32Array.from(await p.data())));
  tf.dispose(variables);
  optimizer.dispose();
  return values;
}

describe('Gravity: the random start', () => {
  it('moves every element by about 0.6·alpha, at any rate', async () => {
    for (const learningRate of [0.1, 10]) {
      const [a] = (await drawn({ learningRate, alpha: 0.05, seed: 3 })) as [Float32Array];
      const mean = a.reduce((sum, x) => sum + x, 0) / 500;
      const deviation = Math.sqrt(a.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 499);
      const want = (0.05 * 1.9) / 3;
      // Four standard errors.
      expect(Math.abs(mean)).toBeLessThan((4 * want) / Math.sqrt(500));
      expect(Math.abs(deviation / want - 1)).toBeLessThan(4 / Math.sqrt(1000));
    }
  });

  it('is another for every variable and every seed, and the same again with the same seed', async () => {
    const [a, b] = (await drawn({ seed: 0 })) as [Float32Array, Float32Array];
    expect(b).not.toEqual(a);
    expect(await drawn({ seed: 0 })).toEqual([a, b]);
    expect(await drawn({ seed: 0 }, ['b', 'a'])).toEqual([a, b]);
    expect((await drawn({ seed: -1 }))[0]).not.toEqual(a);
  });

  it('goes by the order in which variables come, and then by that in which they were made', async () => {
    const [first, second] = (await drawn({ seed: 1 })) as [Float32Array, Float32Array];
    const [a, b] = tf.tidy(() => ['a', 'b'].map((name) => tf.variable(tf.zeros([500]), true, name))) as [
      tf.Variable,
      tf.Variable,
    ];
    const optimizer = new Gravity({ seed: 1 });
    for (const name of ['b', 'a'])
      tf.tidy(() => optimizer.applyGradients([{ name, tensor: tf.zeros([500]) }]));
    expect(await b.data()).toEqual(first);
    // β₂ = 0.7 in place of β₁ = 1.9/3.
    const want = Array.from(second, (x) => (x * 0.7 * 3) / 1.9);
    expectClose('a', await a.data(), want, 1e-6);
    tf.dispose([a, b]);
    optimizer.dispose();
  });

  it('is another in every run without a seed', async () => {
    expect(await drawn({})).not.toEqual(await drawn({}));
  });

  it('needs a rate to divide by, in the step in which a variable is met', async () => {
    const rising = (step: number): number => 0.1 * step;
    await expect(walk(new Gravity({ learningRate: rising }), [1], [[1]])).rejects.toThrow(
      new RangeError('Gravity: learningRate at step 0 must be in (0, ∞) unless alpha is 0, got 0'),
    );
    const optimizer = new Gravity({ learningRate: rising, alpha: 0 });
    expectWalk(await walk(optimizer, [1], [[1], [0]]), [[1], [1 - 0.1 * 0.7 * (1.1 / 6)]]);
    const falling = new Gravity({ learningRate: (step) => (step === 0 ? 0.1 : 0), seed: 1 });
    const [first, second] = (await walk(falling, [1], [[1], [1]])) as [number[], number[]];
    expect(second).toEqual(first);
  });
});

describe('Gravity: initialVelocity', () => {
  // v = β₁·v₀, with a rate of 0.3.
  const moved = (v: number): number => -0.3 * (1.9 / 3) * v;
  const given = (initialVelocity: InitialVelocity): Gravity =>
    new Gravity({ learningRate: 0.3, initialVelocity });

  it('takes arrays and tensors, which it reads at once', async () => {
    const want = [[moved(1), moved(-2)]];
    expectWalk(await walk(given({ x: [1, -2] }), [0, 0], [[0, 0]]), want);
    expectWalk(await walk(given({ x: Float32Array.of(1, -2) }), [0, 0], [[0, 0]]), want);
    const tensor = tf.tensor1d([1, -2]);
    const optimizer = given({ x: tensor });
    tensor.dispose();
    expectWalk(await walk(optimizer, [0, 0], [[0, 0]]), want);
  });

  it('is saved with the options, and in a state', async () => {
    const optimizer = given({ x: Float32Array.of(1, -2) });
    const again = Gravity.fromConfig(
      Gravity as never,
      JSON.parse(JSON.stringify(optimizer.getConfig())) as never,
    ) as unknown as Gravity;
    expectWalk(await walk(again, [0, 0], [[0, 0]]), [[moved(1), moved(-2)]]);
    const other = new Gravity();
    await other.loadStateDict(await optimizer.stateDict());
    expectWalk(await walk(other, [0, 0], [[0, 0]]), [[moved(1), moved(-2)]]);
    optimizer.dispose();
  });

  it('refuses what is no record of numbers', () => {
    for (const wrong of [{ x: 'y' }, { x: [NaN] }, { x: ['1'] }, [{ name: 'x' }], 1]) {
      expect(() => given(wrong as never), JSON.stringify(wrong)).toThrow(TypeError);
    }
  });

  it('refuses names and shapes that do not match, before anything changes', async () => {
    const start = { x: [1, 2, 3, 4], y: [5] };
    const [x, y] = tf.tidy(() => [
      tf.variable(tf.tensor2d(start.x, [2, 2]), true, 'x'),
      tf.variable(tf.tensor1d(start.y), true, 'y'),
    ]) as [tf.Variable, tf.Variable];
    const square = tf.ones([2, 2]);
    const row = tf.ones([4]);
    const gradients = { y: tf.ones([1]), x: square };
    const cases: [InitialVelocity, string][] = [
      [{ y: [1] }, 'must be given for "x" too'],
      [{ x: [1, 2, 3, 4], y: [1], z: [1] }, 'of "z": no variable has that name'],
      [{ x: [1, 2, 3], y: [1] }, 'of "x" must be 4 numbers, got 3'],
      [{ x: row, y: [1] }, 'of "x" must have shape [2,2], got [4]'],
    ];
    for (const [initialVelocity, message] of cases) {
      const optimizer = given(initialVelocity);
      const before = await optimizer.stateDict();
      expect(() => optimizer.applyGradients(gradients)).toThrow(
        new RangeError(`Gravity: initialVelocity ${message}`),
      );
      expect(await optimizer.stateDict()).toEqual(before);
      expect([...(await x.data())]).toEqual(start.x);
      expect([...(await y.data())]).toEqual(start.y);
      optimizer.dispose();
    }
    const fitting = given({ x: square, y: [1] });
    fitting.applyGradients(gradients);
    expect((await y.data())[0]).toBeCloseTo(5 + moved(1) - 0.3 * (1.1 / 6), 6);
    fitting.dispose();
    tf.dispose([x, y, square, row, gradients]);
  });
});
