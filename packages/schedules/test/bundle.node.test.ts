// SPDX-License-Identifier: Apache-2.0
// What a bundler keeps of this package; that is what its one file per schedule and its registry are for.

import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { expect, it } from 'vitest';
import { golden, notSchedules } from './golden.js';

const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));

/** Names of the schedules that are left when a program with this code is bundled. */
async function bundled(code: string): Promise<string[]> {
  const entry = 'virtual:entry';
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? `import * as api from ${JSON.stringify(index)};\n${code}` : undefined),
      },
    ],
    build: { write: false, minify: false, rolldownOptions: { input: entry, external: [/^@optim\//] } },
  });
  const text = (output as Rolldown.RolldownOutput).output
    .map((chunk) => ('code' in chunk ? chunk.code : ''))
    .join();
  return [...text.matchAll(/defineSchedule\(\s*["'](\w+)["']/g)].map(([, name]) => name!).sort();
}

it('keeps nothing but the schedules a program uses', async () => {
  expect(await bundled('console.log(api.rex, api.scale);')).toEqual(['rex', 'scale']);
});

it('keeps every schedule for a program that registers them', async () => {
  const names = new Set(golden.map(({ schedule }) => schedule).filter((name) => !notSchedules.has(name)));
  expect(await bundled('api.registerSchedules();')).toEqual(
    [...names, 'cyclicMomentum', 'oneCycleMomentum'].sort(),
  );
});
