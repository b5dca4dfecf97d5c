// SPDX-License-Identifier: Apache-2.0
// Builds the site into `.build/site`; `--serve` serves it then, `--shots` writes pictures of its main pages.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../workspace.js';
import { serve } from './serve.js';
import { shoot } from './shots.js';
import { buildSite } from './site.js';

const { values } = parseArgs({
  options: {
    serve: { type: 'boolean', default: false },
    shots: { type: 'boolean', default: false },
    port: { type: 'string', default: '4173' },
  },
});
const folder = join(root, '.build', 'site');
const pages = await buildSite(folder);
console.log(`${pages.length} pages in .build/site`);
if (values.shots) await shoot(folder, join(root, '.build', 'shots'));
if (values.serve) {
  const { address } = await serve(folder, Number(values.port));
  console.log(`${address} (Ctrl+C ends it)`);
}
