// SPDX-License-Identifier: Apache-2.0

import { AdamMini } from '@optim/adammini';
import { expectWalk, observedSecondMoment, slotShapes, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AdamMini.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdamMini(options));

describe('AdamMini', () => {
  it('divides by the root mean square of each unit', async () => {
    // The columns: √½(1 + 49) = 5, √½(16 + 16) = 4.
    const optimizer = new AdamMini({ learningRate: 1 });
    const seen = await walk(optimizer, [0, 0, 0, 0], [[1, 4, -7, 4]], { shape: [2, 2] });
    expectWalk(seen, [[-0.2, -1, 1.4, -1]]);
  });

  it('divides by that of each row, of the tensor, of groups of units', async () => {
    const first = new AdamMini({ learningRate: 1, unitAxis: 'first' });
    expectWalk(await walk(first, [0, 0, 0, 0], [[1, 7, 4, 0]], { shape: [2, 2] }), [
      [-0.2, -1.4, -Math.SQRT2, 0],
    ]);
    const whole = new AdamMini({ learningRate: 1, blocks: 1 });
    expectWalk(await walk(whole, [0, 0, 0, 0], [[2, 2, 2, 0]], { shape: [2, 2] }), [
      [-2, -2, -2, 0].map((x) => x / Math.sqrt(3)),
    ]);
    const paired = new AdamMini({ learningRate: 1, blocks: 2 });
    const seen = await walk(paired, [0, 0, 0, 0], [[1, 7, 3, -3]], {
      shape: [1, 4],
      look: async () => expect((await slotShapes(paired))['v']).toEqual([1, 2, 1]),
    });
    expectWalk(seen, [[-0.2, -1.4, -1, 1]]);
  });

  it('gives a vector one moment, or is Adam there', async () => {
    expectWalk(await walk(new AdamMini({ learningRate: 1 }), [0, 0], [[1, 7]]), [[-0.2, -1.4]]);
    const element = new AdamMini({ learningRate: 1, vectors: 'element' });
    expectWalk(await walk(element, [0, 0], [[1, 7]]), [[-1, -1]]);
  });

  it('keeps a number for each unit, and hands hooks one for each element', async () => {
    const optimizer = new AdamMini();
    await walk(
      optimizer,
      Array.from({ length: 24 }, () => 0),
      [Array.from({ length: 24 }, () => 1)],
      {
        shape: [2, 2, 2, 3],
        look: async () => expect(await slotShapes(optimizer)).toEqual({ m: [2, 2, 2, 3], v: [1, 1, 1, 3] }),
      },
    );
    expect(await observedSecondMoment((transforms) => new AdamMini({ transforms }), [[1, 7]])).toBeCloseTo(
      50,
      3,
    );
  });

  it('refuses blocks that do not divide the units, before anything changes', () => {
    const p = tf.tidy(() => tf.variable(tf.ones([2, 3]), true, 'p'));
    const optimizer = new AdamMini({ blocks: 2 });
    expect(() => tf.tidy(() => optimizer.applyGradients({ p: tf.ones([2, 3]) }))).toThrow(
      new RangeError('AdamMini: blocks must be a divisor of the 3 units of "p", got 2'),
    );
    expect(optimizer.iterations).toBe(0);
    p.dispose();
    optimizer.dispose();
    expect(() => new AdamMini({ blocks: 1.5 })).toThrow(
      'AdamMini: blocks must be an integer in [1, ∞), or null',
    );
  });
});
