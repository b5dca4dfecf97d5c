// SPDX-License-Identifier: Apache-2.0
// Several optimizers, a step each in turn, all on the same batches.

import * as tf from '@tensorflow/tfjs-core';
import { nextFrame } from '../dom.js';
import { totalSteps } from './contestants.js';
import { pixels, type Digits } from './digits.js';
import { Runner, type Batch } from './runner.js';

const batchSize = 64;

/** Digits at the end, which none trains with. */
export const tests = 500;

export interface RaceEvents {
  onStep(step: number): void;
  /** At most once a frame. */
  onNumbers(runners: readonly Runner[]): void;
  /** What the first one takes the test digits for. */
  onGuesses(guesses: Uint8Array): void;
}

export class Race {
  isPaused = false;
  #isStopped = false;

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** It ends before its next step. */
  stop(): void {
    this.#isStopped = true;
  }

  /** To its end, or until it is stopped. */
  async run(
    makers: readonly (() => tf.Optimizer)[],
    digits: Digits,
    { onStep, onNumbers, onGuesses }: RaceEvents,
  ): Promise<void> {
    const runners = makers.map((make) => new Runner(make));
    const test = batchOf(digits, digits.count - tests, tests);
    const perEpoch = Math.floor((digits.count - tests) / batchSize);
    let drawn = 0;
    for (let step = 1; step <= totalSteps && !this.#isStopped; step++) {
      const batch = batchOf(digits, ((step - 1) % perEpoch) * batchSize, batchSize);
      for (const runner of runners) await runner.step(batch);
      tf.dispose([batch.images, batch.labels]);
      if (step % 20 === 10 || step === totalSteps) onGuesses(await guessesOf(runners, test, digits));
      onStep(step);
      if (performance.now() - drawn > 60 || step === totalSteps) {
        onNumbers(runners);
        await nextFrame();
        drawn = performance.now();
      }
      while (this.isPaused && !this.#isStopped) await nextFrame();
    }
    for (const runner of runners) runner.dispose();
    tf.dispose([test.images, test.labels]);
  }
}

function batchOf({ images, labels }: Digits, from: number, count: number): Batch {
  const classes = [...labels.subarray(from, from + count)];
  return {
    images: tf.tensor2d(images.subarray(from * pixels, (from + count) * pixels), [count, pixels]),
    labels: tf.tidy(() => tf.oneHot(tf.tensor1d(classes, 'int32'), 10)) as tf.Tensor2D,
  };
}

async function guessesOf(runners: readonly Runner[], test: Batch, { labels }: Digits): Promise<Uint8Array> {
  const all = runners.map((runner) => runner.guess(test.images, labels.subarray(-tests)));
  return (await Promise.all(all))[0]!;
}
