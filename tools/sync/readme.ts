// SPDX-License-Identifier: Apache-2.0
// The README of a package, from what its package.json, doc comments and option tables say.

import { kindOf } from '../licences/policy.js';
import { paperLink, table } from '../markdown.js';
import type { Algorithm, Manifest } from '../workspace.js';
import { described, type Origin } from './origins.js';
import { firstSentence, literal } from './text.js';
import { factoryTables } from './factories.js';
import { notation } from './notation.js';
import type { ExportDoc, ModuleDoc } from './source.js';

/** What a README prints of a row of an option table. */
export interface Row {
  default?: unknown;
  range: string;
  symbolic?: boolean;
}

/** The option tables of a package's classes, by class. */
export type Tables = ReadonlyMap<string, Readonly<Record<string, Row>>>;

export interface PackageDoc {
  /** Absolute path. */
  folder: string;
  manifest: Manifest;
  /** Entry points by the name a user imports: `@optim/core`, `@optim/core/node`. */
  modules: ReadonlyMap<string, ModuleDoc>;
  tables: Tables;
  /** Where the numbers of its golden files come from, by class. */
  origins: ReadonlyMap<string, readonly Origin[]>;
  /** Why the package could not be imported. */
  failure?: string;
}

/** The version of Python's library that class comments compare with, unless they name another one. */
const seedVersion = '3.9.0';

const requirements = `## Requirements

- Node 20.19 or newer, or any bundler. The package is an ES module; \`require\` of it works too.
- In Node, import \`@tensorflow/tfjs-layers\` or \`@tensorflow/tfjs\` once before training:
  \`@tensorflow/tfjs-core\` alone has no gradients there.
- TypeScript 6 needs \`"skipLibCheck": true\`: the types that \`@tensorflow/tfjs-core\` brings along clash with
  its own.`;

function optionsTable({ options }: ExportDoc, rows: Readonly<Record<string, Row>>): string {
  // What only the table knows is an option that a variant has settled.
  const open = Object.entries(rows).filter(([name]) => options.has(name));
  const body = open.map(([name, row]) => {
    const range = `${row.range.replace(/^in /, '')}${row.symbolic ? ', or a schedule' : ''}`;
    const value = 'default' in row ? `\`${literal(row.default)}\`` : 'required';
    return [`\`${name}\``, value, range, options.get(name)!.meaning];
  });
  return table(['option', 'default', 'range', 'meaning'], body);
}

function provenance({ class: name, paper, officialCode: code, seed }: Algorithm): string {
  const licence = code && (code.license === 'NONE' ? 'no licence stated' : code.license);
  const source = code ? `official code ${code.url} (${licence})` : 'no official code';
  const counterpart = seed ? `; in Python's pytorch_optimizer (${seedVersion}): \`${seed}\`` : '';
  return `- \`${name}\`: ${paperLink(paper)}; ${source}${counterpart}.`;
}

function algorithm(
  entry: ExportDoc,
  rows: Readonly<Record<string, Row>> | undefined,
  isFirst: boolean,
): string[] {
  const options = rows ? [`### Options of ${entry.name}`, optionsTable(entry, rows)] : [];
  return [`## ${entry.name}`, entry.text, ...(isFirst ? [] : [entry.example ?? '']), ...options];
}

function exportsTable(
  name: string,
  { intro, exports }: ModuleDoc,
  isMain: boolean,
  picture?: string,
): string[] {
  const kinds = ['class', 'abstract class', 'function', 'value', 'type'];
  const rows = exports
    .filter(({ kind }) => kind !== 'type')
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1))
    .map((entry) => [`\`${entry.name}\``, entry.kind, firstSentence(entry.text)]);
  const title = isMain ? '## Exports' : `## Exports of \`${name}\``;
  return [
    ...(isMain ? [] : [title]),
    intro,
    ...(isMain && picture ? [`![What is in it](../../${picture})`] : []),
    ...(isMain ? [title] : []),
    table(['name', 'kind', 'what it is'], rows),
  ];
}

const isFree = ({ license }: Manifest): boolean => kindOf(license) === 'permissive';

/** Where the numbers come from that its tests compare with. */
function proof(origins: PackageDoc['origins']): string[] {
  const lines = [...origins].flatMap(([name, found]) =>
    found.map((origin) => `- \`${name}\`: ${described(origin)}.`),
  );
  if (lines.length === 0) return [];
  const text =
    'Tests run it step by step against numbers computed in float64, on cpu, wasm, webgl and webgpu. ' +
    'These implementations computed them:';
  return ['## Tested against', text, lines.join('\n')];
}

function licence(manifest: Manifest): string[] {
  const { license = '', optim } = manifest;
  const terms = isFree(manifest)
    ? `${license}.`
    : `${license}, see the file LICENSE: **not for commercial use**.`;
  const algorithms = optim?.algorithms ?? [];
  if (algorithms.length === 0) return ['## Licence', terms];
  return [
    '## Licence and provenance',
    `${terms} Written from the papers and published formulas:`,
    algorithms.map(provenance).join('\n'),
  ];
}

/** The whole README. */
export function readme({ manifest, modules, tables, origins }: PackageDoc): string {
  const { name, description = '', optim } = manifest;
  const main = modules.get(name)!;
  const isFoundation = optim?.family === 'foundation' || optim?.family === 'umbrella';
  const algorithms = (optim?.algorithms ?? []).flatMap(
    (entry) => main.exports.find((doc) => doc.name === entry.class) ?? [],
  );
  const body = isFoundation
    ? [
        ...[...modules].flatMap(([path, module]) =>
          exportsTable(path, module, path === name, optim?.picture),
        ),
        ...(optim?.family === 'foundation' ? factoryTables(main, tables) : []),
      ]
    : [
        algorithms[0]?.example ?? '',
        optim?.picture ? `![The loss along evaluations](../../../${optim.picture})` : '',
        notation(algorithms),
        ...algorithms.flatMap((entry, i) => algorithm(entry, tables.get(entry.name), i === 0)),
      ];
  return `${[
    `<!-- Generated by \`npm run sync\` from package.json and the doc comments in src. Do not edit. -->`,
    `# ${name}`,
    ...(main.intro.startsWith(`${description}.`) ? [] : [`${description}.`]),
    ...(isFree(manifest) ? [] : [`**${manifest.license}: not for commercial use.**`]),
    `\`\`\`sh\nnpm install ${name}\n\`\`\``,
    ...body,
    requirements,
    ...proof(origins),
    ...licence(manifest),
  ]
    .filter(Boolean)
    .join('\n\n')}\n`;
}
