// SPDX-License-Identifier: Apache-2.0
// Code of a package that may not be shared, in the files of one that may, whatever its first line says now.

import type { Finding } from './contents.js';
import { code } from './imports.js';
import type { PackedFile } from './packed.js';
import { kindOf } from './policy.js';

/** So many words in a row are alike by copying only: what our packages share by habit is shorter than 20. */
const run = 30;

function* runsOf(text: string): Generator<string> {
  const words = text.match(/[\w$]+/g) ?? [];
  for (let at = 0; at + run <= words.length; at++) yield words.slice(at, at + run).join(' ');
}

/** A package and its files. */
interface Packed {
  readonly name: string;
  readonly licence: string | undefined;
  readonly files: readonly PackedFile[];
}

/** What permissive packages hold of the code of others, by their names. */
export function copiesIn(packages: readonly Packed[]): Map<string, Finding[]> {
  const isFree = ({ licence }: Packed): boolean => kindOf(licence) === 'permissive';
  const codeOf = ({ files }: Packed): { path: string; text: string }[] =>
    files.flatMap(({ path, text }) => (text !== null && code.test(path) ? [{ path, text }] : []));
  const origins = new Map<string, Packed>();
  for (const origin of packages.filter((each) => !isFree(each))) {
    for (const { text } of codeOf(origin)) for (const words of runsOf(text)) origins.set(words, origin);
  }
  const findings = packages.filter(isFree).map((each) => {
    const found = codeOf(each).flatMap(({ path, text }): Finding[] => {
      for (const words of runsOf(text)) {
        const origin = origins.get(words);
        if (origin)
          return [
            {
              rule: `${path} holds code of ${origin.name}`,
              ...(origin.licence && { licence: origin.licence }),
            },
          ];
      }
      return [];
    });
    return [each.name, found] as const;
  });
  return new Map(findings);
}
