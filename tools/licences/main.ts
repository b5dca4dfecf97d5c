// SPDX-License-Identifier: Apache-2.0
// pnpm licences [--check] [--root FOLDER]: audits the licences, then writes docs/licences.md and an SBOM for every
// package. With --check the table is compared instead of written.

import { parseArgs } from 'node:util';
import { publishedPackages, root } from '../workspace.js';
import { licences } from './licences.js';

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, root: { type: 'string', default: root } },
});
const problems = licences(values.root, values.check);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`licences: ${publishedPackages(values.root).length} packages audited, SBOMs in .build/sbom`);
