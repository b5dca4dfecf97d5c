// SPDX-License-Identifier: Apache-2.0
// How saved state finds its variables again.

import { sameShape, showShape } from '@optim/fusion';
import { show } from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';
import { shorten } from './refusal.js';
import type { SavedParameter } from './state-dict.js';

/** A second model in the same page gets `_1` and so on appended to the names of its weights. */
function stem(name: string): string {
  return name.replace(/_\d+$/, '');
}

/** TensorFlow.js names a variable without a name by a running number, which says nothing about it. */
function isNumbered(name: string): boolean {
  return /^\d+$/.test(name);
}

/** TensorFlow.js numbers layers without a name, as in `dense_Dense2/kernel`, over all models of a page; layers within layers too. */
function withoutLayerNumber(name: string): string {
  return name.replace(/(_[A-Z][A-Za-z0-9]*[A-Za-z])\d+(?=\/)/g, '$1');
}

type Matched = Map<tf.Variable, SavedParameter>;

/** What a name is compared by. */
type Key = (name: string) => string;

function grouped<T extends { readonly name: string }>(items: readonly T[], key: Key): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const of = key(item.name);
    const group = groups.get(of);
    if (group) group.push(item);
    else groups.set(of, [item]);
  }
  return groups;
}

/** Names of one key differ in their numbers alone, which say in which order they were given. */
const byNumbers = /* #__PURE__ */ new Intl.Collator('en', { numeric: true });

const inOrder = <T extends { readonly name: string }>(rivals: readonly T[]): T[] =>
  [...rivals].sort((a, b) => byNumbers.compare(a.name, b.name));

/** Pairs those of equal keys, in the order of their numbers, where there are as many of both. */
function paired(
  variables: readonly tf.Variable[],
  saved: readonly SavedParameter[],
  ofVariable: Key,
  ofSaved: Key = ofVariable,
): Matched {
  const groups = grouped(saved, ofSaved);
  const pairs = [...grouped(variables, ofVariable)].flatMap(([key, rivals]) => {
    const fitting = groups.get(key) ?? [];
    if (fitting.length !== rivals.length) return [];
    const parameters = inOrder(fitting);
    return inOrder(rivals).map((variable, i) => [variable, parameters[i]!] as const);
  });
  return new Map(pairs);
}

/** Whether a saved parameter may be that of a variable. */
type Fits = (variable: tf.Variable, parameter: SavedParameter) => boolean;

const list = (names: readonly { name: string }[]): string =>
  shorten(names.map(({ name }) => `"${name}"`).join(', '));

/**
 * Finds saved parameters for variables. State goes to a variable of another name only where one rule explains all variables,
 * shapes included. The rules, in this order:
 *
 * 1. Names are the same.
 * 2. Names are the same but for the numbers of layers, and so is their order: another layer was made before.
 * 3. Each name is the same, or has one suffix more (or each one less) than when it was saved: a second model in the page.
 * 4. Some names are the same: the other variables start afresh.
 * 5. No name is the same, and all are but for suffixes: one more model.
 *
 * Variables without a name are matched by the order in which they were made, if there are as many as were saved.
 *
 * @param slotsFit - whether slots have the shapes that those of a variable have; asked where no shape of the parameter is
 * saved, as in weights
 * @returns the saved parameter of each variable that has one; a variable never seen before starts afresh
 * @throws RangeError when a name is the same and the shape is not, or where the number of a layer may be that of another
 */
export function matchSaved(
  owner: string,
  variables: readonly tf.Variable[],
  saved: readonly SavedParameter[],
  slotsFit: Fits,
): Matched {
  const ordered = [...variables].sort((a, b) => a.id - b.id);
  const named = ordered.filter(({ name }) => !isNumbered(name));
  const numbered = ordered.filter(({ name }) => isNumbered(name));
  const savedNamed = saved.filter(({ name }) => !isNumbered(name));
  const savedNumbered = saved.filter(({ name }) => isNumbered(name));
  const byOrder = paired(numbered, savedNumbered, () => '');
  for (const [variable, parameter] of byOrder) assertFits(owner, variable, parameter);
  const fits: Fits = (variable, parameter) =>
    parameter.shape ? sameShape(variable.shape, parameter.shape) : slotsFit(variable, parameter);
  return new Map([...matchNamed(owner, named, savedNamed, fits), ...byOrder]);
}

/** The key of names that may have one suffix more than others; not where others have suffixes too, which may be the same. */
function withoutSuffixOver(others: readonly { readonly name: string }[]): Key {
  const known = new Set(others.map(({ name }) => name));
  const stems = new Set(others.flatMap(({ name }) => (stem(name) === name ? [] : [stem(name)])));
  return (name) => (known.has(name) || stems.has(stem(name)) ? name : stem(name));
}

function matchNamed(
  owner: string,
  variables: readonly tf.Variable[],
  saved: readonly SavedParameter[],
  fits: Fits,
): Matched {
  const isExplained = (matched: Matched): boolean =>
    matched.size === variables.length &&
    [...matched].every(([variable, parameter]) => fits(variable, parameter));
  const same: Key = (name) => name;
  const exact = paired(variables, saved, same);
  const explanations = [
    exact,
    paired(variables, saved, withoutLayerNumber),
    paired(variables, saved, withoutSuffixOver(saved), same),
    paired(variables, saved, same, withoutSuffixOver(variables)),
    ...(exact.size === 0 ? [paired(variables, saved, stem)] : []),
  ];
  const found = explanations.find(isExplained);
  if (found) return found;
  for (const [variable, parameter] of exact) assertFits(owner, variable, parameter);
  assertNumbersTell(owner, variables, saved, exact, fits);
  return exact;
}

function assertFits(owner: string, variable: tf.Variable, parameter: SavedParameter): void {
  if (!parameter.shape || sameShape(variable.shape, parameter.shape)) return;
  throw new RangeError(
    `${owner}: saved state of ${show(parameter.name)} has shape ${showShape(parameter.shape)}, variable ${show(variable.name)} has ${showShape(variable.shape)}`,
  );
}

/** The numbers of some layers fit. They say nothing if a layer that is left may be one that was saved by another number. */
function assertNumbersTell(
  owner: string,
  variables: readonly tf.Variable[],
  saved: readonly SavedParameter[],
  exact: Matched,
  fits: Fits,
): void {
  const taken = new Set(exact.values());
  const isLeft = (parameter: SavedParameter): boolean => !taken.has(parameter);
  for (const variable of variables) {
    const layer = withoutLayerNumber(variable.name);
    if (exact.has(variable) || layer === variable.name) continue;
    const kin = saved.filter(({ name }) => withoutLayerNumber(name) === layer);
    if (kin.some(isLeft) && !kin.every(isLeft) && kin.filter(isLeft).every((one) => fits(variable, one)))
      throw new RangeError(
        `${owner}: it cannot be told which of the saved ${list(kin)} belongs to ${show(variable.name)}; give the layers names`,
      );
  }
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
