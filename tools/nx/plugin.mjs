// SPDX-License-Identifier: Apache-2.0
// The local nx plugin: gives every package its targets, so that no package configures or registers anything.
// Plain JavaScript, because nx loads it without a compiler.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const fromRoot = { options: { cwd: '{workspaceRoot}' } };
const packed = {
  ...fromRoot,
  dependsOn: ['build'],
  cache: true,
  inputs: ['production', '^production', 'packagers'],
};

/** What every package can do. */
const everyone = {
  test: {
    ...fromRoot,
    command: 'vitest run {projectRoot}/',
    cache: true,
    inputs: ['default', '^default', 'tests'],
  },
};

/** What a package that is published can do besides; the others are only ever used from source. */
const published = {
  build: {
    ...fromRoot,
    command: 'tsx tools/build/main.ts {projectRoot}',
    dependsOn: ['^build'],
    cache: true,
    inputs: ['production', '^production', 'compiler'],
    outputs: ['{projectRoot}/dist'],
  },
  publint: { ...packed, command: 'publint {projectRoot} --pack pnpm --strict' },
  attw: { ...packed, command: 'attw --pack {projectRoot} --ignore-rules cjs-resolves-to-esm' },
};

export const createNodes = [
  'packages/**/package.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const manifest = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8'));
      const targets = manifest.private ? everyone : { ...everyone, ...published };
      return [file, { projects: { [dirname(file)]: { targets } } }];
    }),
];
