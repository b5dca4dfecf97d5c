// SPDX-License-Identifier: Apache-2.0

import { isMatch, type Match } from './match.js';
import { check, show, suggestion, type OptionSpec } from './options.js';
import { isSchedule } from './schedule.js';

/**
 * Hyper-parameters for some of the parameters: those whose variable's name matches a regular expression, or for which
 * a predicate says yes. The first group that matches a variable is its group. A predicate cannot be saved.
 *
 * @example `{ match: /bias|gamma|beta/, weightDecay: 0 }`
 */
export interface ParameterGroup {
  readonly match: Match;
  readonly [option: string]: unknown;
}

/** Options that belong to the optimizer as a whole and cannot differ between groups. */
const whole = ['parameterGroups', 'transforms'];

/**
 * Checks the groups against the option table of the optimizer.
 * @throws TypeError or RangeError naming the group and the option.
 */
export function checkGroups(
  owner: string,
  table: Record<string, OptionSpec>,
  groups: readonly ParameterGroup[],
): void {
  const known = Object.keys(table).filter((name) => !whole.includes(name));
  groups.forEach((group, i) => {
    const where = `parameterGroups[${i}]`;
    if (typeof group !== 'object' || group === null) {
      throw new TypeError(`${owner}: ${where} must be an object, got ${show(group)}`);
    }
    if (!isMatch(group.match)) {
      throw new TypeError(
        `${owner}: ${where}.match must be a RegExp or a function of the variable, got ${show(group.match)}`,
      );
    }
    for (const [name, value] of Object.entries(group)) {
      if (name === 'match') continue;
      if (!known.includes(name)) {
        throw new TypeError(`${owner}: unknown option "${name}" in ${where}${suggestion(name, known)}`);
      }
      check(owner, `${where}.${name}`, table[name]!, value);
    }
  });
}

/**
 * Options at one step: schedules evaluated and checked against their rows.
 * @param step - number of updates done before
 */
export function atStep(
  owner: string,
  table: Record<string, OptionSpec>,
  options: object,
  step: number,
): Record<string, unknown> {
  const values: Record<string, unknown> = { ...options };
  for (const [name, value] of Object.entries(options)) {
    const row = table[name];
    if (!row?.symbolic || !isSchedule(value)) continue;
    values[name] = value(step);
    check(owner, `${name} at step ${step}`, row.scheduled ?? row, values[name]);
  }
  return values;
}
