// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { publishedPackages } from '../workspace.js';
import { missing } from './missing.js';
import { report, sync } from './sync.js';
import { results, Tiny, toySource } from './tiny.js';

// A compiler or another process takes its time on a busy machine.
const slow = { timeout: 60_000 };

let tiny: Tiny;
const link = vi.fn<(root: string) => void>();

beforeAll(() => {
  tiny = new Tiny();
});

afterAll(() => tiny.remove());

const check = async (): Promise<string> => report(await sync(tiny.folder, true, link));
const write = async (): Promise<string> => report(await sync(tiny.folder, false, link));

const unmeasured = `npm run optimizers -- Free
  docs/results/Free.json: not trained yet
npm run bench -- --only Free
  docs/results/Free.json: not measured yet
npm run optimizers -- Toy
  docs/results/Toy.json: not trained yet
npm run bench -- --only Toy
  docs/results/Toy.json: not measured yet
`;

describe.sequential('a new workspace', () => {
  test('--check lists all that is stale and all that is missing, and writes nothing', slow, async () => {
    const found = await check();
    expect(found.slice(0, found.indexOf('edit '))).toBe(`npm run sync
  packages/all/src/optimizers.ts is stale
  packages/all/src/index.ts is stale
  packages/all/package.json is stale
  packages/all/src/registry/optimizers-apart.ts is stale
  packages/all/src/registry/optimizers.ts is stale
  packages/all/src/registry/optimizer-details.ts is stale
  packages/all/src/registry/hooks.ts is stale
  packages/all/src/registry/schedules.ts is stale
  packages/all/README.md is stale
  packages/base/README.md is stale
  packages/momentum/free/README.md is stale
  packages/adam/toy/README.md is stale
  docs/licences.md is stale
  docs/optimizers.md is stale
  README.md is stale
  docs/performance.md is stale
`);
    expect(found.endsWith(unmeasured)).toBe(true);
    expect(existsSync(join(tiny.folder, 'docs/licences.md'))).toBe(false);
    expect(link).not.toHaveBeenCalled();
  });

  test('without it all is written at once, and what depends on others is linked', slow, async () => {
    await write();
    expect(link).toHaveBeenCalledExactlyOnceWith(tiny.folder);
    expect(await check()).not.toContain('npm run sync');
  });

  test('the umbrella holds the free package, and not the one that must stay alone', () => {
    expect(tiny.read('packages/all/src/optimizers.ts')).toMatch(
      /\n\nexport \{ Free \} from '@optim\/free';\n$/,
    );
    expect(tiny.read('packages/all/src/index.ts')).toMatch(
      /sync`\n\nexport \* from '@optim\/free';\n\n\/\/ end/,
    );
    const { dependencies } = JSON.parse(tiny.read('packages/all/package.json')) as { dependencies: object };
    expect(dependencies).toEqual({ '@optim/base': 'workspace:^', '@optim/free': 'workspace:^' });
  });

  test('the registry describes both, and says how to get the one that must stay alone', () => {
    expect(tiny.read('packages/all/src/registry/optimizers.ts')).toBe(`// SPDX-License-Identifier: Apache-2.0
// Written by \`npm run sync\`: every optimizer.

import type { OptimizerSummary } from '../registry-types.js';

export const optimizerSummaries: readonly OptimizerSummary[] = [
  { name: "Free", summary: "Steps like a toy.", paper: "arXiv:1234.56789", package: "@optim/free", licence: "Apache-2.0", family: "momentum", needs: [], wraps: false, officialCode: { url: "https://example.org/toy", licence: "NONE" }, install: null },
  { name: "Toy", summary: "Steps like a toy.", paper: "arXiv:1234.56789", package: "@optim/toy", licence: "CC-BY-NC-SA-4.0", family: "adam", needs: [], wraps: false, officialCode: { url: "https://example.org/toy", licence: "NONE" }, install: "npm install @optim/toy" },
];
`);
    expect(tiny.read('packages/all/src/registry/optimizers-apart.ts')).toContain(
      ' = {\n  Toy: "npm install @optim/toy (CC-BY-NC-SA-4.0)",\n};\n',
    );
    expect(tiny.read('packages/all/src/registry/optimizer-details.ts'))
      .toContain(`const learningRate_1: OptionDescription = { name: "learningRate", meaning: "Step size | rate.", range: "in (0, ∞)", schedulable: true };
const beta_1: OptionDescription = { name: "beta", meaning: "Decay of \`Free\`, over time.", range: "in [0, 1)", default: 0.9, schedulable: false };
const beta_2: OptionDescription = { name: "beta", meaning: "Decay of \`Toy\`, over time.", range: "in [0, 1)", default: 0.9, schedulable: false };
const mode_1: OptionDescription = { name: "mode", meaning: "How.", range: "one of 'fast', 'slow'", default: "fast", schedulable: false };

export const optimizerDetails: Readonly<Record<string, OptimizerDetails>> = {
  Free: { options: [learningRate_1, beta_1], stateNumbers: 1.03125 },
  Toy: { options: [learningRate_1, beta_2, mode_1], stateNumbers: 1.03125 },
};
`);
    const empty = /: readonly Described\[\] = \[\n\];\n$/;
    expect(tiny.read('packages/all/src/registry/hooks.ts')).toMatch(empty);
    expect(tiny.read('packages/all/src/registry/schedules.ts')).toMatch(empty);
  });

  test('what was measured is in the tables', slow, async () => {
    for (const name of ['Free', 'Toy']) tiny.write(`docs/results/${name}.json`, results);
    expect(await check()).toContain(
      'npm run sync\n  docs/optimizers.md is stale\n  docs/performance.md is stale\n',
    );
    expect(await write()).not.toContain('docs/');
    expect(tiny.read('docs/optimizers.md')).toContain(
      '\n| Free  | [`@optim/free`](../packages/momentum/free) | Apache-2.0      | 95.0 %   | 2.50 → 0.030 | 2.0     | 8     | 4       | authors     |\n',
    );
    expect(tiny.read('docs/performance.md')).toContain(
      '\n| Toy   | 0.77     | 10           | 1.25         | 2.50    | 113          | 1            |\n',
    );
  });
});

describe.sequential('@defaultValue', () => {
  const path = 'packages/adam/toy/src/index.ts';

  test('follows the row, and is written where there is none', slow, async () => {
    const changed = toySource.replace('"fast" },', '"slow" },').replace(' @defaultValue `0.9`', '');
    tiny.write(path, changed);
    expect(await check()).toContain(`npm run sync\n  ${path} is stale\n`);
    // A module is loaded once: what the table says is still what it said first.
    tiny.write(path, toySource.replace('"fast" */', '"slow" */').replace(' @defaultValue `0.9`', ''));
    await write();
    expect(tiny.read(path)).toBe(toySource.replace('"fast" */', "`'fast'` */"));
  });
});

describe('what no generator can write', () => {
  test.each<[string, string, string | object, string]>([
    ['a golden file', 'packages/testing/golden/Toy.json', {}, 'no numbers of a real implementation'],
    ['its test', 'packages/adam/toy/test/toy.test.ts', '', 'Toy: no test runs packages/testing/golden/Toy'],
    ['a trial', 'packages/adam/toy/test/trial.ts', 'export const trials = {};', 'no trial of Toy'],
    ['a changeset', '.changeset/first.md', '', 'npm run changeset\n  @optim/all: no change describes 0.0.0'],
    ['results of a class that is gone', 'docs/results/Gone.json', {}, 'delete docs/results/Gone.json\n'],
  ])('%s', async (_what, path, content, line) => {
    const other = new Tiny();
    other.write(path, content);
    expect(report(await missing(other.folder, publishedPackages(other.folder), []))).toContain(line);
    other.remove();
  });
});
