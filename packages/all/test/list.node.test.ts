// SPDX-License-Identifier: Apache-2.0

import * as all from '@optim/all';
import {
  describeHook,
  describeOptimizer,
  describeSchedule,
  listHooks,
  listOptimizers,
  listSchedules,
  optimizers,
} from '@optim/all';
import type { BaseOptimizer } from '@optim/core';
import { Wrapper } from '@optim/wrapper';
import { scheduleOptions } from '@optim/options';
import * as hooks from '@optim/hooks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { golden, notSchedules } from '../../schedules/test/golden.js';
import { families, publishedPackages } from '../../../tools/workspace.js';
import { defaultsOf } from './defaults.js';

const namesOf = (entries: readonly { name: string }[]): string[] => entries.map(({ name }) => name);

const elements = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

const packages = publishedPackages().filter(({ parent }) => families.includes(parent));

describe('listOptimizers', () => {
  it('lists every class of every package, with its licence', () => {
    const expected = packages
      .flatMap(({ manifest }) =>
        manifest.optim!.algorithms.map((entry) => ({
          name: entry.class,
          package: manifest.name,
          licence: manifest.license,
          family: manifest.optim!.family,
          paper: entry.paper,
        })),
      )
      .sort((a, b) => a.name.localeCompare(b.name));
    expect(listOptimizers()).toMatchObject(expected);
    expect(listOptimizers()).toHaveLength(expected.length);
  });

  it('says how to get what is not in this package', () => {
    const apart = listOptimizers().filter(({ install }) => install !== null);
    expect(namesOf(apart)).toEqual(['Fromage', 'Gravity', 'MSAM', 'Nero']);
    expect(apart.map(({ install }) => install)).toEqual(
      ['fromage', 'gravity', 'msam', 'nero'].map((name) => `npm install @optim/${name}`),
    );
    expect(apart.map(({ licence, officialCode }) => [licence, officialCode!.licence])).toEqual([
      ['CC-BY-NC-SA-4.0', 'CC-BY-NC-SA-4.0'],
      ['Apache-2.0', 'GPL-3.0-only'],
      ['Apache-2.0', 'GPL-3.0'],
      ['CC-BY-NC-SA-4.0', 'CC-BY-NC-SA-4.0'],
    ]);
    const inside = listOptimizers().filter(({ install }) => install === null);
    expect(namesOf(inside).sort()).toEqual(Object.keys(optimizers).sort());
  });

  it.each<[string, string[]]>([
    ['*muon', ['AdaMuon', 'Muon', 'NorMuon']],
    ['ADAM?', ['AdamD', 'AdamP', 'AdamS', 'AdamW']],
    ['lion', ['Lion']],
    ['schedulefree*', ['ScheduleFreeAdamW', 'ScheduleFreeRAdam', 'ScheduleFreeSGD']],
    ['s.*', []],
    ['[A-Z]*', []],
    ['', []],
  ])('pattern %j', (pattern, names) => {
    expect(namesOf(listOptimizers(pattern))).toEqual(names);
  });

  it('filters by family, needs and licence, each and together', () => {
    expect(namesOf(listOptimizers('*', { family: 'multitask' }))).toEqual(['PCGrad', 'RotoGrad']);
    expect(namesOf(listOptimizers('*', { needs: 'loss' }))).toEqual([
      'AliG',
      'MoMo',
      'MoMoAdam',
      'PolyakSGD',
    ]);
    expect(namesOf(listOptimizers('*', { needs: 'hessian' }))).toEqual(['AdaHessian', 'SophiaH']);
    expect(namesOf(listOptimizers('*', { needs: 'samples' }))).toEqual(['SophiaG']);
    expect(namesOf(listOptimizers('*', { needs: 'gradient' }))).toEqual([
      'Adai',
      'AdamS',
      'MoMo',
      'MoMoAdam',
      'Ranger21',
    ]);
    const closure = listOptimizers('*', { needs: 'closure' });
    expect(namesOf(closure)).toContain('SAM');
    // Those that do not go around another one: one searches, the other wants residuals.
    expect(namesOf(closure.filter(({ wraps }) => !wraps))).toEqual(['ArmijoSGD', 'LevenbergMarquardt']);
    const nothing = listOptimizers('*', { needs: 'nothing' });
    expect(nothing.every(({ needs }) => needs.length === 0)).toBe(true);
    expect(nothing.length).toBeGreaterThan(50);
    expect(namesOf(listOptimizers('*', { licence: 'CC-BY-NC-SA-4.0' }))).toEqual(['Fromage', 'Nero']);
    expect(namesOf(listOptimizers('*sam', { family: 'sam', needs: 'nothing', licence: null }))).toEqual([
      'MSAM',
    ]);
  });

  it.each<[unknown[], string]>([
    [[3], 'TypeError: @optim/all: pattern must be a string, got 3'],
    [['*', { famly: 'sam' }], 'TypeError: listOptimizers: unknown option "famly" (did you mean "family"?)'],
    [['*', { family: 'sams' }], "RangeError: listOptimizers: family must be one of 'adam', "],
    [['*', { needs: 'closures' }], "RangeError: listOptimizers: needs must be one of 'nothing', 'loss', "],
    [['*', { licence: 3 }], 'TypeError: listOptimizers: licence must be a string (one of '],
    [['*', 3], 'TypeError: listOptimizers: options must be an object, got 3'],
  ])('refuses %j', (given, message) => {
    expect(() => {
      try {
        (listOptimizers as (...given: unknown[]) => unknown)(...given);
      } catch (error) {
        throw new Error(String(error), { cause: error });
      }
    }).toThrow(message);
  });
});

describe('describeOptimizer', () => {
  it.each(Object.keys(optimizers))('%s: what one of it has, is and keeps', async (name) => {
    const Class = optimizers[name as keyof typeof optimizers] as unknown as {
      new (...given: unknown[]): BaseOptimizer;
      readonly needs: readonly string[];
      readonly options: Record<string, { range: string; symbolic?: boolean; default?: unknown }>;
    };
    const { options, state, needs, wraps, summary, paper, install } = describeOptimizer(name.toLowerCase());
    expect(wraps).toBe(Class.prototype instanceof Wrapper);
    expect(needs).toEqual(expect.arrayContaining([...Class.needs]));
    expect([summary.length > 20, /^(arXiv:|http)/.test(paper!), install]).toEqual([true, true, null]);

    const rows = Object.entries(Class.options).filter(([, { range }]) => !range.endsWith(', always'));
    expect(options).toEqual(
      rows.map(([option, { range, symbolic, ...row }]) => ({
        name: option,
        meaning: expect.stringMatching(/\S{3}/) as string,
        range,
        ...('default' in row && { default: row.default }),
        schedulable: symbolic ?? false,
      })),
    );

    const required = Object.fromEntries(
      rows.filter(([, row]) => !('default' in row)).map(([option]) => [option, 1000]),
    );
    const sgd = tf.train.sgd(0.1);
    const made = wraps ? new Class(sgd, required) : new Class(required);
    const { settings } = made as unknown as { settings: Record<string, unknown> };
    // What is null may be settled by other options.
    const settled = Object.entries(defaultsOf(name)).filter(([, value]) => value !== null);
    expect(settings).toMatchObject(Object.fromEntries(settled));

    const kernel = tf.tidy(() => tf.variable(tf.fill([32, 32], 0.5), true, 'kernel'));
    // Least squares has residuals in place of a loss.
    const axes = name === 'LevenbergMarquardt' ? [0] : [0, 1];
    try {
      made.minimize(() => tf.sum(tf.square(kernel), axes), false, [kernel]);
      const { parameters } = await made.stateDict();
      const slots = parameters.flatMap((parameter) => Object.values(parameter.slots));
      const bytes = slots.reduce((sum, { shape }) => sum + 4 * elements(shape), 0);
      expect(1024 * state.bytesPerParameter).toBe(bytes);
      expect(4 * state.numbersPerParameter).toBe(state.bytesPerParameter);
      expect(state.measured).toContain('[32, 32]');
    } finally {
      made.dispose();
      sgd.dispose();
      kernel.dispose();
    }
  });

  it('knows AdamW by heart', () => {
    const { options, state, ...summary } = describeOptimizer('ADAMW');
    expect(summary).toEqual({
      name: 'AdamW',
      summary: 'Adam with weight decay applied to the weights themselves instead of to the gradient.',
      paper: 'arXiv:1711.05101',
      package: '@optim/adamw',
      licence: 'Apache-2.0',
      family: 'adam',
      needs: [],
      wraps: false,
      officialCode: { url: expect.stringContaining('https://') as string, licence: 'BSD-3-Clause' },
      install: null,
    });
    expect(state.bytesPerParameter).toBe(8);
    expect(options.find(({ name }) => name === 'beta1')).toEqual({
      name: 'beta1',
      meaning: 'Decay of the first moment.',
      range: 'in [0, 1)',
      default: 0.9,
      schedulable: true,
    });
  });

  it('knows those outside this package', () => {
    const { install, state, options } = describeOptimizer('fromage');
    expect(install).toBe('npm install @optim/fromage');
    expect(state.bytesPerParameter).toBe(0);
    expect(namesOf(options)).toContain('learningRate');
  });

  it('refuses what it does not know', () => {
    expect(() => describeOptimizer('adamx')).toThrow(
      /^@optim\/all: name must be the name of an optimizer \(nearest: Adam, .*\), got "adamx"$/,
    );
    expect(() => describeOptimizer(3 as never)).toThrow('@optim/all: name must be a string, got 3');
  });
});

describe('schedules', () => {
  const names = namesOf(listSchedules());

  it('are all that a configuration may name', () => {
    const expected = golden.map(({ schedule }) => schedule).filter((name) => !notSchedules.has(name));
    expect([...names].sort()).toEqual(
      [...new Set([...expected, 'cyclicMomentum', 'oneCycleMomentum'])].sort(),
    );
    expect(namesOf(listSchedules('cosine*'))).toEqual([
      'cosineAnnealing',
      'cosineWarmRestarts',
      'cosineWarmupRestarts',
      'cosineWithWarmup',
    ]);
  });

  it.each(names)('%s: its options are those it was defined with', (name) => {
    const rows = scheduleOptions(name)!;
    const { options, summary, package: from } = describeSchedule(name.toUpperCase());
    expect(options).toEqual(
      Object.entries(rows).map(([option, row]) => ({
        name: option,
        meaning: expect.stringMatching(/^[^-]\S*/) as string,
        range: row.range,
        ...('default' in row && { default: row.default }),
        schedulable: row.symbolic ?? false,
      })),
    );
    expect([summary.endsWith('.'), from]).toEqual([true, '@optim/schedules']);
    expect(all).toHaveProperty(name);
  });

  it('has the nearest names of an unknown one', () => {
    expect(() => describeSchedule('cosineAnealing')).toThrow(
      /must be the name of a schedule \(nearest: cosineAnnealing\), got "cosineAnealing"$/,
    );
  });
});

describe('hooks', () => {
  // Beside hooks stand what makes several of a model, and what reads what one has taken.
  const single = Object.entries(hooks).filter(([, factory]) => 'options' in factory);

  it('are all there are', () => {
    expect(namesOf(listHooks()).sort()).toEqual(single.map(([name]) => name).sort());
    expect(Object.keys(hooks).filter((name) => !single.some(([known]) => known === name))).toEqual([
      'layerConstraints',
      'readNorms',
    ]);
    expect(namesOf(listHooks('clip*'))).toEqual([
      'clipByBlockRms',
      'clipByGlobalNorm',
      'clipByValue',
      'clipUpdates',
    ]);
  });

  it.each(single)('%s: its options are those it was defined with', (name, factory) => {
    const { options: rows } = factory as unknown as {
      options: Record<string, { range: string; default?: unknown; symbolic?: boolean }>;
    };
    const { options, summary } = describeHook(name.toLowerCase());
    expect(summary.endsWith('.')).toBe(true);
    expect(options).toEqual(
      Object.entries(rows).map(([option, row]) => ({
        name: option,
        meaning: expect.stringMatching(/\S{3}/) as string,
        range: row.range,
        ...('default' in row && { default: row.default }),
        schedulable: row.symbolic ?? false,
      })),
    );
  });

  it('has the nearest names of an unknown one', () => {
    expect(() => describeHook('clipNorm')).toThrow(/must be the name of a hook \(nearest: /);
  });
});
