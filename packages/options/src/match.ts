// SPDX-License-Identifier: Apache-2.0
// A choice of variables, by name or by a predicate.

import type * as tf from '@tensorflow/tfjs-core';

/** Variables whose name a regular expression matches, or for which a function says yes. A function cannot be saved. */
export type Match = RegExp | ((variable: tf.Variable) => boolean);

/** A regular expression as JSON. TensorFlow.js' loading leaves strings under `name` as they are. */
export interface SavedMatch {
  readonly name: string;
  readonly flags: string;
}

/** Whether a value has the form of a {@link Match}. */
export function isMatch(value: unknown): value is Match {
  return value instanceof RegExp || typeof value === 'function';
}

/** Whether a variable is one of those meant. */
export function matches(match: Match, variable: tf.Variable): boolean {
  return match instanceof RegExp ? variable.name.search(match) >= 0 : match(variable);
}

/**
 * A match as JSON.
 *
 * @param what - begins the message of the error
 * @throws TypeError for a function, which has no JSON form
 */
export function encodeMatch(what: string, match: Match): SavedMatch {
  if (match instanceof RegExp) return { name: match.source, flags: match.flags };
  throw new TypeError(
    `${what}: a function cannot be saved; match by RegExp, got ${match.name || 'a function'}`,
  );
}

/** The inverse of {@link encodeMatch}. */
export function decodeMatch({ name, flags }: SavedMatch): RegExp {
  return new RegExp(name, flags);
}
