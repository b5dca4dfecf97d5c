// SPDX-License-Identifier: Apache-2.0
// A choice of variables, by name or by a predicate.

import type * as tf from '@tensorflow/tfjs-core';
import { isRecord, show } from './options.js';
import { isCallable } from './schedule.js';

/** Variables whose name a regular expression matches, or for which a function says yes. A function cannot be saved. */
export type Match = RegExp | ((variable: tf.Variable) => boolean);

/** A regular expression as JSON. TensorFlow.js' loading leaves strings under `name` as they are. */
export interface SavedMatch {
  readonly name: string;
  readonly flags: string;
}

/** Also one of another realm, as frames and test runners have. */
function isRegExp(value: unknown): value is RegExp {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}

/** Whether a value has the form of a {@link Match}. */
export function isMatch(value: unknown): value is Match {
  return isRegExp(value) || isCallable(value);
}

/** Expressions that were read from a file, with the longest name each may be tried on. */
const longest = new WeakMap<RegExp, number>();

/** Whether a variable is one of those meant. */
export function matches(match: Match, variable: tf.Variable): boolean {
  if (!isRegExp(match)) return match(variable);
  const { name } = variable;
  const most = longest.get(match);
  // One's own has no limit.
  if (name.length > most!)
    throw new RangeError(
      `match /${match.source.slice(0, 100)}/ from a file may take long on names of more than ${most} letters, got ${name.length}`,
    );
  return name.search(match) >= 0;
}

/**
 * How long a text may be for an expression to take less than about 1e8 trials: n letters take n to the power of one more than
 * there are repetitions without a limit, times the ways to choose. 0 where a repetition holds another, or a choice: those
 * may take 2ⁿ.
 */
function limitOf(source: string): number {
  // Escapes and classes stand for one letter each.
  const plain = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  let rest = plain;
  // Innermost groups first: one that is repeated must be of letters alone.
  for (let group; (group = /\((?:\?<?(?:[:=!]|\w+>))?([^()]*)\)([*+]|\{\d*,?\d*\})?/.exec(rest));) {
    const [whole, inside, repeat = ''] = group;
    if (repeat && /[*+?{|]/.test(inside!)) return 0;
    // Not as a text, in which `$&` would be the group again.
    rest = rest.replace(whole, () => inside + repeat);
  }
  // Of what stands between two parentheses it is one alternative; what may be left out is there or not.
  const ways = plain
    .replace(/[^(]\?/g, '(|)')
    .split(/[()]/)
    .reduce((all, part) => all * part.split('|').length, 1);
  return Math.floor((1e8 / ways) ** (1 / rest.split(/[*+]|\{\d*,?\d*\}/).length));
}

/**
 * A match as JSON, which {@link decodeMatch} takes.
 *
 * @param what - begins the message of the error
 * @throws TypeError for a function, which has no JSON form; RangeError for what {@link decodeMatch} refuses
 */
export function encodeMatch(what: string, match: Match): SavedMatch {
  if (!isRegExp(match))
    throw new TypeError(`${what}: a function cannot be saved; match by RegExp, got ${show(match)}`);
  const saved = { name: match.source, flags: match.flags };
  decodeMatch(saved, `${what}: saved match`);
  return saved;
}

/** Whether a value is a match as {@link encodeMatch} writes it. */
export function isSavedMatch(value: unknown): value is SavedMatch {
  return isRecord(value) && typeof value['name'] === 'string' && typeof value['flags'] === 'string';
}

/**
 * The inverse of {@link encodeMatch}. The expression may come from a stranger's file: none that takes more than a moment on
 * the names it is for.
 *
 * @throws RangeError for what is no expression or has more than 1000 letters, or where a repetition holds another or a
 * choice, as in `(a+)+`
 */
export function decodeMatch({ name, flags }: SavedMatch, what = 'match from a file'): RegExp {
  try {
    // Engines refuse what is too large at its first use.
    const most = name.length > 1000 ? 0 : limitOf(name);
    const match = new RegExp(most ? name : '(', flags);
    longest.set(match, most);
    return match;
  } catch {
    throw new RangeError(
      `${what} must be a regular expression of at most 1000 letters that repeats nothing that repeats or chooses, got ${show(`/${name}/${flags}`)}`,
    );
  }
}
