// SPDX-License-Identifier: Apache-2.0
// `npm run check -- licences`: audits what is packed and all that it needs.

import { publishedPackages } from '../workspace.js';
import { audit, describe } from './audit.js';
import { readGraph } from './graph.js';
import { packedFiles } from './packed.js';

const found = audit(readGraph());
for (const violation of found) console.error(describe(violation));
const packages = publishedPackages();
const files = packages.flatMap(({ folder, manifest }) => packedFiles(folder, manifest));
console.log(`${files.length} files of ${packages.length} packages: ${found.length} violations`);
if (found.length > 0) process.exitCode = 1;
