// SPDX-License-Identifier: Apache-2.0

import { DiffGrad, type DiffGradOptions } from '@optim/diffgrad';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/DiffGrad.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new DiffGrad(options));

/** A weight that starts at 2, after each of these gradients; and the state it ends with. */
async function walk(
  options: DiffGradOptions,
  gradients: readonly number[],
): Promise<{ seen: number[]; slot: (name: string) => number }> {
  const optimizer = new DiffGrad({ learningRate: 0.1, ...options });
  const p = tf.tidy(() => tf.variable(tf.scalar(2), true, 'p'));
  const seen: number[] = [];
  for (const gradient of gradients) {
    tf.tidy(() => optimizer.applyGradients({ p: tf.scalar(gradient) }));
    seen.push((await p.data())[0]!);
  }
  const { slots } = (await optimizer.stateDict()).parameters[0]!;
  p.dispose();
  optimizer.dispose();
  return { seen, slot: (name) => slots[name]!.data[0]! };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('DiffGrad', () => {
  it('steps by the sigmoid of how much the gradient has changed', async () => {
    // With a constant gradient Adam's step is the learning rate; before the first one h is 0.
    const { seen } = await walk({ epsilon: 0 }, [3, 3, 3]);
    expect(seen[0]).toBeCloseTo(2 - 0.1 * sigmoid(3), 6);
    expect(seen[1]).toBeCloseTo(seen[0]! - 0.05, 6);
    expect(seen[2]).toBeCloseTo(seen[1]! - 0.05, 6);
    // Far apart: no friction. m = (0.25·8 + 0.5·(−8))/0.75, v = 64.
    const far = await walk({ epsilon: 0, beta1: 0.5, beta2: 0.75 }, [8, -8]);
    expect(far.seen[1]! - far.seen[0]!).toBeCloseTo((0.1 * sigmoid(16) * 2) / 0.75 / 8, 6);
    expect((await walk({}, [0, 0])).seen).toEqual([2, 2]);
  });

  it('compares gradients after coupled decay', async () => {
    const { seen, slot } = await walk({ epsilon: 0, weightDecay: 0.25 }, [1]);
    expect(seen[0]).toBeCloseTo(2 - 0.1 * sigmoid(1.5), 6);
    expect(slot('h')).toBe(1.5);
  });

  it('compares gradients before AdaNorm, which stretches the first moment alone', async () => {
    // e: 2, then 1.5 > 1: the second gradient enters m as 1.5.
    const options = { adanorm: true, adanormR: 0.5, beta1: 0.5, beta2: 0.75, epsilon: 0 };
    const { seen, slot } = await walk(options, [4, 1]);
    expect([slot('e'), slot('m'), slot('h')]).toEqual([1.5, 1.75, 1]);
    const v = (0.75 * 0.25 * 16 + 0.25) / 0.4375;
    expect(seen[1]! - seen[0]!).toBeCloseTo((-0.1 * sigmoid(3) * 1.75) / 0.75 / Math.sqrt(v), 6);
  });
});

describe('DiffGrad: rectify', () => {
  const constant = Array<number>(6).fill(0.5);
  /** Of step 6 with β₂ = 0.999, where ρ = 5.994164. */
  const r6 = Math.sqrt((1.994164 * 3.994164 * 1999) / (1995 * 1997 * 5.994164));

  it('takes momentum steps without friction first', async () => {
    const { seen } = await walk({ rectify: true }, constant);
    [1.95, 1.9, 1.85, 1.8, 1.75, 1.75 - 0.05 * r6].forEach((want, i) =>
      expect(seen[i], `step ${i + 1}`).toBeCloseTo(want, 5),
    );
  });

  it('or none, without decay; the state goes on', async () => {
    const withheld = { rectify: true, degeneratedToSgd: false, weightDecay: 0.1 };
    for (const weightDecayMode of ['decoupled', 'independent'] as const) {
      const { seen, slot } = await walk({ ...withheld, weightDecayMode }, constant);
      expect(seen.slice(0, 5), weightDecayMode).toEqual([2, 2, 2, 2, 2]);
      const decayed = weightDecayMode === 'decoupled' ? 1.98 : 1.8;
      expect(seen[5], weightDecayMode).toBeCloseTo(decayed - 0.05 * r6, 5);
      expect(slot('h')).toBe(0.5);
      expect(slot('m')).toBeCloseTo(0.5 * (1 - 0.9 ** 6), 6);
    }
    const coupled = await walk({ ...withheld, weightDecayMode: 'coupled' }, constant);
    expect(coupled.seen.slice(0, 5)).toEqual([2, 2, 2, 2, 2]);
    expect(coupled.slot('h')).toBeCloseTo(0.7, 6);
  });

  it('has a threshold of 4 or more, below which the variance is not finite', async () => {
    expect(() => new DiffGrad({ nSmaThreshold: 3.9 })).toThrow(
      new RangeError('DiffGrad: nSmaThreshold must be in [4, ∞), got 3.9'),
    );
    // ρ∞ = 4, which ρ reaches in floating point: still a momentum step.
    const many = Array<number>(120).fill(0.01);
    const { seen } = await walk({ rectify: true, beta2: 0.6, nSmaThreshold: 4 }, many);
    expect(seen.at(-1)).toBeCloseTo(2 - 120 * 0.1 * 0.01, 4);
  });
});
