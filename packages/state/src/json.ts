// SPDX-License-Identifier: Apache-2.0
// JSON in files of others: no name twice in one object, no deep nesting. JSON to be written: only what comes back the same.

import { isRecord, show } from '@optim/options';
import { fail } from './refusal.js';

/** How many arrays and objects may stand within one another. */
const deepest = 100;
/** How many values may be written. A part that stands in several places counts in each. */
const mostValues = 1e6;

/** What a JSON text says without its strings: how many names it gives, how deep it nests, whether its numbers are whole. */
function survey(text: string): { names: number; depth: number; whole: boolean } {
  let names = 0;
  let level = 0;
  let depth = 0;
  let whole = true;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      // By numbers, since strings are most of the text.
      for (let code = 0; ++i < text.length && (code = text.charCodeAt(i)) !== 0x22;) if (code === 0x5c) i++;
    } else if (char === ':') names++;
    else if (char === '[' || char === '{') depth = Math.max(depth, ++level);
    else if (char === ']' || char === '}') level--;
    else if (char === '.' || char === '-' || ((char === 'e' || char === 'E') && /\d/.test(text[i - 1] ?? '')))
      whole = false;
  }
  return { names, depth, whole };
}

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items: unknown[] = Object.values(value);
  return items.reduce<number>((sum, item) => sum + countNames(item), Array.isArray(value) ? 0 : items.length);
}

/**
 * The value of a JSON text; `undefined` where it is none.
 * @param whole - whether its numbers must be written as digits alone
 * @throws TypeError where it nests too deeply, or an object has a name twice
 */
export function parseJson(what: string, text: string, whole = false): unknown {
  const found = survey(text);
  if (found.depth > deepest) fail(`${what} nests more than ${deepest} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (found.names !== countNames(value)) fail(`${what} has a name twice in one object`);
  if (whole && !found.whole) fail(`${what} has numbers that are not whole`);
  return value;
}

/**
 * A copy of a value that JSON gives back as it is; names whose value is `undefined` are left out.
 * @throws TypeError, starting with `what`, for anything else
 */
export function copyJson(
  what: string,
  value: unknown,
  level = 0,
  left: { values: number } = { values: mostValues },
): unknown {
  if (left.values-- === 0) throw new TypeError(`${what} must have at most ${mostValues} values`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const within = (item: unknown): unknown => copyJson(what, item, level + 1, left);
  // Some levels are left for what stands around it in a file.
  if (level >= deepest - 50) throw new TypeError(`${what} must nest at most ${deepest - 50} levels`);
  if (Array.isArray(value)) return Array.from(value, within);
  if (isRecord(value)) {
    const given = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(given.map(([name, item]) => [name, within(item)]));
  }
  throw new TypeError(`${what} must hold what JSON can express, got ${show(value)}`);
}
