// SPDX-License-Identifier: Apache-2.0
// The graph reader and what is written from it, on a small workspace made on disk.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishedPackages } from '../workspace.js';
import { audit, describe } from './audit.js';
import { readGraph } from './graph.js';
import { licenceText } from './policy.js';
import { bill, writeBills } from './sbom.js';
import { licenceTable } from '../sync/licences.js';

let folder = '';

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** As pnpm lays it out: a link from a package's node_modules to the real folder. */
function link(from: string, to: string): void {
  mkdirSync(dirname(join(folder, from)), { recursive: true });
  symlinkSync(join(folder, to), join(folder, from), 'dir');
}

const spdx = '// SPDX-License-Identifier: Apache-2.0\n';
const foundation = { family: 'foundation', algorithms: [] };
const base = { version: '1.0.0', license: 'Apache-2.0' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'licences-'));
  write('package.json', { name: 'root', version: '0.0.0', license: 'Apache-2.0' });
  write('LICENSE', licenceText('Apache-2.0'));
  write('packages/core/package.json', {
    ...base,
    name: '@optim/core',
    peerDependencies: { peer: '^2.0.0', absent: '*' },
    peerDependenciesMeta: { absent: { optional: true } },
    devDependencies: { copyleft: '*' },
    optim: foundation,
  });
  write(
    'packages/core/src/index.ts',
    `${spdx}import { join } from 'node:path';\nexport * from './a.js';\nexport { join };\n`,
  );
  write('packages/core/src/a.ts', spdx);
  write('packages/adam/yogi/package.json', {
    ...base,
    name: '@optim/yogi',
    dependencies: { '@optim/core': 'workspace:^' },
    optim: {
      family: 'adam',
      algorithms: [
        {
          class: 'Yogi',
          paper: 'arXiv:1.2',
          officialCode: { url: 'https://github.com/a/b', license: 'NONE' },
          seed: 'Y',
        },
        { class: 'Other', paper: 'https://example.org', officialCode: null, seed: 'Z' },
      ],
    },
  });
  write('packages/testing/package.json', { ...base, name: '@optim/testing', private: true });
  write('store/peer/package.json', {
    name: 'peer',
    version: '2.1.0',
    licenses: [{ type: 'MIT' }, { type: 'Zlib' }],
  });
  write('store/copyleft/package.json', {
    name: '@x/copyleft',
    version: '3.0.0',
    license: { type: 'GPL-3.0-only' },
  });
  link('packages/core/node_modules/peer', 'store/peer');
  link('packages/core/node_modules/@x/copyleft', 'store/copyleft');
  link('packages/adam/yogi/node_modules/@optim/core', 'packages/core');
});

afterAll(() => rmSync(folder, { recursive: true }));

const names = (): string[] => [...readGraph(folder).nodes.values()].map(({ name }) => name).sort();

test('in the graph is what users install: nothing for development, private or optional and absent', () => {
  expect(names()).toEqual(['@optim/core', '@optim/yogi', 'peer']);
  expect(audit(readGraph(folder)).map(describe)).toEqual([]);
  const peer = [...readGraph(folder).nodes.values()].find(({ name }) => name === 'peer')!;
  expect(peer).toMatchObject({ version: '2.1.0', licence: 'MIT OR Zlib', needs: [] });
});

test('the table has a row per algorithm', () => {
  const rows = licenceTable(publishedPackages(folder)).trimEnd().split('\n').slice(-3);
  const yogi = ['`@optim/yogi`', 'Apache-2.0'];
  expect(
    rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  ).toEqual([
    ['`@optim/core`', 'Apache-2.0', '', '', '', ''],
    [
      ...yogi,
      '`Yogi`',
      '[a/b](https://github.com/a/b)',
      'none stated',
      '[arXiv:1.2](https://arxiv.org/abs/1.2)',
    ],
    [...yogi, '`Other`', 'none published', '', 'https://example.org'],
  ]);
});

test('the bill of materials names package, components and their dependencies', () => {
  const graph = readGraph(folder);
  const key = [...graph.nodes.keys()].find((path) => path.endsWith('yogi'))!;
  const bom = bill(graph, key, new Date(0));
  expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
  expect(bom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: '1970-01-01T00:00:00.000Z',
      component: { type: 'library', group: '@optim', name: 'yogi', purl: 'pkg:npm/%40optim/yogi@1.0.0' },
    },
  });
  expect(bom.components).toEqual([
    {
      type: 'library',
      'bom-ref': 'pkg:npm/%40optim/core@1.0.0',
      group: '@optim',
      name: 'core',
      version: '1.0.0',
      licenses: [{ license: { id: 'Apache-2.0' } }],
      purl: 'pkg:npm/%40optim/core@1.0.0',
    },
    {
      type: 'library',
      'bom-ref': 'pkg:npm/peer@2.1.0',
      name: 'peer',
      version: '2.1.0',
      licenses: [{ expression: 'MIT OR Zlib' }],
      purl: 'pkg:npm/peer@2.1.0',
    },
  ]);
  expect(bom.dependencies).toEqual([
    { ref: 'pkg:npm/%40optim/yogi@1.0.0', dependsOn: ['pkg:npm/%40optim/core@1.0.0'] },
    { ref: 'pkg:npm/%40optim/core@1.0.0', dependsOn: ['pkg:npm/peer@2.1.0'] },
    { ref: 'pkg:npm/peer@2.1.0', dependsOn: [] },
  ]);
});

test('a bill is written for every package of the workspace', () => {
  writeBills(readGraph(folder), join(folder, 'sbom'));
  expect(readdirSync(join(folder, 'sbom')).sort()).toEqual(['core.cdx.json', 'yogi.cdx.json']);
});

test('a hidden import in the sources counts, and so does a package that is not installed', () => {
  write(
    'packages/core/src/lazy.ts',
    `${spdx}export const load = () => import('@x/copyleft/deep');\nimport 'nowhere';\n`,
  );
  expect(audit(readGraph(folder)).map(describe)).toEqual([
    '@optim/core: nowhere is used but not installed: @optim/core (Apache-2.0)',
    '@optim/core: a permissive package reaches a copyleft licence: @optim/core -> @x/copyleft@3.0.0 (GPL-3.0-only)',
    '@optim/core: src/lazy.ts loads @x/copyleft/deep, which package.json does not declare: @optim/core (Apache-2.0)',
    '@optim/core: src/lazy.ts loads nowhere, which package.json does not declare: @optim/core (Apache-2.0)',
    '@optim/yogi: nowhere is used but not installed: @optim/yogi -> @optim/core (Apache-2.0)',
    '@optim/yogi: a permissive package reaches a copyleft licence: ' +
      '@optim/yogi -> @optim/core -> @x/copyleft@3.0.0 (GPL-3.0-only)',
  ]);
});

test('the published packages depend on each other, TensorFlow.js, and one of them on the client of NATS', () => {
  const others = publishedPackages().flatMap(({ manifest: { name, dependencies, peerDependencies } }) => {
    const from = Object.keys({ ...dependencies, ...peerDependencies });
    const foreign = from.filter((each) => !/^@optim\/|^@tensorflow\/tfjs-core$/.test(each));
    return foreign.map((each) => [name, each.split('/')[0]]);
  });
  expect([...new Set(others.map((pair) => pair.join(' needs ')))]).toEqual([
    '@optim/distributed needs @nats-io',
  ]);
  const scripts = publishedPackages().flatMap(({ manifest }) =>
    Object.keys((manifest as { scripts?: object }).scripts ?? {}),
  );
  expect(scripts.filter((script) => /install|prepare/.test(script))).toEqual([]);
});
