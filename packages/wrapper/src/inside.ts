// SPDX-License-Identifier: Apache-2.0
// What is inside a wrapper: a base, or several optimizers, each one of ours or of TensorFlow.js.

import { BaseOptimizer } from '@optim/contract';
import { show } from '@optim/options';
import { captureForeign, checkForeign, foreignState, saveForeign } from '@optim/state';
import type { Checked, ForeignState, NamedWeight, Reading, ReadWeight, StateDict } from '@optim/state';
import type * as tf from '@tensorflow/tfjs-core';

type Inside = readonly tf.Optimizer[];

/** The states of all as they are now. */
export function captureInside(inside: Inside): Promise<(StateDict | ForeignState)[]> {
  const states = inside.map((optimizer) =>
    optimizer instanceof BaseOptimizer ? optimizer.capture() : saveForeign(optimizer),
  );
  return Promise.all(states);
}

/** What is checked for several optimizers, as one: all of it is taken over, or none. */
function checkedAll(inside: Inside, check: (optimizer: tf.Optimizer, i: number) => Checked): Checked {
  const parts: Checked[] = [];
  const drop = (): void => parts.forEach((part) => part.drop());
  try {
    inside.forEach((optimizer, i) => parts.push(check(optimizer, i)));
  } catch (error) {
    drop();
    throw error;
  }
  const commit = (): void | Promise<void> => {
    const pending = parts.map((part) => part.commit()).filter((promise) => promise !== undefined);
    return pending.length > 0 ? Promise.all(pending).then(() => undefined) : undefined;
  };
  return { commit, drop };
}

/** Checks a state for each, changing nothing. */
export function checkInside(inside: Inside, states: readonly unknown[], reading: Reading): Checked {
  return checkedAll(inside, (optimizer, i) =>
    optimizer instanceof BaseOptimizer
      ? optimizer.check(states[i], reading)
      : checkForeign(optimizer, states[i]),
  );
}

/** What the names of the weights of the i-th begin with. */
const prefixOf = (i: number): string => `base${i || ''}/`;

/** The weights of each, under the names they have there, and under those they have outside. */
export async function weightsInside(
  inside: Inside,
): Promise<{ readonly foreign: NamedWeight[]; readonly prefixed: NamedWeight[] }> {
  const pending = inside.map((optimizer) =>
    optimizer instanceof BaseOptimizer ? optimizer.getWeights() : captureForeign(optimizer),
  );
  const all = await Promise.all(pending);
  return {
    foreign: all.filter((_, i) => !(inside[i] instanceof BaseOptimizer)).flat(),
    prefixed: all.flatMap((weights, i) =>
      weights.map(({ name, tensor }) => ({ name: prefixOf(i) + name, tensor })),
    ),
  };
}

const isInside = (inside: Inside, name: string): boolean =>
  inside.some((_, i) => name.startsWith(prefixOf(i)));

/** Before a name of the wrapper's own that looks like one of those inside, as in a layer called "base". */
const ownPrefix = './';

/** The wrapper's own weights, under names that nobody takes for those inside. */
export function namedOutside(inside: Inside, weights: readonly NamedWeight[]): NamedWeight[] {
  return weights.map(({ name, tensor }) => {
    const isMistaken = isInside(inside, name) || name.startsWith(ownPrefix);
    return { name: isMistaken ? ownPrefix + name : name, tensor };
  });
}

/** The wrapper's own among all weights, under their names. */
export function weightsOutside(inside: Inside, weights: readonly ReadWeight[]): ReadWeight[] {
  return weights
    .filter(({ name }) => !isInside(inside, name))
    .map((weight) =>
      weight.name.startsWith(ownPrefix) ? { ...weight, name: weight.name.slice(ownPrefix.length) } : weight,
    );
}

/**
 * Checks weights for each, changing nothing.
 *
 * @param owner - the wrapper
 * @throws TypeError where those of any do not begin with its step count
 */
export function checkWeightsInside(
  owner: string,
  inside: Inside,
  weights: readonly ReadWeight[],
  reading: Reading,
): Checked {
  return checkedAll(inside, (optimizer, i) => {
    const prefix = prefixOf(i);
    const rest = weights
      .filter(({ name }) => name.startsWith(prefix))
      .map((weight) => ({ ...weight, name: weight.name.slice(prefix.length) }));
    if (rest[0]?.name !== 'iter')
      throw new TypeError(
        `${owner}: weights of the base must start with the scalar "iter", got ${show(rest[0]?.name)}`,
      );
    return optimizer instanceof BaseOptimizer
      ? optimizer.checkWeights(rest, reading)
      : checkForeign(optimizer, foreignState(optimizer.getClassName(), rest));
  });
}
