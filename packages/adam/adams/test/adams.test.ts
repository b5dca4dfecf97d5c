// SPDX-License-Identifier: Apache-2.0

import { AdamS, type AdamSOptions } from '@optim/adams';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdamS.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdamS(options));

/** Weights x, all 4, and y, one of 8, after each of some pairs of gradients; `null` for none. */
async function walk(
  options: AdamSOptions,
  gradients: readonly (readonly [x: number[] | null, y: number | null])[],
): Promise<{ x: number[]; y: number }[]> {
  const optimizer = new AdamS({ learningRate: 0.1, epsilon: 0, ...options });
  const x = tf.tidy(() => tf.variable(tf.fill([3], 4), true, 'x'));
  const y = tf.tidy(() => tf.variable(tf.scalar(8), true, 'y'));
  const seen: { x: number[]; y: number }[] = [];
  for (const [gx, gy] of gradients) {
    tf.tidy(() =>
      optimizer.applyGradients([
        { name: 'x', tensor: gx && tf.tensor1d(gx) },
        { name: 'y', tensor: gy === null ? null : tf.scalar(gy) },
      ]),
    );
    seen.push({ x: [...(await x.data())], y: (await y.data())[0]! });
  }
  tf.dispose([x, y]);
  optimizer.dispose();
  return seen;
}

describe('AdamS: the decay', () => {
  it('is divided by the root of the mean second moment of all elements', async () => {
    // v̂ = 1, 1, 1 and 25: Q = √7, not the mean of a mean per parameter, which would be √13.
    const [first] = await walk({ weightDecay: 0.5 }, [[[1, -1, 1], -5]]);
    const factor = 1 - 0.05 / Math.sqrt(7);
    [4 * factor - 0.1, 4 * factor + 0.1].forEach((want, i) => expect(first!.x[i]).toBeCloseTo(want, 5));
    expect(first!.y).toBeCloseTo(8 * factor + 0.1, 5);
  });

  it('comes before the step, and leaves v as it is', async () => {
    // v̂ = 1 all the time. An undivided v would be 10⁻³ and more: Q is that of the corrected moment.
    const seen = await walk({ weightDecay: 0.5 }, [
      [[1, 1, 1], 1],
      [[1, 1, 1], 1],
    ]);
    expect(seen[0]!.y).toBeCloseTo(8 * 0.95 - 0.1, 5);
    expect(seen[1]!.y).toBeCloseTo((8 * 0.95 - 0.1) * 0.95 - 0.1, 5);
  });

  it('passes over parameters without a gradient, also in the mean', async () => {
    const seen = await walk({ weightDecay: 0.5 }, [
      [[1, 1, 1], 100],
      [[1, 1, 1], null],
    ]);
    expect(seen[1]!.y).toBe(seen[0]!.y);
    expect(seen[1]!.x[0]).toBeCloseTo(seen[0]!.x[0]! * 0.95 - 0.1, 5);
  });

  it('does not happen while all gradients have been zero', async () => {
    const zeros = [[0, 0, 0], 0] as const;
    const seen = await walk({ weightDecay: 0.5, epsilon: 1e-8 }, [zeros, zeros] as never);
    expect(seen[1]).toEqual({ x: [4, 4, 4], y: 8 });
  });

  it('turns signs where it exceeds the step, and does nothing at 0', async () => {
    const tiny = [[[1e-3, 1e-3, 1e-3], 1e-3]] as const;
    expect((await walk({ weightDecay: 0.02 }, tiny as never))[0]!.y).toBeCloseTo(8 * (1 - 2) - 0.1, 4);
    expect((await walk({ weightDecay: 0 }, tiny as never))[0]!.y).toBeCloseTo(8 - 0.1, 5);
  });

  it('spares a group, whose moments count all the same', async () => {
    const parameterGroups = [{ match: /^x$/, weightDecay: 0 }];
    const [first] = await walk({ weightDecay: 0.5, parameterGroups }, [[[1, -1, 1], 5]]);
    expect(first!.x[0]).toBeCloseTo(3.9, 5);
    expect(first!.y).toBeCloseTo(8 * (1 - 0.05 / Math.sqrt(7)) - 0.1, 5);
  });

  it('uses the largest moments with amsgrad', async () => {
    const options = { weightDecay: 0.5, amsgrad: true, beta1: 0, beta2: 0.5 };
    const seen = await walk(options, [
      [[2, 2, 2], 2],
      [[0, 0, 0], 0],
    ]);
    // v = 2, then 1; its correction ½, then ¾: Q² = 2/¾.
    expect(seen[1]!.y).toBeCloseTo(seen[0]!.y * (1 - 0.05 / Math.sqrt(8 / 3)), 5);
  });

  it('needs a gradient, and has no mode', () => {
    const optimizer = new AdamS();
    expect(() => optimizer.applyGradients({})).toThrow(
      new RangeError('AdamS: a step needs at least one gradient, got none'),
    );
    optimizer.dispose();
    expect(() => new AdamS({ weightDecayMode: 'coupled' } as never)).toThrow(
      'AdamS: unknown option "weightDecayMode"',
    );
  });
});

describe('AdamS: adanorm', () => {
  it('stretches what enters m, and gradients of zero not at all', async () => {
    const options = { weightDecay: 0, beta1: 0, beta2: 0.5, epsilon: 1e-8, adanorm: true, adanormR: 0.5 };
    const seen = await walk(options, [
      [[0, 0, 4], 0],
      [[0, 0, 1], 0],
      [[0, 0, 0], 0],
    ]);
    // e = 2, 1.5, 0.75; v = 8, 4.5, corrected by ½ and ¾.
    expect(seen[0]!.x[2]).toBeCloseTo(4 - 0.1, 5);
    expect(seen[1]!.x[2]).toBeCloseTo(4 - 0.1 - (0.1 * 1.5) / Math.sqrt(6), 5);
    expect(seen[2]).toEqual(seen[1]);
  });
});
