// SPDX-License-Identifier: Apache-2.0
// pnpm readme [--check]: writes every package's README.md; with --check it only says which are stale.

import { parseArgs } from 'node:util';
import { root } from '../workspace.js';
import { readmes } from './readmes.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const problems = await readmes(root, values.check);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
