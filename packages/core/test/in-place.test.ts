// SPDX-License-Identifier: Apache-2.0
// Whoever holds the data of a variable keeps what was there before the step, however the step is run.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Heavy } from './rules.js';

// 37 elements: whole vectors, and a rest.
const before = Array.from({ length: 37 }, (_, i) => i / 8);
const after = before.map((x) => x - 0.5);

function step(optimizer: tf.Optimizer, variable: tf.Variable): void {
  const gradient = tf.ones(variable.shape);
  optimizer.applyGradients({ [variable.name]: gradient });
  gradient.dispose();
}

const valuesOf = async (tensor: tf.Tensor): Promise<number[]> => [...(await tensor.data())];

/** A variable nobody else holds the data of, after a step, so that the next one may write in place. */
function owned(optimizer: tf.Optimizer): tf.Variable {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d(before.map((x) => x + 0.5))));
  step(optimizer, variable);
  return variable;
}

describe('what was taken of a variable before a step keeps its values', () => {
  it.each<[string, (variable: tf.Variable) => tf.Tensor]>([
    ['a clone', (variable) => tf.clone(variable)],
    ['a reshape', (variable) => tf.reshape(variable, [37, 1])],
    ['an alias kept in a tidy', (variable) => tf.tidy(() => tf.keep(tf.reshape(variable, [1, 37])))],
    ['another variable', (variable) => tf.variable(variable, false)],
  ])('%s', async (_, take) => {
    const optimizer = new Heavy({ momentum: 0 });
    const variable = owned(optimizer);
    const taken = take(variable);
    step(optimizer, variable);
    expect(await valuesOf(taken)).toEqual(before);
    expect(await valuesOf(variable)).toEqual(after);
    tf.dispose([taken, variable]);
    optimizer.dispose();
  });

  it('the tensor it was made of, never disposed', async () => {
    const optimizer = new Heavy({ momentum: 0 });
    const first = tf.tensor1d(before);
    const variable = tf.variable(first);
    step(optimizer, variable);
    expect(await valuesOf(first)).toEqual(before);
    expect(await valuesOf(variable)).toEqual(after);
    tf.dispose([first, variable]);
    optimizer.dispose();
  });

  it('data read from it', async () => {
    const optimizer = new Heavy({ momentum: 0 });
    const variable = owned(optimizer);
    const read = await variable.data();
    step(optimizer, variable);
    expect([...read]).toEqual(before);
    expect(await valuesOf(variable)).toEqual(after);
    tf.dispose(variable);
    optimizer.dispose();
  });

  it('a tensor saved by a gradient that is being recorded', async () => {
    const optimizer = new Heavy({ momentum: 0 });
    const variable = owned(optimizer);
    const x = tf.ones([37]);
    // d(x·v)/dx = v, as it was when the product was taken
    const gradient = tf.grad((given: tf.Tensor) => {
      const product = tf.mul(given, variable);
      step(optimizer, variable);
      return product;
    })(x);
    expect(await valuesOf(gradient)).toEqual(before);
    expect(await valuesOf(variable)).toEqual(after);
    tf.dispose([x, gradient, variable]);
    optimizer.dispose();
  });
});
