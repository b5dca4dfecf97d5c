// SPDX-License-Identifier: Apache-2.0
// Prints `N passed, N failed, N skipped` as the last line of a run, where CI reads it.

import type { Reporter, TestModule } from 'vitest/node';

/** Counts what ran; a file that could not be loaded and an error outside any test count as failed. */
export function closingLine(modules: readonly TestModule[], errors: readonly unknown[]): string {
  const count = { passed: 0, failed: errors.length, skipped: 0 };
  for (const module of modules) {
    const tests = [...module.children.allTests()];
    if (tests.length === 0 && module.state() === 'failed') count.failed += 1;
    for (const test of tests) {
      const { state } = test.result();
      count[state === 'pending' ? 'skipped' : state] += 1;
    }
  }
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}

export class ClosingLine implements Reporter {
  /** @param warning what the reader of the last line has to know, if anything */
  constructor(private readonly warning: string) {}

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const end = `${this.warning}\n${closingLine(modules, errors)}\n`;
    // The other reporters and the closing of the browsers may still write; nothing may come after this.
    process.once('exit', () => process.stdout.write(end.trimStart()));
  }
}
