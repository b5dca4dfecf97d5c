// SPDX-License-Identifier: Apache-2.0
// Every class trained once, as its specification suggests for a first try.

import type { BaseOptimizer, StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Digits } from '../mnist/data.js';
import { stepsPerEpoch, trainNetwork, type Outcome } from '../mnist/training.js';
import { zoo } from '../zoo/index.js';

/** What a class came to. */
export interface Trial extends Outcome {
  readonly name: string;
  /** Bytes of state that the optimizer keeps, by parameter trained. */
  readonly stateBytes: number;
  /** Kernels of a step beyond those of one evaluation of the loss and its gradients. */
  readonly ownKernels: number;
}

/** Accuracy that every class must reach. */
export const threshold = 0.85;

/** The digits and epochs of a trial. */
export const setting = {
  counts: { train: 4000, test: 1000 },
  training: { epochs: 10, batchSize: 64, seed: 1 },
} as const;

/** Evaluates the loss and its gradients, and leaves it at that. */
class Idle extends tf.SGDOptimizer {
  override applyGradients(): void {}
}

/** Trains with the classes named, one after the other. */
export async function trials(
  names: readonly string[],
  digits: { readonly train: Digits; readonly test: Digits },
): Promise<Trial[]> {
  const idle = new Idle(0);
  const evaluation = await trainNetwork(
    idle,
    { train: digits.test, test: digits.test },
    { ...setting.training, epochs: 1 },
  );
  idle.dispose();
  const results: Trial[] = [];
  for (const name of names) {
    const attempted = await attempt(name, digits);
    results.push({ ...attempted, ownKernels: attempted.kernels - evaluation.kernels });
  }
  return results;
}

/** Trains with one class. */
export async function attempt(
  name: string,
  digits: { readonly train: Digits; readonly test: Digits },
): Promise<Omit<Trial, 'ownKernels'>> {
  const { training } = setting;
  const optimizer = zoo[name]!(training.epochs * stepsPerEpoch(digits.train, training));
  let bytes = Number.NaN;
  // While the model is there: an optimizer forgets variables that are gone.
  const onTrainEnd = async (): Promise<void> => {
    bytes = stateBytes(await (optimizer as BaseOptimizer).stateDict());
  };
  const outcome = await trainNetwork(optimizer, digits, training, { callbacks: [{ onTrainEnd }] });
  optimizer.dispose();
  return { name, ...outcome, stateBytes: bytes };
}

const elements = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Bytes of the slots, of a wrapper and of what is in it, per element of the parameters. */
function stateBytes(state: StateDict): number {
  const parameters = (state.base as StateDict | undefined)?.parameters ?? state.parameters;
  const trained = parameters.reduce((sum, { shape }) => sum + elements(shape!), 0);
  return slotBytes(state) / trained;
}

function slotBytes({ parameters, base }: StateDict): number {
  const slots = parameters.flatMap((parameter) => Object.values(parameter.slots));
  const own = slots.reduce((sum, { shape }) => sum + 4 * elements(shape), 0);
  return own + (base ? slotBytes(base as StateDict) : 0);
}
