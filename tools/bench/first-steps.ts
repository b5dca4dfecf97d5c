// SPDX-License-Identifier: Apache-2.0
// The first steps of a page, as a bundler makes it, in a headless Chromium.

import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { esbuild } from '../consumers/bundle.js';
import { open, until } from '../consumers/page.js';
import { pageOf } from '../consumers/programs.js';
import { writeResults, type FirstSteps } from '../results.js';
import { root } from '../workspace.js';
import type { Step } from './first-steps-page.js';
import { median } from './measure.js';
import { reference } from './subjects.js';

/** Pages that train with an optimizer on a backend; to be closed. */
export class FirstStepsPage {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<FirstStepsPage> {
    const folder = mkdtempSync(join(tmpdir(), 'optim-first-steps-'));
    await esbuild().build({
      entryPoints: [join(root, 'tools/bench/first-steps-page.ts')],
      outdir: folder,
      conditions: ['@optim/source'],
      format: 'esm',
      platform: 'browser',
      bundle: true,
      splitting: true,
      minify: true,
      logLevel: 'error',
    });
    const wasm = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');
    for (const file of readdirSync(wasm).filter((name) => name.endsWith('.wasm')))
      copyFileSync(join(wasm, file), join(folder, file));
    writeFileSync(join(folder, 'index.html'), pageOf('./first-steps-page.js'));
    return new FirstStepsPage(folder);
  }

  /** All steps of a new page. */
  async steps(backend: string, optimizer: string, steps: number): Promise<Step[]> {
    const path = `index.html?backend=${backend}&optimizer=${optimizer}&steps=${steps}`;
    const read = (): Step[] | string | undefined =>
      (globalThis as unknown as { result?: Step[] | string }).result;
    const result = await open(this.folder, path, (tab) => until(tab, read));
    if (typeof result === 'string') throw new Error(result);
    return result;
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Which steps are told. */
const told = [1, 2, 10] as const;

/** What is told of runs of the same page: medians, and from which step on each had its kernels. */
export function firstStepsOf(runs: readonly (readonly Step[])[]): FirstSteps {
  const kernelsFrom = runs.map((steps) => 1 + steps.findIndex(({ executors }) => !executors.includes('ops')));
  return {
    milliseconds: Object.fromEntries(
      told.map((step) => [step, median(runs.map((steps) => steps[step - 1]!.milliseconds))]),
    ),
    ...(runs[0]![0]!.executors.length > 0 && { kernelsFrom: Math.max(...kernelsFrom) }),
  };
}

/** Opens pages on backends, three for each optimizer in turn, and writes what they tell to docs/results. */
export async function recordFirstSteps(backends: readonly string[]): Promise<void> {
  const page = await FirstStepsPage.make();
  try {
    for (const backend of backends) {
      const runs = new Map<string, Step[][]>([
        ['AdamW', []],
        [reference, []],
      ]);
      for (let turn = 0; turn < 3; turn++)
        for (const [name, found] of runs) found.push(await page.steps(backend, name, 30));
      for (const [name, found] of runs) {
        const told = firstStepsOf(found);
        console.log(`${backend}, ${name}: ${JSON.stringify(told)}`);
        writeResults(name, { firstSteps: { [backend]: told } });
      }
    }
  } finally {
    page.close();
  }
}
