// SPDX-License-Identifier: Apache-2.0
// `npm run new -- NAME --family FAMILY [--class CLASS] [--license SPDX]`: makes a package whose test fails until it is
// real.

import { parseArgs } from 'node:util';
import { root } from '../workspace.js';
import { link } from '../link.js';
import { create } from './create.js';

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      family: { type: 'string' },
      class: { type: 'string' },
      license: { type: 'string' },
      root: { type: 'string', default: root },
    },
  });
  if (positionals.length > 1) throw new TypeError(`new: one package at a time, got ${positionals.join(' ')}`);
  const { files, next } = create(values.root, { ...values, name: positionals[0] });
  if (values.root === root) link(root);
  console.log(`${files.join('\n')}\n\n${next}`);
} catch (error) {
  if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
