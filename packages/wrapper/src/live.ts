// SPDX-License-Identifier: Apache-2.0
// Options and state of any optimizer, of ours or of TensorFlow.js, while it trains.

import { BaseOptimizer } from '@optim/contract';
import { assignRate } from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';
import { setRate } from './learning-rate.js';

type Options = Readonly<Record<string, unknown>>;

/** One of ours that knows names besides those of its class: those inside a wrapper. */
interface Named {
  optionNames?(): readonly string[];
}

/** The options that an optimizer has by name; of one of TensorFlow.js, what can be set there between steps. */
export function optionNames(optimizer: tf.Optimizer): readonly string[] {
  if (!(optimizer instanceof BaseOptimizer)) return 'learningRate' in optimizer ? ['learningRate'] : [];
  const { options } = optimizer.constructor as unknown as { readonly options: object };
  return (optimizer as Named).optionNames?.() ?? Object.keys(options);
}

/** Whether an optimizer, or what is inside, has an option. */
export function hasOption(optimizer: tf.Optimizer, name: string): boolean {
  return optionNames(optimizer).includes(name);
}

/** Sets those options that an optimizer has: all of them, or when it throws none. */
export function setOptions(owner: string, optimizer: tf.Optimizer, options: Options): void {
  const known = Object.entries(options).filter(([name]) => hasOption(optimizer, name));
  if (known.length === 0) return;
  if (optimizer instanceof BaseOptimizer) optimizer.set(Object.fromEntries(known));
  else setRate(owner, optimizer, options['learningRate'] as number);
}

/** The options of an optimizer's next step for a variable. */
export function inForceOf(optimizer: tf.Optimizer, variable: tf.Variable | null): Options {
  if (optimizer instanceof BaseOptimizer) return optimizer.inForce(variable) as Options;
  const { learningRate } = optimizer as unknown as { readonly learningRate?: number };
  return learningRate === undefined ? {} : { learningRate };
}

/** What brings the options of an optimizer to what they are now. */
export function keptOptions(optimizer: tf.Optimizer): () => void {
  if (optimizer instanceof BaseOptimizer) return optimizer.keepOptions();
  const { learningRate } = optimizer as unknown as { readonly learningRate?: number };
  return () => {
    if (learningRate !== undefined) assignRate(optimizer, learningRate);
  };
}

/** Checks that an optimizer can forget its state, and gives back what lets it. */
export function resetting(owner: string, optimizer: tf.Optimizer, keepStep: boolean): () => void {
  return optimizer instanceof BaseOptimizer
    ? optimizer.resetting(keepStep)
    : resettingForeign(owner, optimizer);
}

/** One of TensorFlow.js has no way to forget: it is given the fields of a new one of its configuration. */
function resettingForeign(owner: string, optimizer: tf.Optimizer): () => void {
  const Class = optimizer.constructor as tf.serialization.SerializableConstructor<tf.Optimizer>;
  if (typeof Class.fromConfig !== 'function')
    throw new TypeError(`${owner}: ${optimizer.getClassName()} has no fromConfig, by which to reset it`);
  const config = optimizer.getConfig();
  return () => {
    const fresh = Class.fromConfig(Class, config);
    const fields = optimizer as unknown as Record<string, unknown>;
    optimizer.dispose();
    for (const name of Object.keys(fields)) {
      const value = fields[name];
      // Momentum does not free what the class above it made.
      if (value instanceof tf.Tensor && !value.isDisposed) value.dispose();
      if (!(name in fresh)) delete fields[name];
    }
    Object.assign(fields, fresh);
  };
}
