// SPDX-License-Identifier: Apache-2.0

import { AdaPNM, type AdaPNMOptions } from '@optim/adapnm';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaPNM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdaPNM(options));

type Seen = Record<'value' | 'a' | 'b' | 'v', number>;

/** A weight that starts at zero, with its state, after each of some gradients; `null` for none. */
async function walk(options: AdaPNMOptions, gradients: readonly (number | null)[]): Promise<Seen[]> {
  const optimizer = new AdaPNM({
    learningRate: 1,
    beta1: Math.SQRT1_2,
    beta2: 0.5,
    epsilon: 0,
    adamD: true,
    ...options,
  });
  const x = tf.tidy(() => tf.variable(tf.scalar(0)));
  const other = tf.tidy(() => tf.variable(tf.scalar(0)));
  const seen: Seen[] = [];
  for (const gradient of gradients) {
    tf.tidy(() =>
      optimizer.applyGradients([
        { name: other.name, tensor: tf.scalar(1) },
        { name: x.name, tensor: gradient === null ? null : tf.scalar(gradient) },
      ]),
    );
    const slots = (await optimizer.stateDict()).parameters.find(({ name }) => name === x.name)?.slots;
    const [value] = await x.data();
    seen.push({
      value: value!,
      a: slots?.['a']!.data[0] ?? 0,
      b: slots?.['b']!.data[0] ?? 0,
      v: slots?.['v']!.data[0] ?? 0,
    });
  }
  tf.dispose([x, other]);
  optimizer.dispose();
  return seen;
}

const close = (value: number): unknown => expect.closeTo(value, 5);

describe('AdaPNM: the two momenta', () => {
  it('take turns, and the older one is subtracted', async () => {
    // β₁² = ½. v = 2, 5, 3: x = 2, 5, 5; corrections ½, ¾, 7/8.
    const seen = await walk({}, [2, 2 * Math.SQRT2, 1]);
    expect(seen.map(({ a }) => a)).toEqual([close(1), close(1), close(1)]);
    expect(seen.map(({ b }) => b)).toEqual([0, close(Math.SQRT2), close(Math.SQRT2)]);
    const [first, second] = [-2 / Math.sqrt(5) / 2, -(2 * Math.SQRT2 - 1) / Math.sqrt(5) / Math.sqrt(20 / 3)];
    expect(seen[0]!.value).toBeCloseTo(first, 5);
    expect(seen[1]!.value).toBeCloseTo(first + second, 5);
    const third = -(2 - Math.SQRT2) / Math.sqrt(5) / Math.sqrt(40 / 7);
    expect(seen[2]!.value).toBeCloseTo(first + second + third, 5);
  });

  it('are those of an Adam of every second gradient with beta3 = 0, and no maximum without amsgrad', async () => {
    const seen = await walk({ beta3: 0, amsgrad: false, adamD: false }, [2, 0]);
    // α = 1/(1 − β₁ᵗ) = 1/(1 − √½), though a has seen one gradient with β₁² = ½; then 2 with P = b = 0.
    expect(seen[0]!.value).toBeCloseTo(-1 / (1 - Math.SQRT1_2) / 2, 5);
    expect(seen[1]!.value).toBe(seen[0]!.value);
  });

  it('take turns by the steps of the parameter itself', async () => {
    const late = await walk({}, [null, 2, null, null, 2 * Math.SQRT2]);
    const prompt = await walk({}, [2, 2 * Math.SQRT2]);
    expect(late[1]).toEqual(prompt[0]);
    expect(late[4]).toEqual(prompt[1]);
  });

  it('take a stretched gradient with adanorm, v does not, and zero stays zero', async () => {
    const seen = await walk({ adanorm: true, adanormR: 0.5 }, [4, 1, 0]);
    // e = 2, 1.5, 0.75
    expect(seen[1]).toMatchObject({ a: close(2), b: close(0.75), v: close(4.5) });
    expect(seen[2]).toMatchObject({ a: close(1), b: close(0.75), v: close(2.25) });
  });

  it('do not move what has had no gradient', async () => {
    expect((await walk({ epsilon: 1e-8 }, [0, 0]))[1]!.value).toBe(0);
    expect(() => new AdaPNM({ beta3: 1.1 })).toThrow(
      new RangeError('AdaPNM: beta3 must be in [0, 1], got 1.1'),
    );
  });
});
