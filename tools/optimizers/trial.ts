// SPDX-License-Identifier: Apache-2.0
// Every class trained once, as its specification suggests for a first try.

import type { BaseOptimizer, StateDict } from '@optim/core';
import type { Trials } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Digits } from '../digits/digits.js';
import { stepsPerEpoch, trainNetwork, type Outcome } from '../digits/training.js';
import { setting } from './setting.js';

/** Result of a class. */
export interface Trial extends Outcome {
  /** Bytes of state that the optimizer keeps, by parameter trained. */
  readonly stateBytes: number;
}

/** Accuracy that every class must reach. */
export const threshold = 0.85;

/** Evaluates the loss and its gradients, and does not step. */
class Idle extends tf.SGDOptimizer {
  override applyGradients(): void {}
}

/** Kernels of a step that leaves the variables alone. */
export async function kernelsOfEvaluation(digits: { readonly test: Digits }): Promise<number> {
  const idle = new Idle(0);
  const evaluation = await trainNetwork(
    idle,
    { train: digits.test, test: digits.test },
    { ...setting.training, epochs: 1 },
  );
  idle.dispose();
  return evaluation.kernels;
}

/** Trains with one class. */
export async function attempt(
  make: Trials[string],
  digits: { readonly train: Digits; readonly test: Digits },
): Promise<Trial> {
  const { training } = setting;
  const optimizer = make(training.epochs * stepsPerEpoch(digits.train, training));
  let bytes = Number.NaN;
  // While the model is there: an optimizer forgets variables that are gone.
  const onTrainEnd = async (): Promise<void> => {
    bytes = stateBytes(await (optimizer as BaseOptimizer).stateDict());
  };
  // One that draws labels from the model is told which.
  const onModel = (model: object): void =>
    (optimizer as { sampleFrom?: (model: object) => void }).sampleFrom?.(model);
  const outcome = await trainNetwork(optimizer, digits, training, { callbacks: [{ onTrainEnd }], onModel });
  optimizer.dispose();
  return { ...outcome, stateBytes: bytes };
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

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
