// SPDX-License-Identifier: Apache-2.0
// All of `pnpm licences` but its command line.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages } from '../workspace.js';
import { audit, describe } from './audit.js';
import { readGraph } from './graph.js';
import { bill } from './sbom.js';
import { licenceTable } from './table.js';

/**
 * Audits the workspace; when all is well writes (or, with `check`, compares) the table, and writes the SBOMs.
 * @param root - its folder
 * @returns what went wrong, a line each.
 */
export function licences(root: string, check: boolean): string[] {
  const graph = readGraph(root);
  const violations = audit(graph).map(describe);
  if (violations.length > 0) return violations;

  const tablePath = join(root, 'docs/licences.md');
  const table = licenceTable(publishedPackages(root));
  const written = existsSync(tablePath) ? readFileSync(tablePath, 'utf8') : '';
  if (check && written !== table) return ['docs/licences.md is stale: run pnpm licences'];
  if (!check) {
    mkdirSync(join(root, 'docs'), { recursive: true });
    writeFileSync(tablePath, table);
  }

  const folder = join(root, '.build/sbom');
  mkdirSync(folder, { recursive: true });
  for (const [key, { name, own }] of graph.nodes) {
    if (!own) continue;
    const file = join(folder, `${name.replace('@optim/', '')}.cdx.json`);
    writeFileSync(file, `${JSON.stringify(bill(graph, key), undefined, 2)}\n`);
  }
  return [];
}
