// SPDX-License-Identifier: Apache-2.0
// What `@optim/all` says of every optimizer, schedule and hook: read off package.json, doc comments, option tables and classes.

import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { entryPoints, families, type Algorithm, type WorkspacePackage } from '../workspace.js';
import type { Finding } from './missing.js';
import type { PackageDoc, Row } from './readme.js';
import { firstSentence } from './text.js';
import type { ExportDoc } from './source.js';
import { measure, needsOf, wraps, type OptimizerClass } from './state.js';
import { belongs } from './umbrella.js';

/** What is written of one optimizer, schedule or hook. */
type Text = Readonly<Record<string, unknown>> & { readonly name: string };

/** A value as source text. */
function sourceOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sourceOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${sourceOf(item)}`);
  return `{ ${entries.join(', ')} }`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** The options that may be given, as data. */
function described({ options }: ExportDoc, rows: Readonly<Record<string, Row>>): Text[] {
  // What only the table knows is an option that a variant has settled.
  return Object.entries(rows).flatMap(([name, row]) => {
    const meaning = options.get(name)?.meaning;
    if (meaning === undefined) return [];
    const value = 'default' in row ? { default: row.default } : {};
    return [
      { name, meaning: oneLine(meaning), range: row.range, ...value, schedulable: row.symbolic ?? false },
    ];
  });
}

function paperOf({ see }: ExportDoc): string | null {
  const id = /(?:arXiv:|arxiv\.org\/abs\/)(\d+\.\d+)/.exec(see.join(' '))?.[1];
  return id === undefined ? null : `arXiv:${id}`;
}

/** What all entries have. */
function summary(doc: ExportDoc, { manifest }: PackageDoc, algorithm: Algorithm | undefined): Text {
  return {
    name: doc.name,
    summary: oneLine(firstSentence(doc.text)),
    paper: algorithm?.paper ?? paperOf(doc),
    package: manifest.name,
    licence: manifest.license,
  };
}

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);

/** Everything that is exported and has options. */
function* entriesOf(document: PackageDoc | undefined): Generator<Text> {
  for (const doc of document?.modules.get(document.manifest.name)!.exports ?? []) {
    const rows = doc.kind === 'type' ? undefined : document!.tables.get(doc.name);
    const algorithm = document!.manifest.optim!.algorithms.find((entry) => entry.class === doc.name);
    const options = rows && described(doc, rows);
    if (options) yield { ...summary(doc, document!, algorithm), options };
  }
}

interface Entry {
  readonly summary: Text;
  readonly options: readonly Text[];
  readonly stateNumbers: number;
}

/** The entries of a package; a class with which no step can be made is found. */
async function optimizersOf(
  root: string,
  entry: WorkspacePackage,
  document: PackageDoc,
  findings: Finding[],
): Promise<Entry[]> {
  const { folder, manifest } = entry;
  const file = entryPoints(folder, manifest).get(manifest.name)!;
  const classes = (await import(pathToFileURL(file).href)) as Record<string, OptimizerClass>;
  const entries: Entry[] = [];
  for (const algorithm of manifest.optim!.algorithms) {
    const doc = document.modules.get(manifest.name)!.exports.find(({ name }) => name === algorithm.class);
    const Class = classes[algorithm.class];
    if (!doc || !Class) continue; // listed among what is missing
    const stateNumbers = await measure(Class, algorithm.unmeasured !== undefined).catch((error: unknown) => {
      const what = `${doc.name}: a first step with default options fails: ${String(error)}`;
      findings.push({ what, mend: `edit ${relative(root, folder)}` });
    });
    if (stateNumbers === undefined) continue;
    const code = algorithm.officialCode;
    entries.push({
      summary: {
        ...summary(doc, document, algorithm),
        family: manifest.optim!.family,
        needs: needsOf(Class),
        wraps: wraps(Class),
        officialCode: code ? { url: code.url, licence: code.license } : null,
        install: belongs(entry) ? null : `npm install ${manifest.name}`,
      },
      options: described(doc, document.tables.get(algorithm.class) ?? {}),
      stateNumbers,
    });
  }
  return entries;
}

function head(what: string, types?: string): string {
  const imported = types ? `import type { ${types} } from '../registry-types.js';\n\n` : '';
  return `// SPDX-License-Identifier: Apache-2.0\n// Written by \`npm run sync\`: ${what}.\n\n${imported}`;
}

const lines = (entries: readonly object[]): string =>
  entries.map((entry) => `  ${sourceOf(entry)},\n`).join('');

/** The options of all optimizers: one that several share is written once. */
function detailsOf(entries: readonly Entry[]): string {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const nameOf = (option: Text): string => {
    const text = sourceOf(option);
    const known = names.get(text);
    if (known !== undefined) return known;
    const count = (counts.get(option.name) ?? 0) + 1;
    counts.set(option.name, count);
    const name = `${option.name}_${count}`;
    names.set(text, name);
    return name;
  };
  const details = entries.map(
    ({ summary: { name }, options, stateNumbers }) =>
      `  ${name}: { options: [${options.map(nameOf).join(', ')}], stateNumbers: ${stateNumbers} },\n`,
  );
  const shared = [...names].map(([text, name]) => `const ${name}: OptionDescription = ${text};\n`);
  return `${shared.join('')}\nexport const optimizerDetails: Readonly<Record<string, OptimizerDetails>> = {\n${details.join('')}};\n`;
}

/** The files of the registry by path, and what keeps a class out of it. */
export async function registry(
  root: string,
  packages: readonly WorkspacePackage[],
  documents: readonly PackageDoc[],
): Promise<{ files: Map<string, string>; findings: Finding[] }> {
  const findings: Finding[] = [];
  const own = packages.find(({ manifest }) => manifest.optim?.family === 'umbrella');
  if (!own) return { files: new Map(), findings };
  const documentOf = (name: string): PackageDoc | undefined =>
    documents.find(({ manifest, failure }) => manifest.name === name && failure === undefined);
  const optimizers: Entry[] = [];
  // One after the other: what is measured shares an engine.
  for (const entry of packages.filter(({ parent }) => families.includes(parent))) {
    const document = documentOf(entry.manifest.name);
    if (document) optimizers.push(...(await optimizersOf(root, entry, document, findings)));
  }
  optimizers.sort((a, b) => byName(a.summary, b.summary));
  const hookEntries = [...entriesOf(documentOf('@optim/hooks'))].sort(byName);
  const scheduleEntries = [...entriesOf(documentOf('@optim/schedules'))].sort(byName);
  const list = (name: string, type: string, entries: readonly object[]): string =>
    `export const ${name}: readonly ${type}[] = [\n${lines(entries)}];\n`;
  const apart = optimizers.flatMap(({ summary: { name, install, licence } }) =>
    install === null ? [] : [`  ${name}: ${sourceOf(`${String(install)} (${String(licence)})`)},\n`],
  );
  const files = {
    'optimizers-apart.ts': `${head('how to get the optimizers that are not in this package')}export const optimizersApart: Readonly<Record<string, string>> = {\n${apart.join('')}};\n`,
    'optimizers.ts':
      head('every optimizer', 'OptimizerSummary') +
      list(
        'optimizerSummaries',
        'OptimizerSummary',
        optimizers.map((entry) => entry.summary),
      ),
    'optimizer-details.ts':
      head('options and state of every optimizer', 'OptimizerDetails, OptionDescription') +
      detailsOf(optimizers),
    'hooks.ts': head('every hook', 'Described') + list('hookEntries', 'Described', hookEntries),
    'schedules.ts':
      head('every schedule', 'Described') + list('scheduleEntries', 'Described', scheduleEntries),
  };
  const folder = join(own.folder, 'src', 'registry');
  return {
    files: new Map(Object.entries(files).map(([name, text]) => [join(folder, name), text])),
    findings,
  };
}
