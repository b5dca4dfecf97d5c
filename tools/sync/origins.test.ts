// SPDX-License-Identifier: Apache-2.0

import { expect, it } from 'vitest';
import { publishedPackages, root, type Algorithm } from '../workspace.js';
import { described, labels, originsOf } from './origins.js';

const algorithms = new Map(
  publishedPackages().flatMap(({ manifest }) =>
    manifest.optim!.algorithms.map((entry): [string, Algorithm] => [entry.class, entry]),
  ),
);

it.each([
  ['AdaMod', 'authors'],
  ['AdamW', 'PyTorch'],
  ['AdaBelief', 'authors; own'],
  ['PID', 'authors, corrected'],
  ['SAM', 'davda54/sam'],
  ['SWATS', 'own'],
])('the numbers of %s come from %s', (name, label) => {
  expect(labels(root, algorithms.get(name)!)).toBe(label);
});

it('says for which cases, and leaves out how others compare', () => {
  const [authors, own] = originsOf(root, algorithms.get('QHM')!).map(described);
  expect(authors).toMatch(/^facebookresearch\/qhoptim .* MIT\], for the cases default, quasi-hyperbolic, /);
  expect(own).toBe('our own float64 code, from the published formulas, for the cases independent');
});
