// SPDX-License-Identifier: Apache-2.0
// JSON of optimizers and schedules at its limits.

import {
  createOptimizer,
  listOptimizers,
  multiply,
  scale,
  specOf,
  constant,
  layerConstraints,
  hiddenMatrices,
} from '@optim/all';
import { scheduleFromConfig } from '@optim/core';
import type { Schedule } from '@optim/options';
import { expect, it } from 'vitest';

const rate = constant({ learningRate: 0.1 });
const nested = (levels: number, around: (inner: Schedule) => Schedule): Schedule => {
  let schedule = rate;
  for (let i = 0; i < levels; i++) schedule = around(schedule);
  return schedule;
};

it('schedules nest as deeply as they can be read again, and no deeper', () => {
  const deepest = nested(39, (inner) => scale(inner, 0.9));
  const { config } = deepest;
  expect(scheduleFromConfig(JSON.parse(JSON.stringify(config)) as never)(7)).toBe(deepest(7));
  expect(deepest(7)).toBeCloseTo(0.1 * 0.9 ** 39, 10);
  expect(() => scale(deepest, 0.9)).toThrow(
    'scale: must nest at most 40 levels and 10000 schedules, got 41 and 41',
  );
  // Each is twice as many.
  expect(() => nested(14, (inner) => multiply([inner, inner]))).toThrow(
    'multiply: must nest at most 40 levels and 10000 schedules, got 27 and 16383',
  );
});

it('options of an optimizer that nest deeply are refused', () => {
  let learningRate: unknown = 0.1;
  for (let i = 0; i < 20_000; i++) learningRate = [learningRate];
  expect(() => createOptimizer({ name: 'AdamW', options: { learningRate } })).toThrow(
    /^@optim\/all: options\.learningRate\[0\].{100,300} must nest at most 100 levels$/,
  );
  const wrap = Array.from({ length: 101 }, () => ({ name: 'Lookahead' }));
  expect(() => createOptimizer({ name: 'AdamW', wrap })).toThrow(
    '@optim/all: wrap must be an array of { name, options }, at most 100',
  );
  expect(() => listOptimizers('*a'.repeat(1e6))).toThrow('@optim/all: pattern must have at most 100 letters');
});

it('options of an optimizer are as many as JSON of a sensible length has, however few objects stand for them', () => {
  const nest = (around: (inner: unknown) => unknown): unknown => {
    let value: unknown = constant({ learningRate: 0.1 }).config;
    for (let i = 0; i < 30; i++) value = around(value);
    return value;
  };
  for (const beta1 of [
    nest((inner) => [inner, inner]),
    nest((inner) => ({ a: inner, b: inner })),
    nest((inner) => ({ schedule: 'multiply', options: { schedules: [inner, inner] } })),
  ]) {
    const refusal = /^@optim\/all: options must have at most 100000 values, got .{20,200} beside them$/;
    expect(() => createOptimizer({ name: 'AdamW', options: { beta1 } })).toThrow(refusal);
    const hook = { hook: 'clipByGlobalNorm', options: { maxNorm: beta1 } };
    expect(() => createOptimizer({ name: 'AdamW', transforms: [hook] })).toThrow(refusal);
    const wrap = [{ name: 'Lookahead', options: { alpha: beta1 } }];
    expect(() => createOptimizer({ name: 'AdamW', wrap })).toThrow(refusal);
  }
});

it('a hook with a match comes back', () => {
  const transforms = [{ hook: 'maxNorm', options: { maxValue: 2, match: { name: 'kernel', flags: 'i' } } }];
  const optimizer = createOptimizer({ name: 'AdamW', transforms });
  const spec = specOf(optimizer);
  const again = createOptimizer(JSON.parse(JSON.stringify(spec)) as typeof spec);
  expect(specOf(again)).toEqual(spec);
  expect(spec.transforms![0]!.options).toMatchObject({ match: { name: 'kernel', flags: 'i' } });
  for (const each of [optimizer, again]) each.dispose();
});

it('what is no model is refused', () => {
  expect(() => layerConstraints({ weights: [5] })).toThrow(
    'layerConstraints: weights of model must be those of layers, got 5',
  );
  const read = (): object => ({ name: 'kernel' });
  expect(() => layerConstraints({ weights: [{ read, constraint: 5 }] })).toThrow(
    'layerConstraints: constraint of "kernel" must be one of MaxNorm, MinMaxNorm, NonNeg, UnitNorm, got 5',
  );
  const layer = { getClassName: () => 'Dense', weights: [], layer: 5 };
  expect(() => hiddenMatrices({ layers: [layer] } as never)).toThrow(
    'hiddenMatrices: model must have layers with weights, got an object (Object) among them',
  );
});
