// SPDX-License-Identifier: Apache-2.0

import { Rprop } from '@optim/rprop';
import { conformance, expectWalk, goldenSuite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Rprop.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

goldenSuite(golden, (options) => new Rprop(options));
conformance((options) => new Rprop(options), undefined, {
  'reads and sets its learning rate': 'its rate is the first step size, and cannot be a schedule',
});

describe('Rprop', () => {
  it('grows a step while the sign stays, rests and shrinks it when that flips', async () => {
    const optimizer = new Rprop({ learningRate: 1, etaPlus: 2, etaMinus: 0.25 });
    // Δ: 1, 2, ½ (rests), ½, 1; the size of a gradient does not matter.
    const seen = await walk(optimizer, [0], [[1e-30], [7], [-2], [-1], [-1]]);
    expectWalk(seen, [[-1], [-3], [-3], [-2.5], [-1.5]]);
  });

  it('keeps its steps between the bounds, the first one too', async () => {
    const optimizer = new Rprop({ learningRate: 3, maxStepSize: 2, minStepSize: 0.5, etaMinus: 0.1 });
    // Δ: 2, 2, ½ (rests), ½
    const seen = await walk(optimizer, [0], [[1], [1], [-1], [-1]]);
    expectWalk(seen, [[-2], [-4], [-4], [-3.5]]);
  });

  it('keeps an element without a gradient, and its step size', async () => {
    const seen = await walk(new Rprop({ learningRate: 1, etaPlus: 2 }), [0], [[1], [0], [1], [1]]);
    expectWalk(seen, [[-1], [-1], [-2], [-4]]);
  });

  it('takes a new rate for parameters not seen yet', async () => {
    const [x, y] = ['x', 'y'].map((name) => tf.tidy(() => tf.variable(tf.tensor1d([0]), true, name))) as [
      tf.Variable,
      tf.Variable,
    ];
    const optimizer = new Rprop({ learningRate: 1 });
    tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([1]) }));
    optimizer.learningRate = 8;
    expect(optimizer.learningRate).toBe(8);
    tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([1]), y: tf.tensor1d([1]) }));
    expect((await x.data())[0]).toBeCloseTo(-2.2, 5);
    expect((await y.data())[0]).toBeCloseTo(-8, 5);
    optimizer.dispose();
    tf.dispose([x, y]);
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ etaMinus: 1 }, 'etaMinus must be in (0, 1), got 1'],
    [{ etaPlus: 1 }, 'etaPlus must be in (1, ∞), got 1'],
    [{ minStepSize: 2, maxStepSize: 1 }, 'maxStepSize must be at least minStepSize, 2, got 1'],
  ])('refuses %o', (options, message) => {
    expect(() => new Rprop(options)).toThrow(new RangeError(`Rprop: ${message}`));
  });

  it('refuses a schedule, which could do nothing', () => {
    expect(() => new Rprop({ learningRate: (() => 1) as never })).toThrow(
      'Rprop: learningRate must be a number',
    );
  });
});
