// SPDX-License-Identifier: Apache-2.0
// `npm run sync`: writes everything that follows from the packages, then lists what is missing, under the commands that
// mend it. With `-- --check` it writes nothing and lists what is stale too.

import { parseArgs } from 'node:util';
import { link } from '../link.js';
import { root } from '../workspace.js';
import { report, sync } from './sync.js';

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, root: { type: 'string', default: root } },
});
const findings = await sync(values.root, values.check, link);
if (findings.length > 0) {
  console.error(report(findings));
  process.exitCode = 1;
}
