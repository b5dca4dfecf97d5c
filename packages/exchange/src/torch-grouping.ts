// SPDX-License-Identifier: Apache-2.0
// Parameter groups of PyTorch as options and groups here.

import type { ParameterGroup } from '@optim/options';
import type { Row } from './parameters.js';
import { refused } from './refusal.js';
import type { Group, Part, TorchClass } from './torch-class.js';
import type { Options } from './fields.js';
import type { TorchFile } from './torch-file.js';

/** Fields that others add to groups and that have no effect on a step. */
const foreign = ['initial_lr', 'name', 'param_names'];

/** Options of a group. */
function optionsOf(who: string, kind: TorchClass, group: Group, at: number, optimizer: string): Options {
  const where = (name: string): string => `param_groups[${at}].${name}`;
  const read = kind.fields.map((field) =>
    field.read(
      Object.hasOwn(group, field.name) ? group[field.name] : undefined,
      (constraint, value) => {
        throw refused(who, where(field.name), constraint, value);
      },
      optimizer,
    ),
  );
  const globals = kind.globals?.write({}, 0, {}, 0) ?? {};
  const known = [...kind.fields.map(({ name }) => name), ...foreign, ...Object.keys(globals)];
  if (typeof kind.counts === 'object') known.push(kind.counts.group);
  for (const [name, value] of Object.entries(group)) {
    // What a later version adds and leaves off has no effect.
    if (!known.includes(name) && value !== null && value !== false)
      throw refused(who, where(name), 'be absent: no option here is known to be the same', value);
  }
  const options: Options = Object.assign({}, kind.starts, kind.fixed, ...read);
  return { ...options, ...kind.derived?.(options) };
}

/** Letters of an expression that may be read from a file again, less what stands around the names. */
const mostLetters = 900;

/** Expressions that match these names and no others. */
function matchesOf(names: readonly string[]): RegExp[] {
  const parts: string[] = [];
  for (const name of names) {
    const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    const last = parts.at(-1);
    if (last !== undefined && last.length + escaped.length < mostLetters)
      parts.push(`${parts.pop()!}|${escaped}`);
    else parts.push(escaped);
  }
  return parts.map((part) => new RegExp(`^(?:${part})$`));
}

/** The options in which a group differs from the first one. */
function differing(options: Options, base: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => value !== base[name]));
}

/** The groups of a file. */
export interface Grouping {
  readonly parts: readonly Part[];
  readonly groups: readonly ParameterGroup[];
  /** The options of each parameter by its index, and its group. */
  readonly of: ReadonlyMap<number, { readonly options: Options; readonly group: Group }>;
}

/**
 * The groups of a file; the first one's options are those of the optimizer.
 *
 * @param rows - of each parameter by its index
 * @throws RangeError for a field that is no option here
 */
export function groupingOf(
  who: string,
  kind: TorchClass,
  { groups, optimizer }: TorchFile,
  rows: ReadonlyMap<number, Row>,
): Grouping {
  const all = groups.map(({ group }, i) => optionsOf(who, kind, group, i, optimizer));
  const base = all[0]!;
  const parts: Part[] = [{ group: groups[0]!.group, options: base, overrides: {} }];
  const own: ParameterGroup[] = [];
  groups.slice(1).forEach(({ group, indices }, i) => {
    const options = all[i + 1]!;
    const overrides = differing(options, base);
    const names = indices.flatMap((index) => rows.get(index)!.variable ?? []);
    for (const match of matchesOf(names)) {
      own.push({ match, ...overrides });
      parts.push({ group, options, overrides });
    }
  });
  const of = groups.flatMap(({ group, indices }, i) =>
    indices.map((index) => [index, { options: all[i]!, group }] as const),
  );
  return { parts, groups: own.filter((group) => Object.keys(group).length > 1), of: new Map(of) };
}
