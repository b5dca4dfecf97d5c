// SPDX-License-Identifier: Apache-2.0

import { LaProp, type LaPropOptions } from '@optim/laprop';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/LaProp.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new LaProp(options));

/** A weight that starts at 1, after each of these gradients. */
async function walk(
  options: LaPropOptions,
  gradients: readonly number[],
  rates?: number[],
): Promise<number[]> {
  const optimizer = new LaProp({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, ...options });
  const x = tf.tidy(() => tf.variable(tf.scalar(1), true, 'x'));
  const seen: number[] = [];
  for (const [i, gradient] of gradients.entries()) {
    if (rates) optimizer.learningRate = rates[i]!;
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(gradient) }));
    seen.push((await x.data())[0]!);
  }
  x.dispose();
  optimizer.dispose();
  return seen;
}

function expectWalk(got: readonly number[], want: readonly number[]): void {
  want.forEach((value, i) => expect(got[i], `step ${i + 1}`).toBeCloseTo(value, 6));
}

describe('LaProp', () => {
  it('keeps in the momentum what a larger learning rate gathered', async () => {
    // Every normalized gradient is 1. m: 0.05, 0.03; ℓ: 0.05, 0.03.
    expectWalk(await walk({}, [1, 1], [0.1, 0.01]), [0.9, 0.9 - (0.03 * 0.01) / 0.03]);
    // Normalized: 1, then −1: m = 0.025 − 0.005 = 0.02, ℓ = 0.03. Adam would have m/(1 − β₁ᵗ) = −L/3.
    expectWalk(await walk({}, [1, -1], [0.1, 0.01]), [0.9, 0.9 - (0.02 * 0.01) / 0.03]);
  });

  it('moves on by its momentum with a learning rate of 0, into which nothing enters', async () => {
    expectWalk(await walk({}, [1, 1, 1], [0.1, 0, 0]), [0.9, 0.875, 0.8625]);
    expectWalk(await walk({}, [1, 1], [0, 0.1]), [1, 1 - (0.05 * 0.1) / 0.05]);
  });

  it('decays after the step, unless coupled', async () => {
    const weightDecay = 0.2;
    expectWalk(await walk({ weightDecay }, [1]), [0.9 * 0.8]);
    expectWalk(await walk({ weightDecay, weightDecayMode: 'decoupled' }, [1]), [0.9 * 0.98]);
    expectWalk(await walk({ weightDecay, weightDecayMode: 'coupled' }, [-0.1]), [0.9]);
  });

  it('takes the variance after some steps', async () => {
    // Gradients 1, 3. v: 0.25, 2.4375; w: 0.25, 0.9375; 1 − β₂ᵗ: 0.25, 0.4375; m is 0.05 after the first.
    const second = (d: number): number => (0.025 + (0.05 * 3) / Math.sqrt(d / 0.4375)) / 0.75;
    const centered = await walk({ centered: true, stepsBeforeUsingCentered: 1 }, [1, 3]);
    expectWalk(centered, [0.9, 0.9 - second(2.4375 - 0.9375 ** 2)]);
    expectWalk(await walk({ centered: true, stepsBeforeUsingCentered: 2 }, [1, 3]), [
      0.9,
      0.9 - second(2.4375),
    ]);
    // From the first step on: 0.25 − 0.0625.
    expectWalk(await walk({ centered: true, stepsBeforeUsingCentered: 0 }, [1]), [1 - 0.1 / Math.sqrt(0.75)]);
  });

  it('takes the largest variance there was, none before the variance counts', async () => {
    // Gradients 3, 0: v = 2.25, 1.6875; w = 0.75, 0.5625; m is 0.05 after the first, and nothing enters.
    const options = { centered: true, amsgrad: true };
    const early = await walk({ ...options, stepsBeforeUsingCentered: 0 }, [3, 0, 1]);
    const late = await walk({ ...options, stepsBeforeUsingCentered: 1 }, [3, 0, 1]);
    // v = 1.515625, w = 0.671875 at the third; the largest so far 2.25 − 0.5625, or 1.6875 − 0.31640625.
    const third = (d: number): number => 0.05 / Math.sqrt(d / 0.578125) / 0.875;
    const before = { early: early[1]! - early[2]!, late: late[1]! - late[2]! };
    const kept = { early: (3 * 0.1 * 0.125) / Math.sqrt(1.6875 / 0.25) / 0.875, late: 0.0125 / 0.875 };
    expect(before.early).toBeCloseTo(kept.early + third(1.6875), 6);
    expect(before.late).toBeCloseTo(kept.late + third(1.37109375), 6);
  });

  it('stays finite where the variance is zero', async () => {
    const seen = await walk(
      { centered: true, stepsBeforeUsingCentered: 0, beta2: 0, epsilon: 1e-3 },
      [0.7, 0.7],
    );
    expectWalk(seen, [1 - 70, 1 - 140]);
  });

  it('counts whole steps before the variance', () => {
    expect(() => new LaProp({ stepsBeforeUsingCentered: 1.5 })).toThrow(
      new RangeError('LaProp: stepsBeforeUsingCentered must be an integer in [0, ∞), got 1.5'),
    );
  });
});
