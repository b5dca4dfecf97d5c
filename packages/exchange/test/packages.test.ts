// SPDX-License-Identifier: Apache-2.0
// Optimizers of other packages for PyTorch: what their formulas give after six steps goes on here, and comes back.

import { AdaFactor } from '@optim/adafactor';
import type { BaseOptimizer } from '@optim/core';
import { Lamb } from '@optim/lamb';
import { Lion } from '@optim/lion';
import { Prodigy } from '@optim/prodigy';
import { ScheduleFreeAdamW, ScheduleFreeSGD } from '@optim/schedulefree';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { fromTorch, readSafetensors, toTorch, writeSafetensors, type FileTensor } from '../src/index.js';
import { fromTorchLayout } from '../src/layout.js';
import { offBy } from './numbers.js';
import { adafactor, lamb, lion, prodigy, scheduleFree, type Kept, type Simulated } from './simulated.js';

const shapes = [[3, 2], [3]];
const parameters = { 'fc.weight': 'fc/kernel', 'fc.bias': 'fc/bias' };
const names = Object.values(parameters);

/** Numbers that nobody would mistake for others, in [-1, 1]. */
const numbers = (seed: number, shape: readonly number[]): number[] =>
  Array.from({ length: shape.reduce((x, y) => x * y) }, (_, i) =>
    Math.fround(Math.sin(7 * seed + 3 * i + 1)),
  );

const gradientsAt = (t: number): number[][] => shapes.map((shape, i) => numbers(20 * t + i, shape));

/** Float32 rounds what the formulas do not. */
const tolerance = 2e-6;

function begun(optimizer: Simulated): Kept[] {
  return shapes.map((shape, i) => {
    const p = numbers(i, shape);
    return { p, state: optimizer.start(p, shape) };
  });
}

/** The file that a script in Python would write. */
function fileOf(name: string, { group }: Simulated, all: readonly Kept[]): Uint8Array {
  const tensors = all.flatMap(({ state }, i) =>
    Object.entries(state).map(([key, { shape, data }]): [string, FileTensor] => [
      `state.${i}.${key}`,
      { dtype: 'F32', shape, data: Float32Array.from(data) },
    ]),
  );
  const text = JSON.stringify([{ ...group, params: [0, 1] }], (_, x: unknown) =>
    x === Infinity ? 'inf' : x,
  );
  return writeSafetensors({
    tensors: new Map(tensors),
    metadata: {
      optimizer: name,
      param_groups: text.replaceAll('"inf"', 'Infinity'),
      names: JSON.stringify(Object.keys(parameters)),
    },
  });
}

const ours = (data: readonly number[], i: number): tf.Tensor => {
  const block = fromTorchLayout(
    'test',
    { shape: shapes[i]!, data: Float32Array.from(data) },
    { layout: 'kernel', multiplier: 1 },
  );
  return tf.tensor(block.data, [...block.shape]);
};

/** Trains here, and compares with the parameters of the formulas at the end. */
async function train(
  optimizer: BaseOptimizer,
  start: readonly (readonly number[])[],
  [from, to]: readonly [number, number],
): Promise<{ found: Float32Array[]; state: Awaited<ReturnType<BaseOptimizer['stateDict']>> }> {
  const variables = start.map((p, i) => tf.tidy(() => tf.variable(ours(p, i), true, names[i])));
  for (let t = from + 1; t <= to; t++) {
    const gradients = gradientsAt(t).map((g, i) => ({ name: names[i]!, tensor: ours(g, i) }));
    optimizer.applyGradients(gradients);
    tf.dispose(gradients.map(({ tensor }) => tensor));
  }
  const found = await Promise.all(
    variables.map(async (variable) => Float32Array.from(await variable.data())),
  );
  const state = await optimizer.stateDict();
  tf.dispose(variables);
  optimizer.dispose();
  return { found, state };
}

interface Class {
  new (options: never): BaseOptimizer;
  readonly className: string;
}

const cases: readonly [string, string, Class, () => Simulated][] = [
  ['Lion', 'Lion', Lion, () => structured(lion)],
  ['Lamb with decay', 'Lamb', Lamb, () => lamb(0.1)],
  ['Lamb without', 'Lamb', Lamb, () => lamb(0)],
  ['Adafactor', 'Adafactor', AdaFactor, () => structured(adafactor)],
  ['Prodigy', 'Prodigy', Prodigy, () => structured(prodigy)],
  ['AdamWScheduleFree', 'AdamWScheduleFree', ScheduleFreeAdamW, () => scheduleFree(true)],
  ['SGDScheduleFree', 'SGDScheduleFree', ScheduleFreeSGD, () => scheduleFree(false)],
];

/** One with a group of its own. */
const structured = (optimizer: Simulated): Simulated => ({ ...optimizer, group: { ...optimizer.group } });

describe.each(cases)('%s', (_, name, Class, make) => {
  /** After six steps: the file, and the parameters; and these after twelve. */
  function simulated(): { bytes: Uint8Array; at6: number[][]; at12: number[][] } {
    const optimizer = make();
    const all = begun(optimizer);
    for (let t = 1; t <= 6; t++) optimizer.step(all, gradientsAt(t), t);
    const bytes = fileOf(name, optimizer, all);
    const at6 = all.map(({ p }) => [...p]);
    for (let t = 7; t <= 12; t++) optimizer.step(all, gradientsAt(t), t);
    return { bytes, at6, at12: all.map(({ p }) => [...p]) };
  }

  it('goes on as the formulas do', async () => {
    const { bytes, at6, at12 } = simulated();
    const { options, state } = fromTorch(bytes, Class, { parameters });
    const optimizer = new Class(options as never);
    await optimizer.loadStateDict(state);
    const { found } = await train(optimizer, at6, [6, 12]);
    const want = at12.map((p, i) => tf.tidy(() => ours(p, i).dataSync()));
    want.forEach((p, i) => expect(offBy(found[i]!, p), names[i]).toBeLessThan(tolerance));
  });

  it('after six steps here is what the formulas have after six', async () => {
    const { bytes } = simulated();
    const { options } = fromTorch(bytes, Class, { parameters });
    const { state } = await train(
      new Class(options as never),
      shapes.map((shape, i) => numbers(i, shape)),
      [0, 6],
    );
    const file = readSafetensors(toTorch(state, { parameters }));
    const want = readSafetensors(bytes);
    expect([...file.tensors.keys()]).toEqual([...want.tensors.keys()]);
    for (const [key, { shape, data }] of want.tensors) {
      // Made anew in every step.
      if (key.endsWith('.RMS')) continue;
      const found = file.tensors.get(key)!;
      expect(found.shape, key).toEqual(shape);
      expect(offBy(found.data as Float32Array, data as Float32Array), key).toBeLessThan(tolerance);
    }
  });

  it('comes back with the numbers and groups it had', () => {
    const { bytes } = simulated();
    const { state } = fromTorch(bytes, Class, { parameters });
    const written = toTorch(state, { parameters });
    expect(fromTorch(written, Class, { parameters }).state).toEqual(state);
    const want = readSafetensors(bytes).tensors;
    const found = readSafetensors(written).tensors;
    for (const [key, tensor] of want) if (!key.endsWith('.RMS')) expect(found.get(key), key).toEqual(tensor);
  });
});
