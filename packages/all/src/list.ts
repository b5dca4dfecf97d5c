// SPDX-License-Identifier: Apache-2.0
// What there is, and what each of it takes.

import { choice, nullable, resolveOptions, show, type OptionTable } from '@optim/options';
import { properName } from './names.js';
import type { Described, Need, OptimizerSummary, OptionDescription, Summary } from './registry-types.js';
import { hookEntries } from './registry/hooks.js';
import { optimizerDetails } from './registry/optimizer-details.js';
import { optimizerSummaries } from './registry/optimizers.js';
import { scheduleEntries } from './registry/schedules.js';

/** Which optimizers {@link listOptimizers} lists. */
export interface OptimizerFilter {
  /** `adam`, `second-order`, …: only those of this family. */
  family?: string | null;
  /** Only those whose step needs this; `'nothing'`: only those for which gradients are enough. */
  needs?: Need | 'nothing' | null;
  /** Only those whose package is under this licence. */
  licence?: string | null;
}

/** An optimizer in full. */
export interface OptimizerDescription extends OptimizerSummary {
  readonly options: readonly OptionDescription[];
  /** What it keeps between steps. */
  readonly state: {
    readonly numbersPerParameter: number;
    /** Four a number: state is float32. */
    readonly bytesPerParameter: number;
    /** How that was measured. */
    readonly measured: string;
  };
}

const measured =
  'after one step on a [32, 32] parameter with default options (1000 for those that are required); ' +
  'of a wrapper without what is in it';

/** No name is nearly as long. */
const mostLetters = 100;

/** Entries whose name a pattern with `*` and `?` matches as a whole, in any case. */
function matching<T extends Summary>(entries: readonly T[], pattern: string): readonly T[] {
  if (typeof pattern !== 'string')
    throw new TypeError(`@optim/all: pattern must be a string, got ${show(pattern)}`);
  if (pattern.length > mostLetters)
    throw new RangeError(
      `@optim/all: pattern must have at most ${mostLetters} letters, got ${show(pattern)}`,
    );
  const source = pattern
    .replaceAll(/\*+/g, '*')
    .replaceAll(/[\\^$.+()[\]{}|]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const whole = new RegExp(`^${source}$`, 'i');
  return entries.filter(({ name }) => whole.test(name));
}

const summarized = ({ options: _, ...summary }: Described): Summary => summary;

function described<T extends Summary>(
  argument: string,
  kind: string,
  name: string,
  entries: readonly T[],
): T {
  const proper = properName(
    argument,
    kind,
    name,
    entries.map((entry) => entry.name),
  );
  return entries.find((entry) => entry.name === proper)!;
}

/**
 * The optimizers and wrappers of `@optim`, by name: also those outside `@optim/all`, with the command that gets them.
 *
 * ```ts
 * import { listOptimizers } from '@optim/all';
 *
 * listOptimizers('*muon').map(({ name }) => name); // ['AdaMuon', 'Muon', 'NorMuon']
 * listOptimizers('*', { needs: 'nothing', family: 'adam' });
 * ```
 *
 * @param pattern - of the whole name in any case; `*` stands for any letters, `?` for one
 * @throws RangeError for a family, need or licence that none has; TypeError for something else than a string
 */
export function listOptimizers(
  pattern: string = '*',
  filter: OptimizerFilter = {},
): readonly OptimizerSummary[] {
  const known = (of: (entry: OptimizerSummary) => string): string[] =>
    [...new Set(optimizerSummaries.map(of))].sort();
  const rows: OptionTable<OptimizerFilter> = {
    family: nullable(choice(known((entry) => entry.family))),
    needs: nullable(choice(['nothing', 'loss', 'gradient', 'closure', 'hessian', 'samples'])),
    licence: nullable(choice(known((entry) => entry.licence))),
  };
  const { family, needs, licence } = resolveOptions('listOptimizers', rows, filter);
  return matching(optimizerSummaries, pattern).filter(
    (entry) =>
      (family === null || entry.family === family) &&
      (licence === null || entry.licence === licence) &&
      (needs === null || (needs === 'nothing' ? entry.needs.length === 0 : entry.needs.includes(needs))),
  );
}

/**
 * An optimizer or wrapper in full: summary, paper, licence, options, state, needs.
 *
 * @param name - its class in any case, also of one outside `@optim/all`
 * @throws RangeError for an unknown name, with the nearest ones; TypeError for something else than a string
 */
export function describeOptimizer(name: string): OptimizerDescription {
  const entry = described('name', 'an optimizer', name, optimizerSummaries);
  const { options, stateNumbers: numbersPerParameter } = optimizerDetails[entry.name]!;
  const bytesPerParameter = 4 * numbersPerParameter;
  return { ...entry, options, state: { numbersPerParameter, bytesPerParameter, measured } };
}

/**
 * The schedules that a configuration may name.
 *
 * @param pattern - as that of {@link listOptimizers}
 */
export function listSchedules(pattern: string = '*'): readonly Summary[] {
  return matching(scheduleEntries, pattern).map(summarized);
}

/**
 * A schedule with its options.
 *
 * @param name - in any case
 * @throws RangeError for an unknown name, with the nearest ones; TypeError for something else than a string
 */
export function describeSchedule(name: string): Described {
  return described('name', 'a schedule', name, scheduleEntries);
}

/**
 * The hooks for the option `transforms`.
 *
 * @param pattern - as that of {@link listOptimizers}
 */
export function listHooks(pattern: string = '*'): readonly Summary[] {
  return matching(hookEntries, pattern).map(summarized);
}

/**
 * A hook with its options.
 *
 * @param name - in any case
 * @throws RangeError for an unknown name, with the nearest ones; TypeError for something else than a string
 */
export function describeHook(name: string): Described {
  return described('name', 'a hook', name, hookEntries);
}
