// SPDX-License-Identifier: Apache-2.0
// Which variables go to which optimizer.

import { assertGradientsOnly, assertOptimizer, baseFrom } from '@optim/wrapper';
import {
  decodeMatch,
  encodeMatch,
  isMatch,
  isRecord,
  isSavedMatch,
  matches,
  show,
  type Match,
} from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';

/** One choice of variables, or several of which any may hold. */
export type Matches = Match | readonly Match[];

/** Variables, and the optimizer that they go to. */
export interface SplitGroup {
  /** A regular expression on the name, a predicate of the variable, or a list of these. A predicate cannot be saved. */
  readonly match: Matches;
  /** One of its own, or one that came before, also as a number: 0 for the base, n for that of the n-th group. */
  readonly optimizer: tf.Optimizer | number;
}

/** A group as it is used. */
export interface Group {
  readonly match: readonly Match[];
  readonly optimizer: tf.Optimizer;
}

const owner = 'Split';

function readMatch(where: string, given: unknown): readonly Match[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const read = list.map((match) =>
    isSavedMatch(match) ? decodeMatch(match, `${owner}: ${where}.match`) : match,
  );
  if (read.length > 0 && read.every(isMatch)) return read;
  throw new TypeError(
    `${owner}: ${where}.match must be a RegExp, a function of the variable, or an array of these, got ${show(given)}`,
  );
}

function readOptimizer(where: string, given: unknown, before: readonly tf.Optimizer[]): tf.Optimizer {
  const what = `${where}.optimizer`;
  if (typeof given === 'number') {
    if (before[given]) return before[given];
    throw new RangeError(
      `${owner}: ${what} must be one that came before, below ${before.length}, got ${given}`,
    );
  }
  const optimizer =
    isRecord(given) && 'className' in given && 'config' in given ? baseFrom(owner, given) : given;
  assertOptimizer(owner, optimizer, what);
  assertGradientsOnly(owner, optimizer, what);
  return optimizer;
}

/**
 * Groups as they are used, from those given or saved.
 *
 * @throws TypeError or RangeError for what is no match or no optimizer, or one that needs the loss
 */
export function readGroups(base: tf.Optimizer, given: readonly unknown[]): Group[] {
  const optimizers = [base];
  return Array.from(given, (group, i) => {
    const where = `groups[${i}]`;
    if (!isRecord(group))
      throw new TypeError(`${owner}: ${where} must be an object { match, optimizer }, got ${show(group)}`);
    const stranger = Object.keys(group).find((name) => name !== 'match' && name !== 'optimizer');
    if (stranger !== undefined)
      throw new TypeError(
        `${owner}: ${where} must have no keys but match and optimizer, got ${show(stranger)}`,
      );
    const match = readMatch(where, group['match']);
    const optimizer = readOptimizer(where, group['optimizer'], optimizers);
    optimizers.push(optimizer);
    return { match, optimizer };
  });
}

/**
 * Groups as JSON.
 *
 * @throws TypeError for a predicate
 */
export function saveGroups(base: tf.Optimizer, groups: readonly Group[]): tf.serialization.ConfigDict[] {
  const optimizers = [base, ...groups.map(({ optimizer }) => optimizer)];
  return groups.map(({ match, optimizer }, i) => {
    const first = optimizers.indexOf(optimizer);
    return {
      match: match.map((each) => ({ ...encodeMatch(`${owner}: groups[${i}]`, each) })),
      optimizer: first <= i ? first : { className: optimizer.getClassName(), config: optimizer.getConfig() },
    };
  });
}

/** The optimizer that a variable goes to. */
export function optimizerFor(
  variable: tf.Variable,
  base: tf.Optimizer,
  groups: readonly Group[],
): tf.Optimizer {
  const group = groups.find(({ match }) => match.some((each) => matches(each, variable)));
  return group?.optimizer ?? base;
}
