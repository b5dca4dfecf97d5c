// SPDX-License-Identifier: Apache-2.0
// Packages made in a folder of their own, which sees this workspace's packages as a real one would.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit, describe as line } from '../licences/audit.js';
import { readGraph } from '../licences/graph.js';
import { families, readManifest, root } from '../workspace.js';
import { create, type Request } from './create.js';

// A compiler or another process takes its time on a busy machine.
const slow = { timeout: 60_000 };

let folder = '';
let made: ReturnType<typeof create>[] = [];

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('package.json', '{ "name": "root", "version": "0.0.0", "license": "Apache-2.0", "type": "module" }');
  write('packages/adam/yogi/package.json', '{ "name": "@optim/yogi", "version": "0.0.0", "private": true }');
  // The testing package is there with the golden numbers of one class.
  const testing = 'packages/testing';
  mkdirSync(join(folder, testing, 'golden'), { recursive: true });
  for (const path of ['package.json', 'src', 'golden/AdaBelief.json']) {
    symlinkSync(join(root, testing, path), join(folder, testing, path));
  }
  mkdirSync(join(folder, 'node_modules/@optim'), { recursive: true });
  const modules = {
    core: join(root, 'packages/core'),
    formulas: join(root, 'packages/formulas'),
    testing: join(folder, testing),
  };
  for (const [name, path] of Object.entries(modules)) {
    symlinkSync(path, join(folder, 'node_modules/@optim', name), 'dir');
  }
  symlinkSync(join(root, 'node_modules/@tensorflow'), join(folder, 'node_modules/@tensorflow'), 'dir');
  symlinkSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const isolated = { class: 'AdaBelief', license: 'CC-BY-NC-SA-4.0' };
  made = [
    create(folder, { name: 'ada-toy', family: 'adam' }),
    create(folder, { name: 'toy', family: 'layerwise', ...isolated }),
  ];
});

afterAll(() => rmSync(folder, { recursive: true }));

test('makes what a package folder holds, and a LICENSE only where it differs', () => {
  const [free, isolated] = made;
  expect(free!.files).toEqual([
    ...['package.json', 'src/index.ts', 'test/ada-toy.test.ts', 'test/trial.ts'].map(
      (file) => `packages/adam/ada-toy/${file}`,
    ),
    'packages/testing/golden/AdaToy.json',
    '.changeset/ada-toy.md',
  ]);
  for (const file of free!.files) expect(existsSync(join(folder, file))).toBe(true);
  expect(free!.next).toBe(
    'Next:\n  npm test -- packages/adam/ada-toy\n  npm run sync -- --check    lists what is missing',
  );
  expect(isolated!.files).toContain('packages/layerwise/toy/LICENSE');
  // The golden numbers of AdaBelief are there.
  expect(isolated!.files).not.toContain('packages/testing/golden/AdaBelief.json');
  expect(read('packages/layerwise/toy/LICENSE')).toBe(
    readFileSync(join(root, 'packages/layerwise/fromage/LICENSE'), 'utf8'),
  );
});

test('package.json is that of the packages that are there, but for what the author has to say', () => {
  const fresh = readManifest(join(folder, 'packages/adam/ada-toy')) as unknown as Record<string, unknown>;
  const model = readManifest(join(root, 'packages/adam/adabelief')) as unknown as Record<string, unknown>;
  expect(Object.keys(fresh)).toEqual(Object.keys(model));
  expect(fresh).toEqual({
    ...model,
    name: '@optim/ada-toy',
    version: '0.0.0',
    description: 'AdaToy optimizer for TensorFlow.js',
    keywords: ['tensorflow.js', 'tfjs', 'optimizer', 'ada-toy'],
    optim: {
      family: 'adam',
      algorithms: [{ class: 'AdaToy', paper: '' }],
    },
  });
});

const asked = (name: string, algorithm: string, licence: string): string[] =>
  [
    'paper',
    'seed (null when pytorch_optimizer has no counterpart)',
    'officialCode (null when there is none)',
  ].map((what) => `${name}: ${algorithm} has no ${what}: ${name} (${licence})`);

test('the licence audit asks for what only the author knows', () => {
  expect(audit(readGraph(folder)).map(line)).toEqual([
    ...asked('@optim/ada-toy', 'AdaToy', 'Apache-2.0'),
    // So far both are what every new package is.
    '@optim/ada-toy: src/index.ts holds code of @optim/toy: @optim/ada-toy (CC-BY-NC-SA-4.0)',
    ...asked('@optim/toy', 'AdaBelief', 'CC-BY-NC-SA-4.0'),
  ]);
});

test('the files are as the formatter wants them', slow, () => {
  const oxfmt = join(root, 'node_modules/.bin/oxfmt');
  const command = ['--check', '-c', join(root, '.oxfmtrc.json'), ...made.flatMap(({ files }) => files)];
  const { status, stdout } = spawnSync(oxfmt, command, { cwd: folder, encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, expect.stringContaining('All matched files use the correct format')]);
});

test('the sources compile', slow, () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const files = ['adam/ada-toy', 'layerwise/toy'].map((path) =>
    join(folder, 'packages', path, 'src/index.ts'),
  );
  const program = ts.createProgram(files, options);
  const found = files.flatMap((file) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});

test(
  'the tests fail: the first says to get golden numbers, and with those of another algorithm',
  slow,
  () => {
    const vite = JSON.stringify(join(root, 'node_modules/vite/dist/node/index.js'));
    const config = `import { defaultServerConditions } from ${vite};
const conditions = ['@optim/source', ...defaultServerConditions];
export default { ssr: { resolve: { conditions } }, test: { setupFiles: ['setup.mjs'], provide: { backend: 'cpu' } } };`;
    writeFileSync(join(folder, 'vitest.config.mjs'), config);
    const setup = "import '@tensorflow/tfjs-layers';\nimport '@tensorflow/tfjs-backend-cpu';\n";
    writeFileSync(join(folder, 'setup.mjs'), setup);
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--reporter=json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    const { testResults } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      testResults: {
        name: string;
        assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
      }[];
    };
    const [toy, other] = ['ada-toy', 'toy'].map((name) =>
      testResults.find((file) => file.name.endsWith(`/${name}.test.ts`))!,
    );
    const [stub] = toy!.assertionResults.filter((result) => result.status === 'failed');
    expect(stub!.fullName).toContain(
      'AdaToy: golden STUB: put numbers of a real implementation into packages/testing/golden/AdaToy.json, as the README',
    );
    const golden = other!.assertionResults.filter(({ fullName }) => fullName.includes(': golden'));
    expect(new Set(golden.map((result) => result.status))).toEqual(new Set(['failed']));
    const [first] = golden;
    expect(first!.failureMessages.join()).toMatch(/AdaBelief: unknown option|\bgot .+, want /);
  },
);

const known = families.join(', ');
test.each<[string, Request]>([
  ['new: a package name is required: npm run new -- NAME --family FAMILY', {}],
  ['new: @optim/yogi exists already, in packages/adam/yogi', { name: 'yogi', family: 'momentum' }],
  [`new: --family must be one of ${known}, got none`, { name: 'fresh' }],
  [`new: --family must be one of ${known}, got adamlike`, { name: 'fresh', family: 'adamlike' }],
  [
    'new: --license must be an SPDX id such as Apache-2.0, got Free',
    { name: 'fresh', family: 'sam', license: 'Free' },
  ],
  [
    'new: --class must be a class name such as AdaBelief, got aB',
    { name: 'fresh', family: 'sam', class: 'aB' },
  ],
])('%s', (message, request) => {
  const before = readdirSync(join(folder, 'packages'), { recursive: true });
  expect(() => create(folder, request)).toThrow(message);
  expect(readdirSync(join(folder, 'packages'), { recursive: true })).toEqual(before);
});

test.each(['Fresh', '2fresh', 'fre_sh', '@optim/fresh', '../fresh', 'fresh-', 'a--b', '', 'a'.repeat(51)])(
  'the name "%s" is refused',
  (name) => {
    expect(() => create(folder, { name, family: 'adam' })).toThrow(
      `new: name must be at most 50 lower-case letters, digits and single hyphens, from a letter on, got "${name}"`,
    );
  },
);

test('the command prints files and next steps, or one line of what is wrong', slow, () => {
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
    const main = join(root, 'tools/new/main.ts');
    return spawnSync(process.execPath, ['--import', 'tsx', main, ...args, '--root', folder], {
      cwd: root,
      encoding: 'utf8',
    });
  };
  const first = run('fresh', '--family', 'momentum');
  expect(first.stderr).toBe('');
  expect(first.stdout).toMatch(
    /^packages\/momentum\/fresh\/package\.json\n[^]*\nNext:\n {2}npm test -- packages\/momentum\/fresh\n/,
  );
  const again = run('fresh', '--family', 'momentum');
  expect([again.status, again.stdout, again.stderr]).toEqual([
    1,
    '',
    'new: @optim/fresh exists already, in packages/momentum/fresh\n',
  ]);
});
