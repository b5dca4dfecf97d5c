// SPDX-License-Identifier: Apache-2.0
// A small workspace on disk for the tests: a package that must stay alone, a free one, a foundation and the umbrella.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { licenceText } from '../licences/policy.js';

const source = (file: string): Record<string, string> => ({
  '@optim/source': `./src/${file}`,
  default: './dist/x.js',
});

/** What every package.json here has. */
const common = {
  version: '0.0.0',
  license: 'Apache-2.0',
  exports: { '.': source('index.ts'), './package.json': './package.json' },
};

const algorithm = {
  class: 'Toy',
  paper: 'arXiv:1234.56789',
  officialCode: { url: 'https://example.org/toy', license: 'NONE' },
  seed: 'ToySeed',
};

/** A class with its documentation; `more` are further options, and their rows. */
const classSource = (name: string, more: [string, string] = ['', '']): string => `
export interface Common {
  /** Step size | rate. */
  learningRate?: number;
}
/** Options of {@link ${name}}. */
export interface ${name}Options extends Common {
  /** Decay of {@link ${name}},
   * over time. @defaultValue \`0.9\` */
  beta?: number;${more[0]}
}
/**
 * Steps like {@link ${name} | a toy}.
 *
 * \`\`\`text
 * p ← p − αg
 * \`\`\`
 *
 * Differs from {@link Nowhere} and {@link Nowhere | nothing}.
 *
 * **When to use:** here. **When not:** there. **Hint:** none.
 *
 * @example
 * \`\`\`ts
 * import { ${name} } from '@optim/${name.toLowerCase()}';
 * \`\`\`
 * @see https://arxiv.org/abs/1234.56789
 */
export class ${name} {
  static readonly options = {
    learningRate: { range: 'in (0, ∞)', symbolic: true },
    beta: { range: 'in [0, 1)', default: 0.9 },${more[1]}
  };
  constructor(readonly given: ${name}Options = {}) {}
  minimize(): void {}
  async stateDict(): Promise<object> {
    return { parameters: [{ slots: { m: { shape: [32, 32] }, norms: { shape: [32, 1] } } }] };
  }
  dispose(): void {}
}
`;

export const toySource: string = classSource('Toy', [
  '\n  /** How. @defaultValue "fast" */\n  mode?: "fast" | "slow";',
  '\n    mode: { range: "one of \'fast\', \'slow\'", default: "fast" },',
]);

const trial = (name: string): string => `export const trials = { ${name}: () => undefined };\n`;
const test = (name: string): string => `import golden from '@optim/testing/golden/${name}.json';\n`;

/** Where the numbers of the golden files come from. */
const references = [
  {
    name: 'example/toy (authors)',
    version: 'commit 1a2b',
    license: 'MIT',
    role: 'source of the numbers; exact',
  },
  { name: 'optax', version: '0.2.8', license: 'Apache-2.0', role: 'agrees to 1e-14' },
];

const files: Record<string, string | object> = {
  'package.json': { name: 'root', version: '0.0.0', license: 'Apache-2.0' },
  LICENSE: licenceText('Apache-2.0')!,
  'README.md':
    'Before.\n\n<!-- packages, written by `npm run sync` -->\nold\n<!-- end of packages -->\n\nAfter.\n',
  'docs/performance.md': '<!-- results, written by `npm run sync` -->\n<!-- end of results -->\n',
  'packages/adam/toy/package.json': {
    ...common,
    name: '@optim/toy',
    description: 'Toy optimizer for TensorFlow.js: a toy',
    license: 'CC-BY-NC-SA-4.0',
    optim: { family: 'adam', algorithms: [algorithm] },
  },
  'packages/adam/toy/LICENSE': licenceText('CC-BY-NC-SA-4.0')!,
  'packages/adam/toy/src/index.ts': toySource,
  'packages/adam/toy/test/toy.test.ts': test('Toy'),
  'packages/adam/toy/test/trial.ts': trial('Toy'),
  'packages/momentum/free/package.json': {
    ...common,
    name: '@optim/free',
    description: 'Free optimizer for TensorFlow.js: free',
    optim: { family: 'momentum', algorithms: [{ ...algorithm, class: 'Free', seed: null }] },
  },
  'packages/momentum/free/src/index.ts': classSource('Free'),
  'packages/momentum/free/test/free.test.ts': test('Free'),
  'packages/momentum/free/test/trial.ts': trial('Free'),
  'packages/base/package.json': {
    ...common,
    name: '@optim/base',
    description: 'The base',
    exports: { '.': source('index.ts'), './node': source('node.ts') },
    alias: { './node': './dist/x.js' },
    optim: { family: 'foundation', algorithms: [] },
  },
  'packages/base/src/index.ts':
    "/**\n * The base. See {@link f}.\n *\n * - a\n *   b\n *\n * @packageDocumentation\n */\n\nexport { f, K, type T } from './f.js';\n",
  'packages/base/src/f.ts':
    '/** Does e.g. this. And that. */\nexport function f(): void {}\n/** A number */\nexport const K = 1;\n/** A type. */\nexport type T = 1;\n',
  'packages/base/src/node.ts': '/** For Node. */\nexport abstract class N {}\n',
  'packages/all/package.json': {
    ...common,
    name: '@optim/all',
    description: 'All of it',
    dependencies: {},
    optim: { family: 'umbrella', algorithms: [] },
  },
  'packages/all/src/index.ts':
    "/**\n * All.\n *\n * @packageDocumentation\n */\n\nexport * from '@optim/base';\n// packages, written by `npm run sync`\n// end of packages\n",
  'packages/private/package.json': { name: '@optim/private', version: '0.1.0', private: true },
  'packages/testing/golden/Toy.json': { references, cases: [] },
  'packages/testing/golden/Free.json': { references, cases: [] },
  '.changeset/first.md': ['toy', 'free', 'base', 'all'].map((name) => `'@optim/${name}': minor\n`).join(''),
};

/** What a machine measured of a class. */
export const results: object = {
  training: { accuracy: 0.95, firstLoss: 2.5, lastLoss: 0.03, seconds: 2, stateBytes: 8, kernels: 4 },
  speed: {
    'wasm, 1M': { nanoseconds: 0.77, timesFaster: 10, ofSameBytes: 1.25, kernels: 1 },
    'cpu, 1M': { nanoseconds: 2.5, timesFaster: 113, kernels: 1 },
  },
};

/** Files below a folder of their own. */
export class Tiny {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'sync-'));

  constructor() {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  write(path: string, content: string | object): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
