// SPDX-License-Identifier: Apache-2.0
// What a package still lacks, which no generator can write, each with what mends it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { limit, reference } from '../bench/subjects.js';
import { audit, describe } from '../licences/audit.js';
import { readGraph } from '../licences/graph.js';
import { readResults } from '../results.js';
import { trialsOf } from '../trials.js';
import { families, type WorkspacePackage } from '../workspace.js';
import { originsOf } from './origins.js';
import { problems } from './problems.js';
import type { PackageDoc } from './readme.js';

/** Something that is not as it should be. */
export interface Finding {
  what: string;
  /** A command, or what to edit. */
  mend: string;
}

const read = (...path: string[]): string =>
  existsSync(join(...path)) ? readFileSync(join(...path), 'utf8') : '';

/** The texts of all files of a folder in one. */
function texts(folder: string, end: string): string {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(end)) : [];
  return files.map((name) => read(folder, name)).join('\n');
}

function* inHistory(root: string, { folder, manifest }: WorkspacePackage): Generator<Finding> {
  const { name, version } = manifest;
  const at = relative(root, folder);
  if (name !== `@optim/${basename(folder)}`) {
    yield { what: `${name} lies in ${at}`, mend: `edit ${at}/package.json` };
  }
  // Everything that waits for the next release is in .changeset.
  const waits = version === '0.0.0' && texts(join(root, '.changeset'), '.md').includes(`'${name}': `);
  if (!waits && !read(folder, 'CHANGELOG.md').includes(`\n## ${version}\n`)) {
    yield { what: `${name}: no change describes ${version}`, mend: 'npm run changeset' };
  }
}

function* inGoldens(root: string, { folder, manifest }: WorkspacePackage): Generator<Finding> {
  const tests = texts(join(folder, 'test'), '.test.ts');
  for (const algorithm of manifest.optim!.algorithms) {
    const { class: name, golden = name } = algorithm;
    const file = `packages/testing/golden/${golden}.json`;
    if (originsOf(root, algorithm).length === 0) {
      yield { what: `${file}: no numbers of a real implementation`, mend: `edit ${file}, see its README` };
    }
    if (!tests.includes(`@optim/testing/golden/${golden}.json`)) {
      yield { what: `${name}: no test runs ${file}`, mend: `edit ${relative(root, folder)}/test` };
    }
  }
}

async function inMeasurements(root: string, packages: readonly WorkspacePackage[]): Promise<Finding[]> {
  const found: Finding[] = [];
  const results = readResults(root);
  const known = new Set([reference, limit]);
  for (const { folder, manifest } of packages) {
    const trials = await trialsOf(folder);
    for (const { class: name, unmeasured } of manifest.optim!.algorithms) {
      known.add(name);
      if (unmeasured) continue;
      const { training, speed } = results.get(name) ?? {};
      const trial = `${relative(root, folder)}/test/trial.ts`;
      if (!(name in trials)) found.push({ what: `${trial}: no trial of ${name}`, mend: `edit ${trial}` });
      const file = `docs/results/${name}.json`;
      if (!training) found.push({ what: `${file}: not trained yet`, mend: `npm run optimizers -- ${name}` });
      // On cpu a matrix product of that size takes seconds: what is made of such is measured on wasm alone.
      if (!speed?.['wasm, 1M']) {
        found.push({ what: `${file}: not measured yet`, mend: `npm run bench -- --only ${name}` });
      }
    }
  }
  for (const name of results.keys()) {
    const file = `docs/results/${name}.json`;
    if (!known.has(name)) found.push({ what: `${file}: no class has this name`, mend: `delete ${file}` });
  }
  return found;
}

/** All of it. */
export async function missing(
  root: string,
  packages: readonly WorkspacePackage[],
  documents: readonly PackageDoc[],
): Promise<Finding[]> {
  const folderOf = (name: string): string =>
    relative(root, packages.find(({ manifest }) => manifest.name === name)!.folder);
  return [
    ...audit(readGraph(root)).map((violation) => ({
      what: describe(violation),
      mend: `edit ${folderOf(violation.package)}/package.json`,
    })),
    ...documents.flatMap((document) =>
      problems(document).map((what) => ({ what, mend: `edit ${relative(root, document.folder)}` })),
    ),
    ...packages.flatMap((entry) => [...inHistory(root, entry), ...inGoldens(root, entry)]),
    ...(await inMeasurements(
      root,
      packages.filter(({ parent }) => families.includes(parent)),
    )),
  ];
}
