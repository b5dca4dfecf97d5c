// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publishedPackages, type Manifest } from '../workspace.js';
import { manifests, withManifests } from './manifests.js';

let root: string;

function write(folder: string, manifest: object): void {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** What the package.json of the only package would become, where it would change. */
function written(): Manifest | undefined {
  const [text] = manifests(withManifests(root, publishedPackages(root))).values();
  return text === undefined ? undefined : (JSON.parse(text) as Manifest);
}

const lamb = { name: '@optim/lamb', version: '0.1.0', license: 'Apache-2.0', types: './dist/index.d.ts' };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'optim-manifests-'));
  write('packages/layerwise/lamb', lamb);
});

afterEach(() => rmSync(root, { recursive: true }));

it.each([
  ['git+https://example.org/me/optim.git'],
  ['https://example.org/me/optim'],
  [{ type: 'git', url: 'git+https://example.org/me/optim.git' }],
])('the address %o of the repository gives each package its three', (repository) => {
  write('.', { name: 'optim', repository });
  expect(written()).toEqual({
    ...lamb,
    homepage: 'https://example.org/me/optim/tree/main/packages/layerwise/lamb#readme',
    bugs: { url: 'https://example.org/me/optim/issues' },
    repository: {
      type: 'git',
      url: 'git+https://example.org/me/optim.git',
      directory: 'packages/layerwise/lamb',
    },
  });
});

it('without an address packages have none, also where they had one', () => {
  write('.', { name: 'optim' });
  expect(written()).toBeUndefined();
  write('packages/layerwise/lamb', { ...lamb, homepage: 'https://example.org' });
  expect(written()).toEqual(lamb);
});

it('an address that is none is refused', () => {
  write('.', { name: 'optim', repository: 'optim' });
  expect(written).toThrow(
    'package.json: repository must be like "git+https://HOST/OWNER/optim.git", got "optim"',
  );
});

it('compilers and bundlers that do not read `exports` find what is imported by path', () => {
  write('.', { name: 'optim' });
  const exports = {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './node': { types: './dist/node.d.ts', default: './dist/node.js' },
    './p': './p',
  };
  write('packages/layerwise/lamb', { ...lamb, exports });
  expect(written()).toMatchObject({
    typesVersions: { '*': { node: ['./dist/node.d.ts'] } },
    alias: { './node': './dist/node.js' },
  });
});
