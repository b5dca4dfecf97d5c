// SPDX-License-Identifier: Apache-2.0

import { AdamW, type AdamWOptions } from '@optim/adamw';
import type { Hook } from '@optim/core';
import {
  adaptiveGradientClipping,
  cautious,
  centralizeGradients,
  clipByGlobalNorm,
  clipByValue,
  normalizeGradients,
  normLoss,
  skipNonFinite,
  stableWeightDecay,
} from '@optim/hooks';
import { expectClose, walk } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** A plain gradient step of rate 1 cannot be had from AdamW, so its first step, of length learningRate, is used. */
function variable(values: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values)));
}

function apply(optimizer: tf.Optimizer, x: tf.Variable, gradient: number[]): void {
  const tensor = tf.tensor1d(gradient);
  optimizer.applyGradients({ [x.name]: tensor });
  tensor.dispose();
}

describe('clipByValue', () => {
  it('limits every element: m after one step is a tenth of the clipped gradient', async () => {
    const x = variable([0, 0, 0]);
    const optimizer = new AdamW({ transforms: [clipByValue(0.5)] });
    apply(optimizer, x, [3, -2, 0.25]);
    const { parameters } = await optimizer.stateDict();
    const m = Array.from(parameters[0]!.slots['m']!.data);
    [0.05, -0.05, 0.025].forEach((want, i) => expect(m[i]).toBeCloseTo(want, 7));
    tf.dispose(x);
    optimizer.dispose();
  });
});

describe('clipByGlobalNorm', () => {
  it('takes the norm over all parameters, and tells the norm before clipping', async () => {
    const [x, y] = [variable([0]), variable([0])];
    const optimizer = new AdamW({ transforms: [clipByGlobalNorm(1)] });
    const gradients = { [x.name]: tf.tensor1d([3]), [y.name]: tf.tensor1d([4]) };
    optimizer.applyGradients(gradients);
    const { parameters, globals } = await optimizer.stateDict();
    expect(globals['clipByGlobalNorm.norm']).toBe(5);
    expect(parameters[0]!.slots['m']!.data[0]).toBeCloseTo(0.06, 7);
    expect(parameters[1]!.slots['m']!.data[0]).toBeCloseTo(0.08, 7);
    tf.dispose([x, y]);
    tf.dispose(gradients);
    optimizer.dispose();
  });

  it('sees what the hooks before it made of the gradient', async () => {
    const x = variable([0]);
    const optimizer = new AdamW({ transforms: [clipByValue(2), clipByGlobalNorm({ maxNorm: 1 })] });
    apply(optimizer, x, [100]);
    expect((await optimizer.readGlobals())['clipByGlobalNorm.norm']).toBe(2);
    tf.dispose(x);
    optimizer.dispose();
  });
});

describe('skipNonFinite', () => {
  it.each([NaN, Infinity, -Infinity])(
    'a gradient with %d leaves parameter and slots alone, and is counted',
    async (bad) => {
      const x = variable([1, 2]);
      const optimizer = new AdamW({ learningRate: 0.1, transforms: [skipNonFinite(), clipByGlobalNorm(1)] });
      apply(optimizer, x, [0.5, -0.5]);
      const before = [await x.data(), (await optimizer.stateDict()).parameters[0]!.slots].map((part) =>
        structuredClone(part),
      );
      apply(optimizer, x, [0.5, bad]);
      const after = await optimizer.stateDict();
      expect([await x.data(), after.parameters[0]!.slots]).toEqual(before);
      expect(after.globals['skipNonFinite.skipped']).toBe(1);
      expect(after.globals['clipByGlobalNorm.norm']).toBeCloseTo(Math.SQRT1_2, 6);
      apply(optimizer, x, [0.5, -0.5]);
      expect((await x.data())[0]).toBeLessThan((before[0] as Float32Array)[0]!);
      expect((await optimizer.readGlobals())['skipNonFinite.skipped']).toBe(1);
      tf.dispose(x);
      optimizer.dispose();
    },
  );
});

/** A variable after one step of AdamW along a gradient, with ε = 0 a step of `learningRate`·sign g. */
async function after(
  transforms: Hook[],
  values: number[],
  gradient: number[],
  options: AdamWOptions = {},
): Promise<number[]> {
  const optimizer = new AdamW({ learningRate: 0.5, epsilon: 0, weightDecay: 0, ...options, transforms });
  return (await walk(optimizer, values, [gradient]))[0]!;
}

/** The first moment that AdamW keeps after one step, times ten: the gradient that it saw. */
async function seen(hook: Hook, param: tf.Tensor, grad: tf.Tensor): Promise<number[]> {
  const x = tf.variable(param);
  const optimizer = new AdamW({ transforms: [hook] });
  optimizer.applyGradients({ [x.name]: grad });
  const { m } = (await optimizer.stateDict()).parameters[0]!.slots;
  tf.dispose([x, param, grad]);
  optimizer.dispose();
  return Array.from(m!.data, (e) => 10 * e);
}

describe('adaptiveGradientClipping', () => {
  it('lets zero weights move, a fraction of ε', async () => {
    const hook = adaptiveGradientClipping({ clipping: 0.5, epsilon: 0.02 });
    expectClose('gradient', await seen(hook, tf.zeros([2]), tf.tensor([3, 4])), [0.006, 0.008], 1e-5);
  });

  it('leaves gradients of zero, and those at the limit, as they are', async () => {
    const zero = await seen(adaptiveGradientClipping(), tf.ones([2, 2]), tf.zeros([2, 2]));
    expect(zero).toEqual([0, 0, 0, 0]);
    const hook = adaptiveGradientClipping(1);
    expectClose('gradient', await seen(hook, tf.tensor([3, 4]), tf.tensor([4, 3])), [4, 3], 1e-6);
    expectClose('gradient', await seen(hook, tf.scalar(2), tf.scalar(-7)), [-2], 1e-6);
  });

  it('clips a convolution of rank 3 by its last axis', async () => {
    const hook = adaptiveGradientClipping(1);
    const got = await seen(hook, tf.ones([2, 2, 1]), tf.fill([2, 2, 1], 3));
    expectClose('gradient', got, [1, 1, 1, 1], 1e-6);
  });
});

describe('normalizeGradients', () => {
  it('leaves two elements alone, and divides a unit of one weight by ε', async () => {
    expectClose('pair', await seen(normalizeGradients(), tf.zeros([2]), tf.tensor([1, 3])), [1, 3], 1e-6);
    const hook = normalizeGradients({ useChannels: true, epsilon: 0.5 });
    expectClose('row', await seen(hook, tf.zeros([1, 2]), tf.tensor([[1, 3]])), [2, 6], 1e-6);
    expectClose(
      'row',
      await seen(normalizeGradients({ epsilon: 0.5 }), tf.zeros([1, 2]), tf.tensor([[1, 3]])),
      [1, 3],
      1e-6,
    );
  });

  it('makes nothing of a gradient of zero, without ε', async () => {
    expect(await seen(normalizeGradients({ epsilon: 0 }), tf.zeros([3]), tf.zeros([3]))).toEqual([0, 0, 0]);
  });
});

describe('normLoss', () => {
  it('pulls towards 1 from both sides, stays at 1, and leaves 0 where it is', async () => {
    const pulled = (values: number[]): Promise<number[]> =>
      after(
        [normLoss(0.5)],
        values,
        values.map(() => 0),
        { epsilon: 1e-8 },
      );
    // 1 − 2·0.5·0.5·(1 − 1/N)
    expectClose('N = 5', await pulled([3, 4]), [1.8, 2.4], 1e-6);
    expectClose('N = ½', await pulled([0.3, 0.4]), [0.45, 0.6], 1e-6);
    expectClose('N = 1', await pulled([0.6, 0.8]), [0.6, 0.8], 1e-6);
    expect(await pulled([0, 0])).toEqual([0, 0]);
  });

  it('acts after the decay of the optimizer and before its step', async () => {
    // 8·(1 − 0.5) = 4, to 1 − 0.5·(1 − ¼) of it, minus ½
    expectClose('x', await after([normLoss(0.5)], [8], [1], { weightDecay: 1 }), [2], 1e-6);
  });
});

describe('cautious', () => {
  it('stands still where nothing agrees', async () => {
    const turning = new AdamW({ learningRate: 0.5, weightDecay: 0, transforms: [cautious()] });
    const got = await walk(
      turning,
      [1, 1],
      [
        [4, 4],
        [-0.1, 0],
      ],
    );
    expectClose('first', got[0]!, [0.5, 0.5], 1e-6);
    expect(got[1]).toEqual(got[0]);
  });

  it('enlarges what agrees, a thousand times at most', async () => {
    const gradient = (few: number): number[] => Array.from({ length: 2000 }, (_, i) => (i < few ? 1 : 0));
    const factor = async (few: number, hook: Hook): Promise<number> => {
      const zeros = gradient(0);
      return -(await after([hook], zeros, gradient(few), { epsilon: 1e-8 }))[0]! / 0.5;
    };
    expect(await factor(500, cautious())).toBeCloseTo(4, 4);
    expect(await factor(1, cautious())).toBeCloseTo(1000, 1);
    expect(await factor(2000, cautious())).toBeCloseTo(1, 5);
    expect(await factor(499, cautious({ scaling: 'paper' }))).toBeCloseTo(4, 4);
    expect(await factor(1999, cautious({ scaling: 'paper' }))).toBeCloseTo(1, 5);
  });
});

describe('stableWeightDecay', () => {
  it('waits while all gradients have been zero, and tells S', async () => {
    const optimizer = new AdamW({ learningRate: 0.5, weightDecay: 0, transforms: [stableWeightDecay(0.4)] });
    const [x, y] = [variable([2, 2]), variable([1])];
    apply(optimizer, x, [0, 0]);
    expect([...(await x.data())]).toEqual([2, 2]);
    expect(await optimizer.readGlobals()).toEqual({ 'stableWeightDecay.S': 0 });
    const gradients = { [x.name]: tf.tensor1d([0, 0]), [y.name]: tf.tensor1d([3]) };
    optimizer.applyGradients(gradients);
    // v̂ = 0, 0, 9: S = √3; y goes to 1·(1 − 0.2/√3) − ½
    expect((await optimizer.readGlobals())['stableWeightDecay.S']).toBeCloseTo(Math.sqrt(3), 6);
    expectClose('x', await x.data(), [2 - 0.4 / Math.sqrt(3), 2 - 0.4 / Math.sqrt(3)], 1e-5);
    expectClose('y', await y.data(), [0.5 - 0.2 / Math.sqrt(3)], 1e-5);
    tf.dispose([x, y, gradients]);
    optimizer.dispose();
  });

  it('takes the largest moment of AMSGrad', async () => {
    const hook = stableWeightDecay(0.4);
    const optimizer = new AdamW({
      learningRate: 0.5,
      beta2: 0.5,
      amsgrad: true,
      weightDecay: 0,
      transforms: [hook],
    });
    const x = variable([2]);
    apply(optimizer, x, [4]);
    apply(optimizer, x, [1]);
    // v = 8, then 4.5; x̂ = 8/¾
    expect((await optimizer.readGlobals())['stableWeightDecay.S']).toBeCloseTo(Math.sqrt(8 / 0.75), 5);
    x.dispose();
    optimizer.dispose();
  });

  it('may turn the sign of weights', async () => {
    // S = 1: 2·(1 − 0.5·4) − ½
    expectClose('x', await after([stableWeightDecay(4)], [2], [1]), [-2.5], 1e-5);
  });

  it('with momentum divides by 1 − momentum; with dampening 1 it is off', async () => {
    const form = { weightDecay: 0.2, momentum: 0.5 };
    expectClose('x', await after([stableWeightDecay(form)], [2], [1]), [2 * 0.8 - 0.5], 1e-6);
    const off = stableWeightDecay({ ...form, dampening: 1 });
    expectClose('x', await after([off], [2], [1]), [1.5], 1e-6);
  });

  it('needs a gradient in every step', () => {
    const optimizer = new AdamW({ transforms: [stableWeightDecay(0.1)] });
    expect(() => optimizer.applyGradients([])).toThrow(
      new RangeError('AdamW: a step needs at least one gradient, got none'),
    );
    optimizer.dispose();
  });
});

describe('options', () => {
  it('a hook refuses what it does not know, by name', () => {
    expect(() => clipByGlobalNorm(0)).toThrow('clipByGlobalNorm: maxNorm must be in (0, ∞), got 0');
    expect(() => clipByGlobalNorm({ maxNorm: NaN })).toThrow(RangeError);
    expect(() => clipByGlobalNorm({ maxNrm: 1 } as never)).toThrow(
      'clipByGlobalNorm: unknown option "maxNrm" (did you mean "maxNorm"?)',
    );
    expect(() => clipByValue(-1)).toThrow('clipByValue: maxValue must be in (0, ∞), got -1');
    expect(() => clipByValue({} as never)).toThrow('clipByValue: maxValue is required and must be in (0, ∞)');
    expect(() => centralizeGradients({ convOnly: 1 } as never)).toThrow(TypeError);
  });

  const refused: Readonly<Record<string, () => Hook>> = {
    'adaptiveGradientClipping: clipping must be in (0, ∞), got 0': () => adaptiveGradientClipping(0),
    'adaptiveGradientClipping: epsilon must be in [0, ∞), got -1': () =>
      adaptiveGradientClipping({ epsilon: -1 }),
    'normalizeGradients: epsilon must be in [0, ∞), got NaN': () => normalizeGradients({ epsilon: NaN }),
    'normLoss: factor must be in [0, ∞), got -1': () => normLoss(-1),
    'normLoss: epsilon must be in (0, ∞), got 0': () => normLoss({ epsilon: 0 }),
    [`cautious: scaling must be one of 'mean', 'paper', got "median"`]: () =>
      cautious({ scaling: 'median' as 'mean' }),
    'stableWeightDecay: weightDecay must be in [0, ∞), got -1': () => stableWeightDecay(-1),
    'stableWeightDecay: momentum must be in [0, 1), or null, got 1': () =>
      stableWeightDecay({ weightDecay: 1, momentum: 1 }),
    'stableWeightDecay: dampening must be in [0, 1], got 2': () =>
      stableWeightDecay({ weightDecay: 1, momentum: 0, dampening: 2 }),
    'stableWeightDecay: dampening must be 0 without momentum, got 0.5': () =>
      stableWeightDecay({ weightDecay: 1, dampening: 0.5 }),
  };

  it.each(Object.entries(refused))('%s', (message, make) => {
    expect(make).toThrow(new RangeError(message));
  });

  it('a strength is required, a flag is a boolean', () => {
    expect(() => stableWeightDecay({} as never)).toThrow(
      new TypeError('stableWeightDecay: weightDecay is required and must be in [0, ∞)'),
    );
    expect(() => normalizeGradients({ useChannels: 1 as never })).toThrow(TypeError);
  });

  it('hooks go with the optimizer through its configuration', () => {
    const optimizer = new AdamW({
      transforms: [
        centralizeGradients({ convOnly: true, exclude: /^embedding_/ }),
        clipByGlobalNorm(2),
        stableWeightDecay(1e-3),
        cautious(),
      ],
    });
    const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as tf.serialization.ConfigDict;
    expect(config['transforms']).toEqual([
      {
        hook: 'centralizeGradients',
        options: { convOnly: true, exclude: { name: '^embedding_', flags: '' } },
      },
      { hook: 'clipByGlobalNorm', options: { maxNorm: 2 } },
      { hook: 'stableWeightDecay', options: { weightDecay: 1e-3 } },
      { hook: 'cautious', options: {} },
    ]);
    expect(AdamW.fromConfig(AdamW as never, config).getConfig()).toEqual(optimizer.getConfig());
  });
});
