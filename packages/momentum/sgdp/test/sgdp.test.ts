// SPDX-License-Identifier: Apache-2.0

import { SGDP, type SGDPOptions } from '@optim/sgdp';
import { expectClose, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/SGDP.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new SGDP(options));

describe('SGDP', () => {
  const sgdp = (options: SGDPOptions = {}): SGDP =>
    new SGDP({ learningRate: 0.5, momentum: 0.5, ...options });

  /** The elements of a 2 × 2 kernel after each of the given gradients. */
  async function walkKernel(
    optimizer: SGDP,
    start: number[],
    gradients: readonly number[][],
  ): Promise<number[][]> {
    const x = tf.tidy(() => tf.variable(tf.tensor(start, [2, 2]), true, 'x'));
    const seen: number[][] = [];
    for (const gradient of gradients) {
      tf.tidy(() => optimizer.applyGradients({ x: tf.tensor(gradient, [2, 2]) }));
      seen.push([...(await x.data())]);
    }
    x.dispose();
    optimizer.dispose();
    return seen;
  }

  const none = [0, 0, 0, 0];

  it('takes the part along the weights out of the step, not out of the momentum', async () => {
    const got = await walkKernel(sgdp(), [1, 0, 0, 1], [[0, 1, 1, 0], none, none]);
    // The first unit is (1, −½) then, its momentum (0, ½), the part of that along it (−0.2, 0.1). Then (0.9, −0.7) and
    // (0, ¼), whose part along it is −0.175/1.3 of it.
    const along = -0.175 / 1.3;
    const [x, y] = [0.9 + 0.5 * along * 0.9, -0.7 - 0.5 * (0.25 + along * 0.7)];
    expectWalk(got, [
      [1, -0.5, -0.5, 1],
      [0.9, -0.7, -0.7, 0.9],
      [x, y, y, x],
    ]);
  });

  it('projects nothing where one unit goes along its weights', async () => {
    // Cosines 0 and 1 per unit, ½ over the whole tensor.
    expectWalk(await walkKernel(sgdp(), [1, 0, 0, 1], [[0, 0, 1, 1]]), [[1, 0, -0.5, 0.5]]);
    // With a threshold of 1.1/√4 the whole tensor passes, with one of 1.5/√2 both units do.
    const whole = await walkKernel(sgdp({ delta: 1.1 }), [1, 0, 0, 1], [[0, 0, 1, 1]]);
    expectWalk(whole, [[1.25, 0, -0.5, 0.75]]);
    const units = await walkKernel(sgdp({ delta: 1.5 }), [1, 0, 0, 1], [[0, 0, 1, 1]]);
    expectWalk(units, [[1, 0, -0.5, 1]]);
  });

  it('takes zero weights for scale-invariant, and vectors never', async () => {
    expectWalk(await walkKernel(sgdp({ weightDecay: 0.1 }), none, [[1, 2, 3, 4]]), [[-0.5, -1, -1.5, -2]]);
    // Orthogonal to the weights all the same: the second step goes along them.
    const got = await walk(
      sgdp(),
      [1, 0],
      [
        [0, 1],
        [0, 0],
      ],
    );
    expectWalk(got, [
      [1, -0.5],
      [1, -0.75],
    ]);
  });

  it('decays by 1/(1 − μ), what it projects by wdRatio of that', async () => {
    const decayed = async (options: SGDPOptions): Promise<number[]> => {
      const kernel = await walkKernel(sgdp({ weightDecay: 0.1, ...options }), [1, 1, 1, 1], [none]);
      const vector = await walk(sgdp({ weightDecay: 0.1, ...options }), [1], [[0]]);
      return [kernel[0]![0]!, vector[0]![0]!];
    };
    expectClose('decoupled', await decayed({}), [0.99, 0.9], 1e-6);
    expectClose('with wdRatio', await decayed({ wdRatio: 0.5 }), [0.95, 0.9], 1e-6);
    expectClose('independent', await decayed({ weightDecayMode: 'independent' }), [0.98, 0.8], 1e-6);
    // As part of the gradient it is along the weights: the test fails, nothing is projected.
    expectClose('coupled', await decayed({ weightDecayMode: 'coupled' }), [0.95, 0.95], 1e-6);
  });

  it('dampens the first gradient too, and looks ahead with the dampened momentum', async () => {
    // b: 1, 0.5; g + ½b: 4.5, 0.25
    const options = { dampening: 0.75 };
    expectWalk(await walk(sgdp(options), [0], [[4], [0]]), [[-0.5], [-0.75]]);
    expectWalk(await walk(sgdp({ ...options, nesterov: true }), [0], [[4], [0]]), [[-2.25], [-2.375]]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ dampening: 1.1 }, 'dampening must be in [0, 1], got 1.1'],
    [{ delta: -0.1 }, 'delta must be in [0, ∞), got -0.1'],
    [{ wdRatio: 1.1 }, 'wdRatio must be in [0, 1], got 1.1'],
    [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new SGDP(options)).toThrow(new RangeError(`SGDP: ${message}`));
  });
});
