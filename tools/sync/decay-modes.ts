// SPDX-License-Identifier: Apache-2.0
// Which classes have other modes of weight decay than most, read off their option tables.

import { families } from '../workspace.js';
import type { PackageDoc, Row } from './readme.js';

/** The four that most classes have. */
const usual = ["'corrected'", "'coupled'", "'decoupled'", "'independent'"];

const modesOf = ({ range }: Row): string[] => range.match(/'[^']+'/g) ?? [];

const isUsual = (modes: readonly string[]): boolean => [...modes].sort().join() === usual.join();

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** How many classes have the four modes, and what the others have; wrappers decay as their base does. */
export function decayModes(documents: readonly PackageDoc[]): string {
  const others = new Map<string, string[]>();
  let count = 0;
  for (const { manifest, tables } of documents) {
    if (!families.includes(manifest.optim!.family)) continue;
    for (const { class: name } of manifest.optim!.algorithms) {
      const table = tables.get(name);
      // A wrapper has no groups of its own.
      if (!table || !('parameterGroups' in table)) continue;
      const row = table['weightDecayMode'];
      const modes = row ? modesOf(row) : [];
      if (isUsual(modes)) count++;
      else {
        const what = row
          ? listed(modes.map((mode) => `\`${mode}\``))
          : 'weightDecay' in table
            ? 'one form of decay'
            : 'no option `weightDecay`';
        others.set(what, [...(others.get(what) ?? []), name]);
      }
    }
  }
  const lines = [...others].map(([what, names]) => `- ${what}: ${names.sort().join(', ')}`);
  return [`${count} classes have all four modes. The others have`, lines.join('\n')].join('\n\n');
}
