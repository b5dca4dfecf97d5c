// SPDX-License-Identifier: Apache-2.0
// Random probes that depend on nothing but a seed and a count: no state, the same numbers on every backend, and after
// a training is resumed.

import { choice, integer, nullable, resolveOptions, type OptionTable } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { checkVariables } from './checks.js';
import { byName, type ByName } from './gradient.js';

/** What probes are made of. */
export interface ProbeOptions {
  /** `'rademacher'`: −1 or 1, each with probability ½, or `'normal'`: standard normal; default 'rademacher'. */
  distribution?: 'rademacher' | 'normal';
  /** A whole number: the same seed and step give the same probes; default another one in each call. */
  seed?: number;
  /** Which draw of the seed: the step of a training, for instance; an integer in [0, ∞), default 0. */
  step?: number;
}

/** Makes a hash of 32 bits of one. Each bit of the argument changes about half of those of the result. */
function mix(n: number): number {
  n = Math.imul(n ^ (n >>> 16), 0x85ebca6b);
  n = Math.imul(n ^ (n >>> 13), 0xc2b2ae35);
  return (n ^ (n >>> 16)) >>> 0;
}

/** 32 random bits for each count, by two rounds of `mix` with a key each. */
function generator(...keys: number[]): (count: number) => number {
  const keyed = (start: number): number =>
    keys.reduce((hash, key) => mix(hash ^ mix(key + 0x9e3779b9)), start);
  const [first, second] = [keyed(0x243f6a88), keyed(0x13198a2e)];
  return (count) => mix(mix(Math.imul(count, 0x9e3779b9) ^ first) + second);
}

/** −1 or 1, a bit of the generator each. */
function rademacher(size: number, bits: (count: number) => number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 32) {
    let word = bits(i / 32);
    const end = Math.min(i + 32, size);
    for (let j = i; j < end; j++, word >>>= 1) values[j] = (word & 1) * 2 - 1;
  }
  return values;
}

/** Standard normal numbers, two at a time (Box and Muller). */
function normal(size: number, bits: (count: number) => number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((bits(i) + 0.5) / 2 ** 32));
    const angle = (2 * Math.PI * bits(i + 1)) / 2 ** 32;
    values[i] = radius * Math.cos(angle);
    if (i + 1 < size) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

export const probeOptions: OptionTable<ProbeOptions> = {
  distribution: /* #__PURE__ */ choice(['rademacher', 'normal']),
  seed: /* #__PURE__ */ nullable(/* #__PURE__ */ integer('[0, 9007199254740991]')),
  step: /* #__PURE__ */ integer('[0, 9007199254740991]', 0),
};

/** A way to draw probes for variables: the n-th of a draw, from 0. */
export function prober(
  caller: string,
  variables: readonly tf.Variable[],
  options: Required<ProbeOptions>,
): (n: number) => ByName {
  checkVariables(caller, variables);
  const { distribution, step } = options;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const draw = distribution === 'normal' ? normal : rademacher;
  return (n) =>
    byName(variables, ({ size, shape }, i) =>
      tf.tensor(draw(size, generator(seed, Math.floor(seed / 2 ** 32), step, n, i)), shape),
    );
}

/**
 * A random vector with a part for each variable, of independent elements with mean 0 and variance 1. A variable's part depends
 * on its place among the variables and not on its name, which differs from page to page.
 *
 * @param variables - whose shapes and names it has
 * @returns the parts, by name, to be disposed by the caller
 * @throws RangeError if an option is out of range
 */
export function randomProbe(variables: readonly tf.Variable[], options: ProbeOptions = {}): ByName {
  return prober('randomProbe', variables, resolveOptions('randomProbe', probeOptions, options))(0);
}
