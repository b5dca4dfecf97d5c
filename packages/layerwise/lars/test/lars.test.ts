// SPDX-License-Identifier: Apache-2.0

import { LARS, type LARSOptions } from '@optim/lars';
import { conformance, expectWalk, goldenSuite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/LARS.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

goldenSuite(golden, (options) => new LARS(options));
// The default moves weights by a thousandth of their norm per step, too little to converge in a test.
conformance((options) => new LARS({ trustCoefficient: 0.05, ...options }));

describe('LARS', () => {
  /** Adapts vectors too. */
  const lars = (options: LARSOptions = {}): LARS =>
    new LARS({ learningRate: 0.5, momentum: 0, trustCoefficient: 0.5, excludeVectors: false, ...options });

  it('steps by η times the norm of the weights, whatever that of the gradient', async () => {
    for (const scale of [1e-3, 1, 1e3]) {
      // ‖p‖ = 5, g along (0, 1)
      const optimizer = lars({ epsilon: 0 });
      expectWalk(await walk(optimizer, [3, 4], [[0, scale]]), [[3, 2.75]]);
    }
    // 2.5/(1 + 1)
    expectWalk(await walk(lars({ epsilon: 1 }), [3, 4], [[0, 1]]), [[3, 3.375]]);
  });

  it('takes the plain step where weights or gradients are zero', async () => {
    expectWalk(await walk(lars(), [0, 0], [[0, 4]]), [[0, -2]]);
    expectWalk(await walk(lars(), [3, 4], [[0, 0]]), [[3, 4]]);
    expectWalk(await walk(lars({ weightDecay: 0.5 }), [3, 4], [[0, 0]]), [[2.25, 3]]);
  });

  it('has the decay in both norms of the ratio', async () => {
    // q = 2.5/(1 + ½·5), u = (1.5, 3)
    const q = 2.5 / 3.5;
    expectWalk(await walk(lars({ weightDecay: 0.5, epsilon: 0 }), [3, 4], [[0, 1]]), [
      [3 - 0.5 * q * 1.5, 4 - 0.5 * q * 3],
    ]);
    // With the norm of the sum instead, as others have it.
    const coupled = 2.5 / Math.hypot(1.5, 3);
    const options: LARSOptions = { weightDecay: 0.5, epsilon: 0, weightDecayMode: 'coupled' };
    expectWalk(await walk(lars(options), [3, 4], [[0, 1]]), [
      [3 - 0.5 * coupled * 1.5, 4 - 0.5 * coupled * 3],
    ]);
  });

  it('starts its momentum with the adapted gradient, undampened', async () => {
    // ‖p‖ = 4, 3, …: g is scaled to 2, then to 1.5 on the other side. b: 2, ½·2 − ¼·1.5.
    const options = { momentum: 0.5, dampening: 0.75, epsilon: 0 };
    expectWalk(await walk(lars(options), [4], [[8], [-1]]), [[3], [2.6875]]);
    // b: 2, ½·2 − 1.5 before the ratio of 2.5; g + ½b: 3, −1.5
    const nesterov = { momentum: 0.5, nesterov: true, epsilon: 0 };
    expectWalk(await walk(lars(nesterov), [4], [[8], [-1]]), [[2.5], [2.5 + 0.5 * (1.25 + 0.125)]]);
  });

  it('leaves vectors to plain momentum, without decay, and kernels not', async () => {
    const optimizer = lars({ excludeVectors: true, momentum: 0.5, weightDecay: 0.5, epsilon: 0 });
    const vector = tf.tidy(() => tf.variable(tf.tensor1d([3, 4]), true, 'vector'));
    const kernel = tf.tidy(() => tf.variable(tf.tensor2d([[3, 4]]), true, 'kernel'));
    tf.tidy(() => optimizer.applyGradients({ vector: tf.tensor1d([0, 1]), kernel: tf.tensor2d([[0, 1]]) }));
    const q = 2.5 / 3.5;
    expectWalk(
      [[...(await vector.data())], [...(await kernel.data())]],
      [
        [3, 3.5],
        [3 - 0.5 * q * 1.5, 4 - 0.5 * q * 3],
      ],
    );
    tf.dispose([vector, kernel]);
    optimizer.dispose();
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ dampening: 1.1 }, 'dampening must be in [0, 1], got 1.1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
    [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
    [{ trustCoefficient: 0 }, 'trustCoefficient must be in (0, ∞), got 0'],
    [{ nesterov: true, momentum: 0 }, 'nesterov must be false without momentum and with dampening, got true'],
    [
      { nesterov: true, dampening: 0.1 },
      'nesterov must be false without momentum and with dampening, got true',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new LARS(options)).toThrow(new RangeError(`LARS: ${message}`));
  });
});
