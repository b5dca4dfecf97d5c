// SPDX-License-Identifier: Apache-2.0

import { encode, integer, nullable, resolveOptions, show, type OptionTable } from '@optim/options';
import type { SavedParameter } from '@optim/state';
import type { Exchanged } from './exchanged.js';
import { aTable, rowsOf, type ParameterTable, type Row } from './parameters.js';
import { listed, refused } from './refusal.js';
import { entryFor, type Target } from './target.js';
import { torchClasses } from './torch-classes.js';
import { readTorchFile, type TorchFile } from './torch-file.js';
import { groupingOf } from './torch-grouping.js';
import { countIn, parameterOf } from './torch-parameter.js';

/** Options of {@link fromTorch}. */
export interface FromTorchOptions {
  /** Which variable each parameter is; every parameter of the file stands in it. */
  readonly parameters: ParameterTable;
  /**
   * How many steps are done, as schedules count them. PyTorch's SGD and the authors' Lion do not count: give it there.
   * @defaultValue the largest count of a parameter; 1 where none is kept
   */
  readonly step?: number;
}

const table: OptionTable<FromTorchOptions> = {
  parameters: aTable,
  step: /* #__PURE__ */ nullable(/* #__PURE__ */ integer('[0, 2147483647]')),
};

/** The row of each parameter by its index. */
function matched(who: string, { names, groups }: TorchFile, rows: readonly Row[]): Map<number, Row> {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const indices = groups.flatMap(({ indices: own }) => own);
  const found = indices.map((index) => {
    const keys = [...(names ? [names[index]!] : []), String(index)];
    const row = keys.map((key) => byKey.get(key)).find(Boolean);
    if (!row) throw refused(who, 'parameters', `name every parameter of the file, or null for it`, keys[0]);
    return [index, row] as const;
  });
  const used = new Set(found.map(([, row]) => row));
  const unused = rows.filter((row) => !used.has(row)).map(({ key }) => key);
  if (unused.length > 0 || used.size < found.length)
    throw refused(
      who,
      'parameters',
      `name parameters of the file, ${listed(names ?? indices.map(String))}`,
      unused[0] ?? 'one of them twice',
    );
  return new Map(found);
}

/**
 * The state of an optimizer of PyTorch, to go on with here.
 *
 * The numbers of the file are those of PyTorch, so that the next step is the one PyTorch would make, but for the rounding of
 * float32. Kernels change their layout as the table says. Step counts, learning rates and all other hyper-parameters come
 * along; of several groups the first one's are the options of the optimizer, and the others become `parameterGroups`.
 *
 * @param bytes - a safetensors file as the script in docs/exchange.md writes it: tensors `state.INDEX.KEY`, and in the metadata
 * `optimizer`, `param_groups` and `names`
 * @param target - the class that is to go on, or its name
 * @param exchange - which variable is which
 * @returns options for its constructor, and the state for its `loadStateDict`
 * @throws TypeError for a file that is malformed or holds something else; RangeError for an option that this class does not have,
 * a parameter that the table does not name, or a tensor of another name or shape
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { fromTorch } from '@optim/exchange';
 *
 * const parameters = { 'fc.weight': 'dense/kernel', 'fc.bias': 'dense/bias' };
 *
 * async function resume(safetensors: Uint8Array): Promise<AdamW> {
 *   const { options, state } = fromTorch(safetensors, AdamW, { parameters });
 *   const optimizer = new AdamW(options);
 *   await optimizer.loadStateDict(state);
 *   return optimizer;
 * }
 * ```
 */
export function fromTorch(bytes: Uint8Array, target: Target, exchange: FromTorchOptions): Exchanged {
  const who = 'fromTorch';
  const { parameters, step: given } = resolveOptions<FromTorchOptions>(who, table, exchange);
  const step = given ?? undefined;
  const { name: className, entry: kind } = entryFor(who, torchClasses, target);
  const file = readTorchFile(who, bytes);
  if (!kind.optimizers.includes(file.optimizer))
    throw refused(
      who,
      'the optimizer of the file',
      `be ${kind.optimizers.join(' or ')} for ${className}`,
      file.optimizer,
    );
  const rows = matched(who, file, rowsOf(who, parameters));
  const { parts, groups, of } = groupingOf(who, kind, file, rows);
  const saved = [...file.state].flatMap(([index, tensors]): SavedParameter | [] => {
    const row = rows.get(index)!;
    if (row.variable === null) return [];
    const { options, group } = of.get(index)!;
    return parameterOf(`${who}: ${show(row.key)}`, kind, row, options, countIn(kind, group, step), tensors);
  });
  const { options } = parts[0]!;
  return {
    options: { ...options, ...(groups.length > 0 && { parameterGroups: groups }) },
    state: {
      format: 1,
      optimizer: className,
      step: step ?? saved.reduce((most, { updates }) => Math.max(most, updates), 0),
      hyperparameters: encode(options),
      globals: kind.globals?.read(who, parts) ?? {},
      parameters: saved,
    },
  };
}
