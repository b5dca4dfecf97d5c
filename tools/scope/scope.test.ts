// SPDX-License-Identifier: Apache-2.0

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { holdsTerms } from '../licences/policy.js';
import { publishedPackages, readManifest, root } from '../workspace.js';
import { zoo } from '../zoo/index.js';
import { goldens, scope, withoutGolden, type Row } from './scope.js';

const packages = join(root, 'packages');
const here = scope.filter(({ planned }) => !planned);
const algorithms = here.filter(({ exports }) => exports.length > 0);
const isFamily = ({ folder }: Row): boolean => folder.includes('/');

const read = (...path: string[]): string => {
  const file = join(root, ...path);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

/** Everything that waits for the next release. */
const changesets = readdirSync(join(root, '.changeset'))
  .map((name) => read('.changeset', name))
  .join('\n');

/** All test files of a package in one. */
function tests(folder: string): string {
  const at = join(packages, folder, 'test');
  if (!existsSync(at)) return '';
  const files = readdirSync(at).filter((name) => name.endsWith('.test.ts'));
  return files.map((name) => readFileSync(join(at, name), 'utf8')).join('\n');
}

/** Names of `row` for which `isThere` is false. */
const lacking = ({ exports }: Row, isThere: (name: string) => boolean): string[] =>
  exports.filter((name) => !isThere(name));

it('a row for every published package, and no other', () => {
  const published = publishedPackages().map(({ folder }) => folder.slice(packages.length + 1));
  expect(published.sort()).toEqual(here.map(({ folder }) => folder).sort());
});

it.each(scope.filter(({ planned }) => planned))(
  '$folder is not there: take its mark away when it is',
  (row) => {
    expect(existsSync(join(packages, row.folder))).toBe(false);
  },
);

describe.each(here)('$folder', ({ folder, license = 'Apache-2.0' }) => {
  const manifest = readManifest(join(packages, folder));

  it('has its name and licence, with its text', () => {
    expect(manifest).toMatchObject({ name: `@optim/${basename(folder)}`, license });
    const own = join('packages', folder, 'LICENSE');
    if (license === 'Apache-2.0') expect(existsSync(join(root, own))).toBe(false);
    else expect(holdsTerms(read(own), license)).toBe(true);
  });

  it('has a changelog with its version, or a change that waits for its first one', () => {
    const waits = manifest.version === '0.0.0' && changesets.includes(`'${manifest.name}': `);
    if (!waits) expect(read('packages', folder, 'CHANGELOG.md')).toContain(`\n## ${manifest.version}\n`);
  });
});

describe.each(algorithms)('$folder', (row) => {
  it('exports its algorithms, and package.json names them', async () => {
    const module = (await import(pathToFileURL(join(packages, row.folder, 'src/index.ts')).href)) as object;
    expect(lacking(row, (name) => name in module)).toEqual([]);
    const named = readManifest(join(packages, row.folder)).optim!.algorithms.map((entry) => entry.class);
    const expected = isFamily(row) ? row.exports : row.exports.filter((name) => !withoutGolden[name]);
    expect(named.sort()).toEqual([...expected].sort());
  });

  it('runs the golden numbers of each', () => {
    const text = tests(row.folder);
    const isTested = (name: string): boolean => {
      if (withoutGolden[name]) return text.includes(`${name}(`);
      const file = `golden/${goldens[name] ?? name}.json`;
      return existsSync(join(packages, 'testing', file)) && text.includes(`@optim/testing/${file}`);
    };
    expect(lacking(row, isTested)).toEqual([]);
  });

  it('tells of each in its README', () => {
    const text = read('packages', row.folder, 'README.md');
    const isTold = (name: string): boolean => text.includes(isFamily(row) ? `## ${name}\n` : `\`${name}\``);
    expect(lacking(row, isTold)).toEqual([]);
  });
});

describe.each(algorithms.filter(isFamily))('$folder', (row) => {
  it('is in the table of all classes, and so measured and trained; the results are in the docs', () => {
    expect(lacking(row, (name) => name in zoo)).toEqual([]);
    const isListed = (file: string) => (name: string) =>
      new RegExp(`^\\| ${name} +\\|`, 'm').test(read('docs', file));
    expect(lacking(row, isListed('performance.md'))).toEqual([]);
    expect(lacking(row, isListed('optimizers.md'))).toEqual([]);
  });

  it('is in the umbrella, or not, as it should be', async () => {
    const umbrella = readManifest(join(packages, 'all')) as { dependencies?: Record<string, string> };
    expect(`@optim/${basename(row.folder)}` in umbrella.dependencies!).toBe(row.umbrella !== false);
  });
});
