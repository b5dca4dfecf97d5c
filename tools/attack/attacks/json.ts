// SPDX-License-Identifier: Apache-2.0
// Optimizers as JSON, changed at every place; lists and descriptions; what looks at models; schedules of schedules.

import { scheduleFromConfig } from '@optim/core';
import type { Schedule } from '@optim/options';
import * as hooks from '@optim/hooks';
import * as schedules from '@optim/schedules';
import * as umbrella from '../../../packages/all/src/index.js';
import { at, changed, gone, hostile, isRecord, placesIn, type Hostile } from '../hostile.js';
import { Wrong, type Judge } from '../judge.js';
import type { Random } from '../random.js';
import { stepOnce } from '../subjects.js';

type Given = (...given: unknown[]) => unknown;
type Call = readonly [name: string, what: string, call: () => unknown, taken?: (made: unknown) => unknown];

const table = { ...umbrella, ...hooks } as unknown as Readonly<Record<string, Given>>;

/** An optimizer as JSON, with something at every place. */
const spec = {
  name: 'AdamW',
  options: {
    learningRate: {
      schedule: 'withWarmup',
      options: { schedule: { schedule: 'constant', options: { learningRate: 0.01 } }, warmupSteps: 3 },
    },
    beta1: 0.9,
    parameterGroups: [{ match: { name: 'bias', flags: '' }, weightDecay: 0 }],
  },
  transforms: [
    { hook: 'clipByGlobalNorm', options: { maxNorm: 1 } },
    { hook: 'maxNorm', options: { maxValue: 2, match: { name: 'kernel', flags: 'i' } } },
  ],
  wrap: [{ name: 'Lookahead', options: { alpha: 0.5 } }, { name: 'SAM' }],
};
const decaying = { ...spec, options: { beta1: 0.9 }, noDecay: ['bias$'] };

/** What nests so many levels. */
function nested(levels: number, around: (inner: unknown) => unknown, inner: unknown): unknown {
  let value = inner;
  for (let i = 0; i < levels; i++) value = around(value);
  return value;
}

const constant = { schedule: 'constant', options: { learningRate: 0.1 } };
const scaled = (schedule: unknown): unknown => ({ schedule: 'scale', options: { schedule, factor: 1 } });
const doubled = (schedule: unknown): unknown => ({
  schedule: 'multiply',
  options: { schedules: [schedule, schedule] },
});

const deep: readonly Hostile[] = [
  ...[30, 60, 1000, 20_000].map((levels): Hostile => [
    `${levels} schedules`,
    nested(levels, scaled, constant),
  ]),
  ['20,000 objects', nested(20_000, (a) => ({ a }), 1)],
  ['20,000 entries', nested(20_000, (value) => ({ entries: [{ name: 'a', value }] }), 1)],
  [
    '100,000 objects in a row',
    Array.from({ length: 1e5 }, () => ({
      name: 'SAM',
      hook: 'clipByGlobalNorm',
      match: { name: 'x', flags: '' },
    })),
  ],
  ['1000 wrappers', Array.from({ length: 1000 }, () => ({ name: 'Lookahead' }))],
];

function* specs(): Generator<Call> {
  for (const given of [spec, decaying])
    for (const path of placesIn(given)) {
      for (const [what, value] of [...hostile(), ...deep, ['nothing', gone] as const])
        if (path.length > 0 || value !== gone)
          yield [
            'createOptimizer',
            `${path.join('.')}: ${what}`,
            () => table['createOptimizer']!(changed(given, path, value)),
            stepOnce,
          ];
      if (!isRecord(at(given, path))) continue;
      for (const [what, value] of hostile())
        yield [
          'createOptimizer',
          `${path.join('.')}.stranger: ${what}`,
          () => table['createOptimizer']!(changed(given, [...path, 'stranger'], value)),
          stepOnce,
        ];
    }
}

const functions = [
  'listOptimizers',
  'describeOptimizer',
  'listSchedules',
  'describeSchedule',
  'listHooks',
  'describeHook',
  'loadOptimizer',
  'specOf',
];

function* lists(): Generator<Call> {
  const patterns: readonly Hostile[] = [
    ['a million stars', '*a'.repeat(1e6)],
    ['a million brackets', '(['.repeat(1e6)],
    ['stars', '*a*b*c*d*e*f*g*h*i'],
  ];
  for (const [what, value] of [...hostile(), ...patterns]) {
    for (const name of functions) yield [name, what, () => table[name]!(value)];
    yield ['listOptimizers', `filter: ${what}`, () => table['listOptimizers']!('*', value ?? null)];
    for (const key of ['family', 'needs', 'licence', 'stranger'])
      yield ['listOptimizers', `${key}: ${what}`, () => table['listOptimizers']!('*', { [key]: value })];
  }
}

function* models(): Generator<Call> {
  const names = ['layerConstraints', 'hiddenMatrices', 'noDecayOf'];
  const weight = { name: 'dense/kernel', originalName: 'dense/kernel', shape: [2, 2] };
  const layer = { getClassName: () => 'Dense', weights: [weight, weight] };
  const constraint = { getClassName: () => 'MaxNorm', getConfig: () => ({ maxValue: 2, axis: 0 }) };
  const constrained = { ...weight, constraint, read: () => weight };
  for (const [what, value] of hostile()) {
    for (const name of names) {
      const call = table[name]!;
      yield [name, what, () => call(value)];
      yield [name, `layers: ${what}`, () => call({ layers: value, weights: value })];
      yield [
        name,
        `in layers: ${what}`,
        () => call({ layers: [layer, value], weights: [constrained, value] }),
      ];
      for (const key of ['getClassName', 'weights', 'layers', 'layer'])
        yield [
          name,
          `${key}: ${what}`,
          () => call({ layers: [{ ...layer, [key]: value }, layer], weights: [] }),
        ];
      for (const key of ['getClassName', 'getConfig'])
        for (const given of [value, () => value])
          yield [
            name,
            `constraint.${key}: ${what}`,
            () =>
              call({
                layers: [],
                weights: [{ ...constrained, constraint: { ...constraint, [key]: given } }],
              }),
          ];
      for (const key of ['name', 'originalName', 'shape', 'constraint', 'read'])
        for (const given of [value, () => value])
          yield [
            name,
            `${key} of a weight: ${what}`,
            () =>
              call({
                layers: [{ ...layer, weights: [{ ...weight, [key]: given }] }, layer],
                weights: [{ ...constrained, [key]: given }],
              }),
          ];
      yield [
        name,
        `outputLayers: ${what}`,
        () => call({ layers: [layer, layer], outputLayers: value, weights: [] }),
      ];
      if (name !== 'layerConstraints') {
        yield [name, `options: ${what}`, () => call({ layers: [layer, layer] }, value ?? null)];
        for (const key of ['layers', 'roles', 'head'])
          yield [name, `option ${key}: ${what}`, () => call({ layers: [layer, layer] }, { [key]: value })];
      }
    }
  }
}

/** Composed schedules: what is made can be asked, and written and read. */
function* compositions(): Generator<Call> {
  const {
    scale,
    multiply,
    constant: rate,
    join,
    plot,
    perEpoch,
  } = schedules as unknown as Readonly<Record<string, Given>>;
  const check = (made: unknown): void => {
    const schedule = made as Schedule;
    if (typeof schedule(1) !== 'number') throw new Wrong('gives no number');
    const text = JSON.stringify(schedule.config);
    if (scheduleFromConfig(JSON.parse(text) as never)(1) !== schedule(1))
      throw new Wrong('comes back as another');
  };
  for (const levels of [10, 30, 45, 60, 1000, 20_000]) {
    const around: Readonly<Record<string, (inner: unknown) => unknown>> = {
      scale: (inner) => scale!(inner, 1),
      multiply: (inner) => multiply!([inner, inner]),
      'multiply by one': (inner) => multiply!([inner, rate!({ learningRate: 1 })]),
    };
    for (const [name, of] of Object.entries(around))
      yield [
        name.split(' ')[0]!,
        `${name}: ${levels} levels`,
        () => nested(levels, of, rate!({ learningRate: 0.1 })),
        check,
      ];
  }
  for (const [what, value] of [...hostile(), ...deep]) {
    yield ['scale', `schedule: ${what}`, () => scale!(value, 1)];
    yield ['scale', `factor: ${what}`, () => scale!(rate!({ learningRate: 1 }), value)];
    yield ['multiply', what, () => multiply!(value)];
    yield ['multiply', `in a list: ${what}`, () => multiply!([value])];
    for (const [name, call] of Object.entries({ join, plot, perEpoch }))
      for (const args of [[value], [() => 1, value], [[() => 1, () => 2], value]])
        yield [name, `${args.length}: ${what}`, () => call!(...args)];
    yield ['schedule', `config: ${what}`, () => scheduleFromConfig(value as never)];
    for (const path of placesIn(doubled(scaled(constant))))
      yield [
        'schedule',
        `config ${path.join('.')}: ${what}`,
        () => scheduleFromConfig(changed(doubled(scaled(constant)), path, value) as never),
      ];
  }
}

export async function attackJson(judge: Judge, random: Random, tries: number): Promise<void> {
  const others: Readonly<Record<string, readonly string[]>> = {
    createOptimizer: ['AdamW', 'Lookahead', 'SAM', 'clipByGlobalNorm', 'maxNorm'],
    layerConstraints: ['maxNorm'],
  };
  const inSchedules = ['constant', 'scale', 'multiply', 'withWarmup', 'configuration', 'schedule'];
  for (const [attack, calls] of Object.entries({ specs, lists, models, compositions }))
    for (const [name, what, call, taken] of random.some([...calls()], tries))
      await judge.judge({
        attack: `json: ${attack}`,
        what: `${name}: ${what}`,
        names: [name, '@optim/all', ...(others[name] ?? []), ...inSchedules],
        call,
        ...(taken && { taken }),
      });
}
