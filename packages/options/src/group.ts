// SPDX-License-Identifier: Apache-2.0

import type * as tf from '@tensorflow/tfjs-core';
import { decode, encode } from './define-schedule.js';
import { encodeMatch, isMatch, matches, type Match } from './match.js';
import { assertKnown, check, copied, isRecord, wrongType, type OptionSpec } from './options.js';

/**
 * Hyper-parameters for some of the parameters: those whose variable's name matches a regular expression, or for which
 * a predicate says yes. The first group that matches a variable is its group. A predicate cannot be saved.
 *
 * @example `{ match: /bias|gamma|beta/, weightDecay: 0 }`
 */
export interface ParameterGroup {
  readonly match: Match;
  /** A factor in [0, ∞) on whatever learning rate is in force: a number, a schedule, one that was set or scaled. */
  readonly learningRateScale?: number;
  /** Whether the variables stay as they are: nothing is kept for them, and nothing runs. */
  readonly freeze?: boolean;
  readonly [option: string]: unknown;
}

/** Options that belong to the optimizer as a whole and cannot differ between groups. */
export const wholeOptimizerOptions: readonly string[] = ['parameterGroups', 'transforms'];

/**
 * Checks the groups against the option table of the optimizer.
 *
 * @returns copies
 * @throws TypeError or RangeError naming the group and the option.
 */
export function checkGroups(
  owner: string,
  table: Record<string, OptionSpec>,
  groups: readonly ParameterGroup[],
): ParameterGroup[] {
  const known = Object.keys(table).filter((name) => !wholeOptimizerOptions.includes(name));
  return groups.map((group, i) => {
    const where = `parameterGroups[${i}]`;
    if (typeof group !== 'object' || group === null) {
      throw wrongType(owner, where, 'an object', group);
    }
    if (!isMatch(group.match)) {
      throw wrongType(owner, `${where}.match`, 'a RegExp or a function of the variable', group.match);
    }
    for (const [name, value] of Object.entries(group)) {
      if (name === 'match') continue;
      assertKnown(owner, name, known, ` in ${where}`);
      if (table[name]!.isWhole)
        throw new TypeError(`${owner}: ${name} belongs to the optimizer as a whole, got it in ${where}`);
      check(owner, `${where}.${name}`, table[name]!, value);
    }
    const copies = Object.entries(group).map(([name, value]) => [name, copied(value)] as const);
    return { match: group.match, ...Object.fromEntries(copies) };
  });
}

/** Options of each group by its index; 0 is that of the parameters in no group. */
export function grouped<S extends object>(settings: S): S[] {
  const { parameterGroups: groups = [] } = settings as {
    readonly parameterGroups?: readonly ParameterGroup[];
  };
  const { learningRateScale: all = 1 } = settings as Pick<ParameterGroup, 'learningRateScale'>;
  return [
    settings,
    ...groups.map(({ match: _, freeze: _frozen, learningRateScale: own = 1, ...overrides }) => ({
      ...settings,
      ...overrides,
      learningRateScale: all * own,
    })),
  ];
}

/** Index of a variable's group. */
export function groupOf(groups: readonly ParameterGroup[], variable: tf.Variable): number {
  return groups.findIndex(({ match }) => matches(match, variable)) + 1;
}

/**
 * A group as JSON.
 * @throws TypeError for a predicate, or a plain function in place of a schedule
 */
export function encodeGroup(owner: string, { match, ...overrides }: ParameterGroup): Record<string, unknown> {
  return { match: encodeMatch(`${owner}: parameterGroups`, match), ...encode(overrides, `${owner}: `) };
}

/** The inverse of {@link encodeGroup}. What is no group stays as it is, for {@link checkGroups} to refuse. */
export function decodeGroup(group: unknown): unknown {
  return isRecord(group) ? decode(group, 1) : group;
}
