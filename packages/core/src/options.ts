// SPDX-License-Identifier: Apache-2.0
// Options are described once, as data: default, range and check come from the same row of a table.

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
  /** Whether the value has the right type. */
  readonly hasType: (value: unknown) => boolean;
  /** Whether a value of the right type is allowed. */
  readonly allows: (value: never) => boolean;
}

/** Every option of a class or function, by name. */
export type OptionTable<O> = { readonly [K in keyof O]-?: OptionSpec };

/** Whether a value is an object literal, such as one that holds something by variable name. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** A predicate for an interval written as in a paper: `[0, 1)`, `(0, ∞)`, `[1, ∞]`. */
function interval(text: string): (value: number) => boolean {
  const parts = /^([[(])(-?[\d.e-]+|-∞), (-?[\d.e-]+|∞)([\])])$/.exec(text);
  if (!parts) throw new Error(`not an interval: ${text}`);
  const [low, high] = [parts[2]!, parts[3]!].map((end) => Number(end.replace('∞', 'Infinity'))) as [
    number,
    number,
  ];
  return (value) =>
    (parts[1] === '[' ? value >= low : value > low) && (parts[4] === ']' ? value <= high : value < high);
}

function row(
  type: string,
  range: string,
  hasType: OptionSpec['hasType'],
  allows: OptionSpec['allows'],
): OptionSpec {
  return { type, range, hasType, allows };
}

function withDefault(spec: OptionSpec, value: unknown): OptionSpec {
  return value === undefined ? spec : { ...spec, default: value };
}

/** A number in an interval such as `[0, 1)`; required when no default is given. */
export function real(range: string, value?: number): OptionSpec {
  return withDefault(row('a number', `in ${range}`, isNumber, interval(range)), value);
}

/** A whole number in an interval; required when no default is given. */
export function integer(range: string, value?: number): OptionSpec {
  const inside = interval(range);
  const allows = (n: number): boolean => Number.isInteger(n) && inside(n);
  return withDefault(row('a number', `an integer in ${range}`, isNumber, allows), value);
}

/**
 * A number in an interval, or a {@link Schedule} whose values lie in it.
 * @param scheduled - where the values of a schedule must lie, if not in `range`
 */
export function hyper(range: string, value?: number, scheduled?: string): OptionSpec {
  const inside = interval(range);
  const hasType = (given: unknown): boolean => isNumber(given) || typeof given === 'function';
  const allows = (given: Hyper): boolean => (isNumber(given) ? inside(given) : true);
  const spec = { ...row('a number or a schedule', `in ${range}`, hasType, allows), symbolic: true };
  return withDefault(scheduled ? { ...spec, scheduled: real(scheduled) } : spec, value);
}

/** `true` or `false`. */
export function flag(value: boolean): OptionSpec {
  return withDefault(
    row(
      'a boolean',
      'true or false',
      (given) => typeof given === 'boolean',
      () => true,
    ),
    value,
  );
}

/** One of a few strings, the first of which is the default unless another is named. */
export function choice<T extends string>(values: readonly T[], value: T | undefined = values[0]): OptionSpec {
  const list = `one of ${values.map((name) => `'${name}'`).join(', ')}`;
  return withDefault(
    row(
      'a string',
      list,
      (given) => typeof given === 'string',
      (given: T) => values.includes(given),
    ),
    value,
  );
}

/** What `spec` describes, or `null`. The default is `null` unless given. */
export function nullable(spec: OptionSpec, value: unknown = null): OptionSpec {
  return {
    ...spec,
    type: `${spec.type} or null`,
    range: `${spec.range}, or null`,
    hasType: (given) => given === null || spec.hasType(given),
    allows: (given: never) => given === null || spec.allows(given),
    default: value,
  };
}

/** An option that a variant of a class has settled: no other value is accepted. */
export function fixed(value: boolean | string): OptionSpec {
  return {
    ...row(
      `a ${typeof value}`,
      `${show(value)}, always`,
      (given) => typeof given === typeof value,
      (given) => given === value,
    ),
    default: value,
  };
}

/** Anything `accepts` says yes to; `range` says in words what that is. */
export function custom(range: string, accepts: (value: unknown) => boolean, value?: unknown): OptionSpec {
  return withDefault(
    row(range, range, accepts, () => true),
    value,
  );
}

/** How a received value appears in a message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return value.name ? `function ${value.name}` : 'a function';
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value)
      ? `[${value.map(show).join(', ')}]`
      : `an object (${value.constructor?.name ?? 'Object'})`;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The `RangeError` for a constraint no single row can express; `owner: option constraint, got value`. */
export function outOfRange(owner: string, option: string, constraint: string, received: unknown): RangeError {
  return new RangeError(`${owner}: ${option} must be ${constraint}, got ${show(received)}`);
}

/**
 * Throws unless `value` fits its row.
 * @throws TypeError for a wrong type, RangeError for a value outside the range.
 */
export function check(owner: string, option: string, spec: OptionSpec, value: unknown): void {
  if (!spec.hasType(value)) {
    const what = spec.range === spec.type ? spec.type : `${spec.type} (${spec.range})`;
    throw new TypeError(`${owner}: ${option} must be ${what}, got ${show(value)}`);
  }
  if (!spec.allows(value as never)) throw outOfRange(owner, option, spec.range, value);
}

/** Length of the shortest chain of single-letter edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
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

/** ` (did you mean "x"?)` for the known name nearest to a wrong one, or nothing when none is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, name.length / 2) ? ` (did you mean "${best.candidate}"?)` : '';
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
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(`${owner}: options must be an object, got ${show(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rows, name)) {
      throw new TypeError(`${owner}: unknown option "${name}"${suggestion(name, Object.keys(rows))}`);
    }
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(rows)) {
    const value = (given as Record<string, unknown>)[name];
    if (value !== undefined) {
      check(owner, name, spec, value);
      // Copied, so that changing a list or record afterwards changes nothing that was made from it.
      resolved[name] = Array.isArray(value) ? [...value] : isRecord(value) ? { ...value } : value;
    } else if ('default' in spec) {
      resolved[name] = spec.default;
    } else {
      throw new TypeError(`${owner}: ${name} is required and must be ${spec.range}`);
    }
  }
  return resolved as Required<O>;
}
