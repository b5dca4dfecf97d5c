// SPDX-License-Identifier: Apache-2.0
// Compiles one package: `tsx tools/build/main.ts packages/core`. Packages have no compiler configuration of their
// own; the project file the compiler wants is made here from the root's.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
// By path: both TypeScripts of the workspace call their program `tsc`.
const compiler = join(root, 'node_modules/typescript-7/bin/tsc');

/** The compiler options that differ from package to package are its two folders. */
function projectFile(folder: string): object {
  return {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: { rootDir: join(folder, 'src'), outDir: join(folder, 'dist') },
    include: [join(folder, 'src')],
  };
}

function build(folder: string): void {
  const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string };
  const project = join(root, 'node_modules/.cache/optim/build', `${name}.json`);
  mkdirSync(dirname(project), { recursive: true });
  writeFileSync(project, JSON.stringify(projectFile(folder), null, 2));
  // Nothing of a source file that is gone may stay behind and be published.
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  process.exitCode = spawnSync(process.execPath, [compiler, '-p', project], { stdio: 'inherit' }).status ?? 1;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new TypeError('build: expected a package folder');
build(resolve(root, folder));
