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
  const most = longest.get(match) ?? Infinity;
  if (name.length > most)
    throw new RangeError(
      `match /${match.source.slice(0, 100)}/ from a file may take long on names of more than ${most} letters, got one of ${name.length}`,
    );
  return name.search(match) >= 0;
}

/**
 * How long a text may be for an expression to take less than about 1e8 trials: n letters take n to the power of one more than
 * there are repetitions without a limit. `null` where a repetition holds another, or a choice: those may take 2ⁿ.
 */
function limitOf(source: string): number | null {
  // Escapes and classes stand for one letter each.
  const plain = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const repeats = /[*+]|\{\d*,?\d*\}/g;
  let rest = plain;
  // Innermost groups first: one that is repeated must be of letters alone.
  for (let group; (group = /\((?:\?[:=!]|\?<[=!]|\?<\w+>)?([^()]*)\)([*+?]|\{\d*,?\d*\})?/.exec(rest));) {
    const [whole, inside, repeat = ''] = group;
    const isRepeated = /[^?]/.test(repeat);
    if (isRepeated && /[*+?{|]/.test(inside!)) return null;
    rest = rest.replace(whole, `${inside!}${isRepeated ? '*' : ''}`);
  }
  const count = rest.match(repeats)?.length ?? 0;
  return Math.floor(10 ** (8 / (count + 1)));
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

/** How long a saved expression may be: engines refuse what is too large at its first use. */
const mostLetters = 1000;

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
  if (name.length > mostLetters)
    throw new RangeError(`${what} must have at most ${mostLetters} letters, got ${name.length}`);
  let match: RegExp;
  try {
    match = new RegExp(name, flags);
  } catch {
    throw new RangeError(`${what} must be a regular expression, got ${show(`/${name}/${flags}`)}`);
  }
  const most = limitOf(match.source);
  if (most === null)
    throw new RangeError(
      `${what} must not repeat what repeats or chooses itself, got /${match.source.slice(0, 100)}/`,
    );
  longest.set(match, most);
  return match;
}
