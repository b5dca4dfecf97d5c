// SPDX-License-Identifier: Apache-2.0

import { table } from '../markdown.js';
import type { Speed } from '../results.js';
import type { Row } from './measure.js';
import { limit, reference, triadArrays } from './subjects.js';

/** What a row is compared with: one of the same group. */
function partner(rows: readonly Row[], row: Row, subject: string): Row | undefined {
  return rows.find(
    (other) => other.group === row.group && other.subject === subject && other.executor !== 'ops',
  );
}

/** A row by itself, with its ratios to what it was measured with. */
export function speedOf(rows: readonly Row[], row: Row): Speed {
  const { nanoseconds, kernels, bytes, arrays } = row;
  const timesFaster = partner(rows, row, reference)!.nanoseconds / nanoseconds;
  const ofMemoryLimit = nanoseconds / partner(rows, row, limit)!.nanoseconds;
  const ofSameBytes = arrays && (ofMemoryLimit * triadArrays) / arrays;
  return { nanoseconds, timesFaster, ofMemoryLimit, ...(ofSameBytes && { ofSameBytes }), kernels, bytes };
}

/** A ratio as people read it; nothing where there is none. */
export function ratio(value: number | undefined): string {
  return value?.toFixed(value < 10 ? 2 : 0) ?? '';
}

/** Rows as a Markdown table, a section per backend and layout. */
export function toMarkdown(rows: readonly Row[]): string {
  const keys = [...new Set(rows.map(({ backend, layout }) => `${backend}, ${layout}`))];
  return keys
    .map((key) => {
      const own = rows.filter(({ backend, layout }) => `${backend}, ${layout}` === key);
      const body = own.map((row) => {
        const { nanoseconds, timesFaster, ofMemoryLimit, kernels, bytes } = speedOf(rows, row);
        const ratios = [ratio(timesFaster), ratio(ofMemoryLimit)];
        return [
          row.subject,
          row.executor,
          nanoseconds.toFixed(2),
          ...ratios,
          row.dispatches ? `${kernels} in ${row.dispatches}` : String(kernels),
          String(bytes),
        ];
      });
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
