// SPDX-License-Identifier: Apache-2.0
// What PyTorch has begun goes on here, and what is written back is what PyTorch would have written.

import { AdaGrad } from '@optim/adagrad';
import { Adam, AdamW } from '@optim/adamw';
import type { BaseOptimizer } from '@optim/core';
import { NAdam } from '@optim/nadam';
import { RAdam } from '@optim/radam';
import { RMSProp } from '@optim/rmsprop';
import { SGDW } from '@optim/sgdw';
import { describe, expect, it } from 'vitest';
import { fromTorch, readSafetensors, toTorch, writeSafetensors } from '../src/index.js';
import { bytesIn, deviation, goOn, headerOf, recordingIn, tableOf } from './fixtures.js';
import { offBy } from './numbers.js';

interface Class {
  new (options: never): BaseOptimizer;
  readonly className: string;
}

const isTorch = true;

/** Six steps, each rounded a few times there and here: eight units in the last place of float32. */
const tolerance = 1e-6;

const classes: readonly [string, Class][] = [
  ['torch-Adagrad', AdaGrad],
  ['torch-Adam', Adam],
  ['torch-AdamW', AdamW],
  ['torch-AdamWamsgrad', AdamW],
  ['torch-NAdam', NAdam],
  ['torch-RAdam', RAdam],
  ['torch-RMSprop', RMSProp],
  ['torch-SGD', SGDW],
];

describe.each(classes)('%s', (name, Class) => {
  const recording = recordingIn(name);
  const bytes = bytesIn(`${name}.safetensors`);
  const parameters = tableOf(recording);
  const read = (): ReturnType<typeof fromTorch> => fromTorch(bytes, Class, { parameters });

  it('goes on as PyTorch does', async () => {
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

  it('after six steps here is what PyTorch has after six', async () => {
    const { options } = read();
    const optimizer = new Class(options as never);
    const { state } = await goOn(recording, optimizer, { from: 0, to: 6, isTorch });
    const { parameterGroups = [] } = options;
    const written = readSafetensors(toTorch(state, { parameters, parameterGroups }));
    const want = readSafetensors(bytes);
    expect([...written.tensors.keys()]).toEqual([...want.tensors.keys()]);
    for (const [key, tensor] of want.tensors) {
      const { dtype, shape, data } = written.tensors.get(key)!;
      expect([dtype, shape], key).toEqual([tensor.dtype, tensor.shape]);
      expect(offBy(data as Float32Array, tensor.data as Float32Array), key).toBeLessThan(tolerance);
    }
    expect(JSON.parse(written.metadata['param_groups']!)).toEqual(JSON.parse(want.metadata['param_groups']!));
    expect(JSON.parse(written.metadata['names']!)).toEqual(JSON.parse(want.metadata['names']!));
    expect(written.metadata['optimizer']).toBe(want.metadata['optimizer']);
  });

  it('comes back byte for byte, but for the metadata, whose order and spaces Python chooses', () => {
    const { options, state } = read();
    const { parameterGroups = [] } = options;
    const written = toTorch(state, { parameters, parameterGroups });
    const { metadata, tensors } = readSafetensors(written);
    const own = readSafetensors(bytes);
    // π is made anew from the options.
    const again = new Map(
      [...tensors].map(([key, tensor]) => [key, key.endsWith('mu_product') ? own.tensors.get(key)! : tensor]),
    );
    expect(writeSafetensors({ tensors: again, metadata: own.metadata })).toEqual(bytes);
    expect(Object.keys(metadata).sort()).toEqual(Object.keys(own.metadata).sort());
    expect(headerOf(written).length % 8).toBe(0);
  });

  it('is written and read by index, too', () => {
    const { options, state } = read();
    const numbered = Object.fromEntries(Object.values(parameters).map((variable, i) => [i, variable]));
    const { parameterGroups = [] } = options;
    const written = toTorch(state, { parameters: numbered, parameterGroups });
    expect(readSafetensors(written).metadata['names']).toBeUndefined();
    expect(fromTorch(written, Class.className, { parameters: numbered }).state).toEqual(state);
  });
});

it('keeps the groups: their decays, and which parameters are in them', () => {
  const recording = recordingIn('torch-AdamW');
  const parameters = tableOf(recording);
  const { options } = fromTorch(bytesIn('torch-AdamW.safetensors'), AdamW, { parameters });
  const { parameterGroups, weightDecay } = options as never as {
    parameterGroups: { match: RegExp; weightDecay: number }[];
    weightDecay: number;
  };
  expect(weightDecay).toBe(0.1);
  expect(parameterGroups.map((group) => group.weightDecay)).toEqual([0]);
  const { match } = parameterGroups[0]!;
  const names = Object.values(parameters);
  expect(names.filter((name) => match.test(name))).toEqual(['mine/conv/bias', 'mine/dense/bias']);
});
