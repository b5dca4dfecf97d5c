// SPDX-License-Identifier: Apache-2.0

import { decodeMatch, isSavedMatch } from './match.js';
import { isRecord, resolveOptions, show, type OptionSpec, type OptionTable } from './options.js';
import { isSchedule, type Peak, type Schedule, type ScheduleConfig } from './schedule.js';

type Factory = ((options: Record<string, unknown>) => Schedule) & {
  readonly options?: Readonly<Record<string, OptionSpec>>;
};

const factories = new Map<string, Factory>();

/**
 * Defines a named, validated, serializable schedule.
 *
 * @param name - name in errors and in saved configurations
 * @param table - its options, see {@link OptionTable}
 * @param build - from checked options (defaults filled in) to the pure function; further checks go here
 * @param peaks - steps, at one of which the value is the largest of all; none where that is not known
 * @returns a function from options to {@link Schedule}; the schedule throws `RangeError` for a negative or
 * non-finite step.
 */
export function defineSchedule<O extends object>(
  name: string,
  table: OptionTable<O>,
  build: (options: Required<O>) => (step: number) => number,
  peaks: (options: Required<O>) => readonly number[] = () => [],
): (options: O) => Schedule {
  const factory = (options: O): Schedule => {
    const resolved = resolveOptions(name, table, options);
    const size = sizeOf(name, Object.values(resolved));
    const value = build(resolved);
    const given = Object.fromEntries(Object.keys(options).map((key) => [key, resolved[key as keyof O]]));
    const schedule = (step: number): number => {
      if (typeof step !== 'number' || !(step >= 0 && step < Infinity))
        throw new RangeError(`${name}: step must be in [0, ∞), got ${show(step)}`);
      return value(step);
    };
    // A getter, so that a schedule around a plain function works in training and fails only when it is saved.
    // Made once: it asks those inside in turn.
    let config: ScheduleConfig | undefined;
    const get = (): ScheduleConfig => (config ??= frozen({ schedule: name, options: encode(given) }));
    sizes.set(schedule, size);
    const peak = (): Peak | undefined =>
      peaks(resolved)
        .map((step) => ({ step, value: value(step) }))
        .reduce<Peak | undefined>(
          (best, next) => (best && best.value >= next.value ? best : next),
          undefined,
        );
    return Object.defineProperties(schedule, {
      config: { get, enumerable: true },
      peak: { get: peak, enumerable: true },
    });
  };
  factory.options = table;
  factories.set(name, factory as unknown as Factory);
  return factory;
}

/** How deep schedules may nest: less than a configuration may, which has something around them. */
const deepestSchedules = 40;
/** How many schedules one may be made of. */
const mostSchedules = 10_000;

/** Of what a schedule is made: how deep that nests, as a configuration, and how many schedules there are in it. */
interface Size {
  readonly depth: number;
  readonly count: number;
}

/** The same, which nobody can change. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

const sizes = new WeakMap<object, Size>();

/**
 * The size of a schedule from its options.
 * @throws RangeError for one that would take too long, or whose configuration could not be read
 */
function sizeOf(name: string, options: readonly unknown[]): Size {
  let depth = 1;
  let count = 1;
  const add = (value: unknown, levels: number): void => {
    const its = typeof value === 'function' ? sizes.get(value) : undefined;
    depth = Math.max(depth, (its?.depth ?? 0) + levels);
    count += its?.count ?? 0;
  };
  for (const value of options) {
    if (Array.isArray(value)) for (const item of value as unknown[]) add(item, 2);
    else add(value, 1);
  }
  if (depth > deepestSchedules || count > mostSchedules)
    throw new RangeError(
      `${name}: must nest at most ${deepestSchedules} levels and ${mostSchedules} schedules, got ${depth} and ${count}`,
    );
  return { depth, count };
}

/** Makes a factory known to {@link scheduleFromConfig}, as {@link defineSchedule} does with what it defines. */
export function registerSchedule<O extends object>(name: string, factory: (options: O) => Schedule): void {
  factories.set(name, factory as unknown as Factory);
}

/** The options of a schedule by its name, as {@link defineSchedule} was given them; absent for one that is not defined. */
export function scheduleOptions(name: string): Readonly<Record<string, OptionSpec>> | undefined {
  return factories.get(name)?.options;
}

/** Whether a value has the form of the configuration of a schedule, or of a hook. */
export function isConfig<K extends string>(kind: K, value: unknown): value is Config<K> {
  return isRecord(value) && typeof value[kind] === 'string' && isRecord(value['options']);
}

/** What a schedule or a hook was made of, under the name it was defined by. */
type Config<K extends string> = Readonly<Record<K, string>> & {
  readonly options: Readonly<Record<string, unknown>>;
};

/**
 * What a configuration describes.
 *
 * @param kind - what it is: a schedule, a hook
 * @param defined - what makes them, by name
 * @throws TypeError for what is no such configuration; RangeError for a name that nobody has defined (its package is not imported)
 */
export function fromConfig<T>(
  kind: string,
  defined: ReadonlyMap<string, (options: never) => T>,
  config: unknown,
  level = 0,
): T {
  if (!isConfig(kind, config))
    throw new TypeError(`${kind} must be configured by { ${kind}, options }, got ${show(config)}`);
  const { [kind]: name, options } = config;
  const make = defined.get(name!);
  if (make) return make(decode(options, level) as never);
  throw new RangeError(
    `${kind} ${show(name)} is not defined; import it (for example from @optim/${kind}s) before loading`,
  );
}

/** A record in a configuration. */
interface Entries {
  readonly entries: readonly { readonly name: string; readonly value: unknown }[];
}

function isEntries(value: unknown): value is Entries {
  if (!isRecord(value) || !Array.isArray(value['entries'])) return false;
  return value['entries'].every((entry) => isRecord(entry) && typeof entry['name'] === 'string');
}

/** How deep arrays and records in a configuration may nest. */
const deepest = 50;
/** How many more values the configuration that is read may have. A part that stands in several places counts in each. */
let left = 0;

/** Options as JSON: schedules become their configurations, infinities become strings. */
export function encode(options: object, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, encodeValue(prefix + key, value)]),
  );
}

/**
 * The inverse of {@link encode}.
 * @param level - how deep it is in a configuration; 0 where that begins
 * @throws RangeError for a value that nests too deeply, for more than a million of them, or for a schedule that nobody has defined
 */
export function decode(options: object, level = 0): Record<string, unknown> {
  if (!level) left = 1e6;
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, decodeValue(value, level)]));
}

/**
 * A JSON form of one option value that survives TensorFlow.js' saving: JSON has no infinities, a function has no form at
 * all unless it is a schedule with a `config`, and of the names in a record only those under `name` stay as they are.
 * @throws TypeError for a function that cannot be saved.
 */
export function encodeValue(what: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => encodeValue(what, item));
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (isRecord(value))
    return {
      entries: Object.entries(value).map(([name, item]) => ({ name, value: encodeValue(what, item) })),
    };
  if (!isSchedule(value)) return value;
  if (value.config) return value.config;
  throw new TypeError(
    `${what}: a plain function cannot be saved; a schedule of @optim/schedules, or one made with defineSchedule, can`,
  );
}

/**
 * The inverse of {@link encodeValue}. What is of no form that it makes stays as it is, for the option's check to refuse.
 */
function decodeValue(value: unknown, level: number): unknown {
  if (level > deepest || !left--)
    throw new RangeError(`configuration must have at most ${deepest} levels and 1000000 values`);
  if (Array.isArray(value)) return Array.from(value as unknown[], (item) => decodeValue(item, level + 1));
  if (value === 'Infinity' || value === '-Infinity') return Number(value);
  if (isEntries(value))
    return Object.fromEntries(
      value.entries.map((entry) => [entry.name, decodeValue(entry.value, level + 1)]),
    );
  if (isSavedMatch(value)) return decodeMatch(value);
  return isConfig('schedule', value) ? fromConfig('schedule', factories, value, level + 1) : value;
}

/**
 * The schedule a configuration describes.
 * @throws TypeError for what is no such configuration; RangeError when no schedule of that name has been defined (its package
 * is not imported).
 */
export function scheduleFromConfig(config: ScheduleConfig): Schedule {
  return fromConfig('schedule', factories, config);
}
