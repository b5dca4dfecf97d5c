// SPDX-License-Identifier: Apache-2.0
// TensorFlow.js' cpu backend in float64: its kernels make their arrays by the name Float32Array, which is another class for as
// long as a test runs. Gradients of stock TensorFlow.js, which are right in the first pass, can then be differentiated by
// quotients that are good to nine digits.

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { hessianVectorProduct, type ByName } from '../src/index.js';

/** Runs `fn` with numbers of float64. Everything it makes is disposed, models included. */
export function inFloat64(fn: () => void): void {
  const { platform } = tf.env();
  const own = { array: globalThis.Float32Array, isTypedArray: platform.isTypedArray };
  globalThis.Float32Array = Float64Array as unknown as Float32ArrayConstructor;
  platform.isTypedArray = (a): a is Float32Array =>
    a instanceof Float64Array || own.isTypedArray.call(platform, a);
  const before = new Set(Object.values(tf.engine().registeredVariables));
  try {
    tf.tidy(fn);
  } finally {
    globalThis.Float32Array = own.array;
    platform.isTypedArray = own.isTypedArray;
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      if (!before.has(variable)) variable.dispose();
    }
  }
}

/** Numbers between −1 and 1 that look random. */
export function numbers(size: number, seed: number): number[] {
  return Array.from({ length: size }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}

/** A tensor of them. */
export function filled(shape: number[], seed: number): tf.Tensor {
  return tf.tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );
}

/** Runs `fn` with the variables moved by `step` times v. */
function moved<T>(variables: readonly tf.Variable[], v: ByName, step: number, fn: () => T): T {
  const before = variables.map((variable) => tf.clone(variable));
  variables.forEach((variable, i) => variable.assign(tf.add(before[i]!, tf.mul(v[variable.name]!, step))));
  const result = fn();
  variables.forEach((variable, i) => variable.assign(before[i]!));
  return result;
}

function largest(tensors: ByName): number {
  return Math.max(...Object.values(tensors).map((tensor) => tf.max(tf.abs(tensor)).dataSync()[0]!));
}

const step = 1e-5;

/**
 * Asserts that the gradient is what difference quotients of the loss give, H·v what difference quotients of the gradient
 * give, and ⟨u, Hv⟩ = ⟨v, Hu⟩.
 *
 * The quotients have errors of about 1e-10 times the next but one derivative, and of 1e-16/1e-5 by rounding: 1e-7 of the
 * largest element is safe for both.
 *
 * @returns the largest element of the product, which a test may ask not to be 0
 */
export function expectExact(f: () => tf.Scalar, variables: readonly tf.Variable[], within = 1e-7): number {
  const vector = (seed: number): ByName =>
    Object.fromEntries(variables.map(({ name, shape }, i) => [name, filled(shape, seed + i)]));
  const dot = (a: ByName, b: ByName): number =>
    tf.addN(variables.map(({ name }) => tf.sum(tf.mul(a[name]!, b[name]!)))).dataSync()[0]!;
  const [u, v] = [vector(1), vector(100)];
  const { grads, products } = hessianVectorProduct(f, variables, v);

  const lossAt = (at: number): number => moved(variables, u, at, () => f().dataSync()[0]!);
  const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
  const flat = Math.max(Math.abs(lossAt(0)), largest(grads));
  expect(Math.abs(dot(grads, u) - slope) / flat, 'gradient against quotients').toBeLessThan(within);

  const gradsAt = (at: number): ByName =>
    moved(variables, v, at, () => hessianVectorProduct(f, variables, u).grads);
  const [after, before] = [gradsAt(step), gradsAt(-step)];
  const off = Object.fromEntries(
    variables.map(({ name }) => {
      const quotient = tf.div(tf.sub(after[name]!, before[name]!), 2 * step);
      return [name, tf.sub(products[name]!, quotient)];
    }),
  );
  const scale = Math.max(largest(products), 1e-3);
  expect(largest(off) / scale, 'product against quotients').toBeLessThan(within);

  const other = hessianVectorProduct(f, variables, u).products;
  expect(Math.abs(dot(u, products) - dot(v, other)) / scale, 'symmetry').toBeLessThan(1e-3 * within);
  return largest(products);
}
