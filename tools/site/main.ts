// SPDX-License-Identifier: Apache-2.0
// Builds the site into `.build/site`; `--serve` serves it then, `--shots` writes pictures of its main pages. `--rates` finds the
// learning rates of the landscape anew, which takes minutes, and builds nothing.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../workspace.js';
import { movable } from './catalogue.js';
import { findRates } from './rates.js';
import { serve } from './serve.js';
import { shoot } from './shots.js';
import { buildSite } from './site.js';

const { values } = parseArgs({
  options: {
    serve: { type: 'boolean', default: false },
    shots: { type: 'boolean', default: false },
    rates: { type: 'boolean', default: false },
    out: { type: 'string', default: join(root, '.build', 'site') },
    port: { type: 'string', default: '4173' },
  },
});
const folder = values.out;
if (values.rates) {
  const rates = await findRates(movable());
  writeFileSync(join(root, 'docs', 'site', 'data', 'rates.json'), `${JSON.stringify(rates, null, 2)}\n`);
} else {
  const pages = await buildSite(folder);
  console.log(`${pages.length} pages in ${folder}`);
}
if (values.shots) await shoot(folder, join(root, '.build', 'shots'));
if (values.serve) {
  const { address } = await serve(folder, Number(values.port));
  console.log(`${address} (Ctrl+C ends it)`);
}
