// SPDX-License-Identifier: Apache-2.0
// What a bundler keeps of this package itself.

import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src/', import.meta.url));

/** The files of this package of which anything is left when a program exports these names. */
async function kept(names: string): Promise<string[]> {
  const entry = 'virtual:entry';
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry ? `export { ${names} } from ${JSON.stringify(`${source}index.ts`)};` : undefined,
      },
    ],
    resolve: { conditions: ['@optim/source'] },
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: entry, external: [/^@tensorflow/], preserveEntrySignatures: 'strict' },
    },
  });
  const chunks = (output as Rolldown.RolldownOutput).output.filter((chunk) => chunk.type === 'chunk');
  const modules = chunks.flatMap((chunk) => Object.entries(chunk.modules));
  return modules
    .filter(([id, { renderedLength }]) => id.startsWith(source) && renderedLength > 0)
    .map(([id]) => id.slice(source.length))
    .sort();
}

it('keeps nothing for a program that uses a class', async () => {
  expect(await kept('AdamW')).toEqual([]);
  expect(await kept('AdamW, cosineWithWarmup, cautious')).toEqual([]);
});

it('keeps no descriptions for a program that makes optimizers by name', async () => {
  expect(await kept('createOptimizer')).toEqual([
    'create-optimizer.ts',
    'elsewhere.ts',
    'load-optimizer.ts',
    'names.ts',
    'optimizers.ts',
    'registry/optimizers-apart.ts',
    'saved-options.ts',
    'spec.ts',
  ]);
});

it('keeps no options for a program that lists optimizers', async () => {
  expect(await kept('listOptimizers')).toEqual(['list.ts', 'registry/optimizers.ts']);
});
