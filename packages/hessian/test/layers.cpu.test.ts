// SPDX-License-Identifier: Apache-2.0
// Every layer of tfjs-layers that is trained, in float64, as in the loss closure of `model.fit`.

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { expectExact, filled, inFloat64 } from './float64.js';

type Layer = layers.layers.Layer;
const { layers: l } = layers;

/** Weights that no symmetry of an initializer makes special, away from kinks. */
function fill(model: layers.LayersModel): tf.Variable[] {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  variables.forEach((variable, i) =>
    variable.assign(tf.add(tf.mul(filled(variable.shape, i + 7), 0.7), variable.rank === 1 ? 0.2 : 0)),
  );
  return variables;
}

function check(stack: Layer[], x: tf.Tensor, training = false, within?: number): number {
  const model = layers.sequential({ layers: stack });
  const variables = fill(model);
  const loss = (): tf.Scalar => {
    const y = model.apply(x, { training }) as tf.Tensor;
    return tf.mean(tf.square(tf.sub(y, filled(y.shape, 5))));
  };
  return expectExact(loss, variables, within);
}

const activations = [
  'elu',
  'gelu',
  'gelu_new',
  'hardSigmoid',
  'linear',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'swish',
  'tanh',
] as const;

const image = [6, 6, 2];
const stacks: Record<
  string,
  { shape: number[]; stack: (inputShape: number[]) => Layer[]; training?: boolean }
> = {
  ...Object.fromEntries(
    activations.map((activation) => [
      `dense, ${activation}`,
      {
        shape: [3],
        stack: (inputShape: number[]) => [
          l.dense({ units: 4, activation, inputShape }),
          l.dense({ units: 2 }),
        ],
      },
    ]),
  ),
  conv1d: {
    shape: [7, 2],
    stack: (inputShape) => [
      l.conv1d({ filters: 3, kernelSize: 3, strides: 2, activation: 'tanh', inputShape }),
      l.conv1d({ filters: 2, kernelSize: 2, padding: 'same' }),
    ],
  },
  'conv2d, strided and padded': {
    shape: image,
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid', inputShape }),
      l.conv2d({ filters: 2, kernelSize: 2 }),
    ],
  },
  conv2dTranspose: {
    shape: [3, 3, 2],
    stack: (inputShape) => [
      l.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, activation: 'tanh', inputShape }),
      l.conv2d({ filters: 2, kernelSize: 2 }),
    ],
  },
  conv3d: {
    shape: [4, 4, 4, 1],
    stack: (inputShape) => [
      l.conv3d({ filters: 2, kernelSize: 2, activation: 'tanh', inputShape }),
      l.averagePooling3d({ poolSize: [2, 2, 2], strides: [1, 1, 1] }),
      l.conv3d({ filters: 2, kernelSize: 2 }),
    ],
  },
  'depthwiseConv2d, strided': {
    shape: image,
    stack: (inputShape) => [
      l.depthwiseConv2d({
        kernelSize: 3,
        depthMultiplier: 2,
        strides: 2,
        padding: 'same',
        activation: 'tanh',
        inputShape,
      }),
      l.depthwiseConv2d({ kernelSize: 2 }),
    ],
  },
  separableConv2d: {
    shape: image,
    stack: (inputShape) => [
      l.separableConv2d({ filters: 3, kernelSize: 3, depthMultiplier: 2, activation: 'tanh', inputShape }),
      l.conv2d({ filters: 2, kernelSize: 2 }),
    ],
  },
  'maxPooling2d, overlapping': {
    shape: image,
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 3, activation: 'tanh', inputShape }),
      l.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      l.flatten(),
      l.dense({ units: 2 }),
    ],
  },
  maxPooling1d: {
    shape: [8, 2],
    stack: (inputShape) => [
      l.conv1d({ filters: 3, kernelSize: 3, activation: 'tanh', inputShape }),
      l.maxPooling1d({ poolSize: 2 }),
      l.conv1d({ filters: 3, kernelSize: 2, activation: 'tanh' }),
    ],
  },
  'averagePooling2d, overlapping': {
    shape: image,
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 3, activation: 'tanh', inputShape }),
      l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      l.flatten(),
      l.dense({ units: 2 }),
    ],
  },
  'globalAveragePooling2d, globalMaxPooling1d': {
    shape: image,
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 3, activation: 'tanh', inputShape }),
      l.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      l.reshape({ targetShape: [3, 1] }),
      l.conv1d({ filters: 3, kernelSize: 2, activation: 'tanh' }),
      l.globalMaxPooling1d(),
      l.dense({ units: 2 }),
    ],
  },
  'upSampling2d, zeroPadding2d, cropping2D': {
    shape: [3, 3, 2],
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 2, activation: 'tanh', inputShape }),
      l.upSampling2d({ size: [2, 2] }),
      l.zeroPadding2d({ padding: 1 }),
      l.cropping2D({
        cropping: [
          [1, 0],
          [0, 1],
        ],
      }),
      l.conv2d({ filters: 2, kernelSize: 2 }),
    ],
  },
  'upSampling2d, bilinear': {
    shape: [3, 3, 2],
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 2, activation: 'tanh', inputShape }),
      l.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }),
      l.conv2d({ filters: 2, kernelSize: 2 }),
    ],
  },
  'batchNormalization in training': {
    shape: image,
    training: true,
    stack: (inputShape) => [
      l.conv2d({ filters: 3, kernelSize: 3, inputShape }),
      l.batchNormalization(),
      l.activation({ activation: 'tanh' }),
      l.flatten(),
      l.dense({ units: 2 }),
    ],
  },
  'batchNormalization in inference': {
    shape: [3],
    stack: (inputShape) => [
      l.dense({ units: 4, inputShape }),
      l.batchNormalization(),
      l.activation({ activation: 'tanh' }),
      l.dense({ units: 2 }),
    ],
  },
  layerNormalization: {
    shape: [3],
    stack: (inputShape) => [
      l.dense({ units: 4, inputShape }),
      l.layerNormalization(),
      l.activation({ activation: 'tanh' }),
      l.dense({ units: 2 }),
    ],
  },
  'lstm, stacked': {
    shape: [3, 2],
    stack: (inputShape) => [
      l.lstm({ units: 3, recurrentInitializer: 'glorotUniform', returnSequences: true, inputShape }),
      l.lstm({ units: 2, recurrentInitializer: 'glorotUniform' }),
    ],
  },
  'lstm, recurrent sigmoid': {
    shape: [3, 2],
    stack: (inputShape) => [
      l.lstm({ units: 3, recurrentInitializer: 'glorotUniform', recurrentActivation: 'sigmoid', inputShape }),
    ],
  },
  gru: {
    shape: [3, 2],
    stack: (inputShape) => [
      l.gru({ units: 3, recurrentInitializer: 'glorotUniform', inputShape }),
      l.dense({ units: 2 }),
    ],
  },
  'simpleRNN, bidirectional': {
    shape: [3, 2],
    stack: (inputShape) => [
      l.bidirectional({
        layer: l.simpleRNN({ units: 3, recurrentInitializer: 'glorotUniform' }) as layers.RNN,
        mergeMode: 'concat',
        inputShape,
      }),
      l.dense({ units: 2 }),
    ],
  },
  'timeDistributed, permute, repeatVector': {
    shape: [3, 2],
    stack: (inputShape) => [
      l.timeDistributed({ layer: l.dense({ units: 3, activation: 'tanh' }), inputShape }),
      l.permute({ dims: [2, 1] }),
      l.flatten(),
      l.repeatVector({ n: 2 }),
      l.dense({ units: 2 }),
    ],
  },
  'prelu, leakyReLU, thresholdedReLU': {
    shape: [3],
    stack: (inputShape) => [
      l.dense({ units: 6, inputShape }),
      l.prelu({}),
      l.dense({ units: 6 }),
      l.leakyReLU({ alpha: 0.2 }),
      l.dense({ units: 6 }),
      l.thresholdedReLU({ theta: 0.3 }),
      l.dense({ units: 2 }),
    ],
  },
  'softmax, elu and reLU as layers': {
    shape: [3],
    stack: (inputShape) => [
      l.dense({ units: 4, inputShape }),
      l.softmax({}),
      l.dense({ units: 4 }),
      l.elu({ alpha: 1 }),
      l.dense({ units: 4 }),
      l.reLU({ maxValue: 1.5 }),
      l.dense({ units: 2 }),
    ],
  },
};

describe('layers, in float64', () => {
  for (const [name, { shape, stack, training }] of Object.entries(stacks)) {
    it(name, () => {
      inFloat64(() => {
        // The cpu backend's erf is a formula that is good to 1.5e-7.
        const within = name === 'dense, gelu' ? 1e-5 : undefined;
        expect(check(stack(shape), filled([4, ...shape], 3), training, within)).toBeGreaterThan(1e-2);
      });
    });
  }

  it('embedding, with repeated and unused rows', () => {
    inFloat64(() => {
      const stack = [
        l.embedding({ inputDim: 5, outputDim: 3, inputLength: 3 }),
        l.activation({ activation: 'tanh' }),
        l.flatten(),
        l.dense({ units: 2 }),
      ];
      const tokens = tf.tensor2d([
        [0, 1, 1],
        [4, 0, 1],
      ]);
      expect(check(stack, tokens)).toBeGreaterThan(1e-2);
    });
  });

  it('branches that are added, multiplied, concatenated, averaged and taken the maximum of', () => {
    inFloat64(() => {
      const input = layers.input({ shape: [3] });
      const branch = (): layers.SymbolicTensor =>
        l.dense({ units: 3, activation: 'tanh' }).apply(input) as layers.SymbolicTensor;
      const merges = [l.add(), l.multiply(), l.average(), l.maximum(), l.minimum()].map(
        (merge) => merge.apply([branch(), branch()]) as layers.SymbolicTensor,
      );
      const joined = l
        .concatenate()
        .apply([...merges, l.dot({ axes: 1 }).apply([branch(), branch()]) as layers.SymbolicTensor]);
      const output = l.dense({ units: 2, activation: 'sigmoid' }).apply(joined) as layers.SymbolicTensor;
      const model = layers.model({ inputs: input, outputs: output });
      const variables = fill(model);
      const x = filled([4, 3], 3);
      const loss = (): tf.Scalar =>
        tf.mean(tf.square(tf.sub(model.apply(x) as tf.Tensor, filled([4, 2], 5))));
      expect(expectExact(loss, variables)).toBeGreaterThan(1e-2);
    });
  });
});

const targets = {
  probabilities: () => tf.softmax(filled([4, 3], 9)),
  classes: () => tf.oneHot(tf.tensor1d([0, 2, 1, 1], 'int32'), 3, 1, 0, 'float32'),
  labels: () => tf.tensor2d([[0], [2], [1], [1]]),
  bits: () =>
    tf.tensor2d([
      [0, 1, 1],
      [1, 0, 0],
      [0, 0, 1],
      [1, 1, 0],
    ]),
  numbers: () => filled([4, 3], 9),
};

describe('losses of tfjs-layers, in float64', () => {
  for (const [name, of, activation] of [
    ['meanSquaredError', 'numbers', 'linear'],
    ['meanAbsoluteError', 'numbers', 'tanh'],
    ['meanAbsolutePercentageError', 'numbers', 'tanh'],
    ['meanSquaredLogarithmicError', 'probabilities', 'sigmoid'],
    ['squaredHinge', 'numbers', 'linear'],
    ['hinge', 'numbers', 'tanh'],
    ['categoricalHinge', 'classes', 'tanh'],
    ['logcosh', 'numbers', 'linear'],
    ['categoricalCrossentropy', 'classes', 'softmax'],
    ['sparseCategoricalCrossentropy', 'labels', 'softmax'],
    ['binaryCrossentropy', 'bits', 'sigmoid'],
    ['kullbackLeiblerDivergence', 'probabilities', 'softmax'],
    ['poisson', 'probabilities', 'softplus'],
    ['cosineProximity', 'numbers', 'linear'],
  ] as const) {
    it(name, () => {
      inFloat64(() => {
        const model = layers.sequential({
          layers: [
            l.dense({ units: 4, activation: 'tanh', inputShape: [3] }),
            l.dense({ units: 3, activation }),
          ],
        });
        const variables = fill(model);
        const x = filled([4, 3], 3);
        const compiled = layers.model({ inputs: model.inputs, outputs: model.outputs });
        compiled.compile({ optimizer: 'sgd', loss: name });
        const { lossFunctions } = compiled as unknown as {
          lossFunctions: ((y: tf.Tensor, prediction: tf.Tensor) => tf.Tensor)[];
        };
        compiled.optimizer.dispose();
        const y = targets[of]();
        const loss = (): tf.Scalar => tf.mean(lossFunctions[0]!(y, model.apply(x) as tf.Tensor));
        expect(expectExact(loss, variables)).toBeGreaterThan(1e-3);
      });
    });
  }
});
