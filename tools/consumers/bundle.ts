// SPDX-License-Identifier: Apache-2.0
// Bundles of the pages of a project by the bundlers of this repository.

import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build as vite } from 'vite';
import { pageOf } from './programs.js';

interface Esbuild {
  build(options: object): Promise<{ outputFiles?: { text: string }[] }>;
}

/** The esbuild that the size limits are measured with. */
export function esbuild(): Esbuild {
  const from = createRequire(createRequire(import.meta.url).resolve('@size-limit/esbuild/package.json'));
  return from('esbuild') as Esbuild;
}

/** Writes `index.html` with all that belongs to it into the folder `name` of the project. */
export async function bundle(project: string, name: string): Promise<void> {
  const outDir = join(project, name);
  if (name === 'vite') {
    await vite({ root: project, configFile: false, logLevel: 'error', base: './', build: { outDir } });
    return;
  }
  const entryPoints = ['page.mjs', 'worker.mjs', 'starter.mjs']
    .map((file) => join(project, file))
    .filter((file) => existsSync(file));
  const format = { format: 'esm', bundle: true, splitting: true, minify: true, logLevel: 'error' };
  await esbuild().build({ ...format, entryPoints, outdir: outDir, platform: 'browser' });
  writeFileSync(join(outDir, 'index.html'), pageOf('./page.js'));
  writeFileSync(join(outDir, 'worker.html'), pageOf('./starter.js'));
}
