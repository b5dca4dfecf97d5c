// SPDX-License-Identifier: Apache-2.0
// How saved state finds its variables again.

import { sameShape, showShape } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';
import type { SavedParameter } from './state-dict.js';

/** A second model in the same page gets `_1` and so on appended to the names of its weights. */
function withoutSuffix(name: string): string {
  return name.replace(/_\d+$/, '');
}

/** TensorFlow.js names a variable without a name by a running number, which says nothing about it. */
function isNumbered(name: string): boolean {
  return /^\d+$/.test(name);
}

/** How a saved name may stand for a variable's: as it is, but for the suffix, or with one suffix more or less. */
const sameName: readonly ((saved: string, variable: string) => boolean)[] = [
  (saved, variable) => saved === variable,
  (saved, variable) => withoutSuffix(saved) === withoutSuffix(variable),
  (saved, variable) => saved === withoutSuffix(variable) || withoutSuffix(saved) === variable,
];

const list = (names: readonly { name: string }[]): string => names.map(({ name }) => `"${name}"`).join(', ');

/**
 * Finds saved parameters for variables: by exact name, else by name but for the suffix of a second model, else, for
 * unnamed variables, by their order of creation when there are as many as saved ones.
 *
 * @returns the saved parameter of each variable that has one; a variable never seen before starts afresh
 * @throws RangeError when a name fits and the shape does not, or when several fit and nothing says which
 */
export function matchSaved(
  owner: string,
  variables: readonly tf.Variable[],
  saved: readonly SavedParameter[],
): Map<tf.Variable, SavedParameter> {
  const matched = new Map<tf.Variable, SavedParameter>();
  const left = new Set(saved);
  const ordered = [...variables].sort((a, b) => a.id - b.id);
  const pair = (variable: tf.Variable, parameter: SavedParameter): void => {
    if (parameter.shape && !sameShape(variable.shape, parameter.shape)) {
      throw new RangeError(
        `${owner}: saved state of "${parameter.name}" has shape ${showShape(parameter.shape)}, variable "${variable.name}" has ${showShape(variable.shape)}`,
      );
    }
    matched.set(variable, parameter);
    left.delete(parameter);
  };
  const named = ordered.filter(({ name }) => !isNumbered(name));
  for (const same of sameName) {
    for (const variable of named) {
      if (matched.has(variable)) continue;
      const fitting = [...left].filter(({ name }) => !isNumbered(name) && same(name, variable.name));
      if (fitting.length === 0) continue;
      const rivals = named.filter(
        (rival) => !matched.has(rival) && fitting.some(({ name }) => same(name, rival.name)),
      );
      if (rivals.length !== fitting.length) {
        throw new RangeError(
          `${owner}: it cannot be told which of the saved ${list(fitting)} belongs to which of the variables ${list(rivals)}`,
        );
      }
      rivals.forEach((rival, i) => pair(rival, fitting[i]!));
    }
  }
  const unnamed = ordered.filter(({ name }) => isNumbered(name));
  const numbered = [...left].filter(({ name }) => isNumbered(name));
  if (unnamed.length > 0 && unnamed.length === numbered.length)
    unnamed.forEach((variable, i) => pair(variable, numbered[i]!));
  return matched;
}

/**
 * Refuses state of another model: that of which no parameter matches any of the variables.
 *
 * @param matched - what {@link matchSaved} found
 * @throws RangeError naming the saved parameters and the variables
 */
export function assertSomeMatched(
  owner: string,
  variables: readonly tf.Variable[],
  saved: readonly SavedParameter[],
  matched: ReadonlyMap<tf.Variable, SavedParameter>,
): void {
  if (matched.size > 0 || variables.length === 0 || saved.length === 0) return;
  throw new RangeError(
    `${owner}: saved state is of other parameters: of ${list(saved)}, not of ${list(variables)}`,
  );
}
