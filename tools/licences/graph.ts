// SPDX-License-Identifier: Apache-2.0
// The dependency graph as it is on this disk: what package.json files ask for and what packed files load, resolved as Node
// resolves it.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  publishedPackages,
  readManifest,
  root,
  workspacePackages,
  type Manifest,
  type WorkspacePackage,
} from '../workspace.js';
import type { Graph, Node } from './audit.js';
import { examine } from './contents.js';
import { copiesIn } from './copies.js';
import { packedFiles } from './packed.js';

/** The real folder of a package as `from` would import it. */
function locate(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

/** Old packages carry `{ type }`, or a list of those of which the user may choose. */
function licenceOf(manifest: Manifest): string | undefined {
  const { license, licenses } = manifest as { license?: unknown; licenses?: unknown };
  const id = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : (value as { type?: string } | undefined)?.type;
  return Array.isArray(licenses) && license === undefined ? licenses.map(id).join(' OR ') : id(license);
}

const readText = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;

/** The published packages and everything they need at run time; what a user never installs stays out. */
export function readGraph(from: string = root): Graph {
  const own = new Map<string, WorkspacePackage>(
    workspacePackages(from).map((p) => [realpathSync(p.folder), p]),
  );
  const nodes = new Map<string, Node>();
  const pending = [...own].filter(([, { manifest }]) => !manifest.private).map(([folder]) => folder);
  const packed = new Map(
    publishedPackages(from).map(({ folder, manifest }) => [manifest.name, packedFiles(folder, manifest)]),
  );
  const copies = copiesIn(
    publishedPackages(from).map(({ manifest: { name, license } }) => ({
      name,
      licence: license,
      files: packed.get(name)!,
    })),
  );
  for (const folder of pending) {
    if (nodes.has(folder)) continue;
    const workspace = own.get(folder);
    const manifest = readManifest(folder);
    const files = workspace ? packed.get(manifest.name) : undefined;
    const { findings, needs: loaded } = files ? examine(files, manifest) : { findings: [], needs: [] };
    const optional = new Set([
      ...Object.keys(manifest.optionalDependencies ?? {}),
      ...Object.entries(manifest.peerDependenciesMeta ?? {}).flatMap(([name, { optional: is }]) =>
        is ? [name] : [],
      ),
    ]);
    const names = new Set([
      ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
      ...optional,
      ...loaded.filter((name) => name !== manifest.name),
    ]);
    const found = [...names].map((name) => ({ name, at: locate(name, folder) }));
    const needs = found.flatMap(({ at }) => at ?? []);
    pending.push(...needs);
    nodes.set(folder, {
      name: manifest.name,
      version: manifest.version,
      licence: licenceOf(manifest),
      needs,
      missing: found
        .filter(({ name, at }) => at === undefined && !optional.has(name))
        .map(({ name }) => name),
      ...(workspace && {
        own: {
          parent: workspace.parent,
          published: !manifest.private,
          metadata: manifest.optim,
          licenceText: readText(join(folder, 'LICENSE')),
          findings: [...findings, ...(copies.get(manifest.name) ?? [])],
        },
      }),
    });
  }
  return {
    root: { licence: readManifest(from).license, licenceText: readText(join(from, 'LICENSE')) },
    nodes,
  };
}
