// SPDX-License-Identifier: Apache-2.0

import { AdaBound, type AdaBoundOptions } from '@optim/adabound';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaBound.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdaBound(options));

/** In the first step β₂ makes √v half of |g| and its correction ½, β₁ makes m half of g: η is learningRate/(|g|/2). */
const halves: AdaBoundOptions = { learningRate: 0.01, beta1: 0.5, beta2: 0.75, epsilon: 0 };

/** The steps along some gradients, one after the other; `before` is called before each. */
async function steps(
  optimizer: AdaBound,
  gradients: readonly number[][],
  before?: (t: number) => void,
): Promise<number[][]> {
  const x = tf.tidy(() => tf.variable(tf.zeros([gradients[0]!.length])));
  const seen: number[][] = [];
  let last = [...(await x.data())];
  for (const [i, gradient] of gradients.entries()) {
    before?.(i + 1);
    tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.tensor1d(gradient) }));
    const next = [...(await x.data())];
    seen.push(last.map((value, at) => value - next[at]!));
    last = next;
  }
  x.dispose();
  return seen;
}

function expectSteps(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  want.forEach((step, i) => expect(got[i], `element ${i}`).toBeCloseTo(step, 6));
}

describe('AdaBound: the bounds', () => {
  it('hold the rate of every element from both sides', async () => {
    const optimizer = new AdaBound({ ...halves, gamma: 0.5 });
    // Between f·(1 − 1/1.5) = 1/30 and f·(1 + 1/0.5) = 0.3; η would be 0.01, 0.1, 1 and infinite.
    const [first] = await steps(optimizer, [[2, 0.2, 0.02, 0]]);
    expectSteps(first!, [1 / 30, 0.1 * 0.1, 0.3 * 0.01, 0]);
    optimizer.dispose();
  });

  it('close in on finalLearningRate·m', async () => {
    const optimizer = new AdaBound({ ...halves, gamma: 0.999, finalLearningRate: 0.2 });
    const all = await steps(optimizer, Array(1000).fill([3, 0.01]) as number[][]);
    const [large, small] = all.at(-1)!;
    expect(large! / (0.2 * 3)).toBeCloseTo(1, 2);
    expect(small! / (0.2 * 0.01)).toBeCloseTo(1, 2);
    optimizer.dispose();
  });

  it('are those of the largest moment with amsgrad', async () => {
    const optimizer = new AdaBound({ ...halves, gamma: 0.5, amsgrad: true });
    // √v is 0.1, then, corrected by √(7/16) and ¾, would be √(0.0075) without the maximum.
    const [, second] = await steps(optimizer, [[0.2], [0]]);
    expectSteps(second!, [((0.01 * Math.sqrt(7 / 16)) / 0.75 / 0.1) * 0.05]);
    optimizer.dispose();
  });
});

describe('AdaBound: the first learning rate', () => {
  const bounded: AdaBoundOptions = { ...halves, gamma: 0.5 };

  it('stays when another is set, and the bounds move in proportion', async () => {
    const optimizer = new AdaBound(bounded);
    optimizer.learningRate = 0.005;
    expectSteps((await steps(optimizer, [[2, 0.02]]))[0]!, [1 / 60, 0.15 * 0.01]);
    // Nothing moves with a rate of 0, which may come later.
    optimizer.learningRate = 0;
    expectSteps((await steps(optimizer, [[2, 0.02]]))[0]!, [0, 0]);
    expect(() => (optimizer.learningRate = -1)).toThrow(RangeError);
    optimizer.dispose();
  });

  it('is saved with the configuration and with the state', async () => {
    const original = new AdaBound(bounded);
    original.learningRate = 0.005;
    const config = original.getConfig();
    expect(config).toMatchObject({ learningRate: 0.005, initialLearningRate: 0.01 });
    const again = AdaBound.fromConfig(AdaBound, config) as AdaBound;
    const other = new AdaBound({ learningRate: 0.7 });
    await other.loadStateDict(await original.stateDict());
    for (const optimizer of [original, again, other]) {
      expectSteps((await steps(optimizer, [[2, 0.02]]))[0]!, [1 / 60, 0.15 * 0.01]);
      optimizer.dispose();
    }
  });

  it('is the first value of a schedule, or an option of its own where that is 0', async () => {
    const falling = new AdaBound({ ...bounded, learningRate: (step) => 0.01 / (step + 1) });
    const all = await steps(falling, [[2], [2]]);
    // At step 2 m is 1.5 and the lower bound f·(1 − ½), f = 0.05; η = 0.005·√(7/16)/¾/√1.75.
    expectSteps(all[0]!, [1 / 30]);
    expectSteps(all[1]!, [0.025 * 1.5]);
    falling.dispose();

    const message = 'AdaBound: learningRate must be in (0, ∞) at first, or initialLearningRate given, got 0';
    const rising = (step: number): number => 0.01 * step;
    for (const learningRate of [0, rising])
      expect(() => new AdaBound({ learningRate })).toThrow(new RangeError(message));
    const warm = new AdaBound({ ...bounded, learningRate: rising, initialLearningRate: 0.01 });
    const [cold, next] = await steps(warm, [[2], [2]]);
    expectSteps(cold!, [0]);
    expectSteps(next!, [0.05 * 1.5]);
    warm.dispose();
  });

  it('serves groups with rates of their own', async () => {
    const groups = [{ match: () => true, learningRate: 0.02, initialLearningRate: 0.01 }];
    const optimizer = new AdaBound({ ...bounded, parameterGroups: groups });
    expectSteps((await steps(optimizer, [[2, 0.02]]))[0]!, [2 / 30, 0.6 * 0.01]);
    optimizer.dispose();
    const own = [{ match: () => true, learningRate: 0.02 }];
    const apart = new AdaBound({ ...bounded, parameterGroups: own });
    expectSteps((await steps(apart, [[2, 0.02]]))[0]!, [1 / 30, 0.3 * 0.01]);
    apart.dispose();
  });
});
