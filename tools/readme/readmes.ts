// SPDX-License-Identifier: Apache-2.0
// All of `pnpm readme` but its command line.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { entryPoints, publishedPackages, root as here, type WorkspacePackage } from '../workspace.js';
import { packageList, withList } from './list.js';
import { readme, type PackageDoc, type Row } from './markdown.js';
import { problems } from './problems.js';
import { DocReader } from './source.js';

/** The `static options` of what a module exports. */
async function readTables(file: string): Promise<Map<string, Record<string, Row>>> {
  const module = (await import(pathToFileURL(file).href)) as Record<
    string,
    { options?: Record<string, Row> }
  >;
  return new Map(Object.entries(module).flatMap(([name, { options }]) => (options ? [[name, options]] : [])));
}

async function document(reader: DocReader, { folder, manifest }: WorkspacePackage): Promise<PackageDoc> {
  const files = entryPoints(folder, manifest);
  const modules = new Map([...files].map(([name, file]) => [name, reader.read(file)]));
  return { manifest, modules, tables: await readTables(files.get(manifest.name)!) };
}

/**
 * Writes (or, with `check`, compares) the README of every published package, and their list in that of `root`; nothing is written while the sources
 * contradict themselves.
 * @param root - a folder with `packages`
 * @returns what went wrong, a line each.
 */
export async function readmes(root: string, check: boolean): Promise<string[]> {
  const packages = publishedPackages(root);
  const files = packages.flatMap(({ folder, manifest }) => [...entryPoints(folder, manifest).values()]);
  const reader = new DocReader(files, join(here, 'tsconfig.json'));
  const documents = await Promise.all(packages.map((entry) => document(reader, entry)));
  const wrong = documents.flatMap(problems);
  if (wrong.length > 0) return wrong;

  const texts = new Map(packages.map(({ folder }, i) => [join(folder, 'README.md'), readme(documents[i]!)]));
  const own = join(root, 'README.md');
  if (existsSync(own)) texts.set(own, withList(readFileSync(own, 'utf8'), packageList(packages)));
  const stale: string[] = [];
  for (const [path, text] of texts) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    if (check) stale.push(`${relative(root, path)} is stale: run pnpm readme`);
    else writeFileSync(path, text);
  }
  return stale;
}
