// SPDX-License-Identifier: Apache-2.0

import { ASGD, type ASGDOptions } from '@optim/asgd';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/ASGD.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

suite(golden, (options) => new ASGD(options));

// The first step size is 0.1·√(1 + 3·1) = 0.2.
const asgd = (options: ASGDOptions = {}): ASGD =>
  new ASGD({ learningRate: 0.1, amplifier: 3, epsilon: 0.05, ...options });

describe('ASGD: the step size', () => {
  it('grows, within the bound of the curvature', async () => {
    // θ = 2; Δx = 0.2, Δg = 2: λ = min(0.2·√7, 0.1) + 0.05 = 0.15, θ = 0.75.
    // No change of the gradient, λ = 0.15·√3.25, without ε.
    const third = 0.15 * Math.sqrt(3.25);
    expectWalk(await walk(asgd(), [1], [[1], [3], [3]]), [[0.8], [0.35], [0.35 - 3 * third]]);
    // Δx/(4·Δg) = 0.025.
    expectWalk(await walk(asgd({ dampening: 4 }), [1], [[1], [3]]), [[0.8], [0.8 - 3 * 0.075]]);
    // A bound above 0.2·√7: Δg = 0.1.
    expectWalk(await walk(asgd(), [1], [[1], [1.1]]), [[0.8], [0.8 - 1.1 * (0.2 * Math.sqrt(7) + 0.05)]]);
  });

  it('starts with the ratio theta', async () => {
    expectWalk(await walk(asgd({ theta: 5 }), [1], [[1]]), [[0.6]]);
  });

  it('measures the norm of differences over all elements', async () => {
    // Δx = 0.2·5 = 1, Δg = ‖(4, −3) − (3, 4)‖ = √50; the difference of norms would be 0. λ = 1/√50 + 0.05.
    const lambda = 1 / Math.sqrt(50) + 0.05;
    expectWalk(
      await walk(
        asgd(),
        [1, 1],
        [
          [3, 4],
          [4, -3],
        ],
      ),
      [
        [0.4, 0.2],
        [0.4 - 4 * lambda, 0.2 + 3 * lambda],
      ],
    );
  });

  it('only grows with gradients of zero, before which nothing moves', async () => {
    // λ: 0.2, 0.2·√7, and with θ = √7 0.2·√7·√(1 + 3·√7).
    const lambda = 0.2 * Math.sqrt(7) * Math.sqrt(1 + 3 * Math.sqrt(7));
    expectWalk(await walk(asgd(), [1], [[0], [0], [1]]), [[1], [1], [1 - lambda]]);
  });

  it('decays the parameter, not what it measures', async () => {
    // Gradients of zero, by which λ only grows: 0.2, 0.2·√7.
    const second = 0.2 * Math.sqrt(7);
    for (const weightDecayMode of ['coupled', 'decoupled'] as const)
      expectWalk(await walk(asgd({ weightDecay: 0.5, weightDecayMode }), [1], [[0], [0]]), [
        [0.9],
        [0.9 * (1 - 0.5 * second)],
      ]);
    // Δx = 0.7, Δg = 2.
    const independent = asgd({ weightDecay: 0.5, weightDecayMode: 'independent' });
    expectWalk(await walk(independent, [1], [[1], [3]]), [[0.3], [0.15 - 3 * 0.4]]);
  });

  it('takes of a schedule the first value', async () => {
    const scheduled = asgd({ learningRate: (step) => 0.1 / (1 + step) });
    expectWalk(await walk(scheduled, [1], [[1], [3]]), [[0.8], [0.35]]);
  });
});

describe('ASGD: several parameters', () => {
  let a: tf.Variable;
  let b: tf.Variable;
  let optimizer: ASGD;

  beforeEach(() => {
    [a, b] = tf.tidy(() => [tf.variable(tf.scalar(1), true, 'a'), tf.variable(tf.scalar(1), true, 'b')]);
    optimizer = asgd();
  });

  afterEach(() => {
    tf.dispose([a, b]);
    optimizer.dispose();
  });

  const apply = (given: Record<string, number>, previous?: Record<string, number | number[]>): void =>
    tf.tidy(() => {
      const tensors = (numbers: Record<string, number | number[]>): tf.NamedTensorMap =>
        Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, tf.tensor(x)]));
      optimizer.applyGradients(tensors(given), undefined, previous && tensors(previous));
    });

  const stepSize = async (): Promise<number> => (await optimizer.readGlobals())['stepSize']!;

  it('leaves out those without a gradient, and those that have had none before', async () => {
    expect(await stepSize()).toBeCloseTo(0.1, 6);
    apply({ a: 1 });
    expect(await stepSize()).toBeCloseTo(0.2, 6);
    apply({ a: 3, b: 100 });
    expect(await stepSize()).toBeCloseTo(0.15, 6);
    // θ = 0.75. Of a: Δx = 0.45, Δg = 3.
    apply({ a: 0 });
    expect(await stepSize()).toBeCloseTo(0.2, 6);
    // θ = 4/3. Of b, since its own last step: Δx = 15, Δg = 1000; a has not moved, its gradient is the same.
    apply({ a: 0, b: 1100 });
    expect(await stepSize()).toBeCloseTo(0.015 + 0.05, 6);
    expect(optimizer.learningRate).toBe(0.1);
  });

  it('compares with gradients of the batch at hand, where they are given', async () => {
    apply({ a: 1, b: 0 });
    // Δx = 0.2, Δg = |3 − 1.5|.
    apply({ a: 3, b: 0 }, { a: 1.5 });
    expect(await stepSize()).toBeCloseTo(0.2 / 1.5 + 0.05, 6);
    const before = (await optimizer.stateDict()).parameters;
    // Those of a variable that does not step are not kept.
    apply({ a: 3 }, { b: 7 });
    expect((await optimizer.stateDict()).parameters[1]).toEqual(before[1]);
  });

  it('leaves those gradients alone', async () => {
    const previous = { a: tf.scalar(1.5) };
    const given = { a: tf.scalar(3) };
    for (let t = 0; t < 3; t++) optimizer.applyGradients(given, undefined, previous);
    expect(await previous.a.data()).toEqual(Float32Array.of(1.5));
    tf.dispose([given, previous]);
  });

  it('refuses those that do not fit, before anything changes', async () => {
    apply({ a: 1, b: 1 });
    const before = await optimizer.stateDict();
    expect(() => apply({ a: 3, b: 1 }, { a: 2, b: [1, 2] })).toThrow(
      new RangeError('ASGD: gradient of "b" must have shape [], got [2]'),
    );
    expect(() => apply({ a: 3, b: 1 }, { a: 2, c: 1 })).toThrow(
      new RangeError('ASGD: no variable is named "c"; it was disposed or never made'),
    );
    expect(() => apply({ a: 3, c: 1 }, { a: 2 })).toThrow('no variable is named "c"');
    expect(await optimizer.stateDict()).toEqual(before);
    optimizer.dispose();
    expect(() => apply({ a: 3 }, { a: 2 })).toThrow('the optimizer was disposed');
  });
});

it.each([
  [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
  [{ learningRate: Infinity }, 'learningRate must be in (0, ∞), got Infinity'],
  [{ amplifier: -1 }, 'amplifier must be in [0, ∞), got -1'],
  [{ theta: -1 }, 'theta must be in [0, ∞), got -1'],
  [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
  [{ dampening: 0 }, 'dampening must be in (0, ∞), got 0'],
  [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
])('ASGD refuses %o', (wrong, message) => {
  expect(() => new ASGD(wrong)).toThrow(new RangeError(`ASGD: ${message}`));
});
