// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as hooks from '@optim/hooks';
import { scheduleOptions } from '@optim/options';
import * as schedules from '@optim/schedules';
import { expect, it, test } from 'vitest';
import { root } from '../workspace.js';
import { factoryTables, unitOf } from './factories.js';
import type { ExportDoc } from './source.js';
import { literal } from './text.js';

/** The lines of the table of each function in a README, by the name of the option. */
function documented(readme: string): Map<string, Map<string, string>> {
  const sections = readme.split(/^### `(\w+)\(.*$/m).slice(1);
  return new Map(
    sections.flatMap((name, i) => {
      if (i % 2 === 1) return [];
      const lines = sections[i + 1]!.split('\n').filter((line) => line.startsWith('| `'));
      return [[name, new Map(lines.map((line) => [/^\| `(\w+)`/.exec(line)![1]!, line]))]];
    }),
  );
}

const read = (name: string): string => readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');

test.each([
  ['schedules', Object.keys(schedules), scheduleOptions],
  [
    'hooks',
    Object.keys(hooks),
    (name: string) => (hooks as unknown as Record<string, { options?: object }>)[name]!.options,
  ],
] as const)('the README of %s has every option and its default', (name, names, rowsOf) => {
  const tables = documented(read(name));
  let count = 0;
  for (const made of names) {
    for (const [option, row] of Object.entries(rowsOf(made) ?? {})) {
      const line = tables.get(made)?.get(option);
      expect(line, `${made} ${option}`).toBeDefined();
      if (row.default === null) continue;
      expect(line, `${made} ${option}`).toContain(
        'default' in row ? `\`${literal(row.default)}\`` : 'required',
      );
      count++;
    }
  }
  expect(count).toBeGreaterThan(10);
});

test('every table says of each option what it is when it is not given', () => {
  for (const name of ['callbacks', 'distributed', 'exchange', 'hessian', 'hooks', 'inspector', 'schedules']) {
    const tables = documented(read(name));
    expect(tables.size, name).toBeGreaterThan(0);
    for (const [made, lines] of tables) {
      for (const line of lines.values()) expect(line, `${name} ${made}`).not.toMatch(/^\| `\w+` *\| *\|/);
    }
  }
});

it('takes ranges out of comments only where nothing is lost', () => {
  const doc: ExportDoc = {
    name: 'f',
    kind: 'function',
    text: 'Does it.',
    example: undefined,
    see: [],
    parameters: ['options'],
    options: new Map([
      ['warmupSteps', { meaning: 'Steps; an integer in [0, ∞), default 0.', defaultValue: undefined }],
      ['shape', { meaning: "Shape; default 'a'. 'b' needs more.", defaultValue: undefined }],
    ]),
  };
  const rows = {
    warmupSteps: { range: 'an integer in [0, ∞)', default: 0 },
    shape: { range: "one of 'a', 'b'", default: 'a' },
  };
  const [, title, text, table] = factoryTables({ intro: '', exports: [doc] }, new Map([['f', rows]]));
  expect([title, text]).toEqual(['### `f(options)`', 'Does it.']);
  expect(
    table!
      .split('\n')
      .slice(2)
      .map((line) => line.replaceAll(/ +/g, ' ')),
  ).toEqual([
    '| `warmupSteps` | `0` | an integer in [0, ∞) | steps | Steps. |',
    "| `shape` | `'a'` | one of 'a', 'b' | | Shape; default 'a'. 'b' needs more. |",
  ]);
});

it('tells steps, epochs and rates apart', () => {
  expect(['totalSteps', 'decaySteps', 'stepSizeUp', 'milestones'].map(unitOf)).toEqual(
    Array(4).fill('steps'),
  );
  expect(['patience', 'maxLearningRate', 'gamma'].map(unitOf)).toEqual(['epochs', 'rate', '']);
});
