// SPDX-License-Identifier: Apache-2.0

import { MADGRAD, type MADGRADOptions } from '@optim/madgrad';
import { defineHook } from '@optim/core/authoring';
import { expectClose, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/MADGRAD.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new MADGRAD(options));

/** Takes the step back, and leaves the decay. */
const decayOnly = defineHook('decayOnly', {}, () => ({ update: ({ start }) => ({ param: start! }) }));

describe('MADGRAD', () => {
  const madgrad = (options: MADGRADOptions = {}): MADGRAD =>
    new MADGRAD({ learningRate: 0.125, momentum: 0, epsilon: 0, ...options });

  it('goes by cube roots from the first weights', async () => {
    // v = ⅛·8², s = ⅛·8: the step is 1/2 = λ^(2/3)·∛8; an element without a gradient stays.
    const second = 0.125 * Math.SQRT2;
    const z = 3 - (1 + second * 2) / Math.cbrt(8 + second * 4);
    expectWalk(
      await walk(
        madgrad(),
        [3, 1],
        [
          [8, 0],
          [2, 0],
        ],
      ),
      [
        [2.5, 1],
        [z, 1],
      ],
    );
  });

  it('takes the weights for a moving average', async () => {
    // z = 2.5, then as above.
    const second = 0.125 * Math.SQRT2;
    const z = 3 - (1 + second * 2) / Math.cbrt(8 + second * 4);
    expectWalk(await walk(madgrad({ momentum: 0.5 }), [3], [[8], [2]]), [[2.75], [1.375 + z / 2]]);
  });

  it('adds epsilon to the cube root and to the learning rate', async () => {
    // ℓ = ⅛: v = 8, s = 1, denominator 2 + 1/16.
    const optimizer = madgrad({ learningRate: 0.0625, epsilon: 0.0625 });
    expectWalk(await walk(optimizer, [3], [[8]]), [[3 - 1 / 2.0625]]);
  });

  it('does not move at a learning rate of zero, whatever epsilon', async () => {
    expectWalk(await walk(madgrad({ learningRate: 0, epsilon: 0.5 }), [3], [[8]]), [[3]]);
    // A schedule counts at its step: the second λ is ⅛·√2.
    const late = madgrad({ learningRate: (step) => (step === 0 ? 0 : 0.125 / Math.SQRT2) });
    expectWalk(await walk(late, [3], [[5], [8]]), [[3], [2.5]]);
  });

  it('shrinks p by decoupled decay, and the first weights too where they are found from p', async () => {
    // 2.5 − ⅛·½·3, from where it is measured: x₀ = 2.3125 + ½.
    const options: MADGRADOptions = { weightDecay: 0.5, weightDecayMode: 'decoupled' };
    const second = 0.125 * Math.SQRT2;
    const move = (1 + second * 2) / Math.cbrt(8 + second * 4);
    expectWalk(await walk(madgrad(options), [3], [[8], [2]]), [[2.3125], [2.8125 - move - 2.3125 / 16]]);
    // Kept with momentum: ½·3 + ½·2.5 − 3/16, then ½·p + ½·(3 − move) − p/16.
    const p = 2.75 - 3 / 16;
    expectWalk(await walk(madgrad({ ...options, momentum: 0.5 }), [3], [[8], [2]]), [
      [p],
      [p / 2 + (3 - move) / 2 - p / 16],
    ]);
    // Independent: 2.5 − ½·3.
    const independent = madgrad({ weightDecay: 0.5, weightDecayMode: 'independent' });
    expectWalk(await walk(independent, [3], [[8]]), [[1]]);
  });

  it('tells hooks the step from the decay', async () => {
    const transforms = [decayOnly()];
    for (const [weightDecayMode, p] of [
      ['decoupled', 3 - 3 / 16],
      ['independent', 1.5],
    ] as const)
      expectWalk(await walk(madgrad({ weightDecay: 0.5, weightDecayMode, transforms }), [3], [[8]]), [[p]]);
  });

  it('counts the steps of the optimizer for a parameter that comes late', async () => {
    const optimizer = madgrad();
    const [x, y] = ['x', 'y'].map((name) => tf.tidy(() => tf.variable(tf.tensor1d([3]), true, name)));
    for (const names of [['x'], ['x'], ['x'], ['x', 'y']])
      tf.tidy(() => optimizer.applyGradients(names.map((name) => ({ name, tensor: tf.tensor1d([8]) }))));
    // λ = ⅛·√4: v = 16, s = 2.
    expectClose('y', await y!.data(), [3 - 2 / Math.cbrt(16)], 1e-5);
    tf.dispose([x!, y!]);
    optimizer.dispose();
  });

  it('does not hide NaN', async () => {
    expect(await walk(madgrad(), [1], [[NaN]])).toEqual([[NaN]]);
  });

  it.each([
    [{ learningRate: -1 }, 'learningRate must be in [0, ∞), got -1'],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ epsilon: Infinity }, 'epsilon must be in [0, ∞), got Infinity'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new MADGRAD(options)).toThrow(new RangeError(`MADGRAD: ${message}`));
  });
});
