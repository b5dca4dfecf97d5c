// SPDX-License-Identifier: Apache-2.0
// `node tools/run.mjs <task> [arguments]`: runs a task of this repository on a machine with only Node and npm.
// Gets pnpm and the dependencies first when they are missing; plain JavaScript without dependencies, therefore.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const nx = 'nx run-many --output-style=static -t';
const tool = (name) => `tsx --conditions=@optim/source tools/${name}/main.ts`;

/** The commands of every task, run in order; the arguments of the call go to the last one. */
const tasks = {
  test: [`${nx} build`, 'vitest run'],
  demo: [tool('demo')],
  bench: [tool('bench')],
  build: [`${nx} build`],
  // By path: both TypeScripts of the workspace call their program `tsc`.
  typecheck: ['node node_modules/typescript-7/bin/tsc -p tsconfig.json'],
  lint: ['oxlint --deny-warnings'],
  format: ['oxfmt'],
  'format:check': ['oxfmt --check'],
  docs: [tool('docs')],
  optimizers: [tool('optimizers')],
  gallery: [tool('gallery')],
  new: [tool('new')],
  readme: [tool('readme')],
  'readme:check': [`${tool('readme')} --check`],
  size: [`${nx} build -p @optim/adabelief`, 'size-limit'],
  licences: [tool('licences')],
  'licences:check': [`${tool('licences')} --check`],
  changeset: ['changeset'],
  release: [tool('release')],
};
/** Everything CI asks for besides the tests. */
tasks.check = [
  ...['format:check', 'lint', 'typecheck'].flatMap((name) => tasks[name]),
  `${nx} build publint attw`,
  'size-limit',
  'sherif -r packages-without-package-json', // src, test and the family folders are no packages
  'knip',
  ...['readme:check', 'licences:check', 'docs'].flatMap((name) => tasks[name]),
];

function run(command, args, env = process.env) {
  // On Windows the programs are .cmd files, which only a shell starts.
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Where the wanted version of pnpm is: on the PATH already, or in a folder of this repository. */
function findPnpm() {
  const own = join(root, '.tools', 'node_modules', '.bin');
  const path = process.env.PATH ?? '';
  const candidates = [path, own + delimiter + path];
  const found = candidates.find((PATH) => {
    const options = { cwd: root, env: { ...process.env, PATH }, shell: process.platform === 'win32' };
    return `pnpm@${spawnSync('pnpm', ['--version'], options).stdout}`.trim() === packageManager;
  });
  if (found !== undefined) return found;
  run('npm', ['install', '--prefix', join(root, '.tools'), '--no-audit', '--no-fund', packageManager]);
  return own + delimiter + path;
}

/** Whether the dependencies here are those of the lockfile: pnpm keeps a copy of the one it installed. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml');
  return existsSync(installed) && readFileSync(installed).equals(readFileSync(join(root, 'pnpm-lock.yaml')));
}

const [task, ...args] = process.argv.slice(2);
const commands = tasks[task];
if (commands === undefined) {
  console.error(`run: expected one of ${Object.keys(tasks).join(', ')}; got ${task}`);
  process.exit(2);
}
const path = findPnpm();
if (!isInstalled()) run('pnpm', ['install', '--frozen-lockfile'], { ...process.env, PATH: path });
const env = { ...process.env, PATH: join(root, 'node_modules', '.bin') + delimiter + path };
for (const [index, line] of commands.entries()) {
  const [command, ...fixed] = line.split(' ');
  if (commands.length > 1) console.log(`\n> ${line}`);
  run(command, index === commands.length - 1 ? [...fixed, ...args] : fixed, env);
}
