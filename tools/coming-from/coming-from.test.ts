// SPDX-License-Identifier: Apache-2.0
// The tables of other libraries: every name has a row, every argument an answer, every name of ours exists.

import * as all from '@optim/all';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { DocReader, type ExportDoc } from '../sync/source.js';
import { entryPoints, publishedPackages, root } from '../workspace.js';
import { cellsOf } from './cells.js';
import { argumentsOf, differences, libraries, translated, type Counterpart, type Ours } from './libraries.js';

const packages = publishedPackages();
const tables = libraries(root, packages);
const compared = tables.filter(({ names }) => Object.keys(names).length > 0);

/** What is listed, with its options. */
const listed = new Map(
  [
    ...all.listOptimizers().map(({ name }) => all.describeOptimizer(name)),
    ...all.listHooks().map(({ name }) => all.describeHook(name)),
    ...all.listSchedules().map(({ name }) => all.describeSchedule(name)),
  ].map(({ name, options }) => [name, Object.fromEntries(options.map((option) => [option.name, option]))]),
);
const ours: Ours = (name) => listed.get(name);

function exportsOf(module: string): readonly ExportDoc[] {
  const files = packages.flatMap(({ folder, manifest }) => entryPoints(folder, manifest).get(module) ?? []);
  const file = files[0]!;
  return new DocReader([file], `${root}/tsconfig.json`).read(file).exports;
}

/** Options of what is not listed, from the comments; `undefined` of what is not exported. */
function documented(module: string, name: string): ReadonlySet<string> | undefined {
  const found = exportsOf(module).find((each) => each.name === name);
  return found && new Set(found.options.keys());
}

/** The options of a row's counterpart. */
function optionsOf({ here, package: module }: Counterpart): ReadonlySet<string> | undefined {
  if (module !== undefined) return documented(module, here!);
  const own = ours(here!);
  return own && new Set(Object.keys(own));
}

const rowIn = (library: string, name: string) => {
  const table = tables.find((each) => each.library === library)!;
  return { table, row: table.rows.find((each) => each.name === name)! };
};

it('is of six libraries, each with version and date', () => {
  expect(tables.map(({ library, version }) => `${library} ${version}`)).toEqual([
    'tf.train 4.22.0',
    'keras.optimizers 3.15.1',
    'torch.optim 2.13.0',
    'optax 0.2.8',
    'timm 1.0.29',
    'pytorch_optimizer 7a076d2f',
  ]);
  for (const { date } of tables) expect(date).toMatch(/^20\d\d-\d\d-\d\d$/);
  const counts = compared.map(({ names }) => Object.values(names).map((kind) => Object.keys(kind).length));
  expect(counts).toEqual([[7], [17, 8, 3, 5, 5, 4], [15, 15, 5, 7], [58, 16, 8, 30, 12], [95, 6, 2, 3]]);
});

it('has of tf.train what tf.train has', () => {
  const [{ names }] = compared as [(typeof compared)[0]];
  const constructors = Object.getOwnPropertyNames(tf.train).filter((name) => /^[a-z]/.test(name));
  expect(new Set(Object.keys(names['optimizer']!))).toEqual(
    new Set(constructors.filter((name) => !['length', 'name', 'prototype'].includes(name))),
  );
  const made = tf.train.adam();
  const config = made.getConfig();
  made.dispose();
  for (const [name, { default: value }] of Object.entries(names['optimizer']!['adam']!))
    if (value !== undefined) expect(config[name]).toBe(value);
});

describe.each(compared)('$library', (library) => {
  const { names, rows } = library;

  it('has one row for each name, and no other', () => {
    const expected = Object.values(names).flatMap((kind) => Object.keys(kind));
    expect(rows.map(({ name }) => name)).toEqual(expected);
    expect(new Set(expected).size).toBe(expected.length);
  });

  it('says what is here, or why nothing is', () => {
    for (const { name, here, without } of rows)
      expect((here === undefined) !== (without === undefined), name).toBe(true);
  });

  it('answers for every argument, with options that exist', () => {
    for (const row of rows) {
      if (row.here === undefined) continue;
      const own = optionsOf(row);
      expect(own, `${row.name}: ${row.here}`).toBeDefined();
      for (const [argument, options] of translated(library, row)) {
        expect(options, `${row.name}: ${argument}`).not.toBe(undefined);
        for (const option of options ?? [])
          expect(own, `${row.name}: ${argument}`).toContain(option.replace(/^-/, ''));
      }
      for (const argument of Object.keys(row.options ?? {}))
        expect(Object.keys(argumentsOf(library, row.name)), row.name).toContain(argument);
      for (const option of Object.keys(row.with ?? {})) expect(own, row.name).toContain(option);
      for (const hook of row.hooks ?? []) expect(listed.has(/^\w+/.exec(hook)![0]), row.name).toBe(true);
    }
  });

  it('gives options that are accepted', () => {
    for (const { name, here, with: given } of rows) {
      if (here === undefined || !given) continue;
      const summary = all.listOptimizers().find((each) => each.name === here);
      if (!summary || summary.install !== null || summary.wraps) continue;
      expect(() => all.createOptimizer(here as 'AdamW', given).dispose(), name).not.toThrow();
    }
  });

  it('says of every optimizer with an ε where it sits', () => {
    for (const row of rows) {
      const own = Object.keys(argumentsOf(library, row.name));
      if (
        row.here !== undefined &&
        row.name in names['optimizer']! &&
        own.some((name) => /^eps(ilon)?$/.test(name))
      )
        expect(row.epsilon, row.name).toBeTruthy();
    }
  });
});

it('names nothing of ours that is not there', () => {
  const optimizer = new all.AdamW();
  const known = new Set([
    ...Object.keys(all),
    ...['callbacks', 'core/authoring', 'exchange', 'hooks', 'schedules'].flatMap((name) =>
      exportsOf(`@optim/${name}`).flatMap((each) => [each.name, ...each.options.keys()]),
    ),
    ...[...listed.values()].flatMap((options) => Object.keys(options)),
  ]);
  for (const { rows } of tables) {
    for (const { name, differs = '', without = '' } of rows) {
      for (const [, word] of `${differs} ${without}`.matchAll(/`([a-z]+[A-Z]\w*)/g))
        expect(known.has(word!) || Reflect.has(optimizer, word!), `${name}: ${word}`).toBe(true);
    }
  }
  optimizer.dispose();
});

describe('defaults', () => {
  const of = (library: string, name: string) => {
    const { table, row } = rowIn(library, name);
    return differences(table, row, ours).map(({ option, here, there }) => [option, here, there]);
  };

  it('are compared with those of the option tables', () => {
    expect(of('keras.optimizers', 'SGD')).toEqual([['learningRate', 0.001, 0.01]]);
    expect(of('keras.optimizers', 'AdamW')).toEqual([
      ['weightDecay', 0.01, 0.004],
      ['epsilon', 1e-8, 1e-7],
    ]);
    expect(of('torch.optim', 'AdamW')).toEqual([]);
    expect(of('torch.optim', 'LBFGS')).toEqual([
      ['maxIterations', 1, 20],
      ['historySize', 10, 100],
    ]);
    expect(of('torch.optim', 'Muon')).toEqual([
      ['learningRate', 0.02, 0.001],
      ['weightDecay', 0, 0.1],
    ]);
    expect(of('optax', 'novograd')).toEqual([
      ['beta1', 0.95, 0.9],
      ['beta2', 0.98, 0.25],
      ['epsilon', 1e-8, 1e-6],
    ]);
  });

  it('of a pair, of a negative, and of what is settled', () => {
    expect(of('torch.optim', 'Adafactor')).toEqual([
      ['learningRate', null, 0.01],
      ['epsilon1', 1e-30, null],
    ]);
    expect(of('torch.optim', 'Rprop')).toEqual([]);
    expect(of('timm', 'adamuon').map(([option]) => option)).not.toContain('adjustLearningRate');
    expect(of('timm', 'rmsproptf').map(([option]) => option)).not.toContain('learningRateInMomentum');
  });

  it('stand in the cells, after what is to be said', () => {
    const { table, row } = rowIn('timm', 'crmsproptf');
    expect(cellsOf(table, row, ours).differs).toContain(
      "`epsilonPosition: 'inside', initialAccumulator: 1, learningRateInMomentum: true, transforms: [cautious()]`; ",
    );
    expect(cellsOf(table, row, ours).differs).toContain('`decay` 0.99 here, 0.9 there');
  });
});
