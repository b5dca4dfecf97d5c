// SPDX-License-Identifier: Apache-2.0

import type * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scheduleFromConfig } from '../src/index.js';
import { custom, defineSchedule, hyper, isSchedule, real, type Schedule } from '../src/authoring.js';
import { Heavy, close, read, step, variable } from './rules.js';

const linear: (options: { from?: number; slope: number }) => Schedule = defineSchedule<{
  from?: number;
  slope: number;
}>(
  'testLinear',
  { from: real('[-∞, ∞]', 1), slope: real('(-∞, ∞)') },
  ({ from, slope }) =>
    (step) =>
      from + slope * step,
);
const nested: (options: { inner: Schedule }) => Schedule = defineSchedule<{ inner: Schedule }>(
  'testNested',
  { inner: hyper('(-∞, ∞)') },
  ({ inner }) =>
    (step) =>
      2 * inner(step),
);
const byName: (options: { values: Record<string, number> }) => Schedule = defineSchedule<{
  values: Record<string, number>;
}>(
  'testByName',
  { values: custom('a record of numbers', (value) => typeof value === 'object') },
  ({ values }) =>
    () =>
      Math.max(...Object.values(values)),
);

describe('a schedule', () => {
  it('is a function of the step that carries what it was made of', () => {
    const schedule = nested({ inner: linear({ slope: -0.25 }) });
    expect([0, 1, 2].map(schedule)).toEqual([2, 1.5, 1]);
    expect(schedule.config).toEqual({
      schedule: 'testNested',
      options: { inner: { schedule: 'testLinear', options: { slope: -0.25 } } },
    });
    const again = scheduleFromConfig(JSON.parse(JSON.stringify(schedule.config)));
    expect([0, 1, 2].map(again)).toEqual([2, 1.5, 1]);
    expect(isSchedule(again)).toBe(true);
  });

  it('carries infinities through JSON', () => {
    const { config } = linear({ from: -Infinity, slope: 0 });
    expect(JSON.parse(JSON.stringify(config))).toEqual({
      schedule: 'testLinear',
      options: { from: '-Infinity', slope: 0 },
    });
    expect(scheduleFromConfig(config!)(3)).toBe(-Infinity);
  });

  it('carries a record through what TensorFlow.js does to saved names, and keeps it as it was given', () => {
    const given = { 'dense_Dense1/kernel': 2, name: Infinity };
    const table = byName({ values: given });
    given.name = 3;
    expect(table(0)).toBe(Infinity);
    expect(JSON.parse(JSON.stringify(table.config))).toEqual({
      schedule: 'testByName',
      options: {
        values: {
          entries: [
            { name: 'dense_Dense1/kernel', value: 2 },
            { name: 'name', value: 'Infinity' },
          ],
        },
      },
    });
    const again = scheduleFromConfig(JSON.parse(JSON.stringify(table.config)));
    expect(again.config).toEqual(table.config);
    expect(again(0)).toBe(Infinity);
  });

  it('refuses wrong options, steps and names', () => {
    expect(() => linear({} as never)).toThrow(
      new TypeError('testLinear: slope is required and must be in (-∞, ∞)'),
    );
    expect(() => linear({ slope: 1 })(-1)).toThrow(
      new RangeError('testLinear: step must be in [0, ∞), got -1'),
    );
    expect(() => linear({ slope: 1 })(NaN)).toThrow(
      new RangeError('testLinear: step must be in [0, ∞), got NaN'),
    );
    expect(() => scheduleFromConfig({ schedule: 'none', options: {} })).toThrow(
      new RangeError(
        'schedule "none" is not defined; import it (for example from @optim/schedules) before loading',
      ),
    );
    expect(() => nested({ inner: (t) => t }).config).toThrow(
      new TypeError(
        'inner: a plain function cannot be saved; a schedule of @optim/schedules, or one made with defineSchedule, can',
      ),
    );
  });
});

describe('a learning rate', () => {
  let a: tf.Variable;
  let optimizer: Heavy;

  beforeEach(() => {
    a = variable('a', 1);
  });

  afterEach(() => {
    a.dispose();
    optimizer.dispose();
  });

  it('follows a schedule, from step 0', async () => {
    optimizer = new Heavy({ momentum: 0, learningRate: linear({ slope: -0.25 }) });
    expect(optimizer.learningRate).toBe(1);
    step(optimizer, a);
    expect(await read(a)).toEqual([0]);
    expect(optimizer.learningRate).toBe(0.75);
    step(optimizer, a);
    expect(await read(a)).toEqual([-0.75]);
  });

  it('goes on where its schedule was when it is loaded', async () => {
    optimizer = new Heavy({ momentum: 0, learningRate: linear({ slope: -0.25 }) });
    step(optimizer, a);
    const other = new Heavy({ momentum: 0 });
    await other.loadStateDict(await optimizer.stateDict());
    expect(other.learningRate).toBe(0.75);
    expect(other.getConfig()['learningRate']).toEqual({ schedule: 'testLinear', options: { slope: -0.25 } });
    step(other, a);
    expect(await read(a)).toEqual([-0.75]);
    other.dispose();
  });

  it('may be set to another number or schedule between steps', async () => {
    optimizer = new Heavy({ momentum: 0, learningRate: 1 });
    step(optimizer, a);
    optimizer.learningRate = 0.5;
    step(optimizer, a);
    optimizer.setLearningRate((t) => t / 10);
    step(optimizer, a);
    expect(await read(a)).toEqual(close(1 - 1 - 0.5 - 0.2));
    expect(optimizer.learningRate).toBe(0.3);
  });

  it('that leaves its range is refused, and nothing has changed', async () => {
    optimizer = new Heavy({ learningRate: linear({ slope: -1 }) });
    step(optimizer, a);
    step(optimizer, a);
    const before = await optimizer.stateDict();
    const value = await read(a);
    expect(() => step(optimizer, a)).toThrow(
      new RangeError('Heavy: learningRate at step 2 must be in [0, ∞), got -1'),
    );
    expect(await optimizer.stateDict()).toEqual(before);
    expect(await read(a)).toEqual(value);
    expect(() => (optimizer.learningRate = 'fast' as never)).toThrow(
      new TypeError('Heavy: learningRate must be a number or a schedule (in [0, ∞)), got "fast"'),
    );
    optimizer.learningRate = 0;
    step(optimizer, a);
    expect(await read(a)).toEqual(value);
  });
});
