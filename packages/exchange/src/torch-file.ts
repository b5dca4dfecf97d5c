// SPDX-License-Identifier: Apache-2.0
// The state dict of PyTorch in a safetensors file: tensors `state.INDEX.KEY`; in the metadata `optimizer`, `param_groups` and
// `names` as JSON.

import { isRecord, show } from '@optim/options';
import { parseJson } from '@optim/state';
import type { FileTensor } from './numbers.js';
import { broken, refused } from './refusal.js';
import { readSafetensors } from './safetensors.js';
import type { Group } from './torch-class.js';

/** What the file says. */
export interface TorchFile {
  readonly optimizer: string;
  /** Each with the indices of its parameters. */
  readonly groups: readonly { readonly group: Group; readonly indices: readonly number[] }[];
  /** Of all parameters, where the file has names. */
  readonly names: readonly string[] | null;
  /** By index and key. */
  readonly state: ReadonlyMap<number, ReadonlyMap<string, FileTensor>>;
}

/** Python writes infinities as words, which JSON does not have. */
function parsePythons(who: string, what: string, text: string): unknown {
  let isWithin = false;
  // Word by word: an expression for a whole string would overflow the stack where one is long.
  const plain = text.replace(/\\[^]?|"|-?Infinity|NaN/g, (word) => {
    if (word === '"') isWithin = !isWithin;
    return isWithin || word === '"' || word.startsWith('\\') ? word : `"${word}"`;
  });
  return parseJson(`${who}: the metadata "${what}"`, plain);
}

function readGroups(who: string, value: unknown): TorchFile['groups'] {
  const isGroups = Array.isArray(value) && value.length > 0 && value.every((group) => isRecord(group));
  if (!isGroups) return broken(who, 'the metadata "param_groups" must be a list of groups');
  const seen = new Set<number>();
  return (value as Record<string, unknown>[]).map(({ params, ...group }, i) => {
    if (!Array.isArray(params)) return broken(who, `param_groups[${i}].params must be a list of indices`);
    for (const index of params as unknown[]) {
      const isIndex = Number.isSafeInteger(index) && (index as number) >= 0 && !seen.has(index as number);
      if (!isIndex) throw refused(who, `param_groups[${i}].params`, 'name each parameter once', index);
      seen.add(index as number);
    }
    return { group, indices: params as number[] };
  });
}

function readNames(who: string, value: unknown): string[] {
  const isNames = Array.isArray(value) && value.every((name) => typeof name === 'string');
  if (!isNames || new Set(value).size !== value.length)
    return broken(who, 'the metadata "names" must be a list of names, each once');
  return value as string[];
}

function readState(
  who: string,
  tensors: ReadonlyMap<string, FileTensor>,
  known: ReadonlySet<number>,
): TorchFile['state'] {
  const state = new Map<number, Map<string, FileTensor>>();
  for (const [name, tensor] of tensors) {
    const [, digits, key] = /^state\.(0|[1-9]\d{0,8})\.(.+)$/s.exec(name) ?? [];
    const index = Number(digits);
    if (key === undefined || !known.has(index))
      broken(
        who,
        `tensor ${show(name)} must be named "state.INDEX.KEY", with the index of a parameter of a group`,
      );
    state.set(index, (state.get(index) ?? new Map<string, FileTensor>()).set(key!, tensor));
  }
  return state;
}

/**
 * What a file says, checked as far as it goes without knowing the optimizer.
 * @throws TypeError or RangeError for a file that holds something else
 */
export function readTorchFile(who: string, bytes: Uint8Array): TorchFile {
  const { tensors, metadata } = readSafetensors(bytes);
  const { optimizer, param_groups: groupsText, names: namesText } = metadata;
  if (optimizer === undefined || groupsText === undefined)
    return broken(
      who,
      'the metadata has no "optimizer" or no "param_groups"; write the file as docs/exchange.md says',
    );
  const groups = readGroups(who, parsePythons(who, 'param_groups', groupsText));
  const count = groups.reduce((sum, { indices }) => sum + indices.length, 0);
  const names = namesText === undefined ? null : readNames(who, parsePythons(who, 'names', namesText));
  if (names && names.length !== count)
    throw refused(
      who,
      'the metadata "names"',
      `name ${count} parameters, as many as the groups have`,
      names.length,
    );
  const known = new Set(groups.flatMap(({ indices }) => indices));
  if ([...known].some((index) => index >= count))
    throw refused(
      who,
      'param_groups',
      `number the parameters from 0 to ${count - 1}`,
      Math.max(...[...known].slice(0, 99)),
    );
  return { optimizer, groups, names, state: readState(who, tensors, known) };
}
