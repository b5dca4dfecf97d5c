// SPDX-License-Identifier: Apache-2.0
// Every program of the cookbook compiles and runs, and what it minimizes falls; what "Which one?" advises compiles.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import * as layers from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import ts from 'typescript';
import { expect, test, vi } from 'vitest';
import { memoryStore } from '../../packages/callbacks/test/stores.js';
import { entryPoints, publishedPackages, root } from '../workspace.js';
import { allAdvice, codeOf } from '../../docs/site/src/which-one/advice.js';
import { recipes } from './pages/cookbook.js';

const sources = new Map(
  publishedPackages().flatMap(({ folder, manifest }) => [...entryPoints(folder, manifest)]),
);
const all = recipes();

test('they compile', { timeout: 60_000 }, () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  options.paths = Object.fromEntries([...sources].map(([name, file]) => [name, [file]]));
  options.noUnusedLocals = false;
  const programs = [
    ...all,
    ...allAdvice.map((advice, i) => ({ name: `advice-${advice.name}-${i}`, code: codeOf(advice) })),
  ];
  const texts = new Map(
    programs.map(({ name, code }) => [join(root, `${name}.ts`), `${code}\nexport {};\n`]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, language) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, language) : ts.createSourceFile(file, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const found = [...texts.keys()].flatMap((file) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
  expect(found).toEqual([]);
});

/** Runs a program; gives back its `before` and `after`. */
async function run(code: string): Promise<{ before: number; after: number }> {
  const modules = new Map<string, unknown>([
    ['@tensorflow/tfjs-core', tf],
    ['@tensorflow/tfjs-layers', layers],
  ]);
  for (const { fileName } of ts.preProcessFile(code).importedFiles) {
    const source = sources.get(fileName);
    if (source !== undefined) modules.set(fileName, await import(pathToFileURL(source).href));
  }
  // Node has no database of a browser.
  const callbacks = modules.get('@optim/callbacks') as object | undefined;
  const stores = new Map<string, ReturnType<typeof memoryStore>>();
  const indexedDBStore = (name: string): ReturnType<typeof memoryStore> => {
    const store = stores.get(name) ?? memoryStore();
    stores.set(name, store);
    return store;
  };
  if (callbacks) modules.set('@optim/callbacks', { ...callbacks, indexedDBStore });
  const script = ts.transpile(code, { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 });
  const body = `return (async () => { ${script}\nreturn { before, after }; })();`;
  const program = compileFunction(body, ['require', 'exports']) as (
    require: (name: string) => unknown,
    exports: object,
  ) => Promise<{ before: number; after: number }>;
  return program((name) => modules.get(name), {});
}

test.each(all)('$name: what it minimizes falls by half or more', async ({ code }) => {
  // Whatever weights and orders are drawn, they are the same in every run.
  let drawn = 1;
  vi.spyOn(Math, 'random').mockImplementation(
    () => (drawn = (drawn * 48_271) % 2_147_483_647) / 2_147_483_647,
  );
  // A program of the cookbook ends with its page, so it frees nothing; what it makes is freed here.
  tf.engine().startScope();
  const known = new Set(Object.keys(tf.engine().registeredVariables));
  const { before, after } = await run(code);
  expect(before).toBeGreaterThan(0);
  expect(after).toBeLessThan(before / 2);
  tf.engine().endScope();
  for (const [name, variable] of Object.entries(tf.engine().registeredVariables))
    if (!known.has(name)) variable.dispose();
  vi.restoreAllMocks();
});
