// SPDX-License-Identifier: Apache-2.0
// Where the doc comments of a package are silent, or say something else than its code and its package.json.

import { families, type Algorithm } from '../workspace.js';
import type { PackageDoc, Row } from './readme.js';
import { literal } from './text.js';
import type { ExportDoc } from './source.js';

/** Advice that the doc comment of an algorithm must give, each in a paragraph that begins with these words. */
const advice = ['When to use', 'When not', 'Hint'];

/** Whether what a comment states, in a notation of its own, is this value. */
export function agrees(text: string, value: unknown): boolean {
  const code = /^`(.+?)`|^(\S+)/.exec(text);
  const stated = (code?.[1] ?? code?.[2] ?? '').replaceAll('"', "'");
  return (
    stated === literal(value) || (typeof value === 'number' && stated !== '' && Number(stated) === value)
  );
}

function* inOptions(doc: ExportDoc, rows: Readonly<Record<string, Row>>): Generator<string> {
  for (const [name, row] of Object.entries(rows)) {
    const option = doc.options.get(name);
    if (!option && row.range.endsWith(', always')) continue;
    if (!option?.meaning) yield `option ${name} has no doc comment`;
    if (option?.defaultValue === undefined) continue;
    const actual = 'default' in row ? literal(row.default) : 'none';
    if (!('default' in row) || !agrees(option.defaultValue, row.default)) {
      yield `option ${name}: @defaultValue says ${option.defaultValue}, the default is ${actual}`;
    }
  }
  for (const name of doc.options.keys()) {
    if (!Object.hasOwn(rows, name)) yield `option ${name} is not in the option table`;
  }
}

/** Options that change what other formulas say, so that the text has to say which. */
const changing = ['adanorm', 'amsgrad'];

/** What the text says apart from the names of slots. */
const withoutSlots = (text: string): string => text.replaceAll(/^Slots?\b[^]*?(?=\n\n|$(?![^]))/gm, '');

function* inEffects({ text }: ExportDoc, rows: Readonly<Record<string, Row>>): Generator<string> {
  for (const name of changing) {
    if (rows[name] && !rows[name].range.endsWith(', always') && !withoutSlots(text).includes(`\`${name}\``)) {
      yield `the doc comment does not say what \`${name}\` changes`;
    }
  }
  if ('degeneratedToSgd' in rows && !/no step is taken|weights decay|do(?:es)? not decay/.test(text)) {
    yield 'the doc comment does not say whether weights decay in a step that is withheld';
  }
}

function* inText(text: string): Generator<string> {
  if (!/^(```| {4})/m.test(text)) yield 'the doc comment has no formula (a fenced block)';
  for (const label of advice) {
    if (!text.includes(`**${label}:** `)) yield `the doc comment has no "**${label}:** …"`;
  }
}

function* inAlgorithm(
  doc: ExportDoc | undefined,
  { paper }: Algorithm,
  rows?: Record<string, Row>,
): Generator<string> {
  if (!doc) {
    yield 'named in package.json, not exported by src/index.ts';
    return;
  }
  if (!doc.text) yield 'has no doc comment';
  else yield* inText(doc.text);
  if (!doc.example?.startsWith('```ts\n')) yield 'has no @example in a ts block';
  const id = paper.replace(/^arXiv:/, '');
  // Without a paper the licence audit asks for one.
  if (paper && !doc.see.some((text) => text.includes(id))) yield `no @see names ${paper}`;
  if (!rows) yield 'has no static options table';
  else {
    yield* inOptions(doc, rows);
    yield* inEffects(doc, rows);
  }
}

function* inFamily({ manifest, modules, tables }: PackageDoc): Generator<string> {
  const { exports } = modules.get(manifest.name)!;
  const { algorithms } = manifest.optim!;
  if (!manifest.description?.includes(': ')) yield 'the description says no more than a name: add ": …"';
  for (const entry of algorithms) {
    const doc = exports.find(({ name }) => name === entry.class);
    const found = inAlgorithm(doc, entry, tables.get(entry.class));
    yield* [...found].map((problem) => `${entry.class}: ${problem}`);
  }
  const known = new Set(algorithms.map((entry) => entry.class));
  for (const { name, kind } of exports) {
    if (kind === 'class' && !known.has(name)) yield `${name}: exported, not named in package.json`;
  }
}

function* inFoundation({ manifest, modules }: PackageDoc): Generator<string> {
  const { intro, exports } = modules.get(manifest.name)!;
  if (!intro) yield 'src/index.ts has no @packageDocumentation comment';
  for (const doc of [...modules.values()].flatMap((module) => module.exports)) {
    if (!doc.text) yield `${doc.name}: has no doc comment`;
  }
  for (const entry of manifest.optim!.algorithms) {
    const isExported = exports.some(({ name }) => name === entry.class);
    if (!isExported) yield `${entry.class}: named in package.json, not exported by src/index.ts`;
  }
}

/** One line for each. */
export function problems(doc: PackageDoc): string[] {
  const { name, optim } = doc.manifest;
  if (doc.failure !== undefined) return [`${name}: src/index.ts does not load: ${doc.failure}`];
  const found = families.includes(optim!.family) ? inFamily(doc) : inFoundation(doc);
  return [...found].map((problem) => `${name}: ${problem}`);
}
