// SPDX-License-Identifier: Apache-2.0
// The module that stands for `@tensorflow/tfjs-core` in a page whose TensorFlow.js comes by a script tag.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';

/** Words in lines of at most 100 letters. */
function lines(words: readonly string[]): string {
  const found: string[] = [];
  for (const word of words) {
    const last = found.at(-1);
    if (last !== undefined && last.length + word.length < 96) found[found.length - 1] = `${last} ${word},`;
    else found.push(`  ${word},`);
  }
  return found.join('\n');
}

const text = (): string => `// SPDX-License-Identifier: Apache-2.0
// Written by \`npm run sync\`: every name of @tensorflow/tfjs-core, from the global \`tf\` of a script tag.

const { tf } = globalThis;
if (!tf) throw new Error('@optim/core/global-tf: there is no global tf; load tf.min.js by a script tag before');

export const {
${lines(
  Object.keys(tf)
    .filter((name) => name !== 'default')
    .sort(),
)}
} = tf;
`;

/** The file, where there is a package for it. */
export function globalTf(root: string): Map<string, string> {
  const file = join(root, 'packages/core/src/global-tf.js');
  return existsSync(file) ? new Map([[file, text()]]) : new Map();
}
