// SPDX-License-Identifier: Apache-2.0
// What is read off a class by making one of it: what it needs, and how much state it keeps.

import { Wrapper } from '@optim/wrapper';
import type { StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients

/** A class of optimizers, or of wrappers. */
export interface OptimizerClass {
  new (...parameters: unknown[]): {
    minimize(f: () => tf.Scalar, returnCost: boolean, varList: tf.Variable[]): unknown;
    stateDict(): Promise<StateDict>;
    dispose(): void;
  };
  readonly prototype: object;
  readonly needs?: readonly string[];
  readonly options: Readonly<Record<string, object>>;
}

/** Whether it goes around another optimizer. */
export function wraps(Class: OptimizerClass): boolean {
  return Class.prototype instanceof Wrapper;
}

/** Names of a class and of those it extends. */
function* ancestry(Class: OptimizerClass): Generator<string> {
  for (
    let at: unknown = Class;
    typeof at === 'function' && at.name !== '';
    at = Object.getPrototypeOf(at) as unknown
  ) {
    yield at.name;
  }
}

/** What a step takes besides gradients, as the class and the methods it has say. */
export function needsOf(Class: OptimizerClass): string[] {
  return [
    ...(Class.needs ?? []),
    ...([...ancestry(Class)].includes('DiagonalHessian') ? ['hessian'] : []),
    ...('sampleFrom' in Class.prototype ? ['samples'] : []),
  ];
}

/** What an option without a default is given. */
const required = 1000;

const elements = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Numbers of state per parameter after one step on a [32, 32] parameter, with default options; of a wrapper its own. */
export async function measure(Class: OptimizerClass, takesResiduals: boolean): Promise<number> {
  tf.env().set('PROD', true); // no banner
  await tf.setBackend('cpu');
  const rows = Object.entries(Class.options).filter(([, row]) => !('default' in row));
  const options = Object.fromEntries(rows.map(([name]) => [name, required]));
  const optimizer = wraps(Class) ? new Class(tf.train.sgd(0.1), options) : new Class(options);
  const kernel = tf.tidy(() => tf.variable(tf.fill([32, 32], 0.5), true, 'kernel'));
  try {
    optimizer.minimize(() => tf.sum(tf.square(kernel), takesResiduals ? [0] : [0, 1]), false, [kernel]);
    const { parameters } = await optimizer.stateDict();
    const slots = parameters.flatMap((parameter) => Object.values(parameter.slots));
    return slots.reduce((sum, { shape }) => sum + elements(shape), 0) / kernel.size;
  } finally {
    optimizer.dispose();
    kernel.dispose();
  }
}
