// SPDX-License-Identifier: Apache-2.0
// What every package.json says that follows from something else: where the project lives, from the `repository` of the
// root's package.json, and where things are for compilers and bundlers that do not read `exports`.

import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readManifest, type Manifest, type WorkspacePackage } from '../workspace.js';

/** What npm shows a reader, for a package in `directory`; nothing while the project has no address. */
function addresses(repository: Manifest['repository'], directory: string): Partial<Manifest> {
  if (repository === undefined) return {};
  const { type = 'git', url } = typeof repository === 'string' ? { url: repository } : repository;
  const site = url.replace(/^git\+/, '').replace(/\.git$/, '');
  if (!/^https:\/\/[^/]+\/.+/.test(site))
    throw new RangeError(
      `package.json: repository must be like "git+https://HOST/OWNER/optim.git", got ${JSON.stringify(url)}`,
    );
  return {
    homepage: `${site}/tree/main/${directory}#readme`,
    bugs: { url: `${site}/issues` },
    repository: { type, url: `git+${site}.git`, directory },
  };
}

/** The types of what is imported by `NAME/PATH`. */
function typesVersions({ exports = {} }: Manifest): Partial<Manifest> {
  const paths = Object.entries(exports).flatMap(([path, conditions]) => {
    const types = typeof conditions === 'string' ? undefined : conditions['types'];
    return path !== '.' && typeof types === 'string' ? [{ path: path.slice(2), types: [types] }] : [];
  });
  return paths.length === 0
    ? {}
    : { typesVersions: { '*': Object.fromEntries(paths.map(({ path, types }) => [path, types])) } };
}

/** The files of what is imported by `NAME/PATH`: Parcel reads `exports` only where it is told to. */
function aliases({ exports = {} }: Manifest): Partial<Manifest> {
  const paths = Object.entries(exports).flatMap(([path, conditions]) => {
    const file = typeof conditions === 'string' ? undefined : conditions['default'];
    return path !== '.' && typeof file === 'string' ? [[path, file] as const] : [];
  });
  return paths.length === 0 ? {} : { alias: Object.fromEntries(paths) };
}

/** `fields` in place of those that are there, after the field `after`. */
function placed(manifest: Manifest, after: string, names: readonly string[], fields: object): Manifest {
  const others = Object.entries(manifest).filter(([name]) => !names.includes(name));
  const at = others.findIndex(([name]) => name === after) + 1;
  return Object.fromEntries([
    ...others.slice(0, at),
    ...Object.entries(fields),
    ...others.slice(at),
  ]) as never;
}

/** The packages with what their package.json should say. */
export function withManifests(root: string, packages: readonly WorkspacePackage[]): WorkspacePackage[] {
  const { repository } = readManifest(root);
  return packages.map((entry) => {
    const directory = relative(root, entry.folder).replaceAll('\\', '/');
    const found = { ...typesVersions(entry.manifest), ...aliases(entry.manifest) };
    const typed = placed(entry.manifest, 'types', ['typesVersions', 'alias'], found);
    const names = ['homepage', 'bugs', 'repository'];
    return { ...entry, manifest: placed(typed, 'license', names, addresses(repository, directory)) };
  });
}

/** The files of those that say something else than they do on disk. */
export function manifests(packages: readonly WorkspacePackage[]): Map<string, string> {
  return new Map(
    packages
      .filter(({ folder, manifest }) => !isDeepStrictEqual(readManifest(folder), manifest))
      .map(({ folder, manifest }) => [
        join(folder, 'package.json'),
        `${JSON.stringify(manifest, undefined, 2)}\n`,
      ]),
  );
}
