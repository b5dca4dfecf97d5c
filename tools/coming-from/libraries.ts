// SPDX-License-Identifier: Apache-2.0
// Other libraries' names, and what is here for each: rows in docs/site/data/coming-from, and what those libraries themselves have,
// as `names.py` reads it, in docs/site/data/names.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspacePackage } from '../workspace.js';

/** What is here for a name of another library. */
export interface Counterpart {
  readonly name: string;
  /** The class, schedule, hook or function here; `without` says why there is none. */
  readonly here?: string;
  readonly without?: string;
  /** Where `here` is, if the registry does not list it. */
  readonly package?: string;
  /** Options to give, and hooks as calls, so that it is the same. */
  readonly with?: Readonly<Record<string, unknown>>;
  readonly hooks?: readonly string[];
  /**
   * Arguments and options, beyond those of the whole library: `'beta1, beta2'` of a pair, `'-decayRate'` of the negative, `null`
   * where nothing corresponds.
   */
  readonly options?: Arguments;
  /** What neither names nor defaults say. */
  readonly differs?: string;
  /** Where ε sits there. */
  readonly epsilon?: string;
}

type Arguments = Readonly<Record<string, string | null>>;

/** An argument there; without a default it is required, or its default is no literal. */
export interface Argument {
  readonly default?: unknown;
}

/** By kind and name, the arguments. */
export type Names = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Argument>>>>>>;

export interface Library {
  readonly library: string;
  readonly version: string;
  /** When version and names were read, and from which files. */
  readonly date: string;
  readonly read?: string;
  readonly address: string;
  readonly options: Arguments;
  readonly notes: readonly string[];
  readonly names: Names;
  readonly rows: readonly Counterpart[];
}

/** The options of what is here, by its name. */
export type Ours = (name: string) => Readonly<Record<string, { readonly default?: unknown }>> | undefined;

const order = ['tf-train', 'keras', 'torch', 'optax', 'timm', 'pytorch-optimizer'];

const json = (file: string): object => JSON.parse(readFileSync(file, 'utf8')) as object;

/** Classes by their name in pytorch_optimizer, which package.json files give. */
function ofSeeds(packages: readonly WorkspacePackage[]): Counterpart[] {
  return packages
    .flatMap(({ manifest }) => manifest.optim?.algorithms ?? [])
    .flatMap(({ seed, class: here }) => (seed ? [{ name: seed, here }] : []))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** All tables below `root`; none where it has no such data. */
export function libraries(root: string, packages: readonly WorkspacePackage[]): Library[] {
  const data = join(root, 'docs', 'site', 'data');
  if (!existsSync(join(data, 'coming-from'))) return [];
  const files = readdirSync(join(data, 'coming-from')).sort(
    (a, b) => order.indexOf(a.slice(0, -5)) - order.indexOf(b.slice(0, -5)),
  );
  return files.map((file) => {
    const library = json(join(data, 'coming-from', file)) as Library;
    const names = join(data, 'names', file);
    return existsSync(names)
      ? { ...library, ...(json(names) as Pick<Library, 'version' | 'date' | 'read' | 'names'>) }
      : { ...library, names: {}, rows: ofSeeds(packages) };
  });
}

/** The arguments that a name has there. */
export const argumentsOf = ({ names }: Library, name: string): Readonly<Record<string, Argument>> =>
  Object.values(names).find((kind) => name in kind)?.[name] ?? {};

/** Of each argument the options here; `undefined` where nobody has said. */
export function translated(library: Library, row: Counterpart): [string, string[] | null | undefined][] {
  const known = { ...library.options, ...row.options };
  return Object.keys(argumentsOf(library, row.name)).map((name) => [
    name,
    known[name] === undefined ? undefined : (known[name]?.split(', ') ?? null),
  ]);
}

export interface Difference {
  readonly option: string;
  readonly here: unknown;
  readonly there: unknown;
}

const isNothing = (value: unknown): boolean => value === null || value === false || value === 0;

/** Words of a choice are spelled in one way here and in another there. */
const spelled = (value: unknown): string => JSON.stringify(value).replaceAll('_', '').toLowerCase();

function agree(here: unknown, there: unknown): boolean {
  if (isNothing(here) && isNothing(there)) return true;
  // Another kind of value says the same in other words, which `differs` explains.
  const isOther = here !== null && there !== null && typeof here !== typeof there;
  return isOther || spelled(here) === spelled(there);
}

/** Defaults that differ, but for those that `with` settles. */
export function differences(library: Library, row: Counterpart, ours: Ours): Difference[] {
  const own = row.here === undefined ? undefined : ours(row.here);
  const theirs = argumentsOf(library, row.name);
  const all = translated(library, row).flatMap(([name, options]) => {
    const argument = theirs[name]!;
    if (!options || !('default' in argument)) return [];
    return options.map((named, i) => {
      const option = named.replace(/^-/, '');
      const value =
        options.length > 1 && Array.isArray(argument.default)
          ? (argument.default[i] as unknown)
          : argument.default;
      return { option, there: named === option ? value : -(value as number) };
    });
  });
  return all.flatMap(({ option, there }) => {
    const found = own?.[option];
    if (!found || !('default' in found) || option in (row.with ?? {}) || agree(found.default, there))
      return [];
    return [{ option, here: found.default, there }];
  });
}
