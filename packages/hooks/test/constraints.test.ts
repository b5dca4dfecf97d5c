// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import { box, maxNorm, minMaxNorm, nonNegative, simplex, unitNorm } from '@optim/hooks';
import { SGDW } from '@optim/sgdw';
import { expectClose } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** A variable after a step that does not move it. */
async function constrained(hook: Hook, start: tf.TensorLike): Promise<number[]> {
  const x = tf.tidy(() => tf.variable(tf.tensor(start), true, 'x'));
  const optimizer = new SGDW({ transforms: [hook] });
  try {
    tf.tidy(() => optimizer.applyGradients({ x: tf.zerosLike(x) }));
    return [...(await x.data())];
  } finally {
    x.dispose();
    optimizer.dispose();
  }
}

describe('constraints', () => {
  it('leave NaN, and what is within their bounds, bit for bit', async () => {
    expect(await constrained(nonNegative(), [NaN, -1, 0, 2])).toEqual([NaN, 0, 0, 2]);
    expect(await constrained(box({ lower: -1, upper: Infinity }), [NaN, -3, 5])).toEqual([NaN, -1, 5]);
    expect(await constrained(box({ lower: -Infinity, upper: 2 }), [NaN, -3, 5])).toEqual([NaN, -3, 2]);
    const small = [3e-3, 4e-3].map(Math.fround);
    expect(await constrained(maxNorm(), small)).toEqual(small);
    expect(await constrained(minMaxNorm(), small)).toEqual(small);
    expect(await constrained(minMaxNorm({ rate: 0 }), [3, 4])).toEqual([3, 4]);
  });

  it('leave zeros where they are', async () => {
    for (const hook of [unitNorm(), maxNorm(), minMaxNorm({ minValue: 0.5 })])
      expect(await constrained(hook, [0, 0])).toEqual([0, 0]);
  });

  it('take norms over any axes', async () => {
    const kernel = [[3, 0], [4, 2]]; // prettier-ignore
    expectClose('columns', await constrained(unitNorm(), kernel), [0.6, 0, 0.8, 1], 1e-5);
    expectClose('columns', await constrained(unitNorm({ axis: 0 }), kernel), [0.6, 0, 0.8, 1], 1e-5);
    const row = Math.hypot(4, 2);
    expectClose('rows', await constrained(unitNorm({ axis: -1 }), kernel), [1, 0, 4 / row, 2 / row], 1e-5);
    const all = Math.hypot(3, 4, 2);
    const whole = [3, 0, 4, 2].map((e) => (e / all) * 2);
    expectClose('whole', await constrained(maxNorm({ axis: [1, 0] }), kernel), whole, 1e-5);
    expectClose('scalar', await constrained(maxNorm(), -7), [-2], 1e-5);
    await expect(constrained(maxNorm({ axis: 2 }), kernel)).rejects.toThrow(
      new RangeError('maxNorm: axis must be an axis of a variable of shape [2,2], got 2'),
    );
  });

  it('go part of the way', async () => {
    const hook = minMaxNorm({ minValue: 1, maxValue: 3, rate: 0.5 });
    expectClose('long', await constrained(hook, [3, 4]), [2.4, 3.2], 1e-5);
    expectClose('short', await constrained(hook, [0.3, 0.4]), [0.45, 0.6], 1e-5);
  });
});

describe('simplex', () => {
  it('goes to the nearest point, along any axes', async () => {
    // τ = (0.9 + 0.5 − 1)/2 = 0.2
    expectClose('p', await constrained(simplex(), [0.9, -2, 0.5, 0.1]), [0.7, 0, 0.3, 0], 1e-5);
    const matrix = [[0.9, 0.5], [7, -1]]; // prettier-ignore
    expectClose('rows', await constrained(simplex({ axis: 1 }), matrix), [0.7, 0.3, 1, 0], 1e-5);
    expectClose('columns', await constrained(simplex(2), matrix), [0, 1.75, 2, 0.25], 1e-5);
    expectClose('one', await constrained(simplex(3), -5), [3], 1e-5);
  });

  it('of many weights still sums to the whole', async () => {
    const start = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const p = await constrained(simplex(), start);
    expect(p.reduce((sum, e) => sum + e, 0)).toBeCloseTo(1, 4);
    expect(Math.min(...p)).toBeGreaterThanOrEqual(0);
  });
});
