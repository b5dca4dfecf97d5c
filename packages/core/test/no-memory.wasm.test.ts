// SPDX-License-Identifier: Apache-2.0
// A step for which the wasm backend has no memory left is an error that changes nothing; address 0 is the backend's own.

import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Lion } from '@optim/lion';
import { Lamb } from '@optim/lamb';

const backend = (): { wasm: { _malloc(bytes: number): number } } => tf.backend() as never;

it.each([
  ['Lion', () => new Lion()],
  ['Lamb', () => new Lamb()],
])('%s', async (_, make) => {
  const v = tf.tidy(() => tf.variable(tf.ones([300, 40])));
  const gradient = tf.ones([300, 40]);
  const optimizer = make();
  optimizer.applyGradients({ [v.name]: gradient });
  // Read, so that nothing is written in place.
  const held = tf.variable(v, false);
  const before = [v.dataSync().slice(), await optimizer.stateDict()];
  const { wasm } = backend();
  const { _malloc: malloc } = wasm;
  wasm._malloc = () => 0;
  try {
    expect(() => optimizer.applyGradients({ [v.name]: gradient })).toThrow('wasm: out of memory');
  } finally {
    wasm._malloc = malloc;
  }
  expect([v.dataSync().slice(), await optimizer.stateDict()]).toEqual(before);
  optimizer.applyGradients({ [v.name]: gradient });
  expect(optimizer.iterations).toBe(2);
  optimizer.dispose();
  tf.dispose([v, gradient, held]);
});
