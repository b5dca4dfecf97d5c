// SPDX-License-Identifier: Apache-2.0
// Steps that skipNonFinite leaves out, counted and not.

import type { Hook } from '@optim/core';
import { freeOwned, own } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, inject, it } from 'vitest';
import {
  AdaBelief,
  Adan,
  AdaPNM,
  AdamW,
  exponential,
  FriendlySAM,
  Lion,
  LookSAM,
  NAdam,
  Prodigy,
  RAdam,
  ScheduleFreeAdamW,
  Shampoo,
  skipNonFinite,
  SOAP,
  WSAM,
} from '../src/index.js';

afterEach(freeOwned);

type Make = (options: { transforms: Hook[] }) => tf.Optimizer & { iterations: number };

const one = (): tf.Variable => own(tf.tidy(() => tf.variable(tf.tensor([1, 1]))));
const read = async (v: tf.Variable): Promise<number[]> => [...(await v.data())];

/** The variable after steps with these gradients, the second of which is halved. */
async function after(make: Make, gradients: readonly number[], countSkipped: boolean): Promise<number[]> {
  const v = one();
  const optimizer = own(make({ transforms: [skipNonFinite({ countSkipped })] }));
  for (const g of gradients) tf.tidy(() => optimizer.applyGradients({ [v.name]: tf.tensor([g, g / 2]) }));
  const left = gradients.filter((g) => !Number.isFinite(g)).length;
  expect(optimizer.iterations).toBe(countSkipped ? gradients.length : gradients.length - left);
  return read(v);
}

const isAtHand = ['cpu', 'wasm'].includes(inject('backend'));
const halving = exponential({ learningRate: 0.1, gamma: 0.5 });

describe.runIf(isAtHand)('countSkipped: false', () => {
  const makes: Record<string, Make> = {
    AdaBelief: (options) => new AdaBelief(options),
    Adan: (options) => new Adan(options),
    'AdaPNM, whose averages take turns': (options) => new AdaPNM(options),
    'AdamW with a schedule': (options) => new AdamW({ ...options, learningRate: halving }),
    'Lion with a schedule': (options) => new Lion({ ...options, learningRate: halving }),
    NAdam: (options) => new NAdam(options),
    Prodigy: (options) => new Prodigy(options),
    RAdam: (options) => new RAdam(options),
    ScheduleFreeAdamW: (options) => new ScheduleFreeAdamW(options),
    'Shampoo, which refuses what is not finite': (options) => new Shampoo(options),
    'SOAP, too': (options) => new SOAP({ ...options, preconditionFrequency: 1 }),
  };
  const [whole, broken] = [
    [0.5, -1, 0.25, 2, 0.5, 1, -0.5],
    [NaN, 0.5, -1, Infinity, NaN, 0.25, 2, 0.5, 1, -Infinity, -0.5],
  ];
  it.each(Object.entries(makes))('is as if nobody had asked for the step: %s', async (_, make) => {
    expect(await after(make, broken, false)).toEqual(await after(make, whole, false));
    expect(await after(make, whole, false)).toEqual(await after(make, whole, true));
    expect(await after(make, whole, false)).not.toEqual([1, 1]);
  });

  it('goes on as it was after loading, and a step that is not left out counts again', async () => {
    const make = (): Lion =>
      own(
        new Lion({
          learningRate: halving,
          weightDecay: 0,
          transforms: [skipNonFinite({ countSkipped: false })],
        }),
      );
    const v = one();
    const step = (optimizer: Lion, g: number): void =>
      tf.tidy(() => optimizer.applyGradients({ [v.name]: tf.tensor([g, g]) }));
    const first = make();
    for (const g of [1, NaN, 1]) step(first, g);
    const again = make();
    await again.loadStateDict(await first.stateDict());
    expect(again.iterations).toBe(2);
    for (const g of [NaN, 1]) step(again, g);
    expect(again.iterations).toBe(3);
    expect((await again.readGlobals())['skipNonFinite.skipped']).toBe(2);
    expect(await read(v)).toEqual(
      [1 - 0.1 - 0.05 - 0.025, 1 - 0.1 - 0.05 - 0.025].map((x) => expect.closeTo(x, 6)),
    );
  });
});

it('counts by default: bias corrections and schedules are those of a step later', async () => {
  const adamw: Make = (options) => new AdamW({ ...options, learningRate: 0.1, weightDecay: 0 });
  // 0.1/(1 − 0.9²)·0.1/√(0.001/(1 − 0.999²)), where the first step would have been 0.1.
  const t2 = (0.1 / (1 - 0.9 ** 2)) * (0.1 / Math.sqrt(0.001 / (1 - 0.999 ** 2)));
  expect(t2).toBeCloseTo(0.0744, 4);
  expect(await after(adamw, [NaN, 1], true)).toEqual([expect.closeTo(1 - t2, 5), expect.closeTo(1 - t2, 5)]);
  const lion: Make = (options) => new Lion({ ...options, learningRate: halving, weightDecay: 0 });
  expect(await after(lion, [NaN, 1], true)).toEqual([expect.closeTo(0.95, 5), expect.closeTo(0.95, 5)]);
  if (!isAtHand) return;
  expect(await after(adamw, [NaN, 1], false)).toEqual([expect.closeTo(0.9, 5), expect.closeTo(0.9, 5)]);
  expect(await after(lion, [NaN, 1], false)).toEqual([expect.closeTo(0.9, 5), expect.closeTo(0.9, 5)]);
});

it.each([
  ['FriendlySAM', (base: AdamW) => new FriendlySAM(base)],
  ['LookSAM', (base: AdamW) => new LookSAM(base, { k: 3 })],
  ['WSAM', (base: AdamW) => new WSAM(base)],
  ['WSAM with maxNorm', (base: AdamW) => new WSAM(base, { maxNorm: 1 })],
])('%s leaves out what its base leaves out, and goes on', async (_, around) => {
  const [v, w] = [one(), one()];
  const optimizer = own(around(new AdamW({ learningRate: 0.1, transforms: [skipNonFinite()] })));
  const step = (factor: number): void =>
    void optimizer.minimize(
      () => tf.add(tf.sum(tf.square(tf.mul(v, [factor, 1]))), tf.sum(tf.square(w))),
      false,
      [v, w],
    );
  step(2);
  const before = [await read(v), await read(w)];
  // Where LookSAM goes to q, too.
  for (let i = 0; i < 3; i++) step(NaN);
  expect([await read(v), await read(w)]).toEqual(before);
  for (let i = 0; i < 4; i++) {
    const last = await read(v);
    step(2);
    const next = await read(v);
    expect(next).not.toEqual(last);
    expect(next.every((x) => Math.abs(x) < 1)).toBe(true);
  }
});

it.runIf(!isAtHand)(
  'is refused where the device would have to be waited for, and nothing changes',
  async () => {
    const v = one();
    const optimizer = own(new AdamW({ transforms: [skipNonFinite({ countSkipped: false })] }));
    expect(() => tf.tidy(() => optimizer.applyGradients({ [v.name]: tf.tensor([1, 1]) }))).toThrow(
      new RangeError(
        `skipNonFinite: countSkipped must be true on backend ${inject('backend')}, which would have to be waited for in every step, got false`,
      ),
    );
    expect([optimizer.iterations, await read(v)]).toEqual([0, [1, 1]]);
  },
);
