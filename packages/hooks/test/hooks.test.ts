// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { centralizeGradients, clipByGlobalNorm, clipByValue, skipNonFinite } from '@optim/hooks';
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

  it('hooks go with the optimizer through its configuration', () => {
    const optimizer = new AdamW({
      transforms: [centralizeGradients({ convOnly: true }), clipByGlobalNorm(2)],
    });
    const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as tf.serialization.ConfigDict;
    expect(config['transforms']).toEqual([
      { hook: 'centralizeGradients', options: { convOnly: true } },
      { hook: 'clipByGlobalNorm', options: { maxNorm: 2 } },
    ]);
    expect(AdamW.fromConfig(AdamW as never, config).getConfig()).toEqual(optimizer.getConfig());
  });
});
