// SPDX-License-Identifier: Apache-2.0

import { executorFor } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, it } from 'vitest';
import { describeExecution } from '../src/index.js';
import { Heavy, Normed } from './rules.js';

const backend = inject('backend');
const { name: executor } = executorFor(backend);
/** Two runs of three buffers bind no more than the eight that TensorFlow.js asks a device for. */
const sharing = backend === 'webgpu' ? { perDispatch: 2 } : {};
const fallback = executor === 'ops' ? { fallback: `backend ${backend} has no executor of its own` } : {};

function stepOnce(optimizer: tf.Optimizer, shapes: number[][]): tf.Variable[] {
  const variables = shapes.map((shape) => tf.tidy(() => tf.variable(tf.ones(shape))));
  const gradients = variables.map(({ name, shape }) => ({ name, tensor: tf.ones(shape) }));
  optimizer.applyGradients(gradients as never);
  tf.dispose(gradients);
  return variables;
}

it('counts parameters of one shape together, with operations and bytes', () => {
  const optimizer = new Heavy();
  expect(describeExecution(optimizer)).toEqual([]);
  const variables = stepOnce(optimizer, [[2, 3], [5], [2, 3]]);
  // m·μ + g, p − m·α; reads p, g, m, writes p, m
  const report = {
    optimizer: 'Heavy',
    phase: 'Heavy.update',
    executor,
    operations: 4,
    ...sharing,
    ...fallback,
  };
  expect(describeExecution(optimizer)).toEqual([
    { ...report, count: 2, bytesRead: 3 * 24, bytesWritten: 2 * 24 },
    { ...report, count: 1, bytesRead: 3 * 20, bytesWritten: 2 * 20 },
  ]);
  optimizer.dispose();
  tf.dispose(variables);
});

it('lists the rounds before the update', () => {
  const optimizer = new Normed();
  const variables = stepOnce(optimizer, [[4]]);
  expect(describeExecution(optimizer).map(({ phase, count }) => [phase, count])).toEqual([
    ['Normed.observe', 1],
    ['Normed.combine', 1],
    ['Normed.update', 1],
  ]);
  optimizer.dispose();
  tf.dispose(variables);
});

it('has nothing to say of an optimizer of TensorFlow.js', () => {
  const optimizer = tf.train.sgd(0.1);
  expect(describeExecution(optimizer)).toEqual([]);
  optimizer.dispose();
});

it('says that it is not given an optimizer', () => {
  expect(() => describeExecution(true as never)).toThrow(
    new TypeError('describeExecution: optimizer must be an optimizer, got true'),
  );
});
