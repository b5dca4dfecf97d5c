// SPDX-License-Identifier: Apache-2.0

/** As JSON, where it can be. */
export function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Texts that are long, or nest deeply, or never end. */
export const longTexts: readonly (readonly [what: string, text: string])[] = [
  ['100,000 arrays', '['.repeat(1e5)],
  ['100,000 arrays that end', '['.repeat(1e5) + ']'.repeat(1e5)],
  ['100,000 objects', '{"a":'.repeat(1e5)],
  ['20 million letters', `["${'x'.repeat(2e7)}"]`],
  ['20 million letters without an end', `["${'x'.repeat(2e7)}`],
  ['a million backslashes', `["${'\\'.repeat(1e6)}`],
  ['a million infinities', `[${'-Infinity,'.repeat(1e6)}1]`],
  ['a million groups', `[${'{},'.repeat(1e6)}{}]`],
  ['a million indices', `[{"params":[${'7,'.repeat(1e6)}7]}]`],
];
