// SPDX-License-Identifier: Apache-2.0
// Packages as users get them: published to a registry on this machine, and installed into new projects.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishedPackages, root } from '../workspace.js';
import { startRegistry, type Registry } from './registry.js';

const shell = process.platform === 'win32';

/** Something this machine lacks. */
export class Unavailable extends Error {}

/** No program may take longer: installing a bundler takes one minute, building with it a third of one. */
const mostMinutes = 5;

/** What a program prints; with `both`, to the standard error too. */
export function run(
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
  what: 'output' | 'both' = 'output',
): string {
  const timeout = mostMinutes * 60_000;
  const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8', shell, timeout } as const;
  const { status, error, stdout, stderr } = spawnSync(command, args, options);
  const end = (error as NodeJS.ErrnoException | undefined)?.code ?? `code ${status}`;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${end}\n${stdout}\n${stderr}`);
  return what === 'both' ? stdout + stderr : stdout;
}

/** The version of a package that this repository works with. */
export function versionOf(name: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  return devDependencies[name]!;
}

/** What a user of tfjs has. */
export const tfjs = (version: (name: string) => string = versionOf): string[] =>
  ['tfjs-core', 'tfjs-layers', 'tfjs-backend-cpu'].map(
    (name) => `@tensorflow/${name}@${version(`@tensorflow/${name}`)}`,
  );

/** A registry with our packages, and a folder for projects that use them. */
export class Published {
  private constructor(
    readonly folder: string,
    readonly registry: Registry,
  ) {}

  /** @param filters - which packages, each as pnpm's `--filter`; all when absent */
  static async start(filters: readonly string[] = []): Promise<Published> {
    const unbuilt = publishedPackages().filter(({ folder }) => !existsSync(join(folder, 'dist/index.js')));
    if (unbuilt.length > 0) {
      const names = unbuilt.map(({ manifest }) => manifest.name).join(', ');
      throw new Error(`Run \`npm run build\` first: ${names} is not built`);
    }
    const folder = mkdtempSync(join(tmpdir(), 'optim-packaging-'));
    const published = new Published(folder, await startRegistry(folder));
    try {
      published.publish(filters.flatMap((filter) => ['--filter', filter]));
    } catch (error) {
      await published.stop();
      throw error;
    }
    return published;
  }

  private publish(filters: string[]): void {
    const { url } = this.registry;
    const npmrc = join(this.folder, 'publish.npmrc');
    writeFileSync(npmrc, `@optim:registry=${url}\n//${new URL(url).host}/:_authToken=nobody\n`);
    run('pnpm', ['-r', ...filters, 'publish', '--no-git-checks', `--registry=${url}`], root, {
      NPM_CONFIG_USERCONFIG: npmrc,
    });
  }

  /** A new project with these files and packages; its folder. */
  project(name: string, packages: readonly string[], files: Readonly<Record<string, string>>): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true }));
    writeFileSync(join(folder, '.npmrc'), `@optim:registry=${this.registry.url}\n`);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    run('npm', ['install', '--no-audit', '--no-fund', ...packages], folder, {
      HOME: this.folder,
      // Which registry serves everything else, and from which store, is a property of this machine.
      NPM_CONFIG_USERCONFIG: process.env['NPM_CONFIG_USERCONFIG'] ?? join(homedir(), '.npmrc'),
      NPM_CONFIG_CACHE: process.env['NPM_CONFIG_CACHE'] ?? join(homedir(), '.npm'),
    });
    return folder;
  }

  async stop(): Promise<void> {
    await this.registry.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
