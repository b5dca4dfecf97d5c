// SPDX-License-Identifier: Apache-2.0

import type { Tally } from './judge.js';

const columns = ['clear', 'taken', 'unclear', 'wrong'] as const;

/** A table of how tries ended, with their sum. */
export function tableOf(tallies: readonly Tally[]): string {
  const numbersOf = (some: readonly Tally[]): number[] => {
    const sums = columns.map((column) => some.reduce((sum, { counts }) => sum + counts[column], 0));
    return [sums.reduce((sum, count) => sum + count, 0), ...sums];
  };
  const rows = [
    ['attack', 'tried', ...columns],
    ...tallies.map((tally) => [tally.attack, ...numbersOf([tally]).map(String)]),
    ['all', ...numbersOf(tallies).map(String)],
  ];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
  );
  return lines.join('\n');
}
