// SPDX-License-Identifier: Apache-2.0
// What is published works: every public package goes to a local registry, new projects install some and train.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../licences/contents.js';
import { packedFiles } from '../licences/packed.js';
import { publishedPackages, readManifest, type Manifest } from '../workspace.js';
import { cases } from './cases.js';
import { wanted, type Place } from './place.js';
import { files } from './programs.js';
import { Published, run, Unavailable } from './project.js';

let published: Published;
let place: Place;

beforeAll(async () => {
  published = await Published.start();
  place = { published, project: published.project('project', wanted(), files) };
}, 300_000);

afterAll(() => published?.stop());

describe('the tarball', () => {
  const tarball = ({ name, version }: Manifest): string =>
    join(published.registry.storage, name, `${basename(name)}-${version}.tgz`);

  it.each(publishedPackages())('of $manifest.name is complete', ({ folder, manifest }) => {
    const content = execFileSync('tar', ['-tzf', tarball(manifest)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    // Without one before its first release.
    const changelog = existsSync(join(folder, 'CHANGELOG.md')) ? ['CHANGELOG.md'] : [];
    const expected = ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts', ...changelog];
    expect(content).toEqual(expect.arrayContaining(expected.map((f) => `package/${f}`)));
    expect(
      content.filter((path) => !/^package\/((dist|src)\/.+|[A-Z]+(\.md)?|package\.json)$/.test(path)),
    ).toEqual([]);
  });

  it.each(publishedPackages())(
    'of $manifest.name holds what the licence audit has read, and passes it',
    ({ folder, manifest }) => {
      const unpacked = mkdtempSync(join(tmpdir(), 'optim-unpacked-'));
      execFileSync('tar', ['-xzf', tarball(manifest), '-C', unpacked]);
      const packed = readManifest(join(unpacked, 'package'));
      const held = packedFiles(join(unpacked, 'package'), { name: packed.name, version: packed.version });
      const read = packedFiles(folder, manifest).map(({ path }) => path);
      const unread = held.map(({ path }) => path).filter((path) => !read.includes(path));
      // pnpm adds that of the root.
      expect(unread.filter((path) => path !== 'LICENSE')).toEqual([]);
      expect(examine(held, packed).findings).toEqual([]);
      rmSync(unpacked, { recursive: true });
    },
  );
});

describe('a project that installs @optim/adamw', () => {
  const dependencies = (name: string): string[] =>
    Object.keys(readManifest(join(place.project, 'node_modules/@optim', name)).dependencies ?? {});

  it('gets the packages it stands on and nothing else of ours', () => {
    const wanted: Record<string, string[]> = {
      adamw: ['@optim/core', '@optim/formulas'],
      contract: ['@optim/evaluation', '@optim/fusion', '@optim/options', '@optim/state'],
      core: ['@optim/contract', '@optim/evaluation', '@optim/fusion', '@optim/options', '@optim/state'],
      evaluation: [],
      formulas: ['@optim/fusion'],
      fusion: [],
      options: [],
      state: ['@optim/fusion', '@optim/options'],
    };
    expect(readdirSync(join(place.project, 'node_modules/@optim')).sort()).toEqual(Object.keys(wanted));
    for (const [name, names] of Object.entries(wanted)) expect(dependencies(name), name).toEqual(names);
  });

  it.each(['first.mjs', 'first.cjs'])('has its kernels from the first step on, with %s', (script) => {
    expect(JSON.parse(run(process.execPath, [script], place.project))).toContain('AdamW.update');
  });

  // Those that install more are for `npm run consumers`.
  it.for(cases.filter(({ installs }) => !installs))('trains: $name', async (entry, { skip }) => {
    try {
      await entry.run(place);
    } catch (error) {
      if (error instanceof Unavailable) skip(error.message);
      throw error;
    }
  });
});
