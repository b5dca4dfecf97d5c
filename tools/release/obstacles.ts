// SPDX-License-Identifier: Apache-2.0
// What stands in the way of a release.

import type { Manifest } from '../workspace.js';

export interface State {
  /** Lines of `git status --porcelain`. */
  changedFiles: readonly string[];
  /** Files in `.changeset` that no release has used yet. */
  waitingChangesets: readonly string[];
  packages: readonly Manifest[];
}

/** One sentence for each reason not to publish; none when everything is ready. */
export function obstacles({ changedFiles, waitingChangesets, packages }: State): string[] {
  const found: string[] = [];
  if (changedFiles.length > 0) {
    found.push(`the working tree is not clean:\n${changedFiles.join('\n')}`);
  }
  if (waitingChangesets.length > 0) {
    found.push(`changesets wait for \`npm run changeset version\`: ${waitingChangesets.join(', ')}`);
  }
  const homeless = packages.filter(({ repository }) => !repository).map(({ name }) => name);
  if (homeless.length > 0) {
    const names = homeless.length === packages.length ? 'every package' : homeless.join(', ');
    found.push(
      `${names} has no \`repository\`, which npm provenance and readers need: set \`repository\` in the root's package.json, then \`npm run sync\``,
    );
  }
  return found;
}
