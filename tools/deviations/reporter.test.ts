// SPDX-License-Identifier: Apache-2.0

import type { TestCase } from 'vitest/node';
import { expect, it } from 'vitest';
import { Deviations } from './reporter.js';

it('keeps the largest deviation of a class on each executor, of the tests of its own package', () => {
  const deviations = new Deviations(new Map([['Yogi', '/packages/adam/yogi']]));
  const add = (backend: string, file: string, deviation: number, withOps: boolean, state = 'passed'): void =>
    deviations.onTestCaseResult({
      meta: () => ({ golden: { optimizer: 'Yogi', case: `${deviation}`, deviation, tolerance: 1, withOps } }),
      result: () => ({ state }),
      project: { name: backend },
      module: { moduleId: file },
    } as unknown as TestCase);
  const own = '/packages/adam/yogi/test/yogi.test.ts';
  add('cpu', own, 0.25, false);
  add('cpu', own, 0.5, false, 'failed');
  add('cpu', own, 0.125, true);
  add('wasm', own, 0.0625, true);
  add('cpu', '/packages/hooks/test/golden.test.ts', 0.75, false);
  expect(Object.fromEntries(deviations.found)).toEqual({
    Yogi: {
      cpu: { largest: 0.5, case: '0.5', tolerance: 1 },
      ops: { largest: 0.125, case: '0.125', tolerance: 1 },
    },
  });
  expect(deviations.failed).toBe(1);
});
