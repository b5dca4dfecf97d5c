// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import type { PackageDoc, Row } from './readme.js';
import { problems } from './problems.js';
import type { ExportDoc, OptionDoc } from './source.js';

const option = (meaning: string, defaultValue?: string): OptionDoc => ({ meaning, defaultValue });

const options = new Map([
  ['learningRate', option('Step size.')],
  ['beta', option('Decay.', '`0.9`')],
  ['mode', option('How.', '"fast"')],
]);

const rows: Record<string, Row> = {
  learningRate: { range: 'in (0, ∞)' },
  beta: { range: 'in [0, 1)', default: 0.9 },
  mode: { range: "one of 'fast', 'slow'", default: 'fast' },
};

const advice = '**When to use:** always. **When not:** never. **Hint:** none.';

const toy: ExportDoc = {
  name: 'Toy',
  kind: 'class',
  text: `Steps.\n\n\`\`\`text\np ← p − αg\n\`\`\`\n\n${advice}`,
  example: "```ts\nimport { Toy } from '@optim/toy';\n```",
  see: ['https://arxiv.org/abs/1234.56789'],
  options,
};

const origins = new Map<string, never>();

/** The problems of a package of one algorithm. */
function found(exports: ExportDoc[], tables: Record<string, Record<string, Row>> = { Toy: rows }): string[] {
  const algorithm = { class: 'Toy', paper: 'arXiv:1234.56789', officialCode: null, seed: 'Toy' };
  const doc: PackageDoc = {
    folder: '/x',
    manifest: {
      name: '@optim/toy',
      description: 'Toy: a toy',
      version: '1.0.0',
      optim: { family: 'adam', algorithms: [algorithm] },
    },
    modules: new Map([['@optim/toy', { intro: '', exports }]]),
    tables: new Map(Object.entries(tables)),
    origins,
  };
  return problems(doc);
}

test('a documented algorithm has none', () => {
  expect(found([toy])).toEqual([]);
});

const withOption = (name: string, doc: OptionDoc): ExportDoc => ({
  ...toy,
  options: new Map([...options, [name, doc]]),
});

test.each<[string, ExportDoc]>([
  [
    'option beta: @defaultValue says `0.99`, the default is 0.9',
    withOption('beta', option('Decay.', '`0.99`')),
  ],
  ['option beta: @defaultValue says , the default is 0.9', withOption('beta', option('Decay.', ''))],
  [
    "option mode: @defaultValue says 'slow', the default is 'fast'",
    withOption('mode', option('How.', "'slow'")),
  ],
  [
    'option learningRate: @defaultValue says 1, the default is none',
    withOption('learningRate', option('Rate.', '1')),
  ],
  ['option beta has no doc comment', withOption('beta', option('', '`0.9`'))],
  ['option gamma is not in the option table', withOption('gamma', option('More.'))],
  ['the doc comment has no formula (a fenced block)', { ...toy, text: `Steps. ${advice}` }],
  ['the doc comment has no "**Hint:** …"', { ...toy, text: toy.text.replace('**Hint:** none.', '') }],
  ['has no doc comment', { ...toy, text: '' }],
  ['has no @example in a ts block', { ...toy, example: 'new Toy()' }],
  ['no @see names arXiv:1234.56789', { ...toy, see: ['https://arxiv.org/abs/9999.99999'] }],
])('%s', (problem, doc) => {
  expect(found([doc])).toEqual([`@optim/toy: Toy: ${problem}`]);
});

test('an option that only the table knows', () => {
  expect(found([toy], { Toy: { ...rows, gamma: { range: 'any' } } })).toEqual([
    '@optim/toy: Toy: option gamma has no doc comment',
  ]);
});

test('an option that changes other formulas, and a step that may be withheld, need a sentence', () => {
  const doc = {
    ...withOption('amsgrad', option('Largest.')),
    text: `Slot: with \`amsgrad\` \`x\`.\n\n${toy.text}`,
  };
  const amsgrad: Row = { range: 'true or false', default: false };
  expect(found([doc], { Toy: { ...rows, amsgrad } })).toEqual([
    '@optim/toy: Toy: the doc comment does not say what `amsgrad` changes',
  ]);
  const told = { ...doc, text: doc.text.replace('Steps.', 'Steps. With `amsgrad` by the largest v.') };
  expect(found([told], { Toy: { ...rows, amsgrad } })).toEqual([]);
  const withheld = withOption('degeneratedToSgd', option('No step.'));
  expect(found([withheld], { Toy: { ...rows, degeneratedToSgd: amsgrad } })).toEqual([
    '@optim/toy: Toy: the doc comment does not say whether weights decay in a step that is withheld',
  ]);
});

test('an option that a variant has settled needs no comment', () => {
  const amsgrad: Row = { range: 'true, always', default: true };
  expect(found([toy], { Toy: { ...rows, amsgrad } })).toEqual([]);
});

test('a class without table, one that is not exported, and one that package.json does not name', () => {
  expect(found([toy], {})).toEqual(['@optim/toy: Toy: has no static options table']);
  expect(found([{ ...toy, name: 'More' }])).toEqual([
    '@optim/toy: Toy: named in package.json, not exported by src/index.ts',
    '@optim/toy: More: exported, not named in package.json',
  ]);
  expect(found([toy, { ...toy, name: 'Base', kind: 'abstract class' }])).toEqual([]);
});

test('a default written another way is the same default', () => {
  for (const text of ['9e-1', '`0.90` for convolutions']) {
    expect(found([withOption('beta', option('Decay.', text))])).toEqual([]);
  }
});

test('foundations need an introduction and a comment on every export', () => {
  const doc: PackageDoc = {
    folder: '/x',
    manifest: {
      name: '@optim/base',
      version: '1.0.0',
      optim: {
        family: 'foundation',
        algorithms: [{ class: 'clip', paper: 'x', officialCode: null, seed: 'clip' }],
      },
    },
    modules: new Map([
      ['@optim/base', { intro: '', exports: [] }],
      ['@optim/base/node', { intro: '', exports: [{ ...toy, name: 'save', text: '' }] }],
    ]),
    tables: new Map(),
    origins,
  };
  expect(problems(doc)).toEqual([
    '@optim/base: src/index.ts has no @packageDocumentation comment',
    '@optim/base: save: has no doc comment',
    '@optim/base: clip: named in package.json, not exported by src/index.ts',
  ]);
});

test('a description that is only a name', () => {
  const optim = { family: 'adam', algorithms: [] };
  const manifest = { name: '@optim/toy', description: 'Toy optimizer', version: '1.0.0', optim };
  const modules = new Map([['@optim/toy', { intro: '', exports: [] }]]);
  expect(problems({ folder: '/x', manifest, modules, tables: new Map(), origins })).toEqual([
    '@optim/toy: the description says no more than a name: add ": …"',
  ]);
});

test('a package that does not load has that one problem', () => {
  const manifest = { name: '@optim/toy', version: '1.0.0', optim: { family: 'adam', algorithms: [] } };
  const failure = 'SyntaxError: no';
  expect(
    problems({ folder: '/x', manifest, modules: new Map(), tables: new Map(), origins, failure }),
  ).toEqual(['@optim/toy: src/index.ts does not load: SyntaxError: no']);
});
