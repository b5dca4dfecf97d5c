// SPDX-License-Identifier: Apache-2.0
// What runs in the pages: one bundle of the entries in docs/site/src, from the sources of our packages.

import { join } from 'node:path';
import { listOptimizers } from '@optim/all';
import { build, type Manifest, type Plugin } from 'vite';
import { entryPoints, publishedPackages, root } from '../workspace.js';
import type { Catalogue } from './catalogue.js';
import type { Assets } from './page.js';

/** Every entry by its name. */
const entries = [
  'frame',
  'home',
  'landscape',
  'optimizer',
  'filter',
  'schedules',
  'which-one',
  'speed',
  'inspector',
] as const;

/** A module per class that may be shipped together with the others. */
function loaders(): string {
  const files = new Map(
    publishedPackages().flatMap(({ folder, manifest }) => [...entryPoints(folder, manifest)]),
  );
  const lines = listOptimizers()
    .filter(({ install }) => install === null)
    .map(({ name, package: from }) => `  ${name}: () => import(${JSON.stringify(files.get(from))}),`);
  return `export const loaders = {\n${lines.join('\n')}\n};\n`;
}

/** The modules that are made of data, by the name under which pages import them. */
function generated(catalogue: Catalogue): Plugin {
  const modules: Readonly<Record<string, () => string>> = {
    'virtual:loaders': loaders,
    'virtual:classes': () => `export const classes = ${JSON.stringify(catalogue.controls)};`,
    'virtual:schedules': () => `export const schedules = ${JSON.stringify(catalogue.schedules)};`,
  };
  return {
    name: 'optim-site',
    resolveId: (id) => (id in modules ? `\0${id}` : undefined),
    load: (id) => (id.startsWith('\0virtual:') ? modules[id.slice(1)]?.() : undefined),
  };
}

/** Bundles into a folder. */
export async function bundle(catalogue: Catalogue, outDir: string): Promise<Assets> {
  const source = join(root, 'docs', 'site', 'src');
  const result = await build({
    root: source,
    base: './',
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@optim/source', 'module', 'browser', 'production'] },
    plugins: [generated(catalogue)],
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      cssCodeSplit: false,
      manifest: 'manifest.json',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        input: Object.fromEntries(entries.map((name) => [name, join(source, `${name}.ts`)])),
      },
    },
  });
  const [output] = [result].flat();
  if (!output || !('output' in output)) throw new Error('site: nothing was bundled');
  const asset = output.output.find(({ fileName }) => fileName === 'manifest.json');
  if (asset?.type !== 'asset') throw new Error('site: there is no manifest');
  const manifest = JSON.parse(String(asset.source)) as Manifest;
  const filesOf = (name: string, seen = new Set<string>()): string[] => {
    if (seen.has(name)) return [];
    seen.add(name);
    const { file, imports = [] } = manifest[name]!;
    return [file, ...imports.flatMap((next) => filesOf(next, seen))];
  };
  return {
    styles: Object.values(manifest).flatMap(({ file }) => (file.endsWith('.css') ? [file] : [])),
    scripts: Object.fromEntries(entries.map((name) => [name, filesOf(`${name}.ts`)])),
  };
}
