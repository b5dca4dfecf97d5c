// SPDX-License-Identifier: Apache-2.0
// The one place that knows where packages lie and what their package.json holds.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where an algorithm comes from: one entry of `optim.algorithms`. What is absent nobody has looked for yet. */
export interface Algorithm {
  /** Name of the exported class or function. */
  class: string;
  /** `arXiv:2010.07468`, or the address of a paper that is not on arXiv. */
  paper: string;
  /** The authors' code, with its SPDX licence or `NONE` when none is stated; `null` when there is no such code. */
  officialCode?: { url: string; license: string } | null | undefined;
  /** Its name in Python's pytorch_optimizer; `null` when it has no counterpart there. */
  seed?: string | null | undefined;
  /** Its file in `packages/testing/golden`, where that is not named as the class. */
  golden?: string;
  /** Why it is not trained and measured as all others: it minimizes something else than a loss. */
  unmeasured?: string;
}

/** What the tools read of a package.json. */
export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  description?: string;
  license?: string;
  main?: string;
  /** What is packed. */
  files?: string[];
  homepage?: string;
  bugs?: { url: string };
  repository?: string | { type?: string; url: string; directory?: string };
  typesVersions?: Record<string, Record<string, string[]>>;
  alias?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  exports?: Record<string, string | Record<string, string | Record<string, string>>>;
  /** `picture` is shown in the README; a path from the root. */
  optim?: { family: string; algorithms: Algorithm[]; picture?: string };
}

export interface WorkspacePackage {
  /** Absolute path. */
  folder: string;
  /** The folder that holds it: its family, or `packages` for foundations and the umbrella. */
  parent: string;
  manifest: Manifest;
}

/** The repository's root. */
export const root: string = fileURLToPath(new URL('..', import.meta.url));

/** Families of algorithms; each is a folder in `packages/`. */
export const families: readonly string[] = [
  'adam',
  'adaptive',
  'layerwise',
  'learning-rate-free',
  'momentum',
  'multitask',
  'sam',
  'second-order',
  'wrappers',
];

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function packagesIn(parent: string, folder: string): WorkspacePackage[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'package.json')))
    .map((entry) => join(folder, entry.name))
    .map((path) => ({ folder: path, parent, manifest: readManifest(path) }));
}

/** Every package of the workspace, by name: `packages/NAME` and `packages/FAMILY/NAME`. */
export function workspacePackages(from: string = root): WorkspacePackage[] {
  const packages = join(from, 'packages');
  const inFamilies = readdirSync(packages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !existsSync(join(packages, entry.name, 'package.json')))
    .flatMap((entry) => packagesIn(entry.name, join(packages, entry.name)));
  return [...packagesIn('packages', packages), ...inFamilies].sort((a, b) =>
    a.manifest.name < b.manifest.name ? -1 : 1,
  );
}

/** The packages that go to the registry. */
export function publishedPackages(from: string = root): WorkspacePackage[] {
  return workspacePackages(from).filter(({ manifest }) => !manifest.private);
}

/** Entry files of a package by the name a user imports: `@optim/core`, `@optim/core/node`. */
export function entryPoints(folder: string, { name, exports = {} }: Manifest): Map<string, string> {
  return new Map(
    Object.entries(exports).flatMap(([path, conditions]) => {
      const given = typeof conditions === 'string' ? undefined : conditions['@optim/source'];
      const source = typeof given === 'object' ? given['default'] : given;
      return source === undefined ? [] : [[posix.join(name, path), join(folder, source)]];
    }),
  );
}
