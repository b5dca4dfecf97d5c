// SPDX-License-Identifier: Apache-2.0
// Names as people write them.

import { distance, show } from '@optim/options';
import { calledElsewhere } from './elsewhere.js';

/** As many letters of a wrong name are compared with those that are known. */
const mostCompared = 40;

/** The known names nearest to a wrong one, in words: the best, and up to four that are hardly worse. */
function nearest(name: string, known: readonly string[]): string {
  const given = name.slice(0, mostCompared).toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(given, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  return ranked
    .filter(({ edits }) => edits <= ranked[0]!.edits + 1)
    .slice(0, 5)
    .map(({ candidate }) => candidate)
    .join(', ');
}

/** A name as a class or function has it, from one in any case; `undefined` where none is known. */
export function findName(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  return known.find((candidate) => candidate.toLowerCase() === lower);
}

/**
 * A name as a class or function has it, from one in any case.
 *
 * @param argument - what was given, as the message of the error names it
 * @param kind - what the names are of: `an optimizer`
 * @throws TypeError for something else than a string, RangeError for an unknown one, with what has that name elsewhere or the nearest
 */
export function properName(argument: string, kind: string, name: unknown, known: readonly string[]): string {
  if (typeof name !== 'string')
    throw new TypeError(`@optim/all: ${argument} must be a string, got ${show(name)}`);
  const found = findName(name, known);
  if (found === undefined) {
    const here = kind === 'an optimizer' && calledElsewhere(name.slice(0, mostCompared), known);
    const advice = here ? `did you mean ${here}?` : `nearest: ${nearest(name, known)}`;
    throw new RangeError(
      `@optim/all: ${argument} must be the name of ${kind} (${advice}), got ${show(name)}`,
    );
  }
  return found;
}
