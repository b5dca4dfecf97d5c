// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import * as api from '../src/index.js';
import { factory, golden, make, notSchedules, schedules } from './golden.js';

/** An option as the sheet has it: its range, and its default unless it is required. */
type Row = readonly [range: string, byDefault?: number | null];

const rate: Row = ['[0, ∞)'];
const zeroRate: Row = ['[0, ∞)', 0];
const positive: Row = ['(0, ∞)'];
const count: Row = ['an integer in [1, ∞)'];
const countOrNone: Row = ['an integer in [0, ∞)'];
const noSteps: Row = ['an integer in [0, ∞)', 0];
const tenth: Row = ['(0, ∞)', 0.1];
const one: Row = ['(0, ∞)', 1];
const gammaToOne: Row = ['(0, 1]', 1];
const momentum = (byDefault: number): Row => ['[0, 1)', byDefault];
const beta2: Row = ['[0, 1)', 0.999];
const minToMax = { minLearningRate: zeroRate, maxLearningRate: rate };
const warmup = { ...minToMax, initialLearningRate: zeroRate, warmupSteps: noSteps };
const cycles = { minMomentum: momentum(0.8), maxMomentum: momentum(0.9), gamma: gammaToOne };

const tables: Record<string, Record<string, Row>> = {
  constant: { learningRate: rate },
  step: { learningRate: rate, stepSize: count, gamma: tenth },
  multiStep: { learningRate: rate, gamma: tenth },
  piecewiseConstant: {},
  exponential: { learningRate: rate, gamma: positive, decaySteps: one, endLearningRate: ['[0, ∞)', null] },
  inverseTime: { learningRate: rate, decayRate: rate, decaySteps: one },
  linear: { initialLearningRate: rate, endLearningRate: rate, totalSteps: count },
  polynomial: { learningRate: rate, endLearningRate: zeroRate, totalSteps: count, power: one },
  cosineAnnealing: { ...minToMax, totalSteps: count, exponent: one },
  cosineWarmRestarts: {
    ...minToMax,
    firstCycleSteps: count,
    cycleMultiplier: ['[1, ∞)', 1],
    gamma: gammaToOne,
  },
  cosineWarmupRestarts: {
    ...minToMax,
    firstCycleSteps: count,
    cycleMultiplier: one,
    warmupSteps: noSteps,
    gamma: gammaToOne,
  },
  cyclic: {
    minLearningRate: rate,
    maxLearningRate: rate,
    stepSizeUp: ['an integer in [1, ∞)', 2000],
    stepSizeDown: ['an integer in [1, ∞)', null],
    ...cycles,
  },
  oneCycle: {
    maxLearningRate: rate,
    totalSteps: ['an integer in [2, ∞)'],
    pctStart: ['(0, 1)', 0.3],
    divFactor: ['(0, ∞)', 25],
    finalDivFactor: ['(0, ∞)', 1e4],
    minMomentum: momentum(0.85),
    maxMomentum: momentum(0.95),
  },
  linearWithWarmup: { ...warmup, totalSteps: count },
  cosineWithWarmup: { ...warmup, totalSteps: count },
  polynomialWithWarmup: { ...warmup, totalSteps: count, power: one },
  inversePowerWithWarmup: { ...warmup, power: ['[0, ∞)', 0.5] },
  chebyshev: { learningRate: ['[0, ∞)', 1], totalSteps: count, lowerBound: tenth, upperBound: one },
  knee: { maxLearningRate: rate, warmupSteps: noSteps, exploreSteps: countOrNone, totalSteps: count },
  untunedLinearWarmup: { learningRate: ['[0, ∞)', 1], beta2 },
  untunedExponentialWarmup: { learningRate: ['[0, ∞)', 1], beta2 },
  ranger21: {
    learningRate: rate,
    totalSteps: count,
    beta2,
    warmupSteps: ['an integer in [0, ∞)', null],
    warmdownSteps: ['an integer in [0, ∞)', null],
    minLearningRate: ['[0, ∞)', 3e-5],
  },
  rex: { ...minToMax, totalSteps: count, beta: ['(0, 1]', 0.5] },
  warmupStableDecay: {
    ...warmup,
    warmupSteps: countOrNone,
    stableSteps: countOrNone,
    decaySteps: countOrNone,
  },
  inverseSquareRoot: {
    maxLearningRate: rate,
    warmupSteps: countOrNone,
    timescale: ['(0, ∞)', null],
    initialLearningRate: zeroRate,
  },
  noam: { modelSize: positive, warmupSteps: ['an integer in [1, ∞)', 4000], scale: one },
  proportional: { ...minToMax, maxValue: ['(-∞, ∞)'], minValue: ['(-∞, ∞)'] },
  reduceOnPlateau: {
    learningRate: rate,
    factor: ['(0, 1)', 0.1],
    patience: ['an integer in [0, ∞)', 10],
    threshold: ['[0, ∞)', 1e-4],
    cooldown: noSteps,
    minLearningRate: zeroRate,
    epsilon: ['[0, ∞)', 1e-8],
  },
  layerwiseDecay: {
    learningRate: rate,
    levels: ['an integer in [1, 10000]'],
    decay: ['(0, 1]', 0.75],
    minScale: ['[0, 1]', 0],
  },
  debertaV3LayerRates: {
    learningRate: ['[0, ∞)', 2e-5],
    headLearningRate: ['[0, ∞)', 1e-4],
    lowThreshold: ['an integer in [0, ∞)', 195],
    middleThreshold: ['an integer in [0, ∞)', 323],
    headStart: ['an integer in [0, ∞)', 390],
    weightDecay: ['[0, ∞)', 0.01],
  },
  withWarmup: { warmupSteps: countOrNone, initialLearningRate: zeroRate },
  join: {},
  scale: { factor: rate },
  multiply: {},
  perEpoch: { stepsPerEpoch: count },
};

/** Valid options of a schedule: its first golden case. */
function valid(name: string): Record<string, unknown> {
  const { options, parameterNames } = golden.find(({ schedule }) => schedule === name)!;
  return parameterNames ? { ...options, parameterNames } : { ...options };
}

/** Makes it with these options changed. `undefined` takes an option away. */
function attempt(name: string, changes: object): () => unknown {
  const options = { ...valid(name), ...changes };
  return () => (notSchedules.has(name) ? factory(name)(options) : make({ schedule: name, options }));
}

/** Numbers just outside a range such as `an integer in [1, ∞)`. */
function outside(range: string): number[] {
  const [, open, low, high, close] = /([[(])(.+), (.+)([\])])/.exec(range)!;
  const numbers = [NaN, Infinity, -Infinity];
  if (low !== '-∞') numbers.push(open === '[' ? Number(low) - 0.25 : Number(low), Number(low) - 1);
  if (high !== '∞') numbers.push(close === ']' ? Number(high) + 0.25 : Number(high));
  if (range.startsWith('an integer')) numbers.push(Number(low) + 0.5);
  return numbers;
}

const rows = Object.entries(tables).flatMap(([name, table]) =>
  Object.entries(table).map(([option, row]) => [name, option, row] as const),
);

it('knows every schedule', () => {
  expect(Object.keys(tables).sort()).toEqual([...new Set(golden.map(({ schedule }) => schedule))].sort());
});

describe('a number', () => {
  it.each(rows)('%s: %s', (name, option, [range, byDefault]) => {
    const words = range.startsWith('an integer') ? range : `in ${range}`;
    const orNull = byDefault === null ? ', or null' : '';
    for (const value of outside(range)) {
      expect(attempt(name, { [option]: value })).toThrow(
        new RangeError(`${name}: ${option} must be ${words}${orNull}, got ${value}`),
      );
    }
    expect(attempt(name, { [option]: '0.1' })).toThrow(
      new TypeError(`${name}: ${option} must be a number (${words}${orNull}), got "0.1"`),
    );
  });

  const required = rows.filter(([, , row]) => row[1] === undefined);
  it.each(required)('%s: %s is required', (name, option, [range]) => {
    const words = range.startsWith('an integer') ? range : `in ${range}`;
    const message = `${name}: ${option} is required and must be ${words}`;
    expect(attempt(name, { [option]: undefined })).toThrow(new TypeError(message));
  });
});

describe('a default', () => {
  const given = rows.filter(([name, , row]) => row[1] !== undefined && !notSchedules.has(name));
  it.each(given)('%s: %s', (name, option, [, byDefault]) => {
    // What the golden case gives beyond what is required would hide a default.
    const required = Object.keys(valid(name)).filter((key) => tables[name]![key]?.[1] === undefined);
    const options = Object.fromEntries(required.map((key) => [key, valid(name)[key]]));
    const steps = Array.from({ length: 60 }, (_, t) => t);
    const without = make({ schedule: name, options });
    const withIt = make({ schedule: name, options: { ...options, [option]: byDefault } });
    expect(steps.map(withIt)).toEqual(steps.map(without));
  });
});

describe('an enum or a flag', () => {
  it.each([
    ['cyclic', 'mode', "one of 'triangular', 'triangular2', 'expRange'"],
    ['oneCycle', 'annealStrategy', "one of 'cos', 'linear'"],
    [
      'warmupStableDecay',
      'cooldown',
      "one of '1-sqrt', 'linear', 'cosine', '1-square', 'mirrorCosine', 'exponential'",
    ],
    ['reduceOnPlateau', 'mode', "one of 'min', 'max'"],
    ['reduceOnPlateau', 'thresholdMode', "one of 'rel', 'abs'"],
  ])('%s: %s', (name, option, range) => {
    const start = `${name}: ${option} must be`;
    expect(attempt(name, { [option]: 'other' })).toThrow(new RangeError(`${start} ${range}, got "other"`));
    expect(attempt(name, { [option]: 1 })).toThrow(new TypeError(`${start} a string (${range}), got 1`));
  });

  it.each([
    ['exponential', 'staircase'],
    ['inverseTime', 'staircase'],
    ['polynomial', 'cycle'],
    ['oneCycle', 'threePhase'],
  ])('%s: %s', (name, option) => {
    const message = `${name}: ${option} must be a boolean (true or false), got 1`;
    expect(attempt(name, { [option]: 1 })).toThrow(new TypeError(message));
  });
});

describe('a list', () => {
  const increasing = 'strictly increasing positive integers';
  it.each([
    [
      'multiStep',
      'milestones',
      'non-negative integers in non-decreasing order',
      [[3, 2], [-1], [1.5], [NaN]],
    ],
    ['piecewiseConstant', 'boundaries', increasing, [[0, 1, 2], [5, 5], [5, 4], [1.5], [Infinity]]],
    ['piecewiseConstant', 'values', 'numbers in [0, ∞)', [[-1], [NaN], [Infinity]]],
    ['join', 'boundaries', increasing, [[0], [5, 5], [2.5]]],
  ])('%s: %s', (name, option, range, lists) => {
    const start = `${name}: ${option} must be`;
    for (const list of lists) {
      const shown = `[${list.join(', ')}]`;
      expect(attempt(name, { [option]: list })).toThrow(new RangeError(`${start} ${range}, got ${shown}`));
    }
    expect(attempt(name, { [option]: 3 })).toThrow(
      new TypeError(`${start} an array of numbers (${range}), got 3`),
    );
    expect(attempt(name, { [option]: ['3'] })).toThrow(
      new TypeError(`${start} an array of numbers (${range}), got ["3"]`),
    );
    const missing = `${name}: ${option} is required and must be ${range}`;
    expect(attempt(name, { [option]: undefined })).toThrow(new TypeError(missing));
  });

  it('of names', () => {
    const start = 'debertaV3LayerRates: parameterNames';
    const wrong = `${start} must be an array of strings (one name per parameter), got [1]`;
    expect(attempt('debertaV3LayerRates', { parameterNames: [1] })).toThrow(new TypeError(wrong));
    const missing = `${start} is required and must be one name per parameter`;
    expect(attempt('debertaV3LayerRates', { parameterNames: undefined })).toThrow(new TypeError(missing));
  });
});

describe('a schedule inside', () => {
  const five = 5 as unknown as () => number;
  const one = api.constant({ learningRate: 1 });
  const message = (name: string): string =>
    `${name}: schedule must be a schedule (a function of the step), got 5`;

  it('has to be a function', () => {
    expect(() => api.scale(five, 1)).toThrow(new TypeError(message('scale')));
    expect(() => api.perEpoch(five, 1)).toThrow(new TypeError(message('perEpoch')));
    expect(() => api.withWarmup(five, { warmupSteps: 1 })).toThrow(new TypeError(message('withWarmup')));
    expect(() => api.proportional(five, { maxLearningRate: 1, maxValue: 1, minValue: 0 })).toThrow(
      new TypeError(message('proportional')),
    );
    const many = 'schedules must be an array of schedules (at least one schedule), got [5]';
    expect(() => api.multiply([five])).toThrow(new TypeError(`multiply: ${many}`));
    expect(() => api.join({ schedules: [five], boundaries: [] })).toThrow(new TypeError(`join: ${many}`));
  });

  it('has to be there', () => {
    const none = 'schedules must be at least one schedule, got []';
    expect(() => api.multiply([])).toThrow(new RangeError(`multiply: ${none}`));
    expect(() => api.join({ schedules: [], boundaries: [] })).toThrow(new RangeError(`join: ${none}`));
    const missing = 'scale: schedule is required and must be a schedule (a function of the step)';
    expect(() => api.scale(undefined as never, 1)).toThrow(new TypeError(missing));
  });

  it('has one boundary fewer', () => {
    const message2 = 'join: boundaries must be one fewer than schedules (1), got [3, 4]';
    expect(() => api.join({ schedules: [one, one], boundaries: [3, 4] })).toThrow(new RangeError(message2));
    const message1 = 'join: boundaries must be one fewer than schedules (1), got []';
    expect(() => api.join({ schedules: [one, one], boundaries: [] })).toThrow(new RangeError(message1));
  });
});

describe('options that contradict each other', () => {
  const minAboveMax = Object.keys(tables).filter(
    (name) => 'minLearningRate' in tables[name]! && 'maxLearningRate' in tables[name]!,
  );

  it.each(minAboveMax)('%s: minLearningRate above maxLearningRate', (name) => {
    expect(minAboveMax).toHaveLength(11);
    const message = `${name}: minLearningRate must be at most maxLearningRate (0.1), got 0.2`;
    expect(attempt(name, { minLearningRate: 0.2, maxLearningRate: 0.1 })).toThrow(new RangeError(message));
  });

  it.each(['linearWithWarmup', 'cosineWithWarmup', 'polynomialWithWarmup'])(
    '%s: warm-up of all steps',
    (name) => {
      const message = `${name}: warmupSteps must be less than totalSteps (10), got 10`;
      expect(attempt(name, { warmupSteps: 10, totalSteps: 10 })).toThrow(new RangeError(message));
    },
  );

  it.each<[string, object, string]>([
    ['piecewiseConstant', { values: [1, 2] }, 'values must be one more than boundaries (4), got [1, 2]'],
    [
      'cosineWarmupRestarts',
      { firstCycleSteps: 5, warmupSteps: 5 },
      'warmupSteps must be less than firstCycleSteps (5), got 5',
    ],
    [
      'cyclic',
      { minMomentum: 0.9, maxMomentum: 0.8 },
      'minMomentum must be at most maxMomentum (0.8), got 0.9',
    ],
    [
      'oneCycle',
      { minMomentum: 0.9, maxMomentum: 0.8 },
      'minMomentum must be at most maxMomentum (0.8), got 0.9',
    ],
    [
      'oneCycle',
      { totalSteps: 10, pctStart: 0.1 },
      'pctStart must be more than 1 / totalSteps (0.1), got 0.1',
    ],
    [
      'oneCycle',
      { threePhase: true, pctStart: 0.6 },
      'pctStart must be at most 0.5 with threePhase, got 0.6',
    ],
    ['inverseSquareRoot', { warmupSteps: 0 }, 'timescale must be given when warmupSteps is 0, got null'],
    ['chebyshev', { totalSteps: 6 }, 'totalSteps must be a power of two, got 6'],
    ['chebyshev', { lowerBound: 2 }, 'lowerBound must be at most upperBound (1), got 2'],
    [
      'knee',
      { warmupSteps: 5, exploreSteps: 6, totalSteps: 10 },
      'totalSteps must be at least warmupSteps + exploreSteps (11), got 10',
    ],
    [
      'ranger21',
      { learningRate: 1e-5 },
      'minLearningRate must be at most learningRate (0.00001), got 0.00003',
    ],
    ['ranger21', { warmdownSteps: 101 }, 'warmdownSteps must be at most totalSteps (100), got 101'],
    [
      'warmupStableDecay',
      { cooldown: 'exponential' },
      "minLearningRate must be above 0 with cooldown 'exponential', got 0",
    ],
    [
      'warmupStableDecay',
      { cooldown: 'exponential', maxLearningRate: 0 },
      "minLearningRate must be above 0 with cooldown 'exponential', got 0",
    ],
    ['proportional', { minValue: 3 }, 'minValue must be at most maxValue (2), got 3'],
    [
      'proportional',
      { minLearningRate: 0.1 },
      'minValue must be maxValue (2) where the rates are equal, got 1',
    ],
    [
      'reduceOnPlateau',
      { minLearningRate: 0.2 },
      'minLearningRate must be at most learningRate (0.1), got 0.2',
    ],
    ['reduceOnPlateau', { threshold: 1 }, "threshold must be below 1 with thresholdMode 'rel', got 1"],
    ['debertaV3LayerRates', { lowThreshold: 8 }, 'lowThreshold must be at most middleThreshold (7), got 8'],
    [
      'debertaV3LayerRates',
      { middleThreshold: 11 },
      'middleThreshold must be at most headStart (10), got 11',
    ],
  ])('%s %j', (name, changes, message) => {
    expect(attempt(name, changes)).toThrow(new RangeError(`${name}: ${message}`));
  });
});

describe('momentum', () => {
  it.each(['cyclicMomentum', 'oneCycleMomentum'])(
    '%s refuses what its rate refuses, under its own name',
    (name) => {
      const options = { ...valid(name.replace('Momentum', '')), minMomentum: 0.9, maxMomentum: 0.8 };
      const message = `${name}: minMomentum must be at most maxMomentum (0.8), got 0.9`;
      expect(() => factory(name)(options)).toThrow(new RangeError(message));
    },
  );
});

describe('an unknown option', () => {
  // The options of the others are arguments of their own.
  const withOptions = Object.keys(tables).filter((name) => !['scale', 'multiply', 'perEpoch'].includes(name));
  it.each(withOptions)('%s', (name) => {
    const message = `${name}: unknown option "nonsense"`;
    expect(attempt(name, { nonsense: 1 })).toThrow(new TypeError(message));
  });

  it('names the nearest known option', () => {
    const options = { maxLearningRate: 0.1, totalStep: 5 } as unknown as api.RexOptions;
    expect(() => api.rex(options)).toThrow(
      new TypeError('rex: unknown option "totalStep" (did you mean "totalSteps"?)'),
    );
    const none = null as unknown as api.RexOptions;
    expect(() => api.rex(none)).toThrow(new TypeError('rex: options must be an object, got null'));
  });
});

describe('a step', () => {
  it.each(schedules.map((entry) => [entry.schedule, entry] as const))('of %s', (name, entry) => {
    const schedule = make(entry);
    for (const step of [-1, -0.5, NaN, Infinity]) {
      const message = `${name}: step must be in [0, ∞), got ${step}`;
      expect(() => schedule(step)).toThrow(new RangeError(message));
    }
  });
});
