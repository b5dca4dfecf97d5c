// SPDX-License-Identifier: Apache-2.0
// Options as JSON, checked as far as their constructors do not.

import { decode, decodeGroup, decodeMatch, isRecord, scheduleOptions, show } from '@optim/options';
import * as schedules from '@optim/schedules';
import { properName } from './names.js';

type Options = Readonly<Record<string, unknown>>;

/** Those that a configuration may name. */
const scheduleNames = (): string[] => Object.keys(schedules).filter((name) => scheduleOptions(name));

/** How deep options may nest; less than a configuration may, with what is around them. */
const deepest = 100;
/** Of how many values they may be. A part that stands in several places counts in each. */
const most = 1e5;

/** A value with the names of all schedules in it as they are defined, and regular expressions for matches. */
function named(where: string, value: unknown, level = 0, left = { values: most }): unknown {
  if (left.values-- === 0)
    throw new RangeError(
      `@optim/all: options must have at most ${most} values, got ${where.slice(0, 200)} beside them`,
    );
  if (level > deepest)
    throw new RangeError(`@optim/all: ${where.slice(0, 200)} must nest at most ${deepest} levels`);
  const inside = (item: unknown, at: string): unknown => named(where + at, item, level + 1, left);
  // Holes included.
  if (Array.isArray(value)) return Array.from(value as unknown[], (item, i) => inside(item, `[${i}]`));
  const match = readMatch(where, value);
  if (match !== value || !isRecord(value)) return match;
  const { entries } = value; // a record is saved as a list
  if (Array.isArray(entries) && !entries.every(isRecord))
    throw new TypeError(`@optim/all: ${where}.entries must be objects, got ${show(entries)}`);
  if (!('schedule' in value && 'options' in value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, inside(item, `.${key.slice(0, 200)}`)]),
    );
  const schedule = properName(`${where}.schedule`, 'a schedule', value['schedule'], scheduleNames());
  const { options } = value;
  if (!isRecord(options))
    throw new TypeError(`@optim/all: ${where}.options must be an object, got ${show(options)}`);
  return { schedule, options: inside(options, '.options') };
}

/**
 * A regular expression as JSON, `{ name, flags }`; anything else as it is.
 *
 * @throws RangeError for one that is none, or that may take long
 */
export function readMatch(where: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { name, flags } = value;
  if (typeof name !== 'string' || typeof flags !== 'string') return value;
  try {
    return decodeMatch({ name, flags });
  } catch (error) {
    const reason = (error as Error).message.slice(0, 200);
    throw new RangeError(
      `@optim/all: ${where} must be a regular expression, got ${show(name)} with flags ${show(flags)} (${reason})`,
      { cause: error },
    );
  }
}

/**
 * Options as a constructor takes them, from their JSON: schedules, matches, infinities. What is not JSON stays as it is.
 *
 * @param where - the object, as errors name it
 * @throws RangeError, TypeError for a schedule or regular expression that is none
 */
export function readOptions(where: string, options: Options): Record<string, unknown> {
  const read = decode(named(where, options) as object);
  const { parameterGroups: groups } = read;
  return Array.isArray(groups) ? { ...read, parameterGroups: groups.map(decodeGroup) } : read;
}
