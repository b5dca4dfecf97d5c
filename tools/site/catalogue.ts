// SPDX-License-Identifier: Apache-2.0
// Everything the pages say of classes, schedules and hooks, from the registry, doc comments, golden files and records.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeHook,
  describeOptimizer,
  describeSchedule,
  listHooks,
  listOptimizers,
  listSchedules,
  type Described,
  type OptimizerDescription,
  type OptionDescription,
} from '@optim/all';
import { readResults, type Results } from '../results.js';
import { described, originsOf } from '../sync/origins.js';
import { DocReader, type ExportDoc } from '../sync/source.js';
import { entryPoints, publishedPackages, root, type Algorithm, type WorkspacePackage } from '../workspace.js';
import { citationOf, type Citation } from './citations.js';

/** One class. */
export interface ClassEntry {
  readonly description: OptimizerDescription;
  readonly doc: ExportDoc;
  readonly algorithm: Algorithm;
  readonly version: string;
  /** Whose numbers its tests compare with, in words. */
  readonly origins: readonly string[];
  readonly results: Results;
  /** Markdown; empty before the first release. */
  readonly changelog: string;
  readonly citation: Citation | undefined;
}

/** An option that is a number and may be dragged. */
export interface Control {
  readonly name: string;
  readonly meaning: string;
  readonly range: string;
  readonly default?: number | undefined;
}

/** What the landscape needs to make a class and its controls. */
export interface Controls {
  readonly name: string;
  readonly summary: string;
  readonly family: string;
  readonly wraps: boolean;
  readonly options: readonly Control[];
}

export interface Catalogue {
  readonly classes: readonly ClassEntry[];
  readonly hooks: readonly Described[];
  readonly schedules: readonly Described[];
  readonly controls: readonly Controls[];
}

/** What a reader wants to know of a release: nothing that only follows from other packages. */
function changelogOf(folder: string): string {
  const file = join(folder, 'CHANGELOG.md');
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8')
    .replace(/^# .*\n/, '')
    .replaceAll(/^- Updated dependencies.*\n(?: {2}- .*\n?)*/gm, '')
    .replaceAll(/^- [0-9a-f]{7}: /gm, '- ')
    .replaceAll(/^### .* Changes\n+(?=#|$)/gm, '')
    .replaceAll(/^(#+)/gm, '##$1')
    .trim();
}

const isNumber = ({ range, default: value }: OptionDescription): boolean =>
  /^in [[(]|^an integer/.test(range) && (value === undefined || typeof value === 'number');

const controlsOf = ({ name, summary, family, wraps, options }: OptimizerDescription): Controls => ({
  name,
  summary,
  family,
  wraps,
  options: options.filter(isNumber).map(({ name, meaning, range, default: value }) => ({
    name,
    meaning,
    range,
    ...(typeof value === 'number' && Number.isFinite(value) ? { default: value } : {}),
  })),
});

/** The classes that the landscape offers: those for which a loss of one point is enough. */
export function movable(): Controls[] {
  const algorithms = publishedPackages().flatMap(({ manifest }) => manifest.optim?.algorithms ?? []);
  const unmeasured = new Set(algorithms.filter((each) => each.unmeasured).map((each) => each.class));
  return listOptimizers()
    .filter(({ name, family, needs, install }) => {
      const isAlone = family !== 'multitask' && !needs.includes('samples');
      return isAlone && install === null && !unmeasured.has(name);
    })
    .map(({ name }) => controlsOf(describeOptimizer(name)));
}

/** Reads all of it; takes some seconds. */
export function readCatalogue(): Catalogue {
  const packages = publishedPackages();
  const main = ({ folder, manifest }: WorkspacePackage): string =>
    entryPoints(folder, manifest).get(manifest.name)!;
  const withClasses = packages.filter(({ manifest, parent }) => parent !== 'packages' && manifest.optim);
  const reader = new DocReader(withClasses.map(main), join(root, 'tsconfig.json'));
  const results = readResults();
  const found = new Map<string, ClassEntry>();
  for (const entry of withClasses) {
    const { folder, manifest } = entry;
    const source = join(folder, 'src');
    const sources = readdirSync(source).map((name) => readFileSync(join(source, name), 'utf8'));
    const { exports } = reader.read(main(entry));
    for (const algorithm of manifest.optim!.algorithms) {
      const doc = exports.find(({ name }) => name === algorithm.class);
      if (!doc) continue;
      found.set(algorithm.class, {
        description: describeOptimizer(algorithm.class),
        doc,
        algorithm,
        version: manifest.version,
        origins: originsOf(root, algorithm).map(described),
        results: results.get(algorithm.class) ?? {},
        changelog: changelogOf(folder),
        citation: citationOf(algorithm.paper, sources),
      });
    }
  }
  const classes = listOptimizers().flatMap(({ name }) => found.get(name) ?? []);
  return {
    classes,
    hooks: listHooks().map(({ name }) => describeHook(name)),
    schedules: listSchedules().map(({ name }) => describeSchedule(name)),
    controls: movable(),
  };
}
