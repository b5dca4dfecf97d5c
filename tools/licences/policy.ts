// SPDX-License-Identifier: Apache-2.0
// Which licences may meet which: the only file to change when the project's mind does.

import parse from 'spdx-expression-parse';
import texts from 'spdx-license-list/full.js';

/** What a licence asks of those who use the code, as far as the audit cares. */
export type Kind = 'permissive' | 'copyleft' | 'non-commercial' | 'unknown';

/** The allow-list: everything a permissive package may reach. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
  'Zlib',
]);

const nonCommercial = /^CC-BY-NC|^PolyForm-(Noncommercial|Strict)/;
const copyleft = /^[AL]?GPL-|^(MPL|EPL|EUPL|CDDL|CPL|OSL|RPL|MS-RL|SSPL|CECILL|Sleepycat|CC-BY-SA)\b/;

/** From the freest to the least free, which is also how an `AND` weighs them. */
const order: readonly Kind[] = ['permissive', 'copyleft', 'non-commercial', 'unknown'];

function kindOfNode(node: parse.Info): Kind {
  if ('conjunction' in node) {
    const ranks = [node.left, node.right].map((side) => order.indexOf(kindOfNode(side)));
    return order[node.conjunction === 'or' ? Math.min(...ranks) : Math.max(...ranks)]!;
  }
  if (permissive.has(node.license)) return 'permissive';
  if (nonCommercial.test(node.license)) return 'non-commercial';
  return copyleft.test(node.license) ? 'copyleft' : 'unknown';
}

/** The kind of an SPDX expression; `unknown` for a missing or malformed one and one on none of the lists. */
export function kindOf(expression: string | undefined): Kind {
  try {
    return expression === undefined ? 'unknown' : kindOfNode(parse(expression));
  } catch {
    return 'unknown';
  }
}

/** Whether `@optim/all` may hold an algorithm whose authors' code has this licence; `undefined` for no code. */
export function fitsUmbrella(license: string | undefined): boolean {
  return !['copyleft', 'non-commercial'].includes(kindOf(license));
}

/** One line as several of at most 100 columns, each with the indentation of the first. */
function wrap(line: string): string {
  const indent = /^\s*/.exec(line)![0].replaceAll('\t', '  ');
  const lines = [''];
  for (const word of line.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = indent + word;
    else if (last.length + word.length < 100) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines.join('\n');
}

/** The full text of a licence in the SPDX list, as a LICENSE file. */
export function licenceText(id: string): string | undefined {
  const text = texts[id]?.licenseText;
  return text === undefined ? undefined : `${text.trim().split('\n').map(wrap).join('\n')}\n`;
}

// Words only: copies differ in line breaks, indentation and quotation marks.
const words = (text: string): string => (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).join(' ');

/** Whether `text` holds all terms of the licence; what Apache-2.0 says of how to apply it is not of the terms. */
export function holdsTerms(text: string, id: string): boolean {
  const full = licenceText(id);
  return full !== undefined && words(text).includes(words(full.split('END OF TERMS AND CONDITIONS')[0]!));
}
