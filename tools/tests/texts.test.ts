// SPDX-License-Identifier: Apache-2.0
// README.md and docs agree with what the packages are.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { AdamW } from '@optim/adamw';
import { expect, test } from 'vitest';
import { entryPoints, families, publishedPackages, root } from '../workspace.js';

interface Table {
  readonly [option: string]: {
    readonly range: string;
    readonly default?: unknown;
    readonly symbolic?: boolean;
  };
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');

/** The option tables of all classes of optimizers, without wrappers. */
async function tables(): Promise<Map<string, Table>> {
  const found = new Map<string, Table>();
  for (const { folder, parent, manifest } of publishedPackages()) {
    if (!families.includes(parent)) continue;
    const file = entryPoints(folder, manifest).get(manifest.name)!;
    const module = (await import(pathToFileURL(file).href)) as Record<string, { options: Table }>;
    for (const { class: name } of manifest.optim!.algorithms) {
      if ('parameterGroups' in module[name]!.options) found.set(name, module[name]!.options);
    }
  }
  return found;
}

test('what README says of the modes of weight decay is what the option tables say', async () => {
  const [, text] = /<!-- decay modes[^\n]*-->\n([^]*?)<!-- end of decay modes -->/.exec(readme)!;
  const named = new Map(
    [...text!.matchAll(/^- (.*): (.*)$/gm)].flatMap(([, modes, names]) =>
      names!.split(', ').map((name): [string, string] => [name, modes!]),
    ),
  );
  let usual = 0;
  for (const [name, { weightDecay, weightDecayMode }] of await tables()) {
    const modes = weightDecayMode?.range.match(/'\w+'/g) ?? [];
    if ([...modes].sort().join() === "'corrected','coupled','decoupled','independent'") {
      usual++;
      expect(named.has(name), name).toBe(false);
    } else {
      const said = named.get(name);
      expect(said, name).toBeDefined();
      if (weightDecayMode) expect(said!.match(/'\w+'/g), name).toEqual(modes);
      else expect(said, name).toBe(weightDecay ? 'one form of decay' : 'no option `weightDecay`');
    }
  }
  expect(text).toContain(`${usual} classes have all four modes.`);
});

test('README says of schedules what the tables say: some options take one, some do not', async () => {
  expect(readme).toMatch(
    /so is every hyper-parameter whose range in the option table says "or\s+a schedule"/,
  );
  for (const [name, table] of await tables()) {
    const { folder } = publishedPackages().find(({ manifest }) =>
      manifest.optim!.algorithms.some((entry) => entry.class === name),
    )!;
    const [, section] = readFileSync(join(folder, 'README.md'), 'utf8').split(`### Options of ${name}\n`);
    for (const [option, row] of Object.entries(table)) {
      const line = section!.split('\n').find((text) => text.startsWith(`| \`${option}\` `));
      if (line)
        expect(
          line.includes(', or a schedule |') || line.includes(', or a schedule  '),
          `${name} ${option}`,
        ).toBe(row.symbolic === true);
    }
  }
});

test('no text says of every algorithm what is true of some', () => {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  for (const path of ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]) {
    const text = read(path).replaceAll(/\s+/g, ' ');
    expect(text, path).not.toMatch(/computed by its authors' own code, within/);
    expect(text, path).not.toMatch(/three modes for every/);
    expect(text, path).not.toMatch(/so is any other hyper-parameter/);
  }
});

test('what docs/choosing.md names is there', () => {
  const text = read('docs/choosing.md');
  const links = [...text.matchAll(/\[`(\w+)`\]\((\.\.\/packages\/[\w/-]+)\)/g)];
  expect(links.length).toBeGreaterThan(10);
  for (const [, name, path] of links) {
    const manifest = JSON.parse(read(join('docs', path!, 'package.json'))) as {
      optim: { algorithms: { class: string }[] };
    };
    expect(manifest.optim.algorithms.map((entry) => entry.class)).toContain(name);
  }
  expect(readme).toContain('](docs/choosing.md)');
  for (const [, path] of text.matchAll(/\]\((?!http)([^)#]+)\)/g)) {
    expect(existsSync(join(root, 'docs', path!)), path).toBe(true);
  }
});

test('the first program of README is complete, and learns what it says', async () => {
  const [code] = /(?<=^```js\n)[^]*?(?=^```$)/m.exec(readme)!;
  const imports = code.match(/^import .*$/gm);
  expect(imports).toEqual([
    "import * as tf from '@tensorflow/tfjs';",
    "import { AdamW } from '@optim/adamw';",
  ]);
  // The union package is its parts. A program of a few lines does not free its tensors: the scope does.
  const whole = { ...tf, ...layers };
  const lines: unknown[][] = [];
  const printed: number[] = [];
  const console = { log: (...values: unknown[]) => void lines.push(values) };
  const program = code
    .replaceAll(/^import .*$/gm, '')
    .replace(/^(model\.predict\(.*\))\.print\(\);/m, 'printed.push((await $1.data())[0]);');
  const AsyncFunction = (async () => {}).constructor as new (
    ...text: string[]
  ) => (...values: unknown[]) => Promise<void>;
  tf.engine().startScope();
  try {
    const before = new Set(Object.keys(tf.engine().registeredVariables));
    await new AsyncFunction('tf', 'AdamW', 'console', 'printed', program)(whole, AdamW, console, printed);
    for (const [name, variable] of Object.entries(tf.engine().registeredVariables)) {
      if (!before.has(name)) variable.dispose();
    }
  } finally {
    tf.engine().endScope();
  }
  expect(lines).toHaveLength(1);
  const [label, first, , last] = lines[0] as [string, number, string, number];
  expect(label).toBe('loss');
  expect(last).toBeLessThan(first / 100);
  expect(Math.abs(printed[0]! - 5)).toBeLessThan(0.5);
});

test('sizes in README are the limits of `npm run size`', async () => {
  const limits = (await import(pathToFileURL(join(root, '.size-limit.js')).href)) as {
    default: { name: string; limit: string }[];
  };
  const [cpu, webgl, webgpu, all] = limits.default.map(({ limit }) => limit);
  expect(readme.replaceAll(/\s+/g, ' ')).toContain(
    `AdaBelief is less than ${cpu} with kernels for cpu and wasm, ${webgl} with those for webgl, ${webgpu} with those for webgpu;`,
  );
  expect(readme).toContain(`with \`@optim/all\` every class stays in the bundle, up to ${all}.`);
});

test('every learning rate but that of Rprop may be a schedule, as the README of schedules says', async () => {
  for (const [name, { learningRate }] of await tables()) {
    if (learningRate) expect(learningRate.symbolic ?? false, name).toBe(name !== 'Rprop');
  }
});

test('names of variables in docs/choosing.md are those that TensorFlow.js gives', () => {
  const { dense, conv2d, batchNormalization } = layers.layers;
  const model = layers.sequential({
    layers: [
      conv2d({ filters: 1, kernelSize: 1, inputShape: [2, 2, 1] }),
      batchNormalization(),
      dense({ units: 1 }),
    ],
  });
  const given = model.trainableWeights.map(({ originalName }) => originalName.replaceAll(/\d+(?=\/)/g, 'N'));
  const said = [...read('docs/choosing.md').matchAll(/`(\w+\d)\/(kernel|bias|gamma)`/g)];
  expect(said).toHaveLength(3);
  for (const [, layer, weight] of said) expect(given).toContain(`${layer!.replace(/\d+$/, 'N')}/${weight}`);
  model.dispose();
});
