// SPDX-License-Identifier: Apache-2.0
// `npm run deviations [-- cpu wasm webgl webgpu AdamW Lion]`: runs the golden cases of all classes, or of those named, and writes
// to docs/results/NAME.json how far each strays from the numbers of its references, by executor. The graphics processors take
// long in a software renderer.

import { listOptimizers } from '@optim/all';
import { startVitest } from 'vitest/node';
import { writeResults } from '../results.js';
import { publishedPackages } from '../workspace.js';
import { Deviations } from './reporter.js';

const backends = ['cpu', 'wasm', 'webgl', 'webgpu'];
const folders = new Map(
  publishedPackages().flatMap(({ folder, manifest }) =>
    (manifest.optim?.algorithms ?? []).map((algorithm) => [algorithm.class, folder] as const),
  ),
);
const given = process.argv.slice(2);
const unknown = given.find((name) => !backends.includes(name) && !folders.has(name));
if (unknown !== undefined) {
  console.error(`deviations: expected names of ${backends.join(', ')}, or of classes, got "${unknown}"`);
  process.exit(2);
}
const projects = backends.filter((name) => given.includes(name));
const classes = given.filter((name) => folders.has(name));
const deviations = new Deviations(folders);
const vitest = await startVitest(
  'test',
  classes.length > 0 ? classes.map((name) => `${folders.get(name)!}/`) : ['packages/'],
  {
    watch: false,
    project: projects.length > 0 ? projects : backends,
    testNamePattern: ': golden ',
    reporters: [deviations],
  },
);
await vitest.close();
for (const [name, found] of deviations.found) writeResults(name, { deviations: found });
const wanted = classes.length > 0 ? classes : listOptimizers().map(({ name }) => name);
const without = wanted.filter((name) => !deviations.found.has(name));
console.log(`${deviations.found.size} classes written to docs/results`);
if (without.length > 0) console.log(`No golden case of: ${without.join(', ')}`);
if (deviations.failed > 0) {
  console.error(`deviations: ${deviations.failed} cases failed; npm test says more`);
  process.exitCode = 1;
}
