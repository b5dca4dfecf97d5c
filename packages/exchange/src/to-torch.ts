// SPDX-License-Identifier: Apache-2.0

import {
  custom,
  grouped,
  groupOf,
  isArrayOf,
  isMatch,
  isRecord,
  resolveOptions,
  show,
  type OptionTable,
  type ParameterGroup,
} from '@optim/options';
import type { SavedParameter, StateDict } from '@optim/state';
import { toTorchLayout, type Block } from './layout.js';
import { tensorOf, type FileTensor } from './numbers.js';
import { aTable, rowsOf, savedByName, type ParameterTable, type Row } from './parameters.js';
import { assertFixed, plainOptions, stateIn } from './plain-options.js';
import { broken, listed, refused } from './refusal.js';
import { writeSafetensors } from './safetensors.js';
import { entryFor } from './target.js';
import type { Blocks, Group, TorchClass } from './torch-class.js';
import { torchClasses } from './torch-classes.js';
import type { Options } from './fields.js';

/** Options of {@link toTorch}. */
export interface ToTorchOptions {
  /** Which variable each parameter is; every variable of the state stands in it. */
  readonly parameters: ParameterTable;
  /** The groups of the optimizer, which a state does not hold. */
  readonly parameterGroups?: readonly ParameterGroup[];
}

const isGroup = (each: unknown): boolean => isRecord(each) && isMatch(each['match']);

const table: OptionTable<ToTorchOptions> = {
  parameters: aTable,
  parameterGroups: /* #__PURE__ */ custom(
    'an array of groups, each with a match',
    (value) => isArrayOf(value, isGroup),
    [],
  ),
};

/** A row of the table with what the state has for it. */
interface Item {
  readonly row: Row;
  readonly saved: SavedParameter | undefined;
  /** Index of its group here. */
  readonly group: number;
}

/** What the state has for each row of the table. */
function itemsOf(
  who: string,
  state: StateDict,
  rows: readonly Row[],
  groups: readonly ParameterGroup[],
): Item[] {
  const byName = savedByName(who, state, rows);
  return rows.map((row) => {
    const saved = row.variable === null ? undefined : byName.get(row.variable);
    const variable = { name: row.variable ?? '', shape: saved?.shape } as Parameters<typeof groupOf>[1];
    return { row, saved, group: row.variable === null ? 0 : groupOf(groups, variable) };
  });
}

/** The fields of a group. */
function fieldsOf(who: string, kind: TorchClass, options: Options, globals: Group): Group {
  assertFixed(who, options, kind.fixed);
  const refuse = (option: string, constraint: string): never => {
    throw refused(who, option, `be ${constraint}: there is no such option in PyTorch`, options[option]);
  };
  const fields = kind.fields.map((field) => [field.name, field.write(options, refuse)] as const);
  return { ...Object.fromEntries(fields), ...globals };
}

/** Tensors of a parameter by their keys. */
function tensorsOf(who: string, kind: TorchClass, item: Item, options: Options): [string, FileTensor][] {
  const { row, saved } = item;
  if (!saved) return [];
  const what = `${who}: ${show(row.key)}`;
  const { slots, updates } = saved;
  const named = kind.slots(options);
  const shape = saved.shape ?? Object.values(slots)[0]?.shape ?? [];
  const wanted = Object.keys(named);
  const lacking = wanted.filter((slot) => !Object.hasOwn(slots, slot));
  if (lacking.length > 0) broken(what, `the state has no slot ${listed(lacking)}`);
  const others = kind.write?.(slots as Blocks, { who: what, row, options, shape }) ?? {};
  if (kind.write && Object.keys(others).length === 0) broken(what, 'the state lacks slots');
  const known = [...wanted, ...(kind.made ?? [])];
  const extra = Object.keys(slots).filter((slot) => !known.includes(slot));
  if (extra.length > 0) broken(what, `slot ${listed(extra)} has no counterpart in PyTorch`);
  const block = (slot: string): Block => toTorchLayout(what, slots[slot]!, row);
  const blocks = [
    ...Object.entries(named).map(([slot, key]) => [key, block(slot)] as const),
    ...Object.entries(others),
  ];
  const scalars = {
    ...(kind.counts === 'state' && { step: updates }),
    ...kind.scalars?.(options, updates),
  };
  return [
    ...blocks.map(([key, { shape: its, data }]): [string, FileTensor] => [key, tensorOf(its, data)]),
    ...Object.entries(scalars).map(([key, value]): [string, FileTensor] => [key, tensorOf([], [value])]),
  ];
}

/** JSON as Python reads it, which has a word for infinity. */
function pythons(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) => (item === Infinity ? 'Infinity' : item));
  return text.replaceAll('"Infinity"', 'Infinity');
}

const isIndex = (key: string): boolean => /^(0|[1-9]\d*)$/.test(key);

/** Groups of PyTorch: those here, of which equal ones are one. */
function merged(items: readonly Item[], fields: readonly Group[]): { group: Group; items: Item[] }[] {
  const found = new Map<string, { group: Group; items: Item[] }>();
  fields.forEach((group, i) => {
    const key = pythons(group);
    const same = found.get(key) ?? { group, items: [] };
    same.items.push(...items.filter((item) => item.group === i));
    found.set(key, same);
  });
  return [...found.values()].filter((group, i) => i === 0 || group.items.length > 0);
}

/**
 * The state of an optimizer here, to go on with in PyTorch.
 *
 * Parameters are numbered by their keys, where these are indices; otherwise group by group, each in the order of the table. A
 * schedule of the learning rate or the decay is written as its value at the step, as PyTorch's schedulers leave it in the
 * groups. Options that PyTorch does not have must be as PyTorch does it.
 *
 * @param given - of `stateDict()`
 * @param exchange - which variable is which, and the groups
 * @returns a safetensors file, which the script in docs/exchange.md loads into an optimizer
 * @throws TypeError for a state with slots or globals that PyTorch does not have, those of hooks among them; RangeError for an
 * option that it does not have, or a variable that the table does not name
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { toTorch } from '@optim/exchange';
 *
 * const parameters = { 'fc.weight': 'dense/kernel', 'fc.bias': 'dense/bias' };
 *
 * const handedOver = async (optimizer: AdamW): Promise<Uint8Array> =>
 *   toTorch(await optimizer.stateDict(), { parameters });
 * ```
 */
export function toTorch(given: StateDict, exchange: ToTorchOptions): Uint8Array {
  const who = 'toTorch';
  const { parameters, parameterGroups } = resolveOptions<ToTorchOptions>(who, table, exchange);
  const { state, hyperparameters } = stateIn(who, given);
  const { entry: kind } = entryFor(who, torchClasses, state.optimizer);
  if (!kind.globals && Object.keys(state.globals).length > 0)
    broken(who, `${listed(Object.keys(state.globals))} of the state have no counterpart in PyTorch`);
  // First together, then plain: a factor on the rate is also one on that of the optimizer.
  const options = grouped({ ...hyperparameters, parameterGroups }).map(({ parameterGroups: _, ...own }) =>
    plainOptions(who, state.step, own),
  );
  const items = itemsOf(who, state, rowsOf(who, parameters), parameterGroups);
  const fields = options.map((own, i) => {
    const t = items.reduce(
      (most, { group, saved }) => (group === i ? Math.max(most, saved?.updates ?? 0) : most),
      0,
    );
    const counts = typeof kind.counts === 'object' ? { [kind.counts.group]: t } : {};
    return fieldsOf(who, kind, own, {
      ...counts,
      ...kind.globals?.write(state.globals as Record<string, number>, i, own, t),
    });
  });
  const groups = merged(items, fields);
  const ordered = groups.flatMap((group) => group.items);
  const byIndex = ordered.length > 0 && ordered.every(({ row }) => isIndex(row.key));
  if (byIndex && ordered.some(({ row }) => Number(row.key) >= ordered.length))
    throw refused(
      who,
      'parameters',
      `have indices from 0 to ${ordered.length - 1}, or names`,
      listed(ordered.map(({ row }) => row.key)),
    );
  const indices = new Map(ordered.map((item, i) => [item, byIndex ? Number(item.row.key) : i]));
  const tensors = ordered.flatMap((item) =>
    tensorsOf(who, kind, item, options[item.group]!).map(
      ([key, tensor]) => [`state.${indices.get(item)!}.${key}`, tensor] as const,
    ),
  );
  const groupList = groups.map(({ group, items: own }) => ({
    ...group,
    params: own.map((item) => indices.get(item)!),
  }));
  return writeSafetensors({
    tensors: new Map(tensors),
    metadata: {
      optimizer: kind.nameOf?.(groupList) ?? kind.optimizers[0]!,
      format: 'pt',
      ...(!byIndex && { names: JSON.stringify(ordered.map(({ row }) => row.key)) }),
      param_groups: pythons(groupList),
    },
  });
}
