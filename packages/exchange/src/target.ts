// SPDX-License-Identifier: Apache-2.0

import { show } from '@optim/options';
import { refused } from './refusal.js';

/** A class of ours, or the name that it is registered by: `AdamW` or `'AdamW'`, `Adam` or `'OptimAdam'`. */
export type Target = string | { readonly className: string };

/**
 * The entry of a table for a class.
 *
 * @returns it, and the name that the class is registered by
 * @throws TypeError for what is no class; RangeError for one that the table does not have
 */
export function entryFor<T>(
  who: string,
  table: Readonly<Record<string, T>>,
  target: Target,
): { readonly name: string; readonly entry: T } {
  const name =
    (typeof target === 'object' || typeof target === 'function') && target ? target.className : target;
  if (typeof name !== 'string')
    throw new TypeError(`${who}: the class must be an optimizer's, or its name, got ${show(target)}`);
  if (!Object.hasOwn(table, name))
    throw refused(who, 'the class', `be one of ${Object.keys(table).join(', ')}`, name);
  return { name, entry: table[name]! };
}
