// SPDX-License-Identifier: Apache-2.0
// What golden numbers do not reach: bounds that are met exactly, steps and gradients of 0, rates of 0.

import { AdamW, type AdamWOptions } from '@optim/adamw';
import { decodeState, encodeState, type Hook } from '@optim/core';
import {
  autoClip,
  cautious,
  cautiousWeightDecay,
  clipByBlockRms,
  clipUpdates,
  mars,
  normalizeGradients,
  orthogonalizeGradients,
  skipLargeUpdates,
  zClip,
} from '@optim/hooks';
import { SGDW } from '@optim/sgdw';

import { expectClose, walk } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** Where steps of length 1 along the gradients lead. */
function descend(hook: Hook, start: number[], ...gradients: number[][]): Promise<number[][]> {
  return walk(new SGDW({ learningRate: 1, transforms: [hook] }), start, gradients);
}

/** One step of AdamW, of length `learningRate` in every element. */
async function stepped(
  transforms: Hook[],
  start: number[],
  gradient: number[],
  options: AdamWOptions = {},
): Promise<number[]> {
  const optimizer = new AdamW({ learningRate: 0.5, epsilon: 0, weightDecay: 0, ...options, transforms });
  return (await walk(optimizer, start, [gradient]))[0]!;
}

describe('cautiousWeightDecay', () => {
  it('decays where the step makes weights smaller, and where there is none', async () => {
    const hook = cautiousWeightDecay(0.2);
    // The step is ±½ or 0; what decays loses a tenth.
    const got = await stepped([hook], [2, -2, 2, -2, -2, 0], [3, 3, -3, -3, 0, 1]);
    expectClose('p', got, [1.3, -2.5, 2.5, -1.3, -1.8, -0.5], 1e-6);
  });

  it('takes what another hook leaves out of the step as no step', async () => {
    const optimizer = new AdamW({
      learningRate: 0.5,
      weightDecay: 0,
      transforms: [cautious(), cautiousWeightDecay(0.2)],
    });
    // In the second step momentum goes on upwards, against the gradient: masked.
    const [first, second] = (await walk(optimizer, [2], [[-4], [0.1]])) as [number[], number[]];
    expectClose('first', first, [2.5], 1e-6);
    expectClose('second', second, [2.5 * 0.9], 1e-6);
  });

  it('follows a schedule of its strength, which it refuses out of range', async () => {
    const transforms = [cautiousWeightDecay({ weightDecay: (step) => 0.2 * (step + 1) })];
    const optimizer = new SGDW({ learningRate: 0.5, transforms });
    const got = await walk(optimizer, [2], [[0], [0], [0]]);
    expectClose('p', got.flat(), [1.8, 1.8 * 0.8, 1.8 * 0.8 * 0.7], 1e-6);
    await expect(descend(cautiousWeightDecay({ weightDecay: () => -1 }), [1], [1])).rejects.toThrow(
      new RangeError('cautiousWeightDecay: weightDecay at step 0 must be in [0, ∞), got -1'),
    );
  });
});

describe('normalizeGradients', () => {
  it('divides by a deviation whose square is more than float32 holds', async () => {
    const K = 2 ** 70;
    // Mean 0, deviation √[(1 + 4 + 1)/2]·K.
    const got = await descend(normalizeGradients(), [0, 0, 0], [K, -2 * K, K]);
    expectClose('p', got[0]!, [-1, 2, -1].map((x) => x / Math.sqrt(3)), 1e-6); // prettier-ignore
  });
});

describe('clipUpdates', () => {
  it.each(['tensor', 'global'] as const)(
    '%s: measures a step before its rate, without decay',
    async (scope) => {
      const hook = clipUpdates({ threshold: 0.5, scope });
      const got = await stepped([hook], [2, -2], [3, -3], { weightDecay: 0.2 });
      expectClose('p', got, [1.8 - 0.25, -1.8 + 0.25], 1e-6);
      expect(await stepped([hook], [2, -2], [0, 0], { epsilon: 1e-8 })).toEqual([2, -2]);
      expect(await stepped([hook], [2, -2], [3, -3], { learningRate: 0 })).toEqual([2, -2]);
      expect(await stepped([clipUpdates({ scope })], [2, -2], [3, 4])).toEqual(
        await stepped([], [2, -2], [3, 4]),
      );
    },
  );
});

describe('clipByBlockRms', () => {
  it('leaves a gradient at the limit as it is', async () => {
    expect(await descend(clipByBlockRms(), [0, 0], [1, -1], [0, 0])).toEqual([[-1, 1], [-1, 1]]); // prettier-ignore
    expect(await descend(clipByBlockRms(2), [0], [-5])).toEqual([[2]]);
  });
});

describe('autoClip', () => {
  it('cuts to the percentile of the last norms, linear between neighbours', async () => {
    const hook = autoClip({ percentile: 25, historySize: 3 });
    // Percentiles of {8}, {8, 4}, {8, 4, 1}, {4, 1, 6}: 8, 5, 2.5, 2.5; 4 and 1 are shorter than theirs.
    const got = await descend(hook, [0], [8], [4], [1], [6]);
    expectClose('p', got.flat(), [-8, -12, -13, -15.5], 1e-5);
  });

  it('never shortens the longest at 100, and always to the shortest at 0', async () => {
    expectClose('100', (await descend(autoClip(100), [0], [8], [4], [16])).flat(), [-8, -12, -28], 1e-5);
    expectClose('0', (await descend(autoClip(0), [0], [8], [4], [16])).flat(), [-8, -12, -16], 1e-5);
  });

  it('keeps the last norms in states, and takes no history of another size', async () => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([0]), true, 'w'));
    const optimizer = new SGDW({ transforms: [autoClip({ historySize: 3 })] });
    const again = new SGDW({ transforms: [autoClip({ historySize: 3 })] });
    const other = new SGDW({ transforms: [autoClip({ historySize: 4 })] });
    try {
      for (const g of [8, 4]) tf.tidy(() => optimizer.applyGradients({ w: tf.tensor1d([g]) }));
      const state = await optimizer.stateDict();
      expect(state.globals).toEqual({ 'autoClip.count': 2, 'autoClip.history': [4, 8, -1] });
      expect(decodeState(encodeState(state))).toEqual(state);
      const weights = await optimizer.getWeights();
      await again.setWeights(weights);
      expect((await again.stateDict()).globals).toEqual(state.globals);
      await expect(other.loadStateDict({ ...state, hyperparameters: {} })).rejects.toThrow(
        new RangeError('SGDW: state dict: globals.autoClip.history must be 4 numbers, got [4, 8, -1]'),
      );
    } finally {
      variable.dispose();
      optimizer.dispose();
      again.dispose();
      other.dispose();
    }
  });
});

describe('zClip', () => {
  it('cuts an outlier to the mean where norms have been constant', async () => {
    const hook = zClip({ warmupSteps: 2, maxNorm: null, epsilon: 1e-6 });
    const got = await descend(hook, [0], [2], [2], [8], [2]);
    // μ = 2, V = 0: Z is huge, and L = μ. It stays so.
    expectClose('p', got.flat(), [-2, -4, -6, -8], 1e-5);
  });
});

describe('skipLargeUpdates', () => {
  it('leaves out a norm of exactly maxNorm, and one that is not a number', async () => {
    const stays = [[0, 0], [-3, -3.9], [-3, -3.9], [-3, -3.9]]; // prettier-ignore
    const got = await descend(skipLargeUpdates(5), [0, 0], [3, 4], [3, 3.9], [NaN, 0], [0, Infinity]);
    got.forEach((p, i) => expectClose(`step ${i}`, p, stays[i]!, 1e-6));
    expect(await descend(skipLargeUpdates(Infinity), [0], [1e30], [Infinity])).toEqual([[-Math.fround(1e30)], [-Math.fround(1e30)]]); // prettier-ignore
  });
});

describe('mars', () => {
  it('adds the change since the last gradient of the variable', async () => {
    const hook = mars({ gamma: 1, beta1: 0.5, clip: false });
    // 1 + 1, 3 + 2, 3 + 0
    expect(await descend(hook, [0], [1], [3], [3])).toEqual([[-2], [-7], [-10]]);
    expect(await descend(mars({ gamma: 1, beta1: 0.5 }), [0, 0], [3, 4])).toEqual([[expect.closeTo(-0.6, 6), expect.closeTo(-0.8, 6)]]); // prettier-ignore
  });
});

describe('orthogonalizeGradients', () => {
  it('turns the gradient, and leaves its length', async () => {
    // (3, 4) without its part along (1, 0), as long as before.
    const [p] = await descend(orthogonalizeGradients(), [1, 0], [3, 4]);
    expectClose('p', p!, [1, -5], 1e-6);
  });

  it('leaves a gradient of weights of 0 and of one element, and takes one along the weights for 0', async () => {
    expect(await descend(orthogonalizeGradients(), [0, 0], [3, 4])).toEqual([[-3, -4]]);
    expect(await descend(orthogonalizeGradients(), [2], [3])).toEqual([[-1]]);
    const w = [0.1, 0.7, -0.3];
    const parallel = w.map((e) => Math.fround(e) * 1.7);
    const [p] = await descend(orthogonalizeGradients(), w, parallel);
    expectClose('p', p!, w, 1e-6);
    expect(await descend(orthogonalizeGradients(), [1, 2], [0, 0])).toEqual([[1, 2]]);
  });
});

it('tensors of no elements are left alone', async () => {
  for (const hook of [clipUpdates(), clipByBlockRms(), mars(), orthogonalizeGradients()]) {
    const x = tf.tidy(() => tf.variable(tf.zeros([0, 2])));
    const optimizer = new SGDW({ transforms: [hook] });
    tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.zeros([0, 2]) }));
    expect((await x.data()).length).toBe(0);
    optimizer.dispose();
    x.dispose();
  }
});
