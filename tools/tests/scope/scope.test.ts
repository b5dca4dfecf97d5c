// SPDX-License-Identifier: Apache-2.0

import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { families, publishedPackages, root } from '../../workspace.js';
import { planned } from './scope.js';

it.each(planned)('$folder: classes in a family, foundations beside core', ({ folder, exports }) => {
  const parent = dirname(folder);
  expect(exports.length > 0 ? families.includes(parent) : parent === '.').toBe(true);
});

const there = new Map(publishedPackages().map(({ folder, manifest }) => [folder, manifest.optim!]));
const begun = planned.filter(({ folder }) => there.has(join(root, 'packages', folder)));

it('what is there of the plan has the classes that were planned', () => {
  const named = begun.map(({ folder }) => ({
    folder,
    exports: there.get(join(root, 'packages', folder))!.algorithms.map((entry) => entry.class),
  }));
  expect(named).toEqual(begun);
});
