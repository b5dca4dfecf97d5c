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
// By path: both TypeScripts of the workspace call their program `tsc`.
const typecheck = 'node node_modules/typescript-7/bin/tsc -p tsconfig.json';

/** The commands of every task, run in order; the arguments of the call go to the last one. */
const tasks = {
  test: [`${nx} build`, 'vitest run'],
  demo: [tool('demo')],
  // As built: what runs the sources names every inner function anew, at a cost.
  bench: [`${nx} build`, 'tsx tools/bench/main.ts'],
  rounds: [`${nx} build`, 'tsx tools/rounds/main.ts'],
  attack: [tool('attack')],
  optimizers: [tool('optimizers')],
  curves: [tool('curves')],
  deviations: [tool('deviations')],
  consumers: [`${nx} build`, tool('consumers')],
  new: [tool('new')],
  sync: [tool('sync')],
  build: [`${nx} build`],
  typecheck: [typecheck],
  lint: ['oxlint --deny-warnings'],
  format: ['oxfmt'],
  docs: [tool('site'), tool('docs')],
  site: [`${tool('site')} --serve`],
  'site:shots': [`${tool('site')} --shots`],
  size: [`${nx} build -p @optim/adabelief`, 'size-limit'],
  changeset: ['changeset'],
  release: [tool('release')],
};

/** Everything CI asks for besides the tests, the cheap ones first. */
const checks = {
  format: ['oxfmt --check'],
  lint: ['oxlint --deny-warnings'],
  typecheck: [typecheck],
  sherif: ['sherif -r packages-without-package-json'], // src, test and the family folders are no packages
  knip: ['knip'],
  sync: [`${tool('sync')} --check`],
  docs: [tool('site'), tool('docs')],
  packages: [`${nx} build publint attw`],
  licences: [`${nx} build`, tool('licences')],
  size: [`${nx} build -p @optim/adabelief`, 'size-limit'],
};

/** The status with which a program ends. */
function statusOf(command, args, env = process.env) {
  // On Windows the programs are .cmd files, which only a shell starts.
  const options = { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' };
  const { status, error } = spawnSync(command, args, options);
  if (error) throw error;
  return status ?? 1;
}

function run(command, args, env) {
  const status = statusOf(command, args, env);
  if (status !== 0) process.exit(status);
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

/** Runs commands up to the first that fails; returns its status. */
function follow(commands, args, env) {
  for (const [index, line] of commands.entries()) {
    const [command, ...fixed] = line.split(' ');
    if (commands.length > 1) console.log(`\n> ${line}`);
    const status = statusOf(command, index === commands.length - 1 ? [...fixed, ...args] : fixed, env);
    if (status !== 0) return status;
  }
  return 0;
}

/** Runs all checks, or those named, and says at the end which of them failed. */
function check(names, env) {
  const failed = names.filter((name) => {
    console.log(`\n### ${name}`);
    return follow(checks[name], [], env) !== 0;
  });
  const again = `npm run check -- ${failed.join(' ')}`;
  console.log(`\n${names.length - failed.length} of ${names.length} checks passed`);
  if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}. To see them alone: ${again}`);
  return failed.length > 0 ? 1 : 0;
}

function refuse(expected, got) {
  console.error(`run: expected ${expected.join(', ')}; got ${got}`);
  process.exit(2);
}

const [task, ...args] = process.argv.slice(2);
// The tests of packages run from source: only those of tools want a build.
const isFromSource = task === 'test' && args.some((name) => name.startsWith('packages/'));
const commands = isFromSource ? tasks.test.slice(1) : tasks[task];
if (commands === undefined && task !== 'check') refuse([...Object.keys(tasks), 'check'], task);
const unknown = task === 'check' && args.find((name) => !(name in checks));
if (unknown) refuse(Object.keys(checks), unknown);
const path = findPnpm();
if (!isInstalled()) run('pnpm', ['install', '--frozen-lockfile'], { ...process.env, PATH: path });
const env = { ...process.env, PATH: join(root, 'node_modules', '.bin') + delimiter + path };
process.exit(
  task === 'check' ? check(args.length > 0 ? args : Object.keys(checks), env) : follow(commands, args, env),
);
