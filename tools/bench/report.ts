// SPDX-License-Identifier: Apache-2.0

import { table } from '../markdown.js';
import type { Row } from './measure.js';
import { limit, reference } from './subjects.js';

/** What a row is compared with: one of the same group. */
function partner(rows: readonly Row[], row: Row, subject: string): Row | undefined {
  return rows.find(
    (other) => other.group === row.group && other.subject === subject && other.executor !== 'ops',
  );
}

/** `a/b` as people read it. */
function ratio(a: number | undefined, b: number): string {
  if (a === undefined) return '';
  const value = a / b;
  return value.toFixed(value < 10 ? 2 : 0);
}

/** Rows as a Markdown table, a section per backend and layout. */
export function toMarkdown(rows: readonly Row[]): string {
  const keys = [...new Set(rows.map(({ backend, layout }) => `${backend}, ${layout}`))];
  return keys
    .map((key) => {
      const own = rows.filter(({ backend, layout }) => `${backend}, ${layout}` === key);
      const body = own.map((row) => [
        row.subject,
        row.executor,
        row.nanoseconds.toFixed(2),
        ratio(partner(rows, row, reference)?.nanoseconds, row.nanoseconds),
        ratio(row.nanoseconds, partner(rows, row, limit)?.nanoseconds ?? Number.NaN),
        String(row.kernels),
        String(row.bytes),
      ]);
      const head = [
        'rule',
        'executor',
        'ns/parameter',
        `times faster than ${reference}`,
        'of the memory limit',
        'kernels/step',
        'bytes allocated/step',
      ];
      return `### ${key}\n\n${table(head, body)}`;
    })
    .join('\n\n');
}

/** Every class on one tensor of a million: a row each, wasm and cpu side by side. */
export function everyClassTable(rows: readonly Row[]): string {
  const own = rows.filter(({ subject }) => subject !== reference && subject !== limit);
  const names = [...new Set(own.map(({ subject }) => subject))];
  const cells = (name: string, backend: string): string[] => {
    const row = own.find((other) => other.subject === name && other.backend === backend)!;
    return [row.nanoseconds.toFixed(2), ratio(partner(rows, row, reference)?.nanoseconds, row.nanoseconds)];
  };
  const kernels = (name: string): string => String(own.find(({ subject }) => subject === name)!.kernels);
  const head = ['class', 'wasm, ns', 'times faster', 'cpu, ns', 'times faster', 'kernels/step'];
  const body = names.map((name) => [name, ...cells(name, 'wasm'), ...cells(name, 'cpu'), kernels(name)]);
  return `### Every class, 1M\n\nNanoseconds per parameter, and how many times faster than ${reference}, measured with it.\n\n${table(head, body)}`;
}

/** Nanoseconds per parameter as bars on a logarithmic scale, a panel per backend and layout. */
export function toSvg(rows: readonly Row[]): string {
  const keys = [...new Set(rows.map(({ backend, layout }) => `${backend}, ${layout}`))];
  const [width, bar, head, label] = [760, 18, 34, 190];
  const top = Math.max(...rows.map(({ nanoseconds }) => nanoseconds));
  const scale = (ns: number): number =>
    ((width - label - 80) * Math.log10(1 + 9 * ns)) / Math.log10(1 + 9 * top);
  let y = 8;
  const parts: string[] = [];
  for (const key of keys) {
    parts.push(`<text x="8" y="${y + 18}" font-weight="bold">${key} (ns per parameter, logarithmic)</text>`);
    y += head;
    for (const row of rows.filter(({ backend, layout }) => `${backend}, ${layout}` === key)) {
      const colour =
        row.executor === 'tfjs'
          ? '#b0413e'
          : row.executor === 'ops'
            ? '#c9a15a'
            : row.subject === limit
              ? '#999'
              : '#2b6cb0';
      const length = scale(row.nanoseconds).toFixed(1);
      parts.push(
        `<text x="${label - 8}" y="${y + 13}" text-anchor="end">${row.subject}${row.executor === 'ops' ? ' (ops)' : ''}</text>`,
        `<rect x="${label}" y="${y + 2}" width="${length}" height="${bar - 4}" fill="${colour}"/>`,
        `<text x="${label + Number(length) + 6}" y="${y + 13}">${row.nanoseconds.toFixed(2)}</text>`,
      );
      y += bar;
    }
    y += 10;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`;
}
