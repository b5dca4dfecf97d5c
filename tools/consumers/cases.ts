// SPDX-License-Identifier: Apache-2.0
// Every way of using the packages that is tried, each training with them.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { root } from '../workspace.js';
import { bundle } from './bundle.js';
import { importMap, openExample } from './cdn.js';
import { assertBrowser, open, until, type Opening } from './page.js';
import { installed, wanted, type Case, type Place } from './place.js';
import { pageOf, type Result } from './programs.js';
import { run, versionOf } from './project.js';
import { roundsCases } from './rounds.js';
import { trainings } from './training.js';

/** Throws unless the numbers are those of AdamW, and the model came back with it. */
function assertTrained({ loss, executors, iterations }: Result, executor = 'cpu'): void {
  // The first step is by hand: all three weights become 0.1.
  const start = [(1 + 9 + 4 + 16) / 4, (0.9 ** 2 + 2.8 ** 2 + 1.8 ** 2 + 3.7 ** 2) / 4];
  const isRight =
    loss.length === 200 && start.every((value, i) => Math.abs(loss[i]! - value) < 1e-5) && loss[199]! < 1e-3;
  if (!isRight) throw new Error(`wrong losses: ${loss.slice(0, 3).join(', ')} … ${loss.at(-1)}`);
  if (!isDeepStrictEqual(executors, [executor]))
    throw new Error(`ran on ${executors.join(', ')}, not ${executor}`);
  if (iterations !== 200) throw new Error(`loaded with ${iterations} steps, not 200`);
}

function node(script: string, { project }: Place): void {
  assertTrained(JSON.parse(run(process.execPath, [script], project)) as Result);
}

async function example(project: string, name: string): Promise<void> {
  assertBrowser();
  await openExample(project, name);
}

/** Opens a page that leaves its result in the global `result`. */
async function page(folder: string, path: string, opening?: Opening, executor?: string): Promise<void> {
  assertBrowser();
  const read = (): Result | string | undefined =>
    (globalThis as unknown as { result?: Result | string }).result;
  const result = await open(folder, path, (tab) => until(tab, read), opening);
  if (typeof result === 'string') throw new Error(result);
  assertTrained(result, executor);
}

function typescript(compiler: string, mode: string): Case {
  const tsc = join(root, 'node_modules', compiler, 'bin/tsc');
  return {
    name: `${compiler} ${versionOf(compiler).replace(/^.*@/, '')}, ${mode}`,
    run: ({ project }) => void run(process.execPath, [tsc, '-p', `tsconfig.${mode}.json`], project),
  };
}

/** A bundler that is installed for the case: what to install, and the arguments for Node that make `out/index.html`. */
function bundler(name: string, packages: readonly string[], build: (project: string) => string[][]): Case {
  return {
    name: `${name} bundle, page`,
    installs: true,
    async run(place) {
      const project = installed(place, name, [...packages, ...wanted()]);
      for (const args of build(project)) run(process.execPath, args, project);
      if (!existsSync(join(project, 'out/index.html')))
        writeFileSync(join(project, 'out/index.html'), pageOf('./main.js'));
      await page(join(project, 'out'), 'index.html');
    },
  };
}

const rollup = `import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';

export default { input: 'page.mjs', output: { dir: 'out', entryFileNames: 'main.js' }, plugins: [resolve({ browser: true }), commonjs()] };
`;

/** Versions of TensorFlow.js at both ends of the range, and between. */
const versions = ['3.21.0', '4.0.0', '4.10.0', '4.20.0', '4.23.0-rc.0'];

async function built(place: Place, name: string): Promise<string> {
  const out = join(place.project, name);
  if (!existsSync(out)) await bundle(place.project, name);
  return out;
}

export const cases: readonly Case[] = [
  { name: 'Node, ESM', run: (place) => node('train.mjs', place) },
  { name: 'Node, CommonJS', run: (place) => node('train.cjs', place) },
  ...['node16', 'nodenext', 'bundler', 'node10'].map((mode) => typescript('typescript', mode)),
  // TypeScript 7 has no node10.
  ...['node16', 'nodenext', 'bundler'].map((mode) => typescript('typescript-7', mode)),
  { name: 'Vite build, page', run: async (place) => page(await built(place, 'vite'), 'index.html') },
  {
    name: "Vite build, page, CSP script-src 'self'",
    run: async (place) =>
      page(await built(place, 'vite'), 'index.html', { policy: "script-src 'self'" }, 'ops'),
  },
  {
    name: "Vite build, page, CSP script-src 'self' 'wasm-unsafe-eval'",
    run: async (place) =>
      page(await built(place, 'vite'), 'index.html', { policy: "script-src 'self' 'wasm-unsafe-eval'" }),
  },
  { name: 'esbuild bundle, page', run: async (place) => page(await built(place, 'esbuild'), 'index.html') },
  {
    name: 'esbuild bundle, module worker',
    run: async (place) => page(await built(place, 'esbuild'), 'worker.html'),
  },
  {
    name: 'import map, files as they are',
    run: async ({ project }) => page(await importMap(project), 'map.html'),
  },
  {
    name: 'script tag, import map: docs/examples/import-map.html',
    run: ({ project }) => example(project, 'import-map.html'),
  },
  {
    name: 'script tag, another tfjs-core, register(tf): docs/examples/script-tag.html',
    run: ({ project }) => example(project, 'script-tag.html'),
  },
  ...roundsCases,
  ...trainings,
  bundler('webpack', ['webpack@5', 'webpack-cli@7'], () => [
    ['node_modules/webpack/bin/webpack.js', '--mode', 'production', '--entry', './page.mjs', '-o', 'out'],
  ]),
  bundler('rollup', ['rollup@4', '@rollup/plugin-node-resolve', '@rollup/plugin-commonjs'], (project) => {
    writeFileSync(join(project, 'rollup.config.mjs'), rollup);
    return [['node_modules/rollup/dist/bin/rollup', '-c', '--silent']];
  }),
  bundler('parcel', ['parcel@2', 'process', 'buffer', 'util', 'path-browserify', 'crypto-browserify'], () => [
    [
      'node_modules/parcel/lib/bin.js',
      'build',
      'index.html',
      '--dist-dir',
      'out',
      '--no-cache',
      '--no-source-maps',
    ],
  ]),
  {
    name: 'Jest, CommonJS test, --experimental-vm-modules and import()',
    installs: true,
    run(place) {
      const project = installed(place, 'jest', ['jest@30', ...wanted()]);
      run(process.execPath, ['node_modules/jest/bin/jest.js'], project, {
        NODE_OPTIONS: '--experimental-vm-modules',
      });
      assertTrained(JSON.parse(readFileSync(join(project, 'jest.json'), 'utf8')) as Result);
    },
  },
  ...versions.map((version): Case => ({
    name: `TensorFlow.js ${version}, Node`,
    installs: true,
    run: (place) =>
      node('train.mjs', {
        ...place,
        project: installed(
          place,
          `tfjs-${version}`,
          wanted(() => version),
        ),
      }),
  })),
];
