// SPDX-License-Identifier: Apache-2.0
// What the files of a tarball say and load, whatever its package.json declares.

import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Manifest } from '../workspace.js';
import { code, loadsOf, type Loads } from './imports.js';
import type { PackedFile } from './packed.js';
import { kindOf } from './policy.js';
import { names, terms } from './words.js';

/** Something wrong with a file, and the licence it is about, where that is another than the package's. */
export interface Finding {
  readonly rule: string;
  readonly licence?: string;
}

/** Files that somebody reads. */
const known = /(^|\/)(LICENSE|package\.json)$|\.md$|\.map$|\.json$|\.[cm]?[jt]sx?$/;
const declaration = /\.d\.[cm]?ts$/;

const words = (text: string): string => text.replace(/^[\s/*#;%!<>-]+/gm, ' ').replace(/\s+/g, ' ');

function* inTerms(path: string, text: string, licence: string | undefined): Generator<Finding> {
  for (const [, found] of text.matchAll(
    /SPDX-License-Identifier[ \t]*:[ \t]*([^\r\n]*?)[ \t]*(?:\*\/|-->|[\r\n]|$)/gi,
  )) {
    if (found === licence || kindOf(found) === 'permissive') continue;
    yield { rule: `${path} is under another licence`, licence: found || 'none' };
  }
  for (const [, found] of path.endsWith('.json') ? text.matchAll(/"licen[cs]e"\s*:\s*"([^"]*)"/gi) : []) {
    if (kindOf(found) !== 'permissive')
      yield { rule: `${path} is under another licence`, licence: found || 'none' };
  }
  if (kindOf(licence) !== 'permissive') return;
  const plain = words(text);
  const wanted = path.endsWith('.md') ? terms : [...terms, ...names];
  for (const [what, pattern] of wanted) {
    if (pattern.test(plain)) yield { rule: `${path} speaks of ${what}: "${pattern.exec(plain)![0]}"` };
  }
}

/** Where a path in a file of code leads. */
function* inPath(from: string, to: string, paths: ReadonlySet<string>): Generator<Finding> {
  const target = posix.join(posix.dirname(from), to);
  if (/^\.\.(\/|$)/.test(target)) {
    yield { rule: `${from} loads ${to}, which is outside the package` };
    return;
  }
  const source = (path: string): string => path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  const typed = (path: string): string => path.replace(/\.([cm]?)jsx?$/, '.d.$1ts');
  const candidates = [target, source(target), `${source(target)}x`, typed(target)];
  if (!candidates.some((path) => paths.has(path))) yield { rule: `${from} loads ${to}, which is not packed` };
}

/** The package that a name in an import belongs to. */
function packageOf(name: string): string | undefined {
  const found = /^(@[^/]+\/[^/]+|[^./@#:][^/:]*)(\/|$)/.exec(name)?.[1];
  return found === undefined || builtinModules.includes(found) ? undefined : found;
}

function* inCode(
  { path, text }: PackedFile,
  { names, hidden }: Loads,
  manifest: Manifest,
  paths: ReadonlySet<string>,
): Generator<Finding> {
  if (!declaration.test(path) && !/SPDX-License-Identifier:/.test(text!.slice(0, 500)))
    yield { rule: `${path} has no SPDX line` };
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  const declared = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
  for (const what of hidden) yield { rule: `${path} loads by ${what}, which nobody can follow` };
  for (const name of names) {
    if (/^\.\.?(\/|$)/.test(name)) {
      yield* inPath(path, name, paths);
      continue;
    }
    if (name.startsWith('node:') || builtinModules.includes(name.split('/')[0]!)) continue;
    const needed = packageOf(name);
    if (needed === undefined || /\/\.\.?(\/|$)/.test(name))
      yield { rule: `${path} loads ${name}, which is no package` };
    else if (needed !== manifest.name && !declared.includes(needed))
      yield { rule: `${path} loads ${name}, which package.json does not declare` };
  }
}

function* inMap(path: string, text: string, licence: string | undefined): Generator<Finding> {
  let map: { sections?: unknown; sources?: unknown; sourcesContent?: unknown; sourceRoot?: unknown };
  try {
    map = JSON.parse(text) as typeof map;
  } catch {
    yield { rule: `${path} is not JSON` };
    return;
  }
  if (map.sections !== undefined) yield { rule: `${path} holds maps, which nobody reads` };
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  for (const source of list(map.sources)) {
    const to = posix.join(posix.dirname(path), String(map.sourceRoot ?? ''), String(source));
    if (!to.startsWith('src/')) yield { rule: `${path} was made of ${String(source)}, which is not in src` };
  }
  for (const content of list(map.sourcesContent)) yield* inTerms(path, String(content), licence);
}

/** What stands in dist must be made of what stands in src. */
function* inOrigin(path: string, paths: ReadonlySet<string>): Generator<Finding> {
  const [, stem, module] = /^dist\/(.+?)(?:\.d)?\.([cm]?)[jt]sx?(?:\.map)?$/.exec(path) ?? [];
  if (stem === undefined) {
    if (path.startsWith('dist/')) yield { rule: `${path} is not made of a source file` };
    return;
  }
  if (![`src/${stem}.${module}ts`, `src/${stem}.${module}tsx`].some((source) => paths.has(source)))
    yield { rule: `${path} is not made of a source file` };
}

/** Everything wrong with the files of a package. */
function* inFiles(
  files: readonly PackedFile[],
  loads: ReadonlyMap<string, Loads>,
  manifest: Manifest,
): Generator<Finding> {
  const paths = new Set(files.map(({ path }) => path));
  const { license } = manifest;
  for (const file of files) {
    const { path, text } = file;
    if (text === null) {
      yield { rule: `${path} is a link` };
      continue;
    }
    if (!known.test(path) || text.includes('\0')) yield { rule: `${path} is of a kind that nobody reads` };
    if (
      path !== 'LICENSE' &&
      /(\/package\.json|(^|\/)(licen[cs]e|copying|notice)[^/]*|\/node_modules\/.*)$/i.test(path)
    )
      yield { rule: `${path} belongs to another package` };
    yield* inOrigin(path, paths);
    if (path === 'LICENSE') continue;
    if (path.endsWith('.map')) yield* inMap(path, text, license);
    // package.json states the licences of authors' code.
    else if (path !== 'package.json') yield* inTerms(path, text, license);
    if (loads.has(path)) yield* inCode(file, loads.get(path)!, manifest, paths);
  }
}

/** What a package of ours has no use for, and what would change what is installed. */
const unwanted = [
  'bin',
  'binary',
  'browser',
  'bundleDependencies',
  'bundledDependencies',
  'directories',
  'gypfile',
  'imports',
  'licenses',
  'man',
  'overrides',
  'pnpm',
  'resolutions',
] as const;

/** Everything in package.json that brings along more than the files, or runs at installation. */
function* inManifest(manifest: Manifest): Generator<Finding> {
  const given = manifest as Manifest & Readonly<Record<string, unknown>>;
  for (const name of unwanted) {
    if (given[name] !== undefined) yield { rule: `package.json has ${name}` };
  }
  for (const [, path] of JSON.stringify(
    ['exports', 'main', 'types', 'typesVersions'].map((name) => given[name]),
  ).matchAll(/"(\.\.\/[^"]*|[^"]*\/\.\.\/[^"]*)"/g)) {
    yield { rule: `package.json leads to ${path}, which is outside the package` };
  }
  for (const name of Object.keys((given['publishConfig'] ?? {}) as object)) {
    if (name !== 'access') yield { rule: `package.json has publishConfig.${name}` };
  }
  for (const name of Object.keys((given['scripts'] ?? {}) as object)) {
    yield { rule: `package.json has a script "${name}"` };
  }
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  for (const [name, range] of Object.entries({
    ...peerDependencies,
    ...optionalDependencies,
    ...dependencies,
  })) {
    if (
      !range
        .split(' || ')
        .every((part) =>
          /^(workspace:[\^~*]?|[\^~]?[\d.x*]+(-[\w.]+)?)$/.test(part.replace(/^workspace:(?=.*\d)/, '')),
        )
    )
      yield { rule: `package.json takes ${name} from "${range}", not from the registry` };
  }
}

/** Everything wrong with a package as it is packed, and the packages that its code loads, whether package.json admits it or not. */
export function examine(
  files: readonly PackedFile[],
  manifest: Manifest,
): { findings: readonly Finding[]; needs: readonly string[] } {
  const loads = new Map(
    files.flatMap(({ path, text }) =>
      text !== null && code.test(path) ? [[path, loadsOf(path, text)] as const] : [],
    ),
  );
  const needs = [...loads.values()].flatMap(({ names }) => names.flatMap((name) => packageOf(name) ?? []));
  return { findings: [...inManifest(manifest), ...inFiles(files, loads, manifest)], needs };
}
