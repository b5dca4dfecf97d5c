// SPDX-License-Identifier: Apache-2.0
// The examples in the READMEs compile and run.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import * as layers from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { entryPoints, publishedPackages, root } from '../workspace.js';

// A compiler or another process takes its time on a busy machine.
const slow = { timeout: 60_000 };

const packages = publishedPackages();
const sources = new Map(packages.flatMap(({ folder, manifest }) => [...entryPoints(folder, manifest)]));

interface Example {
  title: string;
  /** Where it would lie as a file; it does not exist. */
  file: string;
  code: string;
}

const examples: Example[] = packages.flatMap(({ folder, manifest }) => {
  const path = join(folder, 'README.md');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const blocks = [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map((match) => match[1]!);
  return blocks
    .filter((code) => code.includes('import '))
    .map((code, i) => ({ title: `${manifest.name} ${i + 1}`, file: join(folder, `example${i}.ts`), code }));
});

test('there is one for every algorithm', () => {
  const missing = packages.flatMap(({ manifest }) => {
    const { family, algorithms } = manifest.optim!;
    const written = examples
      .filter(({ title }) => title.startsWith(`${manifest.name} `))
      .map(({ code }) => code);
    const names = family === 'foundation' ? [] : algorithms.map((entry) => entry.class);
    return names.filter((name) => !written.some((code) => code.includes(`new ${name}(`)));
  });
  expect(missing).toEqual([]);
});

test('they compile', slow, () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  options.paths = Object.fromEntries([...sources].map(([name, file]) => [name, [file]]));
  options.noUnusedLocals = false;
  const given = "declare const model: import('@tensorflow/tfjs-layers').LayersModel;\n";
  const texts = new Map(examples.map(({ file, code }) => [file, `${given}${code}`]));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, language) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, language) : ts.createSourceFile(file, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const found = examples.flatMap(({ title, file }) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => `${title}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
  expect(found).toEqual([]);
});

/** Runs the code, which may use `model` and what else is given; waits for what it exports as `done`. */
async function run(code: string, model: layers.LayersModel, given: object = {}): Promise<void> {
  const modules = new Map<string, unknown>([
    ['@tensorflow/tfjs-core', tf],
    ['@tensorflow/tfjs-layers', layers],
  ]);
  for (const { fileName } of ts.preProcessFile(code).importedFiles) {
    const source = sources.get(fileName);
    if (source !== undefined) modules.set(fileName, await import(pathToFileURL(source).href));
  }
  const script = ts.transpile(code, { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 });
  const exports: { done?: Promise<void> } = {};
  const names = ['require', 'exports', 'model', ...Object.keys(given)];
  const require = (name: string): unknown => modules.get(name);
  compileFunction(script, names)(require, exports, model, ...(Object.values(given) as unknown[]));
  await exports.done;
}

const dense = (): layers.Sequential =>
  layers.sequential({
    layers: [layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })],
  });

const compiles = ({ code }: Example): boolean => code.includes('model.compile');

test.each(examples.filter(compiles))('$title trains', async ({ code }) => {
  const model = dense();
  const [x, y] = [tf.ones([4, 2]), tf.ones([4, 1])];
  await run(code, model);
  // Some rules withhold their first steps, and some overshoot in them.
  const { history } = await model.fit(x, y, { epochs: 40, verbose: 0 });
  const loss = history['loss'] as number[];
  expect(loss[0]).toBe(1);
  expect(loss.at(-1)).toBeLessThan(1);
  const { base } = model.optimizer as { base?: { c?: tf.Tensor } };
  model.optimizer.dispose();
  base?.c?.dispose(); // the learning rate, which `dispose` of tf.train.momentum forgets
  model.dispose();
  tf.dispose([x, y]);
});

test.each(examples.filter((example) => !compiles(example)))('$title runs', async ({ code }) => {
  const model = dense();
  const engine = tf.engine();
  const before = new Set(Object.values(engine.registeredVariables));
  // What an example of a few lines makes is its reader's to free.
  engine.startScope();
  try {
    await expect(run(code, model)).resolves.toBeUndefined();
  } finally {
    engine.endScope();
    for (const variable of Object.values(engine.registeredVariables))
      if (!before.has(variable)) variable.dispose();
  }
  model.dispose();
});

/** The examples of a section of the README of the repository, which lead from a model and its data to a trained one. */
const training = (): string[] => {
  const [, section] = /^## Training as people do it\n([^]*?)^## /m.exec(
    readFileSync(join(root, 'README.md'), 'utf8'),
  )!;
  return [...section!.matchAll(/^```ts\n([^]*?)^```$/gm)].map((match) => match[1]!);
};

test.each(
  training().map((code) => [/'@optim\/[^']*'|\w+(?= \} from '@optim\/callbacks)/.exec(code)![0], code]),
)('training with %s', slow, async (_, code) => {
  const folder = mkdtempSync(join(tmpdir(), 'optim-readme-'));
  const model = dense();
  const compiled = tf.train.sgd(0.1);
  model.compile({ optimizer: compiled, loss: 'meanSquaredError' });
  const [x, y] = [tf.ones([4, 2]), tf.ones([4, 1])];
  const before = (await lossesOf(model, x, y))[0]!;
  const verbatim = code.replace("'my-training'", JSON.stringify(join(folder, 'my-training')));
  const lines = verbatim.split('\n');
  const imports = lines.filter((line) => line.startsWith('import ')).join('\n');
  const rest = lines.filter((line) => !line.startsWith('import ')).join('\n');
  await run(`${imports}\nexport const done = (async () => {\n${rest}\n})();`, model, { x, y });
  if (code.includes('model.fit')) expect((await lossesOf(model, x, y))[0]).toBeLessThan(before);
  if (model.optimizer !== compiled) model.optimizer.dispose();
  compiled.dispose();
  model.dispose();
  tf.dispose([x, y]);
  rmSync(folder, { recursive: true });
});

async function lossesOf(model: layers.LayersModel, x: tf.Tensor, y: tf.Tensor): Promise<number[]> {
  const loss = model.evaluate(x, y) as tf.Scalar;
  const values = [...(await loss.data())];
  loss.dispose();
  return values;
}
