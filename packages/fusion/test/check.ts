// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Kernel } from '../src/index.js';
import { mismatches } from './interpreter.js';
import type { Precision } from './precision.js';
import type { Sample } from './programs.js';

/** Runs a kernel on a sample: results as precise as stated, shapes right, inputs untouched, nothing leaked. */
export async function checkKernel(kernel: Kernel, sample: Sample, precision: Precision): Promise<void> {
  const { program, inputs, shapes, scalars } = sample;
  const before = tf.memory().numTensors;
  const tensors = inputs.map((elements, i) => tf.tensor(elements, [...shapes[i]!], 'float32'));
  // With a second reference to its data, no input may be updated in place. (A clone copies, on wasm.)
  const aliases = tensors.map((tensor) => tf.reshape(tensor, tensor.shape));
  const outputs = kernel.run(tensors, scalars);
  tf.dispose(aliases);
  const made = tf.memory().numTensors - before;
  const actual = await Promise.all(outputs.map((output) => output.data()));
  const after = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose([tensors, outputs]);
  expect(made).toBe(tensors.length + outputs.length);
  expect(outputs.map(({ shape }) => shape)).toEqual(
    program.outputs.map(({ node }) => program.nodes[node]!.shape),
  );
  expect(mismatches(sample, actual, precision)).toEqual([]);
  expect(after.map((elements) => [...elements])).toEqual(inputs);
}
