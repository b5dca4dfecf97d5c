// SPDX-License-Identifier: Apache-2.0
// Error messages about what others wrote: short, whatever they wrote.

import { show } from '@optim/options';

/** A text with its end left out where it is long. */
export function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}… (${text.length} characters)`;
}

/** A received value in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string' && value.length > 200) return shorten(JSON.stringify(value));
  if (!Array.isArray(value)) return shorten(show(value));
  const plain = value.length <= 8 && Array.from(value).every((item) => typeof item !== 'object');
  return plain ? shorten(`[${Array.from(value, shown).join(', ')}]`) : `an array of ${value.length}`;
}

/** Names in a message. */
export function listed(names: readonly string[]): string {
  return `[${shorten(names.join(', '))}]`;
}

/** The refusal of a file, or of a state that no file can hold. */
export function fail(what: string): never {
  throw new TypeError(`optimizer state: ${what}`);
}
