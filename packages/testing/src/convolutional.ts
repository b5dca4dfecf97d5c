// SPDX-License-Identifier: Apache-2.0
// A small convolutional network, whose batch normalization and dropout notice every evaluation of the loss.

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

const size = 6;
const images = 8;

/** Bars that lie or stand, in another place in each image, and a little of everything else. */
function bars(): { xs: tf.Tensor; ys: tf.Tensor } {
  const pixel = (image: number, row: number, column: number): number => {
    const place = image % 2 ? row : column;
    return (place === 1 + (image >> 1) ? 1 : 0) + 0.2 * Math.sin(image + 7 * row + 3 * column);
  };
  const values = Array.from({ length: images * size * size }, (_, i) =>
    pixel(Math.floor(i / (size * size)), Math.floor(i / size) % size, i % size),
  );
  const labels = Array.from({ length: images }, (_, i) => [i % 2, 1 - (i % 2)]);
  return { xs: tf.tensor(values, [images, size, size, 1, 1]), ys: tf.tensor2d(labels) };
}

/** TensorFlow.js trains a convolution in two dimensions everywhere but on wasm; one in three, of depth 1, is the same. */
function network(): { model: layers.LayersModel; norm: layers.layers.Layer; convolved: layers.LayersModel } {
  const init = (seed: number): object => ({
    kernelInitializer: layers.initializers.glorotUniform({ seed }),
  });
  const input = layers.input({ shape: [size, size, 1, 1] });
  const norm = layers.layers.batchNormalization({ momentum: 0.9 });
  const through = (x: layers.SymbolicTensor, stack: layers.layers.Layer[]): layers.SymbolicTensor =>
    stack.reduce((y, layer) => layer.apply(y) as layers.SymbolicTensor, x);
  const common = { filters: 4, activation: 'relu' as const, ...init(1) };
  const { reshape, conv2d, conv3d } = layers.layers;
  const convolved = through(
    input,
    tf.getBackend() === 'wasm'
      ? [conv3d({ kernelSize: [3, 3, 1], ...common }), reshape({ targetShape: [size - 2, size - 2, 4] })]
      : [reshape({ targetShape: [size, size, 1] }), conv2d({ kernelSize: 3, ...common })],
  );
  const output = through(convolved, [
    norm,
    layers.layers.flatten(),
    layers.layers.dropout({ rate: 0.25 }),
    layers.layers.dense({ units: 2, activation: 'softmax', ...init(2) }),
  ]);
  return {
    model: layers.model({ inputs: input, outputs: output }),
    convolved: layers.model({ inputs: input, outputs: convolved }),
    norm,
  };
}

/** A network, its data, and an optimizer for them; `body` finds them compiled, and all is freed after it. */
export async function withConvolutionalNetwork(
  optimizer: tf.Optimizer,
  body: (parts: ReturnType<typeof network> & ReturnType<typeof bars> & Actions) => Promise<void>,
): Promise<void> {
  const parts = network();
  const { model } = parts;
  const { xs, ys } = bars();
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const fit = async (epochs: number): Promise<void> => {
    await model.fit(xs, ys, { epochs, batchSize: images, shuffle: false, verbose: 0, yieldEvery: 'never' });
  };
  const lossOf = async (): Promise<number> => {
    const loss = model.evaluate(xs, ys, { verbose: 0 }) as tf.Scalar;
    const [value] = await loss.data();
    loss.dispose();
    return value!;
  };
  try {
    await body({ ...parts, xs, ys, fit, lossOf });
  } finally {
    optimizer.dispose();
    model.dispose();
    tf.dispose([xs, ys]);
  }
}

interface Actions {
  /** Trains on all data, `epochs` steps. */
  readonly fit: (epochs: number) => Promise<void>;
  /** The loss without dropout. */
  readonly lossOf: () => Promise<number>;
}

/** Dropout draws the same masks in every test of the suite around. */
export function sameMasks(): void {
  const { random } = Math;

  beforeEach(() => {
    let state = 1;
    Math.random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  });

  afterEach(() => {
    Math.random = random;
  });
}

/**
 * Whether an optimizer that evaluates the loss in its own way trains a convolutional network with batch normalization and
 * dropout, and how often it evaluates.
 *
 * @param make - an optimizer of a learning rate; at 0 the parameters have to stay
 * @param evaluations - how often each of the first steps evaluates the loss
 */
export function convolutionalSuite(
  make: (learningRate: number) => tf.Optimizer,
  evaluations: readonly number[],
): void {
  // Slow in software rendering, and nothing in it depends on the kernels.
  describe.skipIf(inject('backend').startsWith('web'))('in the fit of a convolutional network', () => {
    sameMasks();

    it('brings the loss down', async () => {
      const optimizer = make(0.02);
      await withConvolutionalNetwork(optimizer, async ({ lossOf, fit }) => {
        expect(await lossOf()).toBeGreaterThan(0.5);
        await fit(30);
        expect(optimizer.iterations).toBe(30);
        expect(await lossOf()).toBeLessThan(0.1);
      });
    });

    it('moves the statistics of batch normalization once a step, by what it sees at the parameters', () =>
      // At rate 0 the parameters stay, and with them what the layer sees.
      withConvolutionalNetwork(make(0), async ({ convolved, norm, xs, fit }) => {
        const { mean, variance } = tf.tidy(() => tf.moments(convolved.predict(xs) as tf.Tensor, [0, 1, 2]));
        await fit(3);
        const kept = 0.9 ** 3;
        const [, , movingMean, movingVariance] = norm.getWeights();
        const numbers = [mean, variance, movingMean!, movingVariance!].map((tensor) => tensor.data());
        const [m, v, gotMean, gotVariance] = await Promise.all(numbers);
        for (let i = 0; i < 4; i++) {
          expect(gotMean![i]).toBeCloseTo((1 - kept) * m![i]!, 5);
          expect(gotVariance![i]).toBeCloseTo(kept + (1 - kept) * v![i]!, 5);
        }
        tf.dispose([mean, variance]);
      }));

    it(`evaluates the loss ${evaluations.join(', ')} times`, () => {
      const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
      const optimizer = make(0.1);
      const counted = evaluations.map(() => {
        let calls = 0;
        const loss = (): tf.Scalar => {
          calls++;
          return tf.sum(tf.square(w));
        };
        optimizer.minimize(loss, false, [w]);
        return calls;
      });
      expect(counted).toEqual(evaluations);
      optimizer.dispose();
      w.dispose();
    });
  });
}
