// SPDX-License-Identifier: Apache-2.0
// What a row of the tables says, and what rows are written with.

import type { Hook } from '@optim/core';
import type { Algorithm, algorithms, Seen, Values } from './algorithms.js';

/** The variables that are trained. */
export const shapes: Readonly<Record<string, number[]>> = {
  bias: [3],
  kernel: [4, 3],
  filter: [2, 2, 3, 2],
};

/** What is known of the step that the rule makes. */
export interface Moved {
  readonly seen: Seen;
  /** The parameters before the rule. */
  readonly start: Values;
  /** The learning rate in force for a parameter. */
  readonly rate: (name: string) => number;
}

/** A hook, and what it makes: of gradients, of parameters before the step, of the step itself. */
export interface Row {
  readonly hook: () => Hook;
  /** The algorithms to try it with: those on which it can be seen, from every family. */
  readonly with: readonly (keyof typeof algorithms)[];
  readonly gradients?: (seen: Seen) => Values;
  readonly parameters?: (seen: Seen, algorithm: Algorithm) => Values;
  readonly steps?: (u: Values, moved: Moved) => Values;
  /** Globals of the hook after the step. */
  readonly globals?: (seen: Seen, algorithm: Algorithm) => Readonly<Record<string, number>>;
  /** False for a hook that acts on none of the variables of a dense network. */
  readonly trains?: false;
  /** Number of a step whose gradients are not finite, and which changes nothing. */
  readonly skips?: number;
}

/** Sum, Euclidean norm and mean of a list. */
export const sum = (x: readonly number[]): number => x.reduce((total, e) => total + e, 0);
export const norm = (x: readonly number[]): number => Math.hypot(...x);
export const mean = (x: readonly number[]): number => sum(x) / x.length;

/** The values with some tensors changed. */
export function changed(
  values: Values,
  change: (x: readonly number[], name: string) => readonly number[],
): Values {
  return Object.fromEntries(Object.entries(values).map(([name, x]) => [name, change(x, name)]));
}

/** For every element something of its unit: of all with the same index on the last axis, or of a whole vector. */
export function ofUnits(
  name: string,
  x: readonly number[],
  of: (unit: readonly number[]) => number,
): number[] {
  const shape = shapes[name]!;
  const units = shape.length < 2 ? 1 : shape.at(-1)!;
  return x.map((_, i) => of(x.filter((_, j) => j % units === i % units)));
}

/** Elements of every variable between −1 and 1, none near 0, that look random. */
export function noise(seed: number): Values {
  const tensors = Object.entries(shapes).map(([name, shape], k) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const elements = Array.from({ length: size }, (_, i) => {
      const x = Math.sin(12.9898 * (i + 1) + 78.233 * (seed + 1) + 37.719 * k);
      return Math.fround(Math.sign(x) * (0.1 + 0.9 * Math.abs(x)));
    });
    return [name, elements] as const;
  });
  return Object.fromEntries(tensors);
}

/** The gradients of step `t`, from 1. */
export function gradientsAt(t: number, { skips }: Row): Values {
  const g = noise(t);
  return t === skips ? { ...g, kernel: g['kernel']!.map((e, i) => (i === 5 ? Infinity : e)) } : g;
}
