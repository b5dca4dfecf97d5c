// SPDX-License-Identifier: Apache-2.0
// One optimizer and the network that it trains: 784 pixels, 64 hidden units, 10 digits.

import * as tf from '@tensorflow/tfjs-core';
import { isAsynchronous } from '../backend.js';
import { pixels } from './digits.js';

/** A batch of images with their labels, one-hot. */
export interface Batch {
  readonly images: tf.Tensor2D;
  readonly labels: tf.Tensor2D;
}

const hidden = 64;

export class Runner {
  /** Training losses by step. */
  readonly losses: number[] = [];
  /** Time of one update in nanoseconds a parameter, the median of the last ones. */
  nanoseconds = Number.NaN;
  /** What the backend runs for one update. */
  kernels = 0;
  accuracy = Number.NaN;
  readonly #optimizer: tf.Optimizer;
  readonly #variables: tf.Variable[];
  readonly #times: number[] = [];

  /** @param make - a new optimizer; the weights are the same for all */
  constructor(make: () => tf.Optimizer) {
    this.#optimizer = make();
    const weights = (shape: [number, number], seed: number): tf.Variable =>
      tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / shape[0]), 'float32', seed)));
    const zeros = (length: number): tf.Variable => tf.tidy(() => tf.variable(tf.zeros([length])));
    this.#variables = [weights([pixels, hidden], 1), zeros(hidden), weights([hidden, 10], 2), zeros(10)];
  }

  get parameters(): number {
    return this.#variables.reduce((sum, { size }) => sum + size, 0);
  }

  #logits(images: tf.Tensor2D): tf.Tensor2D {
    const [w1, b1, w2, b2] = this.#variables as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D] &
      tf.Variable[];
    return tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(images, w1), b1)), w2), b2);
  }

  /** One step. Where the backend answers late, only some updates are timed: that has to wait for it. */
  async step({ images, labels }: Batch): Promise<void> {
    const { value, grads } = tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(labels, this.#logits(images)) as tf.Scalar,
      this.#variables,
    );
    const late = isAsynchronous(tf.getBackend());
    const isTimed = !late || this.losses.length % 10 === 5;
    if (late && isTimed) await this.#settled(Object.values(grads).at(-1)!);
    const start = performance.now();
    if (this.losses.length === 2) await this.#count(grads);
    else this.#optimizer.applyGradients(grads);
    if (late && isTimed) await this.#settled(this.#variables.at(-1)!);
    if (isTimed && this.losses.length > 2) this.#time(performance.now() - start);
    tf.dispose(grads);
    this.losses.push((await value.data())[0]!);
    value.dispose();
  }

  async #count(grads: tf.NamedTensorMap): Promise<void> {
    const { kernels } = await tf.profile(() => {
      this.#optimizer.applyGradients(grads);
      return [];
    });
    this.kernels = kernels.length;
  }

  #time(milliseconds: number): void {
    this.#times.push(milliseconds);
    if (this.#times.length > 25) this.#times.shift();
    const sorted = [...this.#times].sort((a, b) => a - b);
    this.nanoseconds = (1e6 * sorted[sorted.length >> 1]!) / this.parameters;
  }

  /** Until the device has done what gives a tensor. */
  async #settled(tensor: tf.Tensor): Promise<void> {
    const one = tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), [0], [1]));
    await one.data();
    one.dispose();
  }

  /** What it takes images for; also gives the accuracy. */
  async guess(images: tf.Tensor2D, labels: Uint8Array): Promise<Uint8Array> {
    const best = tf.tidy(() => tf.argMax(this.#logits(images), 1));
    const guesses = Uint8Array.from(await best.data());
    best.dispose();
    const right = guesses.filter((digit, i) => digit === labels[i]).length;
    this.accuracy = right / labels.length;
    return guesses;
  }

  dispose(): void {
    this.#optimizer.dispose();
    tf.dispose(this.#variables);
  }
}
