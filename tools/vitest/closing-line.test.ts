// SPDX-License-Identifier: Apache-2.0

import type { TestModule } from 'vitest/node';
import { expect, it } from 'vitest';
import { closingLine } from './closing-line.js';

function file(state: string, ...tests: string[]): TestModule {
  const children = { allTests: () => tests.map((result) => ({ result: () => ({ state: result }) })) };
  return { state: () => state, children } as unknown as TestModule;
}

it('counts every test of every file', () => {
  const files = [
    file('failed', 'passed', 'failed', 'passed'),
    file('passed', 'passed', 'skipped', 'pending'),
  ];
  expect(closingLine(files, [])).toBe('3 passed, 1 failed, 2 skipped');
});

it('counts a file that could not be loaded and an error outside the tests as failed', () => {
  const files = [file('failed'), file('passed', 'passed')];
  expect(closingLine(files, [new Error('unhandled')])).toBe('1 passed, 2 failed, 0 skipped');
});
