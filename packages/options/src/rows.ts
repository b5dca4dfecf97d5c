// SPDX-License-Identifier: Apache-2.0
// The rows of option tables.

import { isArrayOf, show, type Hyper, type OptionSpec } from './options.js';
import { isCallable } from './schedule.js';

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** A predicate for an interval written as in a paper: `[0, 1)`, `(0, ∞)`, `[1, ∞]`. */
function interval(text: string): (value: number) => boolean {
  const ends = /^[[(](.+), (.+)[\])]$/.exec(text) ?? [];
  const [, low, high] = ends.map((end) => Number(end.replace('∞', 'Infinity'))) as [number, number, number];
  if (!(low <= high)) throw new Error(`not an interval: ${text}`);
  return (value) =>
    (text.includes('[') ? value >= low : value > low) && (text.includes(']') ? value <= high : value < high);
}

function row(
  type: string,
  range: string,
  hasType: OptionSpec['hasType'],
  allows: OptionSpec['allows'],
  value: unknown,
): OptionSpec {
  return { type, range, hasType, allows, ...(value !== undefined && { default: value }) };
}

/** A number in an interval such as `[0, 1)`; required when no default is given. */
export function real(range: string, value?: number): OptionSpec {
  return row('a number', `in ${range}`, isNumber, interval(range), value);
}

/** A whole number in an interval; required when no default is given. */
export function integer(range: string, value?: number): OptionSpec {
  const inside = interval(range);
  const allows = (n: number): boolean => Number.isInteger(n) && inside(n);
  return row('a number', `an integer in ${range}`, isNumber, allows, value);
}

/**
 * A number in an interval, or a {@link Schedule} whose values lie in it.
 * @param scheduled - where the values of a schedule must lie, if not in `range`
 */
export function hyper(range: string, value?: number, scheduled?: string): OptionSpec {
  const inside = interval(range);
  const hasType = (given: unknown): boolean => isNumber(given) || isCallable(given);
  const allows = (given: Hyper): boolean => (isNumber(given) ? inside(given) : true);
  return {
    ...row('a number or a schedule', `in ${range}`, hasType, allows, value),
    symbolic: true,
    ...(scheduled && { scheduled: real(scheduled) }),
  };
}

/** `true` or `false`. */
export function flag(value: boolean): OptionSpec {
  return row(
    'a boolean',
    'true or false',
    (given) => typeof given === 'boolean',
    () => true,
    value,
  );
}

/** One of a few strings; the default is the first, unless another is named. */
export function choice<T extends string>(values: readonly T[], value: T | undefined = values[0]): OptionSpec {
  const list = `one of ${values.map((name) => `'${name}'`).join(', ')}`;
  return row(
    'a string',
    list,
    (given) => typeof given === 'string',
    (given: T) => values.includes(given),
    value,
  );
}

/** What `spec` describes, or `null`. The default is `null` unless given. */
export function nullable(spec: OptionSpec, value: unknown = null): OptionSpec {
  return {
    ...spec,
    range: `${spec.range}, or null`,
    hasType: (given) => given === null || spec.hasType(given),
    allows: (given: never) => given === null || spec.allows(given),
    default: value,
  };
}

/** What `spec` describes, for the optimizer as a whole: a group that has its own is refused. */
export function whole(spec: OptionSpec): OptionSpec {
  return { ...spec, isWhole: true };
}

/** An option that a variant of a class has settled: no other value is accepted. */
export function fixed(value: boolean | string): OptionSpec {
  return row(
    `a ${typeof value}`,
    `${show(value)}, always`,
    (given) => typeof given === typeof value,
    (given) => given === value,
    value,
  );
}

/** Anything `accepts` says yes to; `range` says in words what that is. */
export function custom(range: string, accepts: (value: unknown) => boolean, value?: unknown): OptionSpec {
  return row(range, range, accepts, () => true, value);
}

/** The most numbers of a {@link list}: each may stand for a tensor of its own. */
const mostNumbers = 64;

/** A list of one to 64 numbers, each of which `element` describes. */
export function list(element: OptionSpec, value?: readonly number[]): OptionSpec {
  return row(
    'an array of numbers',
    `one to ${mostNumbers} numbers, each ${element.range}`,
    (given) => isArrayOf(given, element.hasType),
    (given: readonly never[]) =>
      given.length > 0 && given.length <= mostNumbers && given.every(element.allows),
    value,
  );
}
