// SPDX-License-Identifier: Apache-2.0
// Functions of two numbers, written once: for a point with its gradient, and for a whole picture.

import * as tf from '@tensorflow/tfjs-core';

export interface Problem {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  /** In plain words, for those who do not see the picture. */
  readonly formula: string;
  /** Smallest and largest x, smallest and largest y. */
  readonly box: readonly [number, number, number, number];
  readonly start: readonly [number, number];
  /** Where it is smallest. */
  readonly minima: readonly (readonly [number, number])[];
  /** Standard deviation of what is added to each gradient. */
  readonly noise?: number;
  value(x: tf.Tensor, y: tf.Tensor): tf.Tensor;
}

/** All are scaled so that a gradient has about the length 1 where one begins. */
export const problems: readonly Problem[] = [
  {
    name: 'rosenbrock',
    title: 'Rosenbrock’s valley',
    text: 'A curved valley that is easy to reach and slow to follow.',
    formula: '((1 − x)² + 100(y − x²)²)/100',
    box: [-2, 2, -0.75, 2.25],
    start: [-1.5, 1.9],
    minima: [[1, 1]],
    value: (x, y) => tf.add(tf.mul(tf.square(tf.sub(1, x)), 0.01), tf.square(tf.sub(y, tf.square(x)))),
  },
  {
    name: 'rastrigin',
    title: 'Rastrigin’s egg box',
    text: 'Many hollows around one that is deepest: momentum may carry over the rims.',
    formula: '(20 + x² − 10 cos 2πx + y² − 10 cos 2πy)/60',
    box: [-3.2, 3.2, -2.4, 2.4],
    start: [-2.3, 1.7],
    minima: [[0, 0]],
    value: (x, y) => {
      const one = (z: tf.Tensor): tf.Tensor =>
        tf.sub(tf.square(z), tf.mul(tf.cos(tf.mul(z, 2 * Math.PI)), 10));
      return tf.div(tf.add(tf.add(one(x), one(y)), 20), 60);
    },
  },
  {
    name: 'ravine',
    title: 'Ravine',
    text: 'A bowl a hundred times steeper across than along, and turned: what Adam scales element by element no longer helps.',
    formula: '(u² + 100v²)/40, with u and v the axes turned by 30°',
    box: [-4, 4, -3, 3],
    start: [-3, -0.4],
    minima: [[0, 0]],
    value: (x, y) => {
      const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
      const u = tf.add(tf.mul(x, c), tf.mul(y, s));
      const v = tf.sub(tf.mul(y, c), tf.mul(x, s));
      return tf.div(tf.add(tf.square(u), tf.mul(tf.square(v), 100)), 40);
    },
  },
  {
    name: 'saddle',
    title: 'Saddle',
    text: 'A ridge that looks like a minimum along one axis: who leaves it first?',
    formula: 'x²/2 − y²/2 + y⁴/8',
    box: [-3.2, 3.2, -2.4, 2.4],
    start: [-2.6, 0.02],
    minima: [
      [0, Math.SQRT2],
      [0, -Math.SQRT2],
    ],
    value: (x, y) => {
      const square = tf.square(y);
      return tf.add(tf.div(tf.sub(tf.square(x), square), 2), tf.div(tf.square(square), 8));
    },
  },
  {
    name: 'noisy-bowl',
    title: 'Noisy bowl',
    text: 'A round bowl whose gradients are as noisy as those of small batches: who settles?',
    formula: '(x² + y²)/4, with noise added to each gradient',
    box: [-4, 4, -3, 3],
    start: [-3.2, 2.2],
    minima: [[0, 0]],
    noise: 1.2,
    value: (x, y) => tf.div(tf.add(tf.square(x), tf.square(y)), 4),
  },
];

export function problemOf(name: string | null): Problem {
  return problems.find((problem) => problem.name === name) ?? problems[0]!;
}

/** Values in rows from the top left, `width` by `height` of them. */
export function valuesOf(
  { box: [left, right, bottom, top], value }: Problem,
  width: number,
  height: number,
): Float32Array {
  return tf.tidy(() => {
    const x = tf.reshape(tf.linspace(left, right, width), [1, width]);
    const y = tf.reshape(tf.linspace(top, bottom, height), [height, 1]);
    return tf.broadcastTo(value(x, y), [height, width]).dataSync() as Float32Array;
  });
}

/** The distance to the nearest minimum. */
export function distanceOf({ minima }: Problem, [x, y]: readonly [number, number]): number {
  return Math.min(...minima.map(([a, b]) => Math.hypot(x - a, y - b)));
}
