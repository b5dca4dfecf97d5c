// SPDX-License-Identifier: Apache-2.0

import type { Result } from './training.js';

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const columns: Record<string, (result: Result) => string> = {
  optimizer: ({ name }) => name,
  'peak rate': ({ peak }) => String(peak),
  'test accuracy': ({ accuracy }) => percent(accuracy),
  seconds: ({ seconds }) => seconds.toFixed(1),
  'kernels per step': ({ kernels }) => String(kernels),
};

/** Results as lines of text, in columns; names to the left, numbers to the right. */
export function table(results: readonly Result[]): string {
  const rows = [
    Object.keys(columns),
    ...results.map((result) => Object.values(columns).map((show) => show(result))),
  ];
  const widths = Object.keys(columns).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
