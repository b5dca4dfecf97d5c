// SPDX-License-Identifier: Apache-2.0
// What Keras has begun goes on here, and what is written back is what Keras would have written.

import { AdaFactor } from '@optim/adafactor';
import { AdaGrad } from '@optim/adagrad';
import { Adam, AdamW } from '@optim/adamw';
import type { BaseOptimizer } from '@optim/core';
import { Lamb } from '@optim/lamb';
import { Lion } from '@optim/lion';
import { NAdam } from '@optim/nadam';
import { RMSProp } from '@optim/rmsprop';
import { SGDW } from '@optim/sgdw';
import { describe, expect, it } from 'vitest';
import { fromKeras, readNpz, toKeras, type ParameterTable } from '../src/index.js';
import { bytesIn, deviation, goOn, recordingIn, tableOf } from './fixtures.js';
import { offBy, without } from './numbers.js';

interface Class {
  new (options: never): BaseOptimizer;
  readonly className: string;
}

const isTorch = false;

/** Six steps, each rounded a few times there and here: eight units in the last place of float32. */
const tolerance = 1e-6;

/** Some of Keras take β₂ as float32, so that their 1 − β₂, and the average with it, is off: by 1.3e-5 of 0.001, 1e-6 of 0.01. */
const tolerances: Readonly<Record<string, number>> = { 'keras-Nadam': 1.5e-5, 'keras-Lion': 2e-6 };
const toleranceOf = (name: string): number => tolerances[name] ?? tolerance;

/** A product of momenta is made anew, a momentum of SGD divided by the rate and multiplied by it: one more rounding. */
const isRounded = (name: string): boolean => ['keras-Nadam', 'keras-SGD'].includes(name);

const classes: readonly [string, Class][] = [
  ['keras-Adagrad', AdaGrad],
  ['keras-Adam', Adam],
  ['keras-AdamW', AdamW],
  ['keras-Lamb', Lamb],
  ['keras-Lion', Lion],
  ['keras-Nadam', NAdam],
  ['keras-RMSprop', RMSProp],
  ['keras-SGD', SGDW],
];

describe.each(classes)('%s', (name, Class) => {
  const recording = recordingIn(name);
  const bytes = bytesIn(`${name}.npz`);
  const { config = {}, variables = [] } = recording;
  const parameters = tableOf(recording);
  const read = (): ReturnType<typeof fromKeras> => fromKeras(bytes, Class, { parameters, config, variables });

  it('goes on as Keras does', async () => {
    const { options, state } = read();
    const optimizer = new Class(options as never);
    await optimizer.loadStateDict(state);
    const { found } = await goOn(recording, optimizer, { from: 6, to: 12, isTorch });
    expect(deviation(recording, found, 12, isTorch)).toBeLessThan(tolerance);
  });

  it('would not without the state', async () => {
    const optimizer = new Class(read().options as never);
    const { found } = await goOn(recording, optimizer, { from: 6, to: 12, isTorch });
    expect(deviation(recording, found, 12, isTorch)).toBeGreaterThan(1e-3);
  });

  it('after six steps here is what Keras has after six', async () => {
    const { options } = read();
    const { state } = await goOn(recording, new Class(options as never), { from: 0, to: 6, isTorch });
    const written = toKeras(state, { parameters });
    const [found, want] = [readNpz(written.bytes), readNpz(bytes)];
    expect([...found.keys()]).toEqual([...want.keys()]);
    for (const [key, { dtype, shape, data }] of want) {
      expect([found.get(key)!.dtype, found.get(key)!.shape], key).toEqual([dtype, shape]);
      expect(offBy(found.get(key)!.data as Float32Array, data as Float32Array), key).toBeLessThan(
        toleranceOf(name),
      );
    }
    expect(written.config).toEqual(without(config, 'name'));
  });

  it('comes back byte for byte', () => {
    const written = toKeras(read().state, { parameters });
    if (isRounded(name)) {
      const [found, want] = [readNpz(written.bytes), readNpz(bytes)];
      expect([...found.keys()]).toEqual([...want.keys()]);
      for (const [key, { data }] of want)
        expect(offBy(found.get(key)!.data as Float32Array, data as Float32Array)).toBeLessThan(1.2e-7);
    } else expect(written.bytes).toEqual(bytes);
  });
});

describe('keras-Adafactor', () => {
  const recording = recordingIn('keras-Adafactor');
  const bytes = bytesIn('keras-Adafactor.npz');
  const { config = {}, variables = [] } = recording;
  // Keras factors the last two axes of the convolution, 2 × 4, and AdaFactor the longest two, 3 × 4.
  const parameters: ParameterTable = { ...tableOf(recording), 'conv/kernel': null };
  const names = recording.names.filter((name) => name !== 'conv/kernel');

  it('goes on as Keras does, but for kernels whose last two axes are not the longest', async () => {
    const { options, state } = fromKeras(bytes, AdaFactor, { parameters, config, variables });
    const optimizer = new AdaFactor(options as never);
    await optimizer.loadStateDict(state);
    const { found } = await goOn(recording, optimizer, { from: 6, to: 12, isTorch, names });
    expect(Object.keys(found)).toEqual(['conv/bias', 'dense/kernel', 'dense/bias']);
    expect(deviation(recording, found, 12, isTorch)).toBeLessThan(tolerance);
  });

  it('refuses those, naming the way out', () => {
    const whole = tableOf(recording);
    expect(() => fromKeras(bytes, AdaFactor, { parameters: whole, config, variables })).toThrow(
      'fromKeras: "conv/kernel": a factored moment must be of a tensor whose last two axes are the longest: leave it out by null, got [3, 3, 2, 4]',
    );
  });

  it('after six steps here is what Keras has after six, but for the product of means that a step makes anew', async () => {
    const { options } = fromKeras(bytes, AdaFactor, { parameters, config });
    const { state } = await goOn(recording, new AdaFactor(options as never), {
      from: 0,
      to: 6,
      isTorch,
      names,
    });
    const others = without(parameters, 'conv/kernel');
    const written = toKeras(state, { parameters: others });
    const found = [...readNpz(written.bytes).values()];
    const want = [...readNpz(bytes).values()];
    // Without the three variables of the convolution.
    want.splice(2, 3);
    expect(found.length).toBe(want.length);
    want.forEach(({ dtype, shape, data }, i) => {
      expect([found[i]!.dtype, found[i]!.shape]).toEqual([dtype, shape]);
      if (shape.length < 2)
        expect(offBy(found[i]!.data as Float32Array, data as Float32Array)).toBeLessThan(tolerance);
    });
    expect({ ...written.config, name: config['name'] }).toEqual({ ...config });
  });
});
