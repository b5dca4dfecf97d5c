// SPDX-License-Identifier: Apache-2.0
// What is published works: every public package goes to a local registry, a new project installs one of them.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../licences/contents.js';
import { packedFiles } from '../../licences/packed.js';
import { publishedPackages, readManifest, root, type Manifest } from '../../workspace.js';
import { files } from './consumer.js';
import { startRegistry, type Registry } from './registry.js';

const scratch = mkdtempSync(join(tmpdir(), 'optim-packaging-'));
const project = join(scratch, 'project');
const shell = process.platform === 'win32';
let registry: Registry | undefined;

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8', shell } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: code ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

function publishAll({ url }: Registry): void {
  const unbuilt = publishedPackages().filter(({ folder }) => !existsSync(join(folder, 'dist/index.js')));
  if (unbuilt.length > 0) {
    const names = unbuilt.map(({ manifest }) => manifest.name).join(', ');
    throw new Error(`Run \`npm run build\` first: ${names} is not built`);
  }
  const npmrc = join(scratch, 'publish.npmrc');
  writeFileSync(npmrc, `@optim:registry=${url}\n//${new URL(url).host}/:_authToken=nobody\n`);
  run('pnpm', ['-r', 'publish', '--no-git-checks', `--registry=${url}`], root, {
    NPM_CONFIG_USERCONFIG: npmrc,
  });
}

/** Installs what a user of tfjs has, and of ours `@optim/adabelief` alone. */
function install({ url }: Registry): void {
  mkdirSync(project);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  writeFileSync(join(project, '.npmrc'), `@optim:registry=${url}\n`);
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const tfjs = ['tfjs-layers', 'tfjs-backend-cpu'].map((name) => `@tensorflow/${name}`);
  const wanted = ['@optim/adabelief', ...tfjs.map((name) => `${name}@${devDependencies[name]}`)];
  run('npm', ['install', '--no-audit', '--no-fund', ...wanted], project, {
    HOME: scratch,
    // Which registry serves everything else is a property of this machine, not of the test.
    NPM_CONFIG_USERCONFIG: process.env['NPM_CONFIG_USERCONFIG'] ?? join(homedir(), '.npmrc'),
  });
}

beforeAll(async () => {
  registry = await startRegistry(scratch);
  publishAll(registry);
  install(registry);
}, 300_000);

afterAll(async () => {
  await registry?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

describe('the tarball', () => {
  const tarball = ({ name, version }: Manifest): string =>
    join(registry?.storage ?? '', name, `${basename(name)}-${version}.tgz`);

  it.each(publishedPackages())('of $manifest.name is complete', ({ folder, manifest }) => {
    const content = execFileSync('tar', ['-tzf', tarball(manifest)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    // Without one before its first release.
    const changelog = existsSync(join(folder, 'CHANGELOG.md')) ? ['CHANGELOG.md'] : [];
    const wanted = ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts', ...changelog];
    expect(content).toEqual(expect.arrayContaining(wanted.map((f) => `package/${f}`)));
    expect(
      content.filter((path) => !/^package\/((dist|src)\/.+|[A-Z]+(\.md)?|package\.json)$/.test(path)),
    ).toEqual([]);
  });

  it.each(publishedPackages())(
    'of $manifest.name holds what the licence audit has read, and passes it',
    ({ folder, manifest }) => {
      const unpacked = join(scratch, 'unpacked', manifest.name);
      mkdirSync(unpacked, { recursive: true });
      execFileSync('tar', ['-xzf', tarball(manifest), '-C', unpacked]);
      const packed = readManifest(join(unpacked, 'package'));
      const files = packedFiles(join(unpacked, 'package'), { name: packed.name, version: packed.version });
      const read = packedFiles(folder, manifest).map(({ path }) => path);
      const unread = files.map(({ path }) => path).filter((path) => !read.includes(path));
      // pnpm adds that of the root.
      expect(unread.filter((path) => path !== 'LICENSE')).toEqual([]);
      expect(examine(files, packed).findings).toEqual([]);
    },
  );
});

describe('a project that installs @optim/adabelief', () => {
  const dependencies = (name: string): string[] =>
    Object.keys(readManifest(join(project, 'node_modules/@optim', name)).dependencies ?? {});

  it('gets the packages it stands on and nothing else of ours', () => {
    const wanted: Record<string, string[]> = {
      adabelief: ['@optim/core', '@optim/formulas'],
      core: ['@optim/fusion', '@optim/options', '@optim/state'],
      formulas: ['@optim/fusion'],
      fusion: [],
      options: [],
      state: ['@optim/fusion', '@optim/options'],
    };
    expect(readdirSync(join(project, 'node_modules/@optim')).sort()).toEqual(Object.keys(wanted));
    for (const [name, names] of Object.entries(wanted)) expect(dependencies(name), name).toEqual(names);
  });

  it.each(['train.mjs', 'train.cjs'])('trains with %s', (script) => {
    const loss = JSON.parse(run(process.execPath, [script], project)) as number[];
    expect(loss).toHaveLength(200);
    expect(loss[0]).toBeCloseTo((1 + 9 + 4 + 16) / 4, 5);
    // The first step is one of gradient descent, by hand: the weights become 0.3 and 0.35, the bias 0.5.
    expect(loss[1]).toBeCloseTo((0.5 ** 2 + 2.15 ** 2 + 1.2 ** 2 + 2.85 ** 2) / 4, 5);
    expect(loss[199]).toBeLessThan(1e-3);
  });

  it.each(['first.mjs', 'first.cjs'])('has its kernels from the first step on, with %s', (script) => {
    expect(JSON.parse(run(process.execPath, [script], project))).toContain('AdaBelief.update');
  });

  it.each([
    ['typescript', 'nodenext'],
    ['typescript', 'bundler'],
    ['typescript-7', 'nodenext'],
    ['typescript-7', 'bundler'],
  ])('type-checks with %s under %s', (compiler, mode) => {
    const tsc = join(root, 'node_modules', compiler, 'bin/tsc');
    expect(run(process.execPath, [tsc, '-p', `tsconfig.${mode}.json`], project)).toBe('');
  });
});
