// SPDX-License-Identifier: Apache-2.0
// Options are described once, as data: default, range and check come from the same row of a table.

import { hint } from './hints.js';
import type { Schedule } from './schedule.js';

/** A hyper-parameter: a number, or a {@link Schedule} that gives one for every step. */
export type Hyper = number | Schedule;

/** One row of an {@link OptionTable}: what an option is by default and what it may be. */
export interface OptionSpec {
  /** The value in force when the option is not given; absent when the option is required. */
  readonly default?: unknown;
  /** The allowed values in words, as error messages and READMEs print them: `in [0, 1)`. */
  readonly range: string;
  /** The type in words: a wrong type is a `TypeError`, a wrong value of the right type a `RangeError`. */
  readonly type: string;
  /** Set on hyper-parameters: rules see a symbol, so that changing the number never recompiles; may be a schedule. */
  readonly symbolic?: boolean;
  /** The row for values of a schedule, where it differs. */
  readonly scheduled?: OptionSpec;
  /** Whether it belongs to the optimizer as a whole, so that no group may have its own. */
  readonly isWhole?: boolean;
  /** Whether the value has the right type. */
  readonly hasType: (value: unknown) => boolean;
  /** Whether a value of the right type is allowed. */
  readonly allows: (value: never) => boolean;
}

/** Every option of a class or function, by name. */
export type OptionTable<O> = { readonly [K in keyof O]-?: OptionSpec };

/**
 * Whether a value is an object literal, such as one that holds something by variable name; also one of another realm, or
 * without a prototype.
 */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  );
}

/** Whether a value is an array of what passes a test; a hole does not. */
export function isArrayOf(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && Array.from(value as unknown[]).every(test);
}

/** The most letters of a received value that a message shows. */
const mostShown = 200;

/** How a received value appears in a message, shortened where it is long. */
export function show(value: unknown): string {
  const text = whole(value, 0);
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}

function whole(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, mostShown));
  if (typeof value === 'function') return value.name ? `function ${String(value.name)}` : 'a function';
  if (Array.isArray(value)) {
    // No deeper: arrays that share their parts may stand for any number.
    if (depth > 1) return 'an array';
    return `[${Array.from(value.slice(0, mostShown) as unknown[], (item) => whole(item, depth + 1)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const name = (value as { constructor?: { name?: unknown } | null }).constructor?.name;
    return `an object (${typeof name === 'string' ? name.slice(0, mostShown) : 'Object'})`;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The `RangeError` for a constraint no single row can express; `owner: option constraint, got value`. */
export function outOfRange(owner: string, option: string, constraint: string, received: unknown): RangeError {
  return new RangeError(`${owner}: ${option} must be ${constraint}, got ${show(received)}`);
}

/** The `TypeError` for what is of another kind than it must be, in the words of {@link outOfRange}. */
export function wrongType(owner: string, option: string, constraint: string, received: unknown): TypeError {
  return new TypeError(`${owner}: ${option} must be ${constraint}, got ${show(received)}`);
}

/**
 * Throws unless `value` fits its row.
 * @throws TypeError for a wrong type, RangeError for a value outside the range.
 */
export function check(owner: string, option: string, spec: OptionSpec, value: unknown): void {
  if (!spec.hasType(value)) {
    const what = spec.range.startsWith(spec.type) ? spec.range : `${spec.type} (${spec.range})`;
    throw wrongType(owner, option, what, value);
  }
  if (!spec.allows(value as never)) throw outOfRange(owner, option, spec.range, value);
}

/** Length of the shortest chain of single-letter edits between two words (Levenshtein). */
export function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(swap, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/**
 * ` (did you mean "x"?)` for what other libraries call an option, or for the known name nearest to a wrong one; nothing
 * when none is near.
 */
export function suggestion(name: string, known: readonly string[]): string {
  if (name.length > 100) return '';
  const called = hint(name, known);
  if (called) return called;
  const edits = (candidate: string): number => distance(name.toLowerCase(), candidate.toLowerCase());
  const [nearest] = [...known].sort((a, b) => edits(a) - edits(b));
  return nearest && edits(nearest) <= (name.length >> 1 || 1) ? ` (did you mean "${nearest}"?)` : '';
}

/** @throws TypeError for an option that is not known, `where` it was given */
export function assertKnown(owner: string, name: string, known: readonly string[], where = ''): void {
  if (!known.includes(name))
    throw new TypeError(`${owner}: unknown option ${show(name)}${where}${suggestion(name, known)}`);
}

/** Lists and records are copied, so that changing one afterwards changes nothing that was made from it. */
export function copied(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])] : isRecord(value) ? { ...value } : value;
}

/**
 * Options with every default filled in and every value checked.
 * @throws TypeError for an unknown or missing option or a wrong type, RangeError for a value outside its range.
 */
export function resolveOptions<O extends object>(
  owner: string,
  table: OptionTable<O>,
  given: object,
): Required<O> {
  const rows = table as Record<string, OptionSpec>;
  if (!isRecord(given)) throw wrongType(owner, 'options', 'an object', given);
  for (const name of Object.keys(given)) {
    assertKnown(owner, name, Object.keys(rows));
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(rows)) {
    const value = (given as Record<string, unknown>)[name];
    if (value !== undefined) {
      check(owner, name, spec, value);
      resolved[name] = copied(value);
    } else if ('default' in spec) {
      resolved[name] = spec.default;
    } else {
      throw new TypeError(`${owner}: ${name} is required and must be ${spec.range}`);
    }
  }
  return resolved as Required<O>;
}
