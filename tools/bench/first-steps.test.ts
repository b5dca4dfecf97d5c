// SPDX-License-Identifier: Apache-2.0
// In a page that awaits every loss, kernels run from the first step on cpu and wasm, and come soon on webgl.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../consumers/page.js';
import { firstStepsOf, FirstStepsPage } from './first-steps.js';

describe.skipIf(noBrowser() !== undefined)('a page', () => {
  let page: FirstStepsPage;

  beforeAll(async () => {
    page = await FirstStepsPage.make();
  });

  afterAll(() => page.close());

  it.each(['cpu', 'wasm'])('has kernels of %s in every step', async (backend) => {
    const steps = await page.steps(backend, 'AdamW', 10);
    expect(steps.map(({ executors }) => executors)).toEqual(Array(10).fill([backend]));
  });

  it.each(['webgl', 'webgpu'])(
    'has those of %s as soon as they are loaded, and waits for nothing',
    async (backend) => {
      const steps = await page.steps(backend, 'AdamW', 30);
      const ran = steps.map(({ executors }) => executors.join());
      expect(ran).toEqual([...ran].sort((a, b) => (a === b ? 0 : a === 'ops' ? -1 : 1)));
      expect(ran.at(-1)).toBe(backend);
    },
  );
});

it('what is told of runs: medians, and the last to have its kernels', () => {
  const run = (first: number, executors: string[]): { milliseconds: number; executors: string[] }[] =>
    Array.from({ length: 10 }, (_, i) => ({
      milliseconds: first + i,
      executors: i === 0 ? executors : ['cpu'],
    }));
  expect(firstStepsOf([run(5, ['cpu']), run(1, ['ops']), run(9, ['cpu'])])).toEqual({
    milliseconds: { 1: 5, 2: 6, 10: 14 },
    kernelsFrom: 2,
  });
});
