// SPDX-License-Identifier: Apache-2.0

import { Amos, type AmosOptions } from '@optim/amos';
import { defineHook } from '@optim/core/authoring';
import { expectClose, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Amos.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new Amos(options), {
  check: async (optimizer, { scales }) => {
    for (const { name, slots } of (await optimizer.stateDict()).parameters)
      expectClose(`scale of ${name}`, slots['eta']!.data, [(scales as Record<string, number>)[name]!], 1e-6);
  },
});

/** Takes the step back, and leaves the decay. */
const decayOnly = defineHook('decayOnly', {}, () => ({ update: ({ start }) => ({ param: start! }) }));

describe('Amos', () => {
  // √ξ = √(ξη) = ½.
  const amos = (options: AmosOptions = {}): Amos =>
    new Amos({ learningRate: 0.25, beta: 0.5, scale: 1, ...options });

  it('steps by the scale, and decays, both the less the more it has decayed', async () => {
    // h·q = 1 for a constant gradient. γ = 1/16, u = ¼ + 2/32, b = 1/16.
    const p = 2 - 0.3125;
    const c = 1 / Math.sqrt(1 + 0.5 / 16);
    const d = 1 / (1 + 0.25 / 16);
    const second = p - d * (0.25 + (c / 32) * p);
    const options = { cCoef: 1, dCoef: 0.5 };
    expectWalk(await walk(amos(options), [2], [[3], [3]]), [[p], [second]]);
    // The step is of the scale's size, the decay is not: ξ·η = 1, γ = 1/16.
    expectWalk(await walk(amos({ scale: 4 }), [2], [[-3]]), [[3 - 2 / 32]]);
  });

  it('averages the updates, decay included', async () => {
    // m = ½·0.3125; then ½m + ½u.
    const first = 0.3125 / 2;
    const p = 2 - first;
    const c = 1 / Math.sqrt(1 + 0.125 / 16);
    const d = 1 / (1 + 0.125 / 16);
    const u = d * (0.25 + (c / 32) * p);
    expectWalk(await walk(amos({ momentum: 0.5 }), [2], [[3], [3]]), [[p], [p - first / 2 - u / 2]]);
  });

  it('clips the elements of the gradient before anything else', async () => {
    const options: AmosOptions = { reduction: 'tensor', clipValue: 1 };
    // q = 1, where without the clipping it is 12.5.
    expectWalk(await walk(amos(options), [0, 0], [[3, -4]]), [[-0.25, 0.25]]);
    const q = Math.sqrt(12.5);
    expectWalk(await walk(amos({ reduction: 'tensor' }), [0, 0], [[3, -4]]), [[-0.75 / q, 1 / q]]);
  });

  it('stays finite without a gradient, and decays by extraL2 alone then', async () => {
    expectWalk(await walk(amos({ extraL2: 0.125 }), [2, -4], [[0, 0]]), [[1.75, -3.5]]);
    expect(await walk(amos(), [2, -4], [[0, 0]])).toEqual([[2, -4]]);
  });

  it('tells hooks the step from the decay', async () => {
    expectWalk(await walk(amos({ transforms: [decayOnly()] }), [2], [[3]]), [[2 - 2 / 32]]);
  });

  it('goes on after a schedule that gives 0', async () => {
    const optimizer = amos({ learningRate: (step) => 0.25 * step });
    expectWalk(await walk(optimizer, [2], [[3], [3]]), [[2], [2 - 0.3125]]);
  });
});

/** One step of variables of these shapes, and the slots after it. */
async function slotsOf(
  optimizer: Amos,
  shapes: Record<string, number[]>,
): Promise<Record<string, Record<string, { shape: readonly number[]; data: ArrayLike<number> }>>> {
  const variables = Object.entries(shapes).map(([name, shape]) =>
    tf.tidy(() => tf.variable(tf.zeros(shape), true, name)),
  );
  try {
    tf.tidy(() => optimizer.applyGradients(variables.map((x) => ({ name: x.name, tensor: tf.onesLike(x) }))));
    const { parameters } = await optimizer.stateDict();
    return Object.fromEntries(parameters.map(({ name, slots }) => [name, slots]));
  } finally {
    tf.dispose(variables);
    optimizer.dispose();
  }
}

const shapes = { gain: [], bias: [3], kernel: [4, 3], filter: [2, 1, 3, 2] };

describe('Amos: reduction', () => {
  it.each([
    ['none', { gain: [], bias: [3], kernel: [4, 3], filter: [2, 1, 3, 2] }],
    ['unit', { gain: [], bias: [], kernel: [1, 3], filter: [1, 1, 1, 2] }],
    ['tensor', { gain: [], bias: [], kernel: [], filter: [] }],
    [
      // By name, of two variables of one shape too.
      (name: string, shape: readonly number[]) => (name === 'kernel' ? [4, 1] : shape),
      { gain: [], bias: [3], kernel: [4, 1], filter: [2, 1, 3, 2], other: [4, 3] },
    ],
  ] as const)('%s', async (reduction, want) => {
    const slots = await slotsOf(
      new Amos({ reduction }),
      'other' in want ? { ...shapes, other: [4, 3] } : shapes,
    );
    for (const slot of ['v', 'b'])
      expect(
        Object.fromEntries(Object.entries(slots).map(([name, kept]) => [name, kept[slot]!.shape])),
      ).toEqual(want);
  });

  it('by a function must stretch to the variable', async () => {
    for (const wrong of [[3], [2, 3], [4, 3, 1], 1 as unknown as number[]])
      await expect(slotsOf(new Amos({ reduction: () => wrong }), { kernel: [4, 3] })).rejects.toThrow(
        `Amos: reduction of "kernel" must be [] or [4, 3] with some axes 1, got `,
      );
    const slots = await slotsOf(new Amos({ reduction: () => [] }), { kernel: [4, 3] });
    expect(slots['kernel']!['v']!.shape).toEqual([]);
  });
});

describe('Amos: scale', () => {
  const etas = async (options: AmosOptions): Promise<number[]> =>
    Object.values(await slotsOf(new Amos(options), shapes)).map((slots) => slots['eta']!.data[0]!);

  it.each([
    // 0.5, or √(2/fanIn).
    [null, [0.5, 0.5, Math.sqrt(2 / 4), Math.sqrt(2 / 6)]],
    [0.25, [0.25, 0.25, 0.25, 0.25]],
    [{ gain: 1, bias: 2, kernel: 3, filter: 4, none: 5 }, [1, 2, 3, 4]],
    [(name: string, shape: readonly number[]) => name.length + shape.length, [4, 5, 8, 10]],
  ])('%o', async (scale, want) => {
    expectClose('scales', await etas({ scale }), want, 1e-6);
  });

  it('may differ between groups', async () => {
    const parameterGroups = [{ match: /bias/, scale: 7 }];
    expectClose('scales', await etas({ scale: 1, parameterGroups }), [1, 7, 1, 1], 1e-6);
  });

  it('must be there and positive for every variable', async () => {
    await expect(etas({ scale: { gain: 1, kernel: 3, filter: 4 } })).rejects.toThrow(
      new RangeError('Amos: scale of "bias" must be in (0, ∞), got undefined'),
    );
    await expect(etas({ scale: (name) => (name === 'filter' ? 0 : 1) })).rejects.toThrow(
      new RangeError('Amos: scale of "filter" must be in (0, ∞), got 0'),
    );
  });

  it('is saved with the names of the record as they are; a function cannot be saved', () => {
    const scale = { 'dense_Dense1/kernel': 0.5, bias_1: 2 };
    const optimizer = new Amos({ scale });
    const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as tf.serialization.ConfigDict;
    const again = Amos.fromConfig(Amos as tf.serialization.SerializableConstructor<Amos>, config).getConfig();
    expect(again).toEqual(optimizer.getConfig());
    expect(config['scale']).toEqual({
      entries: [
        { name: 'dense_Dense1/kernel', value: 0.5 },
        { name: 'bias_1', value: 2 },
      ],
    });
    optimizer.dispose();
    for (const [name, options] of Object.entries<AmosOptions>({
      scale: { scale: () => 1 },
      reduction: { reduction: () => [] },
    })) {
      const functional = new Amos(options);
      expect(() => functional.getConfig()).toThrow(`Amos: ${name}: a plain function cannot be saved`);
      functional.dispose();
    }
  });
});

describe('Amos refuses', () => {
  const scale = 'scale must be in (0, ∞), a record of such numbers by variable name, a function, or null';
  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ beta: 1 }, 'beta must be in [0, 1), got 1'],
    [{ scale: 0 }, `${scale}, got 0`],
    [{ scale: { bias: -1 } }, `${scale}, got an object (Object)`],
    [
      { reduction: 'rows' as 'unit' },
      `reduction must be one of 'none', 'unit', 'tensor', or a function, got "rows"`,
    ],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ clipValue: 0 }, 'clipValue must be in (0, ∞), or null, got 0'],
    [{ cCoef: -1 }, 'cCoef must be in [0, ∞), got -1'],
    [{ dCoef: -1 }, 'dCoef must be in [0, ∞), got -1'],
    [{ extraL2: -1 }, 'extraL2 must be in [0, ∞), got -1'],
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
  ])('%o', (options, message) => {
    expect(() => new Amos(options)).toThrow(new RangeError(`Amos: ${message}`));
  });

  it('a weight decay: it has its own', () => {
    expect(() => new Amos({ weightDecay: 0.1 } as never)).toThrow('Amos: unknown option "weightDecay"');
  });
});
