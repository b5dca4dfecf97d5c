// SPDX-License-Identifier: Apache-2.0
// One contestant's run, under the schedule that all of them have.

import { cosineWithWarmup } from '@optim/schedules';
import type { Digits } from '../digits/digits.js';
import { stepsPerEpoch, trainNetwork, type Outcome, type Training } from '../digits/training.js';
import { contestants } from './contestants.js';

/** Result of a run. */
export interface Result extends Outcome {
  readonly name: string;
  readonly peak: number;
}

/** Trains a fresh network; reports the loss of every step. */
export async function train(
  name: string,
  digits: { readonly train: Digits; readonly test: Digits },
  training: Training,
  onStep: (step: number, loss: number) => void,
): Promise<Result> {
  const { peak, make } = contestants[name]!;
  const totalSteps = training.epochs * stepsPerEpoch(digits.train, training);
  const learningRate = cosineWithWarmup({
    initialLearningRate: peak / 100,
    maxLearningRate: peak,
    minLearningRate: peak / 100,
    warmupSteps: Math.floor(totalSteps / 10),
    totalSteps,
  });
  const { optimizer, callbacks = [] } = make(learningRate);
  const outcome = await trainNetwork(optimizer, digits, training, { callbacks, onStep });
  optimizer.dispose();
  return { name, peak, ...outcome };
}
