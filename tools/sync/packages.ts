// SPDX-License-Identifier: Apache-2.0
// The list of packages in the README of the repository.

import { kindOf } from '../licences/policy.js';
import { table } from '../markdown.js';
import type { Manifest, WorkspacePackage } from '../workspace.js';

/** What a description says beyond the obvious. */
function meaning({ description = '', license }: Manifest): string {
  const what = description
    .replace(/ optimizers? for TensorFlow\.js:/, ':')
    .replace(/,? for TensorFlow\.js/, '');
  return kindOf(license) === 'permissive' ? what : `${what}. **${license}**`;
}

function section(family: string, packages: readonly WorkspacePackage[]): string {
  const rows = packages.map(({ folder, manifest }) => [
    `[\`${manifest.name}\`](${folder.slice(folder.lastIndexOf('/packages/') + 1)})`,
    meaning(manifest),
  ]);
  return table([family, 'what it is'], rows);
}

/** A table per family. */
export function packageList(packages: readonly WorkspacePackage[]): string {
  const families = [...new Set(packages.map(({ manifest }) => manifest.optim!.family))];
  // What everything else is made of comes last.
  const rank = (family: string): number => ['foundation', 'umbrella'].indexOf(family);
  families.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return families
    .map((family) =>
      section(
        family,
        packages.filter(({ manifest }) => manifest.optim!.family === family),
      ),
    )
    .join('\n\n');
}
