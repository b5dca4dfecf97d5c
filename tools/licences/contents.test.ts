// SPDX-License-Identifier: Apache-2.0
// Every violation that is planted in a copy of a package is found.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root, type Manifest } from '../workspace.js';
import { audit, describe as line } from './audit.js';
import { readGraph } from './graph.js';
import { packedFiles } from './packed.js';

let workspace = '';
let yogi = '';

/** A workspace of Yogi, as if it had been built, and of Nero, which may not be shared. */
beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'planted-')));
  for (const name of ['package.json', 'LICENSE']) cpSync(join(root, name), join(workspace, name));
  symlinkSync(join(root, 'node_modules'), join(workspace, 'node_modules'), 'dir');
  for (const path of ['adam/yogi', 'layerwise/nero']) {
    for (const name of [
      'package.json',
      'src',
      'README.md',
      ...(path === 'layerwise/nero' ? ['LICENSE'] : []),
    ])
      cpSync(join(root, 'packages', path, name), join(workspace, 'packages', path, name), {
        recursive: true,
        force: true,
      });
  }
  yogi = join(workspace, 'packages/adam/yogi');
  put('dist/index.js', `${spdx}export * from '@optim/core';\n`);
  put('dist/index.d.ts', "export * from '@optim/core';\n");
  put('dist/index.js.map', JSON.stringify({ version: 3, sources: ['../src/index.ts'], mappings: '' }));
});

afterEach(() => rmSync(workspace, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(yogi, path)), { recursive: true });
  writeFileSync(join(yogi, path), text);
}

function declare(more: object): void {
  const manifest = JSON.parse(readFileSync(join(yogi, 'package.json'), 'utf8')) as object;
  writeFileSync(join(yogi, 'package.json'), JSON.stringify({ ...manifest, ...more }));
}

const found = (): string[] => audit(readGraph(workspace)).map(line);
const nero = (): string => readFileSync(join(root, 'packages/layerwise/nero/src/index.ts'), 'utf8');

const spdx = '// SPDX-License-Identifier: Apache-2.0\n';
const code = (text: string): string => `${spdx}${text}\n`;
const gpl = `/*
 * This program is free software: you can redistribute it and/or modify it under the terms of the GNU General
 * Public License as published by the Free Software Foundation, either version 3 of the License.
 */
`;
const other = '@optim/fromage';

/** What is planted, and what is said of it. */
const plants: readonly (readonly [what: string, plant: () => void, said: string])[] = [
  [
    'source of another licence, with its SPDX line',
    () => put('src/nero.ts', nero()),
    'src/nero.ts is under another licence: @optim/yogi (CC-BY-NC-SA-4.0)',
  ],
  [
    'source of another licence, with an SPDX line of ours',
    () => put('src/nero.ts', nero().replace('CC-BY-NC-SA-4.0', 'Apache-2.0')),
    'src/nero.ts holds code of @optim/nero: @optim/yogi (CC-BY-NC-SA-4.0)',
  ],
  [
    'a part of such source',
    () =>
      put(
        'src/part.mts',
        code(nero().slice(nero().indexOf('class Nero'), nero().indexOf('class Nero') + 1500)),
      ),
    'src/part.mts holds code of @optim/nero',
  ],
  [
    'another licence in dist alone',
    () => put('dist/index.js', '// SPDX-License-Identifier: GPL-3.0-only\n'),
    'dist/index.js is under another licence: @optim/yogi (GPL-3.0-only)',
  ],
  [
    'a second SPDX line further down',
    () => put('src/a.ts', code('export const a = 1;\n/* SPDX-License-Identifier: AGPL-3.0-only */')),
    'src/a.ts is under another licence: @optim/yogi (AGPL-3.0-only)',
  ],
  [
    'an SPDX line that is none',
    () => put('src/a.ts', '// SPDX-License-Identifier: \nexport {};\n'),
    'src/a.ts is under another licence: @optim/yogi (none)',
  ],
  ['no SPDX line', () => put('src/a.ts', 'export {};\n'), 'src/a.ts has no SPDX line'],
  ['none in dist', () => put('dist/index.js', 'export {};\n'), 'dist/index.js has no SPDX line'],
  ['the header of a GPL file', () => put('src/a.ts', gpl), 'src/a.ts speaks of the GNU licences'],
  [
    'the same under an SPDX line of ours',
    () => put('src/a.ts', code(gpl)),
    'src/a.ts speaks of the GNU licences',
  ],
  [
    'the same in a declaration',
    () => put('dist/index.d.ts', gpl),
    'dist/index.d.ts speaks of the GNU licences',
  ],
  [
    'a licence by its name',
    () => put('src/a.js', code('/** @license CC-BY-NC 4.0 */')),
    'src/a.js speaks of another licence',
  ],
  [
    'a licence in the README',
    () => put('README.md', 'Under the Creative Commons Attribution-NonCommercial 4.0 licence.'),
    'README.md speaks of a Creative Commons licence',
  ],
  [
    'a licence in words',
    () => put('src/a.ts', code('// Free for academic research\n// purposes only.')),
    'src/a.ts speaks of a non-commercial licence',
  ],
  [
    'the notice of another owner',
    () => put('src/a.ts', code('// Copyright (c) 2019 Somebody')),
    'src/a.ts speaks of another owner',
  ],
  [
    'a source map that holds other sources',
    () =>
      put(
        'dist/index.js.map',
        JSON.stringify({ sources: ['../src/index.ts'], sourcesContent: [nero()], mappings: '' }),
      ),
    'dist/index.js.map is under another licence',
  ],
  [
    'a source map of sources that are not ours',
    () => put('dist/index.js.map', JSON.stringify({ sources: ['../../../nero/src/index.ts'], mappings: '' })),
    'dist/index.js.map was made of ../../../nero/src/index.ts, which is not in src',
  ],
  [
    'a file in dist that no source makes',
    () => put('dist/more.js', code('export {};')),
    'dist/more.js is not made of a source file',
  ],
  [
    'an import',
    () => put('src/a.ts', code(`import '${other}';`)),
    `src/a.ts loads ${other}, which package.json`,
  ],
  ['export from', () => put('src/a.ts', code(`export * from '${other}';`)), `src/a.ts loads ${other}`],
  [
    'import type',
    () => put('src/a.ts', code(`import type { A } from '${other}';`)),
    `src/a.ts loads ${other}`,
  ],
  [
    'a type of another package',
    () => put('dist/index.d.ts', `export type A = import('${other}').Fromage;\n`),
    `dist/index.d.ts loads ${other}`,
  ],
  ['.mts', () => put('src/a.mts', code(`import '${other}';`)), `src/a.mts loads ${other}`],
  ['.cts', () => put('src/a.cts', code(`import x = require('${other}');`)), `src/a.cts loads ${other}`],
  [
    '.tsx',
    () => put('src/a.tsx', code(`import '${other}'; const a = <a href="">b</a>;`)),
    `src/a.tsx loads ${other}`,
  ],
  ['.js', () => put('src/a.js', code(`import '${other}';`)), `src/a.js loads ${other}`],
  ['.mjs', () => put('src/a.mjs', code(`export { A } from '${other}';`)), `src/a.mjs loads ${other}`],
  ['.cjs', () => put('src/a.cjs', code(`const a = require('${other}');`)), `src/a.cjs loads ${other}`],
  ['.jsx', () => put('src/a.jsx', code(`import '${other}'; const a = <a />;`)), `src/a.jsx loads ${other}`],
  [
    'in a folder',
    () => put('src/a/b/c.ts', code(`import '${other}/deep';`)),
    `src/a/b/c.ts loads ${other}/deep`,
  ],
  [
    'an import in dist alone',
    () => put('dist/index.js', code(`import '${other}';`)),
    `dist/index.js loads ${other}`,
  ],
  [
    'require in a function',
    () => put('src/a.ts', code(`const a = () => require('${other}');`)),
    `src/a.ts loads ${other}`,
  ],
  [
    'require of what is computed',
    () => put('src/a.cjs', code(`require('@optim/' + 'fromage');`)),
    'src/a.cjs loads by require of what is computed',
  ],
  [
    'require by another name',
    () => put('src/a.cjs', code(`const r = require; r('x');`)),
    'src/a.cjs loads by require',
  ],
  [
    'createRequire',
    () =>
      put('src/a.ts', code(`import { createRequire } from 'node:module'; createRequire('/')('${other}');`)),
    'src/a.ts loads by createRequire',
  ],
  [
    'import of what is computed',
    () => put('src/a.ts', code('const a = (name: string) => import(`@optim/${name}`);')),
    'src/a.ts loads by import of what is computed',
  ],
  [
    'import()',
    () => put('src/a.ts', code(`const a = () => import(\`${other}\`);`)),
    `src/a.ts loads ${other}`,
  ],
  ['eval', () => put('src/a.ts', code(`eval("import('x')");`)), 'src/a.ts loads by eval'],
  ['new Function', () => put('src/a.ts', code("new Function('return 1');")), 'src/a.ts loads by Function'],
  ['an address', () => put('src/a.ts', code("import 'https://example.org/a.js';")), 'which is no package'],
  [
    'code in an address',
    () => put('src/a.ts', code("import 'data:text/javascript,1';")),
    'which is no package',
  ],
  ['an absolute path', () => put('src/a.ts', code("import '/etc/a.js';")), 'src/a.ts loads /etc/a.js'],
  [
    'a relative import that leaves the package',
    () => put('src/a.ts', code("export * from '../../../layerwise/nero/src/index.js';")),
    'src/a.ts loads ../../../layerwise/nero/src/index.js, which is outside the package',
  ],
  [
    'a worker outside the package',
    () => put('src/a.ts', code("new Worker(new URL('../../nero/worker.js', import.meta.url));")),
    'src/a.ts loads ../../nero/worker.js, which is outside the package',
  ],
  [
    'a relative import of what is not packed',
    () => put('src/a.ts', code("import '../test/trial.js';")),
    'src/a.ts loads ../test/trial.js, which is not packed',
  ],
  [
    'a reference',
    () => put('src/a.ts', code('/// <reference path="../../nero/index.d.ts" />')),
    'src/a.ts loads ./../../nero/index.d.ts, which is outside the package',
  ],
  [
    'bundledDependencies',
    () => declare({ bundledDependencies: ['x'] }),
    'package.json has bundledDependencies',
  ],
  ['bundleDependencies', () => declare({ bundleDependencies: true }), 'package.json has bundleDependencies'],
  [
    'another folder to publish',
    () => declare({ publishConfig: { directory: 'out' } }),
    'publishConfig.directory',
  ],
  [
    'an install script',
    () => declare({ scripts: { postinstall: 'node a.js' } }),
    'has a script "postinstall"',
  ],
  ['names for imports', () => declare({ imports: { '#a': other } }), 'package.json has imports'],
  [
    'a dependency from elsewhere',
    () => declare({ dependencies: { '@optim/core': 'github:a/b' } }),
    'package.json takes @optim/core from "github:a/b", not from the registry',
  ],
  [
    'a dependency under another name',
    () => declare({ dependencies: { '@optim/core': 'npm:@optim/fromage@1' } }),
    'package.json takes @optim/core from "npm:@optim/fromage@1"',
  ],
  [
    'a folder more',
    () => {
      declare({ files: ['dist', 'src', 'vendor'] });
      put('vendor/a.js', nero());
    },
    'vendor/a.js is under another licence',
  ],
  [
    'a pattern',
    () => {
      declare({ files: ['dist', 'src', '**/*.txt'] });
      put('COPYING.txt', gpl);
    },
    'COPYING.txt speaks of the GNU licences',
  ],
  [
    'files that are not chosen',
    () => {
      declare({ files: undefined });
      put('lib/a.ts', gpl);
    },
    'lib/a.ts speaks of the GNU licences',
  ],
  [
    'an entry outside the folders',
    () => {
      declare({ main: './lib/a.js' });
      put('lib/a.js', gpl);
    },
    'lib/a.js speaks of the GNU licences',
  ],
  ['a notice of others', () => put('NOTICE', gpl), 'NOTICE is of a kind that nobody reads'],
  ['a binary', () => put('src/a.node', 'ELF\0'), 'src/a.node is of a kind that nobody reads'],
  [
    'a binary by the name of code',
    () => put('src/a.ts', code('\0')),
    'src/a.ts is of a kind that nobody reads',
  ],
  [
    'a package within',
    () => put('src/x/package.json', '{"license":"GPL-3.0"}'),
    'src/x/package.json belongs to',
  ],
  ['a licence within', () => put('src/x/LICENSE', gpl), 'src/x/LICENSE belongs to another package'],
  [
    'installed files',
    () => put('dist/node_modules/x/index.js', code('')),
    'dist/node_modules/x/index.js belongs to',
  ],
  ['a link', () => symlinkSync('/etc/hostname', join(yogi, 'src/a.ts')), 'src/a.ts is a link'],
];

describe('what is packed', () => {
  it('is clean before anything is planted', () => {
    expect(found()).toEqual([]);
  });

  it.each(plants)('with %s', (_what, plant, said) => {
    plant();
    const lines = found();
    expect(
      lines.some((each) => each.startsWith('@optim/yogi: ') && each.includes(said)),
      lines.join('\n'),
    ).toBe(true);
  });

  it.each([
    [
      'a choice of licences',
      () => put('src/a.ts', '// SPDX-License-Identifier: MIT OR GPL-3.0-only\nexport {};\n'),
    ],
    ['a permissive licence', () => put('src/a.ts', '// SPDX-License-Identifier: MIT\nexport {};\n')],
    [
      'what authors say of their own code',
      () => put('src/a.ts', code("// The authors' code (GPL-3.0) was not read.")),
    ],
    ['what Node has', () => put('src/a.ts', code("import 'node:fs/promises'; import 'path';"))],
    ['files that are not packed', () => put('test/a.ts', gpl)],
  ])('may hold %s', (_what, plant) => {
    plant();
    expect(found()).toEqual([]);
  });

  it('is all that is listed, and nothing else', () => {
    put('test/a.ts', '');
    put('CHANGELOG.md', '');
    const manifest = JSON.parse(readFileSync(join(yogi, 'package.json'), 'utf8')) as Manifest;
    expect(packedFiles(yogi, manifest).map(({ path }) => path)).toEqual([
      'CHANGELOG.md',
      'README.md',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/index.js.map',
      'package.json',
      'src/index.ts',
    ]);
  });
});
