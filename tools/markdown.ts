// SPDX-License-Identifier: Apache-2.0
// Markdown that more than one generator writes.

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

/** A table with aligned columns, as the formatter wants it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i]!.length)));
  const [first, ...rest] = cells.map(
    (row) => `| ${row.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`,
  );
  return [first, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest].join('\n');
}

/** A link to a paper: arXiv ids get their address. */
export function paperLink(paper: string): string {
  const id = /^arXiv:(.+)$/.exec(paper)?.[1];
  return id ? `[arXiv:${id}](https://arxiv.org/abs/${id})` : paper;
}

/**
 * `text` with `body` between the two lines that mark the place of `name`; as it was, where it has no such place.
 *
 * @param comment - what a comment of the file begins and ends with
 */
export function withBlock(
  text: string,
  name: string,
  body: string,
  [open, close]: readonly [string, string] = ['<!-- ', ' -->'],
): string {
  const first = `${open}${name}, written by \`npm run sync\`${close}\n`;
  const [start, end] = [text.indexOf(first), text.indexOf(`${open}end of ${name}${close}`)];
  if (start < 0 || end < start) return text;
  return `${text.slice(0, start)}${first}\n${body}\n\n${text.slice(end)}`;
}
