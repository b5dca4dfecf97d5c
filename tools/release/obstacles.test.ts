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

  it('names the packages provenance cannot tie to a repository', () => {
    const packages = [...ready.packages, { name: '@optim/lamb', version: '0.1.0' }];
    expect(obstacles({ ...ready, packages })).toEqual([
      'npm provenance needs `repository` in the package.json of @optim/lamb',
    ]);
  });
});
