// SPDX-License-Identifier: Apache-2.0
// In the loss closures of `model.fit`, on every backend: a model per kind of layer.

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { curvature, hutchinsonDiagonal, type ByName } from '../src/index.js';
import { filled } from './float64.js';

const { layers: l } = layers;
const gpu = inject('backend').startsWith('web');

beforeEach(() => tf.engine().startScope());
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

/** Gradient descent that asks for the curvature in passing. */
class Curved extends tf.SGDOptimizer {
  asked = 0;
  constructor(private readonly ask: (f: () => tf.Scalar, variables: tf.Variable[]) => ByName) {
    super(0.05);
  }
  override minimize(f: () => tf.Scalar, returnCost?: boolean, variables?: tf.Variable[]): tf.Scalar | null {
    this.asked++;
    const grads = this.ask(f, variables!);
    const { value } = grads;
    this.applyGradients(variables!.map(({ name }) => ({ name, tensor: grads[name]! })));
    tf.dispose(variables!.map(({ name }) => grads[name]!));
    return returnCost ? (value as tf.Scalar) : null;
  }
}

const image = [6, 6, 1];
const recurrentInitializer = 'glorotUniform'; // the default is made by an op that is slow
const models: Record<string, { shape: number[]; stack: (inputShape: number[]) => layers.layers.Layer[] }> = {
  'convolution, batch normalization, pooling, dropout': {
    shape: image,
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 3, padding: 'same', inputShape }),
      l.batchNormalization(),
      l.activation({ activation: 'relu' }),
      l.maxPooling2d({ poolSize: 2 }),
      l.dropout({ rate: 0.3 }),
      l.flatten(),
      l.dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'depthwise and strided convolutions, padded average pooling, upsampling': {
    shape: image,
    stack: (inputShape) => [
      l.depthwiseConv2d({
        kernelSize: 3,
        strides: 2,
        depthMultiplier: 2,
        padding: 'same',
        activation: 'tanh',
        inputShape,
      }),
      l.upSampling2d({ size: [2, 2] }),
      l.separableConv2d({ filters: 2, kernelSize: 3, activation: 'tanh' }),
      l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      l.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2, activation: 'tanh' }),
      l.flatten(),
      l.dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'overlapping max pooling of negative numbers': {
    shape: image,
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 3, strides: 1, padding: 'same', activation: 'tanh', inputShape }),
      l.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      l.flatten(),
      l.dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'dense and layer normalization': {
    shape: [4],
    stack: (inputShape) => [
      l.dense({ units: 5, activation: 'elu', inputShape }),
      l.layerNormalization(),
      l.dense({ units: 4, activation: 'gelu' }),
      l.dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'lstm and gru': {
    shape: [3, 2],
    stack: (inputShape) => [
      l.lstm({ units: 3, returnSequences: true, recurrentInitializer, inputShape }),
      l.gru({ units: 3, recurrentInitializer }),
      l.dense({ units: 3, activation: 'softmax' }),
    ],
  },
};

function compiled(stack: layers.layers.Layer[], optimizer: tf.Optimizer): layers.Sequential {
  const model = layers.sequential({ layers: stack });
  const labels = { loss: 'categoricalCrossentropy', metrics: ['accuracy'] };
  model.compile({ optimizer, ...labels });
  model.trainableWeights.forEach((weight, i) => {
    const variable = weight.read() as tf.Variable;
    tf.tidy(() => variable.assign(tf.mul(filled(variable.shape, i + 7), 0.7)));
  });
  return model;
}

function labels(): tf.Tensor {
  return tf.tensor2d([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 1, 0],
  ]);
}

describe('in model.fit', () => {
  for (const [name, { shape, stack }] of Object.entries(models)) {
    it(`${name}: ⟨u, Hv⟩ = ⟨v, Hu⟩`, async () => {
      const checks: number[][] = [];
      const dot = (a: ByName, b: ByName): tf.Tensor =>
        Object.keys(a).reduce<tf.Tensor>(
          (sum, key) => tf.add(sum, tf.sum(tf.mul(a[key]!, b[key]!))),
          tf.scalar(0),
        );
      const optimizer = new Curved((f, variables) => {
        const vector = (seed: number): ByName =>
          Object.fromEntries(
            variables.map((variable, i) => [variable.name, filled(variable.shape, seed + i)]),
          );
        return curvature(f, variables, ({ value, grads, product }) => {
          const [u, v] = [vector(20), vector(40)];
          const [hu, hv] = [product(u), product(v)];
          numbers.push(tf.keep(tf.stack([dot(u, hv), dot(v, hu), dot(u, u), dot(hv, hv)])));
          return { ...grads, value };
        });
      });
      const numbers: tf.Tensor[] = [];
      const model = compiled(stack(shape), optimizer);
      await model.fit(filled([4, ...shape], 3), labels(), { epochs: 2, verbose: 0 });
      for (const tensor of numbers) checks.push([...(await tensor.data())]);
      tf.dispose(numbers);
      expect(optimizer.asked).toBe(2);
      for (const [uhv, vhu, uu, hvhv] of checks) {
        expect(hvhv).toBeGreaterThan(1e-6);
        // Relative to ‖u‖·‖Hv‖; GPUs round tanh and exp more coarsely.
        expect(Math.abs(uhv! - vhu!) / Math.sqrt(uu! * hvhv!)).toBeLessThan(gpu ? 1e-4 : 1e-5);
      }
      optimizer.dispose();
    });
  }

  it('embeddings', async () => {
    const optimizer = new Curved((f, variables) => {
      const { value, grads, diagonal } = hutchinsonDiagonal(f, variables, { seed: 1 });
      diagonals.push(tf.keep(diagonal[variables[0]!.name]!));
      tf.dispose(variables.slice(1).map(({ name }) => diagonal[name]!));
      return { ...grads, value };
    });
    const diagonals: tf.Tensor[] = [];
    const stack = [
      l.embedding({ inputDim: 5, outputDim: 3, inputLength: 2 }),
      l.activation({ activation: 'tanh' }),
      l.flatten(),
      l.dense({ units: 3, activation: 'softmax' }),
    ];
    const model = compiled(stack, optimizer);
    await model.fit(
      tf.tensor2d([
        [0, 1],
        [1, 1],
        [3, 0],
        [1, 3],
      ]),
      labels(),
      { epochs: 1, verbose: 0 },
    );
    const rows = (await (diagonals[0] as tf.Tensor2D).array()) as number[][];
    expect(rows.map((row) => row.every((value) => value === 0))).toEqual([false, false, true, false, true]);
    tf.dispose(diagonals);
    optimizer.dispose();
  });

  it('moves the statistics of batch normalization as a plain optimizer does, keeps metrics once, and leaks nothing', async () => {
    const [x, y] = [filled([4, 6], 3), labels()];
    const stack = (): layers.layers.Layer[] => [
      l.dense({ units: 4, inputShape: [6] }),
      l.batchNormalization(),
      l.dense({ units: 3, activation: 'softmax' }),
    ];
    const curved = new Curved((f, variables) => {
      const { value, grads, diagonal } = hutchinsonDiagonal(f, variables, { probes: 2 });
      tf.dispose(diagonal);
      return { ...grads, value };
    });
    const plain = new tf.SGDOptimizer(0.05);
    const [first, second] = [compiled(stack(), curved), compiled(stack(), plain)];
    const histories = [];
    for (const model of [first, second]) {
      const { history } = await model.fit(x, y, { epochs: 2, verbose: 0 });
      const before = tf.memory().numTensors;
      await model.fit(x, y, { epochs: 3, verbose: 0 });
      expect(tf.memory().numTensors).toBe(before);
      histories.push(history);
    }
    expect(Object.keys(histories[0]!)).toEqual(Object.keys(histories[1]!));
    const weights = first.getWeights();
    for (const [i, weight] of second.getWeights().entries()) {
      const [got, want] = [await weights[i]!.data(), await weight.data()];
      want.forEach((value, j) => expect(Math.abs(got[j]! - value)).toBeLessThan(1e-5));
    }
    tf.dispose([curved, plain].map((optimizer) => optimizer.dispose()));
  });
});
