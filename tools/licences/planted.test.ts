// SPDX-License-Identifier: Apache-2.0
// Violations that are planted in the files and the package.json of a tarball, one by one.

import { expect, it } from 'vitest';
import type { Manifest } from '../workspace.js';
import { examine } from './contents.js';
import type { PackedFile } from './packed.js';

const spdx = '// SPDX-License-Identifier: Apache-2.0\n';
const manifest = {
  name: '@optim/x',
  license: 'Apache-2.0',
  dependencies: { '@optim/core': 'workspace:^' },
} as unknown as Manifest;
const good: Readonly<Record<string, string>> = {
  LICENSE: 'Apache License',
  'package.json': '{}',
  'README.md': '# x',
  'src/index.ts': `${spdx}export * from '@optim/core';\n`,
  'dist/index.js': `${spdx}export * from '@optim/core';\n`,
  'dist/index.d.ts': "export * from '@optim/core';\n",
};

function rules(files: Readonly<Record<string, string>>, more: object = {}): string[] {
  const packed = Object.entries({ ...good, ...files }).map(([path, text]): PackedFile => ({ path, text }));
  return examine(packed, { ...manifest, ...more }).findings.map(({ rule }) => rule);
}

it('there is none to begin with', () => {
  expect(rules({})).toEqual([]);
});

it.each([
  ['// spdx-license-identifier: GPL-3.0-only', 'is under another licence'],
  ['// SPDX-License-Identifier : GPL-3.0-only', 'is under another licence'],
  ['/* SPDX-License-Identifier: Apache-2.0 AND GPL-3.0-only */', 'is under another licence'],
  ['// Licensed under the GPLv3.', 'under the GPLv3'],
  ['// distributed under the terms of the GPLv2 or later', 'of the GPLv2'],
  ['// license: LGPLv2.1', 'LGPLv2.1'],
  ['/** under AGPLv3 */', 'under AGPLv3'],
  ['// Licensed under the EUPL', 'under the EUPL'],
  ['// see https://www.gnu.org/licenses/gpl-3.0.html', 'the GNU licences'],
  ['// Foo is free software: you can redistribute it and/or modify it', 'the GNU licences'],
  ['/*\n * under the GNU General\n * Public License\n */', 'the GNU licences'],
  ['// see https://creativecommons.org/licenses/by-nc-sa/4.0/', 'a Creative Commons licence'],
  ['// Copyright: 2023 Foo GmbH', 'another owner'],
  ['// Copyright Foo Inc. 2020', 'another owner'],
  ['// Copyright, 2020, Foo', 'another owner'],
  ['// (c) 2021 Foo LLC', 'another owner'],
  ['// Not for commercial use.', 'a non-commercial licence'],
  ['// noncommercial use only', 'a non-commercial licence'],
  ['// may be used for research only', 'a non-commercial licence'],
  ['// Proprietary and confidential', 'a reservation of rights'],
  ['// Commons Clause License Condition v1.0', 'a Commons Clause'],
  ['// Elastic License 2.0', 'the Elastic License'],
  ['// Common Development and Distribution License', 'the CDDL'],
  ['// Microsoft Reciprocal License', 'the Microsoft Reciprocal License'],
  ["globalThis['require']('gpl');", 'loads by require'],
  ["globalThis['eval']('x');", 'loads by eval'],
  ["module.require('gpl');", 'loads by require'],
  ["\\u0072equire('gpl');", 'loads gpl'],
  ["/** @type {import('gpl').X} */ export const a = 1;", 'loads gpl'],
  ['/// <reference types="gpl" />\nexport {};', 'loads gpl'],
  ['/// <amd-dependency path="gpl" />\nexport {};', 'loads gpl'],
  ["new Worker('https://x/gpl.js');", 'which is no package'],
  ["new SharedWorker('../../gpl.js');", 'which is outside the package'],
  ['new Worker(somewhere);', 'loads by a worker of what is computed'],
  ["import vm from 'node:vm';", 'loads by node:vm'],
  ["import { register } from 'node:module';", 'loads by node:module'],
  ["import { execSync } from 'child_process';", 'loads by child_process'],
  ["import '@optim/x/../../gpl/a.js';", 'which is no package'],
  ["import '/etc/gpl.js';", 'which is no package'],
  ["import '#gpl';", 'which is no package'],
  ['// CC BY-NC', 'a Creative Commons licence'],
  ['/* CC-BY-NC, by its authors */', 'a Creative Commons licence'],
  ['// CC BY-NC-SA 4.0', 'a Creative Commons licence'],
  ["navigator.serviceWorker.register('https://x/gpl.js');", 'loads by serviceWorker'],
  ["context.audioWorklet.addModule('https://x/gpl.js');", 'loads by addModule'],
  ["document.createElement('script').src = 'https://x/gpl.js';", 'loads by a script of a page'],
  ["body.innerHTML = '<script src=https://x/gpl.js></script>';", 'loads by a script of a page'],
  ["(() => 1).constructor('return gpl')();", 'loads by a constructor of text'],
  ["[].at['constructor'](`a`, 'return ' + gpl)();", 'loads by a constructor of text'],
  ["setTimeout('gpl()', 1);", 'loads by setTimeout of text'],
  ['globalThis.setInterval(`${gpl}()`);', 'loads by setInterval of text'],
])('in code: %s', (text, said) => {
  expect(rules({ 'src/a.js': spdx + text }).join('\n')).toContain(said);
});

it.each([
  "export const code = { licence: 'CC-BY-NC-SA-4.0' };",
  "setTimeout(() => document.createElement('p'), 1);",
  'export const other = (x) => new x.constructor(x.length + 1);',
])('what is none in code: %s', (text) => {
  expect(rules({ 'src/a.ts': spdx + text, 'dist/a.js': spdx })).toEqual([]);
});

it.each([
  ['README.md', 'under CC BY-NC', 'a Creative Commons licence'],
  ['docs.html', '<script src="https://x/gpl.js"></script>', 'is of a kind that nobody reads'],
  ['README.md', '<!-- SPDX-License-Identifier: CC-BY-NC-4.0 -->', 'is under another licence'],
  ['README.md', 'Licence: https://creativecommons.org/licenses/by-nc/4.0/', 'a Creative Commons licence'],
  ['README.md', 'Licence: <http://www.gnu.org/licenses/>', 'the GNU licences'],
  ['NOTICE.md', 'Contains code of others', 'belongs to another package'],
  ['COPYING', 'x', 'belongs to another package'],
  ['LICENSE-GPL', 'x', 'belongs to another package'],
  ['src/a.json', '{"license": "GPL-3.0-only"}', 'is under another licence'],
  ['src/A.TS', spdx, 'is of a kind that nobody reads'],
  ['dist/index.js.map', '{"sections": []}', 'holds maps'],
])('in %s: %s', (path, text, said) => {
  expect(rules({ [path]: text }).join('\n')).toContain(said);
});

it.each([
  [{ exports: { '.': '../gpl/index.js' } }, 'leads to ../gpl/index.js'],
  [{ main: './dist/../../gpl/index.js' }, 'leads to ./dist/../../gpl/index.js'],
  [{ types: '../gpl.d.ts' }, 'leads to ../gpl.d.ts'],
  [{ typesVersions: { '*': { '*': ['../../gpl/*'] } } }, 'leads to ../../gpl/*'],
  [{ browser: { '@optim/core': 'gpl' } }, 'has browser'],
  [{ overrides: { '@optim/core': 'npm:gpl@1' } }, 'has overrides'],
  [{ resolutions: { a: 'npm:gpl@1' } }, 'has resolutions'],
  [{ pnpm: { overrides: { a: 'npm:gpl@1' } } }, 'has pnpm'],
  [{ directories: { bin: 'src' } }, 'has directories'],
  [{ licenses: [{ type: 'GPL' }] }, 'has licenses'],
  [{ binary: { host: 'x' } }, 'has binary'],
  [{ dependencies: { '@optim/core': '' } }, 'not from the registry'],
  [{ dependencies: { '@optim/core': 'latest' } }, 'not from the registry'],
  [{ peerDependencies: { a: 'git+ssh://x' } }, 'not from the registry'],
])('in package.json: %j', (more, said) => {
  expect(rules({}, more).join('\n')).toContain(said);
});
