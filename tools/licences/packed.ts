// SPDX-License-Identifier: Apache-2.0
// What goes into the tarball of a package. Where npm and pnpm would choose by a pattern, everything: never less than they take.

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Manifest } from '../workspace.js';

/** A file of a tarball. */
export interface PackedFile {
  /** From the package's folder, with slashes. */
  readonly path: string;
  /** `null` for a symbolic link, which may lead anywhere. */
  readonly text: string | null;
}

/** Files that are packed whatever package.json says. */
const always = /^(package\.json|(readme|licen[cs]e|changelog|changes|history|notice|copying)([.-].*)?)$/i;
/** What npm leaves out at the root of a package. */
const never = /^(node_modules|\.git|\.npmrc)$/;

function filesIn(folder: string, path: string): PackedFile[] {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry): PackedFile[] => {
    const at = posix.join(path, entry.name);
    if (entry.isDirectory()) return filesIn(folder, at);
    return [{ path: at, text: entry.isFile() ? readFileSync(join(folder, at), 'utf8') : null }];
  });
}

/** The names in `files` and `main` as folders or files at the root; `null` where one is a pattern, or nothing is named. */
function chosen({ files, main }: Manifest): string[] | null {
  if (!Array.isArray(files)) return null;
  const names = [...files, ...(main === undefined ? [] : [main])].map((name) => posix.normalize(name));
  if (names.some((name) => /[*?[\]{}!()]|^\.\.?(\/|$)|^\//.test(name))) return null;
  return names.map((name) => name.split('/')[0]!);
}

/** Every file that packing the folder could take, in order of their paths. */
export function packedFiles(folder: string, manifest: Manifest): PackedFile[] {
  const names = chosen(manifest);
  const roots = readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => !never.test(name) && (names === null || always.test(name) || names.includes(name)),
  );
  const files = roots.flatMap((entry): PackedFile[] => {
    if (entry.isDirectory()) return filesIn(folder, entry.name);
    return [
      { path: entry.name, text: entry.isFile() ? readFileSync(join(folder, entry.name), 'utf8') : null },
    ];
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
