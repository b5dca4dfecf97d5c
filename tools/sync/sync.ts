// SPDX-License-Identifier: Apache-2.0
// All of `npm run sync` but its command line: what is generated, and what is missing.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scheduleOptions } from '@optim/options';
import { comingFromText } from '../coming-from/cells.js';
import { libraries } from '../coming-from/libraries.js';
import { withBlock } from '../markdown.js';
import { readResults } from '../results.js';
import { entryPoints, publishedPackages, root as here, type WorkspacePackage } from '../workspace.js';
import { curvesSvg } from './curves.js';
import { decayModes } from './decay-modes.js';
import { withDefaults } from './defaults.js';
import { gallery } from './gallery.js';
import { globalTf } from './global-tf.js';
import { licenceTable } from './licences.js';
import { manifests, withManifests } from './manifests.js';
import { missing, type Finding } from './missing.js';
import { originsOf } from './origins.js';
import { packageList } from './packages.js';
import { readme, type PackageDoc, type Row } from './readme.js';
import { registry } from './registry.js';
import { costTable, figures, firstSteps, highlights, optimizersTable, speedTables } from './results.js';
import { DocReader } from './source.js';
import { umbrella } from './umbrella.js';

type Table = Record<string, Row>;

/** The option tables of what a module exports. */
async function readTables(file: string): Promise<Map<string, Table>> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, { options?: Table }>;
  // A base class has a rule yet to be given, and no options of its own.
  const isBase = (exported: unknown): boolean =>
    typeof exported === 'function' && 'rule' in exported && exported.rule === undefined;
  return new Map(
    Object.entries(module).flatMap(([name, exported]) => {
      const options = isBase(exported) ? undefined : (exported.options ?? (scheduleOptions(name) as Table));
      return options ? [[name, options]] : [];
    }),
  );
}

async function documentOf(
  root: string,
  reader: DocReader,
  { folder, manifest }: WorkspacePackage,
): Promise<PackageDoc> {
  const files = entryPoints(folder, manifest);
  const modules = new Map([...files].map(([name, file]) => [name, reader.read(file)]));
  const origins = new Map(
    manifest.optim!.algorithms.map((algorithm) => [algorithm.class, originsOf(root, algorithm)]),
  );
  const document = { folder, manifest, modules, origins };
  try {
    return { ...document, tables: await readTables(files.get(manifest.name)!) };
  } catch (error) {
    return { ...document, tables: new Map(), failure: String(error) };
  }
}

/** What the packages say of themselves. */
function documentsOf(root: string, packages: readonly WorkspacePackage[]): Promise<PackageDoc[]> {
  const files = packages.flatMap(({ folder, manifest }) => [...entryPoints(folder, manifest).values()]);
  const reader = new DocReader(files, join(here, 'tsconfig.json'));
  return Promise.all(packages.map((entry) => documentOf(root, reader, entry)));
}

/** Everything that is made of what packages say, by path. */
function generated(
  root: string,
  packages: readonly WorkspacePackage[],
  documents: readonly PackageDoc[],
): Map<string, string> {
  const results = readResults(root);
  const files = new Map<string, string>(documents.flatMap((document) => [...withDefaults(document)]));
  for (const document of documents) files.set(join(document.folder, 'README.md'), readme(document));
  files.set(join(root, 'docs', 'licences.md'), licenceTable(packages));
  files.set(join(root, 'docs', 'optimizers.md'), optimizersTable(root, packages, results));
  const others = libraries(root, packages);
  const ours = (name: string): Table | undefined =>
    documents.map(({ tables }) => tables.get(name)).find((table) => table !== undefined);
  if (others.length > 0) files.set(join(root, 'docs', 'coming-from.md'), comingFromText(others, ours));
  if (packages.some(({ manifest }) => manifest.optim!.picture === 'docs/schedules.svg')) {
    files.set(join(root, 'docs', 'schedules.svg'), gallery());
  }
  for (const { manifest } of packages) {
    const { picture, algorithms } = manifest.optim!;
    const curves = picture && results.get(algorithms[0]?.class ?? '')?.curves;
    if (curves) files.set(join(root, picture), curvesSvg(curves));
  }
  const readmeOfAll = join(root, 'README.md');
  const parts = [
    { file: readmeOfAll, name: 'figures', body: figures(results) },
    { file: readmeOfAll, name: 'decay modes', body: decayModes(documents) },
    { file: readmeOfAll, name: 'packages', body: packageList(packages) },
    { file: join(root, 'docs', 'performance.md'), name: 'highlights', body: highlights(packages, results) },
    { file: join(root, 'docs', 'performance.md'), name: 'costs', body: costTable(packages, results) },
    { file: join(root, 'docs', 'performance.md'), name: 'first steps', body: firstSteps(results) },
    { file: join(root, 'docs', 'performance.md'), name: 'results', body: speedTables(packages, results) },
  ];
  for (const { file, name, body } of parts) {
    if (existsSync(file))
      files.set(file, withBlock(files.get(file) ?? readFileSync(file, 'utf8'), name, body));
  }
  return files;
}

/**
 * Writes (or, with `check`, compares) everything below `root` that is generated.
 *
 * @param link - is called when dependencies have changed
 * @returns what is stale, with `check`, and what only people can mend
 */
export async function sync(root: string, check: boolean, link: (root: string) => void): Promise<Finding[]> {
  const stale: string[] = [];
  /** Brings files up to date; returns those that were not. */
  const update = (files: ReadonlyMap<string, string>): string[] => {
    const old = [...files].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
    for (const [path, text] of check ? [] : old) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const paths = old.map(([path]) => relative(root, path));
    stale.push(...paths);
    return paths;
  };
  const packages = withManifests(root, publishedPackages(root));
  const first = update(new Map([...manifests(packages), ...umbrella(packages), ...globalTf(root)]));
  if (!check && first.some((path) => path.endsWith('package.json'))) link(root);

  // The README of the umbrella lists its exports, which are known only now.
  let documents = await documentsOf(root, packages);
  const { files, findings: unmade } = await registry(root, packages, documents);
  const written = update(new Map([...files, ...generated(root, packages, documents)]));
  if (!check && written.some((path) => path.endsWith('.ts'))) documents = await documentsOf(root, packages);
  const findings = check ? stale.map((path) => ({ what: `${path} is stale`, mend: 'npm run sync' })) : [];
  return [...findings, ...unmade, ...(await missing(root, packages, documents))];
}

/** Findings as lines: under each command what it mends. */
export function report(findings: readonly Finding[]): string {
  const mends = [...new Set(findings.map(({ mend }) => mend))];
  return mends
    .map((mend) => {
      const own = findings.filter((finding) => finding.mend === mend);
      return `${mend}\n${own.map(({ what }) => `  ${what}\n`).join('')}`;
    })
    .join('');
}
