// SPDX-License-Identifier: Apache-2.0
// Pages without a bundler: import maps, and the examples in docs, for which this machine stands in for the CDNs.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, root } from '../workspace.js';
import { esbuild } from './bundle.js';
import { open, until } from './page.js';
import { pageOf } from './programs.js';

/** The file that each import of our packages leads to, by specifier, below `node_modules`. */
function ours(project: string): Map<string, string> {
  const names = readdirSync(join(project, 'node_modules/@optim')).map((name) => `@optim/${name}`);
  return new Map(
    names.flatMap((name) =>
      Object.entries(readManifest(join(project, 'node_modules', name)).exports ?? {}).flatMap(
        ([path, conditions]) =>
          typeof conditions === 'string'
            ? []
            : [[`${name}${path.slice(1)}`, `${name}${(conditions['default'] as string).slice(1)}`] as const],
      ),
    ),
  );
}

/** Writes `map.html`: an import map of the files as they are published. */
export async function importMap(project: string): Promise<string> {
  // What it imports is CommonJS, which only a bundler understands.
  await esbuild().build({
    entryPoints: [join(project, 'node_modules/@tensorflow/tfjs-backend-cpu/dist/index.js')],
    outfile: join(project, 'cpu.js'),
    external: ['@tensorflow/tfjs-core'],
    bundle: true,
    format: 'esm',
    logLevel: 'error',
  });
  const tfjs = (name: string): string => `/node_modules/@tensorflow/tfjs-${name}/dist/tf-${name}.fesm.min.js`;
  const imports = {
    '@tensorflow/tfjs-core': tfjs('core'),
    '@tensorflow/tfjs-layers': tfjs('layers'),
    '@tensorflow/tfjs-backend-cpu': '/cpu.js',
    ...Object.fromEntries([...ours(project)].map(([name, file]) => [name, `/node_modules/${file}`])),
  };
  const head = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  writeFileSync(join(project, 'map.html'), pageOf('./page.mjs', head));
  return project;
}

/** What the CDNs of the examples answer, from what is installed in the project. */
function cdn(project: string): (address: URL) => string | undefined {
  const modules = join(project, 'node_modules');
  const read = (path: string): string | undefined =>
    existsSync(join(modules, path)) ? readFileSync(join(modules, path), 'utf8') : undefined;
  const script = (name: string): string => read(`@tensorflow/tfjs-${name}/dist/tf-${name}.min.js`)!;
  const entries = ours(project);
  /** As esm.sh does it: every import by its address. */
  const addressed = (text: string): string =>
    text.replaceAll(/((?:from|import) ?\(?)['"](@[^'"]+)['"]/g, "$1'https://esm.sh/$2'");
  return ({ host, pathname }) => {
    const path = pathname.replace(/^\/(npm\/)?/, '');
    if (host === 'cdn.jsdelivr.net') {
      const isUnion = /^@tensorflow\/tfjs@[\d.]+\/dist\/tf\.min\.js$/.test(path);
      return isUnion ? ['core', 'backend-cpu', 'layers'].map(script).join('\n') : read(path);
    }
    if (host !== 'esm.sh') return undefined;
    if (path === '@tensorflow/tfjs-core') return read('@tensorflow/tfjs-core/dist/tf-core.fesm.min.js');
    const entry = entries.get(path);
    if (entry !== undefined) return `export * from 'https://esm.sh/${entry}';`;
    const text = read(path);
    return text === undefined ? undefined : addressed(text);
  };
}

/** Opens a page of `docs/examples` and checks what it says at the end. */
export async function openExample(project: string, name: string): Promise<void> {
  const said = await open(
    join(root, 'docs/examples'),
    name,
    (page) => until(page, () => /^\s*Loss .*$/m.exec(document.body.textContent ?? '')?.[0]),
    { host: cdn(project) },
  );
  const [, loss] = /^Loss (\S+); saved, and loaded with AdamW after 200 steps\.$/.exec(said.trim()) ?? [];
  if (!(Number(loss) < 1e-3)) throw new Error(`${name} says: ${said}`);
}
