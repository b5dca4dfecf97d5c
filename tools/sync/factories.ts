// SPDX-License-Identifier: Apache-2.0
// Option tables of functions that make something of options: schedules, hooks, callbacks.

import { table } from '../markdown.js';
import type { Row, Tables } from './readme.js';
import { literal } from './text.js';
import type { ExportDoc, ModuleDoc } from './source.js';

/** "Meaning; in RANGE, default VALUE.", as comments of functions put it. */
const sentence =
  /^(?:(.*?); )?((?:an integer )?in [[(][^\])]*[\])]|any finite number)?(?:[,;] )?(?:default ((?:(?!\. ).)+?))?\.?$/s;

interface Parts {
  meaning: string;
  range: string;
  value: string;
}

/** What the comment of an option says of it. */
function partsOf(comment: string): Parts {
  const [, meaning, range, value] = sentence.exec(comment) ?? [];
  if (range === undefined && value === undefined) return { meaning: comment, range: '', value: '' };
  return { meaning: meaning ?? '', range: range ?? '', value: value ?? '' };
}

/** What an option counts or measures, as its name says. */
export function unitOf(name: string): string {
  if (/steps?$|^stepSize|^steps|^boundaries$|^milestones$|^timescale$/i.test(name)) return 'steps';
  if (/^patience$|^cooldown$|^epochs$/.test(name)) return 'epochs';
  return /LearningRate$|^learningRate$|^values$/.test(name) ? 'rate' : '';
}

function defaultOf(row: Row | undefined, { value }: Parts, isRequired = false): string {
  if (row && 'default' in row && (row.default !== null || value === '')) return `\`${literal(row.default)}\``;
  if (value !== '') return value !== 'none' && /^[\w.-]+$|^'/.test(value) ? `\`${value}\`` : value;
  return row || isRequired ? 'required' : '';
}

/** What a parameter is, as a sentence. */
const asSentence = (text: string): string =>
  text === '' ? '' : text[0]!.toUpperCase() + text.slice(1).replace(/\.?$/, '.');

function optionsOf(doc: ExportDoc, rows: Readonly<Record<string, Row>> = {}): string {
  const names = Object.keys(rows).length > 0 ? Object.keys(rows) : [...doc.options.keys()];
  if (names.length === 0) return '';
  const body = names.map((name) => {
    const { meaning = '', isRequired } = doc.options.get(name) ?? {};
    const parts = partsOf(meaning);
    const row = rows[name];
    // A comment may bound an option by another one, which a row cannot.
    const range = (parts.range || row?.range || '').replace(/^in /, '');
    const unit = /^one of|^true or/.test(range) ? '' : unitOf(name);
    return [`\`${name}\``, defaultOf(row, parts, isRequired), range, unit, asSentence(parts.meaning)];
  });
  const head = ['option', 'default', 'range', 'unit', 'meaning'];
  const used = head.map((_, i) => i !== 3 || body.some((cells) => cells[i] !== ''));
  const pick = (cells: readonly string[]): string[] => cells.filter((_, i) => used[i]);
  return table(pick(head), body.map(pick));
}

/** A table for each function of a module of which at least one has an option table or states a default. */
export function factoryTables({ exports }: ModuleDoc, tables: Tables): string[] {
  const functions = exports.filter(({ kind }) => kind === 'function');
  const takesOptions = (doc: ExportDoc): boolean =>
    tables.has(doc.name) || [...doc.options.values()].some(({ meaning }) => partsOf(meaning).value !== '');
  if (!functions.some(takesOptions)) return [];
  const listed = functions
    .filter((doc) => tables.has(doc.name) || [...doc.options.values()].some(({ meaning }) => meaning !== ''))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    '## Options',
    ...listed.flatMap((doc) => [
      `### \`${doc.name}(${doc.parameters?.join(', ') ?? ''})\``,
      doc.text,
      ...(doc.example ? [doc.example.startsWith('```') ? doc.example : `Example: ${doc.example}`] : []),
      optionsOf(doc, tables.get(doc.name)),
    ]),
  ];
}
