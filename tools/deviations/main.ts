// SPDX-License-Identifier: Apache-2.0
// `npm run deviations [-- cpu wasm webgl webgpu]`: runs the golden cases of all classes and writes to docs/results/NAME.json how
// far each strays from the numbers of its references, by executor. The graphics processors take long in a software renderer.

import { listOptimizers } from '@optim/all';
import { startVitest } from 'vitest/node';
import { writeResults } from '../results.js';
import { publishedPackages } from '../workspace.js';
import { Deviations } from './reporter.js';

const backends = ['cpu', 'wasm', 'webgl', 'webgpu'];
const named = process.argv.slice(2);
const unknown = named.find((name) => !backends.includes(name));
if (unknown !== undefined) {
  console.error(`deviations: expected names of ${backends.join(', ')}, got "${unknown}"`);
  process.exit(2);
}
const folders = new Map(
  publishedPackages().flatMap(({ folder, manifest }) =>
    (manifest.optim?.algorithms ?? []).map((algorithm) => [algorithm.class, folder] as const),
  ),
);
const deviations = new Deviations(folders);
const vitest = await startVitest('test', ['packages/'], {
  watch: false,
  project: named.length > 0 ? named : backends,
  testNamePattern: ': golden ',
  reporters: [deviations],
});
await vitest.close();
for (const [name, found] of deviations.found) writeResults(name, { deviations: found });
const without = listOptimizers().flatMap(({ name }) => (deviations.found.has(name) ? [] : [name]));
console.log(`${deviations.found.size} classes written to docs/results`);
if (without.length > 0) console.log(`No golden case of: ${without.join(', ')}`);
if (deviations.failed > 0) {
  console.error(`deviations: ${deviations.failed} cases failed; npm test says more`);
  process.exitCode = 1;
}
