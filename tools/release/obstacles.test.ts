// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { obstacles } from './obstacles.js';

const repository = { type: 'git', url: 'git+https://example.com/optim.git' };
const ready = {
  changedFiles: [],
  waitingChangesets: [],
  packages: [{ name: '@optim/core', version: '0.1.0', repository }],
};

describe('obstacles', () => {
  it('finds none when everything is ready', () => {
    expect(obstacles(ready)).toEqual([]);
  });

  it('names the files that are not committed', () => {
    expect(obstacles({ ...ready, changedFiles: [' M nx.json', '?? notes'] })).toEqual([
      'the working tree is not clean:\n M nx.json\n?? notes',
    ]);
  });

  it('names the changesets that are not part of a version yet', () => {
    expect(obstacles({ ...ready, waitingChangesets: ['brave-cats.md'] })).toEqual([
      'changesets wait for `npm run changeset version`: brave-cats.md',
    ]);
  });

  const remedy =
    "has no `repository`, which npm provenance and readers need: set `repository` in the root's package.json, then `npm run sync`";

  it('names the packages that no reader could trace to their source', () => {
    const packages = [...ready.packages, { name: '@optim/lamb', version: '0.1.0' }];
    expect(obstacles({ ...ready, packages })).toEqual([`@optim/lamb ${remedy}`]);
  });

  it('says so of all while the address of the project is not set', () => {
    const packages = [{ name: '@optim/lamb', version: '0.1.0' }];
    expect(obstacles({ ...ready, packages })).toEqual([`every package ${remedy}`]);
  });
});
