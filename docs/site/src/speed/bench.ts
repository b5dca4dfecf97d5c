// SPDX-License-Identifier: Apache-2.0
// Measures optimizers on the visitor's machine: bursts of steps in turn, so that a slow moment hits all of them.

import { executorFor, opsExecutor, registerExecutor } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { median, stepOf } from '../../../../tools/bench/measure.js';
import { nextFrame } from '../dom.js';

/** What is measured. */
export interface Subject {
  readonly name: string;
  readonly make: () => tf.Optimizer;
  /** With plain ops in place of our kernels. */
  readonly withOps?: boolean;
}

/** What was measured so far. */
export interface Row {
  readonly name: string;
  /** By parameter; the median of the bursts. */
  readonly nanoseconds: number;
  /** How many times as fast as the first subject: the median of the ratios of bursts one after the other. */
  readonly timesFaster: number;
  /** Kernels of a step, for all parameters. */
  readonly kernels: number;
}

const rounds = 12;
/** Milliseconds of a burst: long beside what browsers round clocks to. */
const burst = 30;

class Contestant {
  /** Nanoseconds a parameter, of each burst. */
  readonly times: number[] = [];
  kernels = 0;
  #steps = 1;
  readonly #optimizer: tf.Optimizer;
  readonly #variables: tf.Variable[];
  readonly #gradients: { name: string; tensor: tf.Tensor }[];
  readonly #loss = tf.scalar(1);
  readonly #step: () => void;

  constructor(
    readonly subject: Subject,
    private readonly shapes: readonly (readonly number[])[],
  ) {
    this.#optimizer = subject.make();
    this.#variables = shapes.map((shape) =>
      tf.tidy(() => tf.variable(tf.randomNormal([...shape], 0, 0.1, 'float32', 1))),
    );
    this.#gradients = this.#variables.map(({ name, shape }) => ({
      name,
      tensor: tf.randomNormal(shape, 0, 1, 'float32', 2),
    }));
    const backend = tf.getBackend();
    const usual = executorFor(backend);
    if (subject.withOps) registerExecutor(backend, opsExecutor);
    const step = stepOf(this.#optimizer, this.#variables, this.#gradients, this.#loss);
    registerExecutor(backend, usual);
    this.#step = () => {
      // A kernel is compiled when a step first needs it, which may be later than in the first one.
      if (subject.withOps) registerExecutor(backend, opsExecutor);
      step();
      if (subject.withOps) registerExecutor(backend, usual);
    };
  }

  /** Steps until they take a burst, and counts kernels. */
  async warmUp(): Promise<void> {
    await this.run();
    const { kernels } = await tf.profile(() => (this.#step(), []));
    this.kernels = kernels.length;
    await this.run();
    const once = this.times.pop()! * this.#parameters * 1e-6;
    this.#steps = Math.min(500, Math.max(1, Math.round(burst / once)));
    this.times.length = 0;
  }

  get #parameters(): number {
    return this.shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  }

  /** One burst. On a graphics processor, it ends when a number has come back: that is the only way to know. */
  async run(): Promise<void> {
    const start = performance.now();
    for (let i = 0; i < this.#steps; i++) this.#step();
    if (tf.getBackend().startsWith('web')) {
      const one = tf.tidy(() => tf.slice(tf.reshape(this.#variables.at(-1)!, [-1]), [0], [1]));
      await one.data();
      one.dispose();
    }
    this.times.push((1e6 * (performance.now() - start)) / this.#steps / this.#parameters);
  }

  dispose(): void {
    this.#optimizer.dispose();
    tf.dispose([this.#variables, this.#gradients.map(({ tensor }) => tensor), this.#loss]);
  }
}

function rowsOf(contestants: readonly Contestant[]): Row[] {
  const reference = contestants[0]!.times;
  return contestants.map(({ subject: { name }, times, kernels }) => ({
    name,
    nanoseconds: median(times),
    timesFaster: median(times.map((time, i) => reference[i]! / time)),
    kernels,
  }));
}

/**
 * Measures on the backend in use; the first subject is what the others are compared with.
 *
 * @param onRound - called after every round with what is known; measuring ends when it gives `false`
 */
export async function measure(
  subjects: readonly Subject[],
  shapes: readonly (readonly number[])[],
  onRound: (rows: readonly Row[], done: number) => boolean,
): Promise<void> {
  const contestants: Contestant[] = [];
  try {
    for (const subject of subjects) {
      const contestant = new Contestant(subject, shapes);
      contestants.push(contestant);
      await contestant.warmUp();
      await nextFrame();
    }
    for (let round = 1; round <= rounds; round++) {
      for (const contestant of contestants) {
        await contestant.run();
        await nextFrame();
      }
      if (!onRound(rowsOf(contestants), round / rounds)) return;
    }
  } finally {
    for (const contestant of contestants) contestant.dispose();
  }
}
