// SPDX-License-Identifier: Apache-2.0

import { MoMo, MoMoAdam, type MoMoOptions } from '@optim/momo';
import {
  expectClose,
  suite,
  tolerance,
  withGivenLoss,
  type GoldenCase,
  type GoldenExtras,
} from '@optim/testing';
import momo from '@optim/testing/golden/MoMo.json' with { type: 'json' };
import momoAdam from '@optim/testing/golden/MoMoAdam.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** The bound has another name here than the option it starts from. */
const renamed = (cases: readonly object[]): object[] =>
  (cases as GoldenCase[]).map(({ scalars, ...rest }) => ({ ...rest, bounds: scalars?.['lowerBound'] }));

const extras = (): GoldenExtras<MoMo | MoMoAdam> => ({
  ...(withGivenLoss() as GoldenExtras<MoMo | MoMoAdam>),
  async check(optimizer, golden, t) {
    const want = (golden['bounds'] as Record<number, number> | undefined)?.[t];
    if (want === undefined) return;
    expectClose(`step ${t}, bound`, [(await optimizer.readGlobals())['bound']!], [want], tolerance(golden));
  },
});

suite({ ...momo, cases: renamed(momo.cases) }, (options) => new MoMo(options), extras());
suite({ ...momoAdam, cases: renamed(momoAdam.cases) }, (options) => new MoMoAdam(options), extras());

/** One element from 2 on: gradients and losses. */
async function walked(optimizer: MoMo | MoMoAdam, steps: [grad: number, loss: number][]): Promise<number[]> {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([2]), true, 'x'));
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

describe('MoMo', () => {
  it('makes the step of Polyak at first, up to the learning rate, and none below the bound', async () => {
    // (5 − 1)/16 = ¼
    expect(await walked(new MoMo({ lowerBound: 1 }), [[4, 5]])).toEqual(close(1));
    expect(await walked(new MoMo({ lowerBound: 1, learningRate: 0.1 }), [[4, 5]])).toEqual(close(1.6));
    expect(await walked(new MoMo({ lowerBound: 9 }), [[4, 5]])).toEqual(close(2));
  });

  it('makes the same step of a loss that is so much larger that the squares of its gradients are more than float32 holds', async () => {
    const K = 2 ** 70;
    expect(await walked(new MoMo({ lowerBound: K }), [[4 * K, 5 * K]])).toEqual(close(1));
    const estimating = new MoMo({ lowerBound: K, estimateLowerBound: true });
    expect(await walked(estimating, [[4 * K, 5 * K]])).toEqual(close(1));
  });

  it('goes on by the averages', async () => {
    // x = 1 after (4, 5). f = ½·5 + ½·3, γ = ½·8 + ½·2, d = 3: (4 − 5 + 3 − 1)/9.
    const optimizer = new MoMo({ lowerBound: 1, beta: 0.5 });
    expect(await walked(optimizer, [[4, 5], [2, 3]])).toEqual(close(1, 1 - 3 / 9)); // prettier-ignore
  });

  it('decays as it is told', async () => {
    const options: MoMoOptions = { learningRate: 0.5, weightDecay: 0.4, lowerBound: 1 };
    // w = 1.2: (1.2·(3 − 8 − 1) + 8)/16 = 0.05
    expect(await walked(new MoMo(options), [[4, 3]])).toEqual(close((2 - 0.2) / 1.2));
    const decoupled = new MoMo({ ...options, weightDecayMode: 'decoupled' });
    expect(await walked(decoupled, [[4, 3]])).toEqual(close(2 * 0.8 - 0.2));
    const independent = new MoMo({ ...options, weightDecayMode: 'independent' });
    expect(await walked(independent, [[4, 3]])).toEqual(close(2 * 0.6 - 0.5));
    // g = 4 + 0.8, loss = 3 + 0.2·4
    const coupled = new MoMo({ ...options, weightDecayMode: 'coupled' });
    expect(await walked(coupled, [[4, 3]])).toEqual(close(2 - 2.8 / 4.8));
  });

  it('stands still where all gradients are 0', async () => {
    expect(await walked(new MoMo(), [[0, 5], [0, 5]])).toEqual([2, 2]); // prettier-ignore
    expect(await walked(new MoMoAdam({ epsilon: 0 }), [[0, 5]])).toEqual([2]);
  });

  it('refuses a step without the loss, and averages for a group', () => {
    const x = tf.tidy(() => tf.variable(tf.tensor1d([2]), true, 'x'));
    const optimizer = new MoMo();
    expect(() => tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([1]) }))).toThrow(
      'MoMo: a step needs the value of the loss',
    );
    optimizer.dispose();
    x.dispose();
    expect(() => new MoMo({ parameterGroups: [{ match: /x/, beta: 0.5 }] })).toThrow(/beta/);
    expect(() => new MoMo({ lowerBound: Infinity })).toThrow(/lowerBound must be in/);
  });
});

describe('MoMoAdam', () => {
  it('moves by the learning rate along the sign at first, or to the bound', async () => {
    // ρ = ½, d = 2, D = 4: n = 1, q = 4, f − γ = 2.5 − 4; τ = min(lr/½, 2.5), of which d/D takes half.
    const options = { beta1: 0.5, beta2: 0.5 };
    expect(await walked(new MoMoAdam({ ...options, learningRate: 0.1 }), [[4, 5]])).toEqual(close(1.9));
    expect(await walked(new MoMoAdam({ ...options, learningRate: 9 }), [[4, 5]])).toEqual(close(0.75));
    const bounded = new MoMoAdam({ ...options, learningRate: 9, lowerBound: 3 });
    expect(await walked(bounded, [[4, 5]])).toEqual(close(1.5));
  });
});
