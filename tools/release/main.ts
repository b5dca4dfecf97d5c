// SPDX-License-Identifier: Apache-2.0
// `npm run release` shows what a release would publish, and writes its bills of materials to .build/sbom.
// `npm run release -- --publish` publishes it with npm provenance, which a workflow with an identity token can sign and
// a laptop cannot.

import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedPackages, root } from '../workspace.js';
import { readGraph } from '../licences/graph.js';
import { writeBills } from '../licences/sbom.js';
import { obstacles } from './obstacles.js';

const { values } = parseArgs({ options: { publish: { type: 'boolean', default: false } } });

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const found = obstacles({
  changedFiles: execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean),
  waitingChangesets: readdirSync(join(root, '.changeset')).filter(
    (file) => file.endsWith('.md') && file !== 'README.md',
  ),
  packages: publishedPackages().map(({ manifest }) => manifest),
});
for (const obstacle of found) console.error(`release: ${obstacle}`);

if (values.publish && found.length > 0) process.exit(1);
writeBills(readGraph(), join(root, '.build', 'sbom'));
run('nx', 'run-many', '--output-style=static', '-t', 'build', 'publint', 'attw');
const publish = ['-r', 'publish', '--access', 'public', '--no-git-checks', '--provenance'];
if (values.publish) {
  run('pnpm', ...publish);
  run('changeset', 'tag');
} else {
  run('pnpm', ...publish, '--dry-run');
  console.log(
    found.length > 0 ? 'A release would be refused, see above.' : 'Ready: add --publish to release.',
  );
}
