// SPDX-License-Identifier: Apache-2.0

import { Adan, type AdanOptions } from '@optim/adan';
import { centralizeGradients } from '@optim/hooks';
import { suite, withCentralization } from '@optim/testing';
import golden from '@optim/testing/golden/Adan.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new Adan(withCentralization(options, centralizeGradients)));

/** Weights x of 2 and y of 4, after each of some pairs of gradients; `null` for none. */
async function walk(
  options: AdanOptions,
  gradients: readonly (readonly [x: number | null, y: number | null])[],
): Promise<{ x: number; y: number }[]> {
  const optimizer = new Adan({
    learningRate: 0.1,
    beta1: 0.5,
    beta2: 0.5,
    beta3: 0.75,
    epsilon: 0,
    ...options,
  });
  const x = tf.tidy(() => tf.variable(tf.scalar(2), true, 'x'));
  const y = tf.tidy(() => tf.variable(tf.tensor1d([4]), true, 'y'));
  const seen: { x: number; y: number }[] = [];
  for (const [gx, gy] of gradients) {
    tf.tidy(() =>
      optimizer.applyGradients([
        { name: 'x', tensor: gx === null ? null : tf.scalar(gx) },
        { name: 'y', tensor: gy === null ? null : tf.tensor1d([gy]) },
      ]),
    );
    seen.push({ x: (await x.data())[0]!, y: (await y.data())[0]! });
  }
  tf.dispose([x, y]);
  optimizer.dispose();
  return seen;
}

/**
 * The second step after gradients of 1 and 3: δ = 2, m = 1.75, d = 1, v = ¾·¼ + ¼·4² = 4.1875; the corrections are ¾,
 * ¾ and 7/16.
 */
const second = (1.75 / 0.75 + (0.5 * 1) / 0.75) / Math.sqrt(4.1875 / 0.4375);

describe('Adan: the difference of gradients', () => {
  it('is zero in the first step of each parameter', async () => {
    const seen = await walk({}, [
      [1, null],
      [3, 1],
      [3, 3],
    ]);
    expect(seen[0]).toEqual({ x: expect.closeTo(2 - 0.1, 6), y: 4 });
    expect(seen[1]!.x).toBeCloseTo(2 - 0.1 - 0.1 * second, 6);
    // y meets its first gradient one step later, and counts from there.
    expect(seen[1]!.y).toBeCloseTo(4 - 0.1, 6);
    expect(seen[2]!.y).toBeCloseTo(4 - 0.1 - 0.1 * second, 6);
  });

  it('is that of unscaled gradients with adanorm', async () => {
    // e = ½, 1.25, 1.625: nothing is stretched until the third gradient, of 1.
    const seen = await walk({ adanorm: true, adanormR: 0.5 }, [
      [1, null],
      [2, null],
      [1, null],
      [0, null],
    ]);
    // δ = 0, 1, −1: d = 0, ½, −¼; m = ½, 1.25, ½·1.25 + ½·e with e = 1.125.
    const m = 0.625 + 0.5625;
    // v: ¼·1, then ¾ of it + ¼·2.5², ¾ of that + ¼·½².
    const v = 0.75 * (0.75 * 0.25 + 0.25 * 6.25) + 0.25 * 0.25;
    const step = (m / 0.875 + (0.5 * -0.25) / 0.875) / Math.sqrt(v / (1 - 0.75 ** 3));
    expect(seen[2]!.x).toBeCloseTo(seen[1]!.x - 0.1 * step, 5);
    expect(seen[3]!.x).not.toBeNaN();
  });

  it('does not move an element whose gradient has always been zero', async () => {
    const zeros = [0, 0] as const;
    expect((await walk({ epsilon: 1e-8 }, [zeros, zeros]))[1]).toEqual({ x: 2, y: 4 });
  });
});

describe('Adan: weight decay', () => {
  it('divides after the step, by 1 + learningRate·weightDecay', async () => {
    const [first] = await walk({ weightDecay: 5 }, [[1, -1]]);
    expect(first!.x).toBeCloseTo((2 - 0.1) / 1.5, 6);
    expect(first!.y).toBeCloseTo((4 + 0.1) / 1.5, 6);
  });

  it('is that of AdamW, or one without the learning rate, when told so', async () => {
    const x = async (weightDecayMode: 'decoupled' | 'independent'): Promise<number> =>
      (await walk({ weightDecay: 0.5, weightDecayMode }, [[1, 1]]))[0]!.x;
    expect(await x('decoupled')).toBeCloseTo(2 * 0.95 - 0.1, 6);
    expect(await x('independent')).toBeCloseTo(2 * 0.5 - 0.1, 6);
    expect(() => new Adan({ weightDecayMode: 'coupled' } as never)).toThrow(
      new RangeError(
        `Adan: weightDecayMode must be one of 'proximal', 'decoupled', 'independent', 'corrected', got "coupled"`,
      ),
    );
  });
});

describe('Adan: maxGradNorm', () => {
  it('shortens all gradients by one factor, before they are kept', async () => {
    // ε = 1 shows lengths; N = 5, the factor 3/(5 + 1) = ½: g = 1.5, 2.
    const optimizer = { maxGradNorm: 3, epsilon: 1 };
    const [first, next] = await walk(optimizer, [
      [3, 4],
      [1.5, 0],
    ]);
    expect(first!.x).toBeCloseTo(2 - (0.1 * 1.5) / 2.5, 6);
    expect(first!.y).toBeCloseTo(4 - (0.1 * 2) / 3, 6);
    // N = 1.5 is short enough: g = 1.5 again and δ = 0.
    expect(next!.x).toBeCloseTo(2 - (0.2 * 1.5) / 2.5, 6);
  });

  it('leaves short gradients, those of zero, and all of them at 0', async () => {
    const [long] = await walk({ epsilon: 1 }, [[3, 4]]);
    expect(long!.x).toBeCloseTo(2 - (0.1 * 3) / 4, 6);
    expect((await walk({ epsilon: 1, maxGradNorm: 6 }, [[3, 4]]))[0]!.x).toBeCloseTo(long!.x, 6);
    expect((await walk({ epsilon: 1, maxGradNorm: () => 0 }, [[3, 4]]))[0]!.x).toBeCloseTo(long!.x, 6);
    expect((await walk({ epsilon: 1e-8, maxGradNorm: 1 }, [[0, 0]]))[0]).toEqual({ x: 2, y: 4 });
  });
});
