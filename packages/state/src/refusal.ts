// SPDX-License-Identifier: Apache-2.0
// Error messages about what others wrote: short, whatever they wrote.

/** A text with its end left out where it is long. */
export function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}… (${text.length} characters)`;
}

/** Names in a message. */
export function listed(names: readonly string[]): string {
  return `[${shorten(names.join(', '))}]`;
}

/** The refusal of a file, or of a state that no file can hold. */
export function fail(what: string): never {
  throw new TypeError(`optimizer state: ${what}`);
}
