// SPDX-License-Identifier: Apache-2.0
// The losses of the golden file, written with TensorFlow.js' ops as somebody would who uses them.

import * as tf from '@tensorflow/tfjs-core';

type Named = Record<string, tf.Tensor>;
type Loss = (p: Named, c: Named) => tf.Scalar;
type Activation = (x: tf.Tensor) => tf.Tensor;

function mse(prediction: tf.Tensor, y: tf.Tensor): tf.Scalar {
  return tf.losses.meanSquaredError(y, prediction) as tf.Scalar;
}

function dense(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(x, kernel), bias);
}

function twoLayers(activation: Activation, p: Named, c: Named): tf.Tensor {
  return dense(activation(dense(c['x']!, p['kernel1']!, p['bias1']!)), p['kernel2']!, p['bias2']!);
}

function denseMse(activation: Activation): Loss {
  return (p, c) => mse(twoLayers(activation, p, c), c['y']!);
}

function conv(x: tf.Tensor, filter: tf.Tensor, stride: number, pad: 'same' | 'valid'): tf.Tensor {
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad);
}

function pooled(pool: Activation): Loss {
  return (p, c) => {
    const h = pool(tf.add(conv(c['x']!, p['kernel']!, 1, 'same'), p['bias']!));
    const t = tf.tanh(tf.reshape(h, [h.shape[0]!, -1]));
    return mse(dense(t, p['denseKernel']!, p['denseBias']!), c['y']!);
  };
}

function normalized(axis: number, epsilon: number): Loss {
  return (p, c) => {
    const z = dense(c['x']!, p['kernel1']!, p['bias1']!);
    const { mean, variance } = tf.moments(z, axis, true);
    const n = tf.add(
      tf.mul(tf.div(tf.sub(z, mean), tf.sqrt(tf.add(variance, epsilon))), p['gamma']!),
      p['beta']!,
    );
    return mse(dense(tf.tanh(n), p['kernel2']!, p['bias2']!), c['y']!);
  };
}

function attention(p: Named, c: Named): tf.Scalar {
  const { x, y } = c as { x: tf.Tensor; y: tf.Tensor };
  const rows = tf.reshape(x, [-1, x.shape[2]!]);
  const [q, k, v] = ['query', 'key', 'value'].map((name) => tf.reshape(tf.matMul(rows, p[name]!), x.shape));
  const a = tf.softmax(tf.div(tf.matMul(q!, k!, false, true), Math.sqrt(x.shape[2]!)));
  const out = tf.reshape(tf.matMul(tf.reshape(tf.matMul(a, v!), rows.shape), p['output']!), x.shape);
  return mse(tf.add(tf.add(x, out), p['outputBias']!), y);
}

function lstm(p: Named, x: tf.Tensor, h: tf.Tensor, c: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const z = tf.add(dense(x, p['kernel']!, p['bias']!), tf.matMul(h, p['recurrentKernel']!));
  const [i, f, g, o] = tf.split(z, 4, 1);
  const next = tf.add(tf.mul(tf.sigmoid(f!), c), tf.mul(tf.sigmoid(i!), tf.tanh(g!)));
  return [tf.mul(tf.sigmoid(o!), tf.tanh(next)), next];
}

/** Sum of the probabilities of the labels, by the ops somebody would take. */
function nll(p: Named, c: Named): tf.Scalar {
  const logits = tf.logSoftmax(twoLayers(tf.tanh, p, c) as tf.Tensor2D);
  const [rows, classes] = logits.shape as [number, number];
  const flat = tf.add(tf.mul(tf.range(0, rows, 1, 'int32'), classes), tf.cast(c['labels']!, 'int32'));
  return tf.neg(tf.mean(tf.gather(tf.reshape(logits, [rows * classes]), tf.cast(flat, 'int32'))));
}

/** By the case's name. */
export const losses: Readonly<Record<string, Loss>> = {
  quadratic: ({ x }, { A, b }) => {
    const column = tf.reshape(x!, [-1, 1]);
    const half = tf.mul(tf.sum(tf.mul(column, tf.matMul(A!, column))), 0.5);
    return tf.add(half, tf.sum(tf.mul(b!, x!)));
  },
  rosenbrock: ({ x }) => {
    const [a, b] = [tf.slice(x!, 0, x!.size - 1), tf.slice(x!, 1, x!.size - 1)];
    const valley = tf.mul(tf.square(tf.sub(b, tf.square(a))), 100);
    return tf.sum(tf.add(valley, tf.square(tf.sub(1, a))));
  },
  denseTanhMse: denseMse(tf.tanh),
  denseSigmoidMse: denseMse(tf.sigmoid),
  denseSwishMse: denseMse((x) => tf.mul(x, tf.sigmoid(x))),
  denseReluMse: denseMse(tf.relu),
  denseGeluErfMse: denseMse((x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1))),
  denseGeluTanhMse: denseMse((x) => {
    const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
  }),
  denseSoftplusMse: denseMse(tf.softplus),
  denseEluMse: denseMse(tf.elu),
  softmaxCrossEntropy: (p, c) =>
    tf.losses.softmaxCrossEntropy(c['oneHot']!, twoLayers(tf.tanh, p, c)) as tf.Scalar,
  logSoftmaxNll: nll,
  sigmoidCrossEntropy: (p, c) =>
    tf.losses.sigmoidCrossEntropy(c['y']!, twoLayers(tf.tanh, p, c)) as tf.Scalar,
  conv2dReluMse: (p, c) => mse(tf.relu(tf.add(conv(c['x']!, p['kernel']!, 1, 'valid'), p['bias']!)), c['y']!),
  conv2dTwoLayersTanhMse: (p, c) => {
    const h = tf.tanh(tf.add(conv(c['x']!, p['kernel1']!, 2, 'same'), p['bias1']!));
    return mse(tf.add(conv(h, p['kernel2']!, 1, 'valid'), p['bias2']!), c['y']!);
  },
  conv2dMaxPoolMse: pooled((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')),
  conv2dAvgPoolMse: pooled((x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid')),
  depthwiseConv2dMse: (p, c) => {
    const h = tf.depthwiseConv2d(c['x'] as tf.Tensor4D, p['depthwiseKernel'] as tf.Tensor4D, 1, 'valid');
    return mse(tf.add(conv(tf.tanh(h), p['pointwiseKernel']!, 1, 'valid'), p['bias']!), c['y']!);
  },
  layerNormMse: normalized(-1, 1e-5),
  batchNormTrainingMse: normalized(0, 1e-3),
  attentionMse: attention,
  lstmCellMse: (p, c) => mse(lstm(p, c['x']!, c['h0']!, c['c0']!)[0], c['y']!),
  lstmTwoStepsMse: (p, c) => {
    const [h, state] = lstm(p, c['x']!, c['h0']!, c['c0']!);
    return mse(lstm(p, c['x2']!, h, state)[0], c['y']!);
  },
  embeddingMse: (p, c) => {
    const rows = tf.gather(p['embedding']!, tf.cast(c['indices']!, 'int32'));
    return mse(dense(tf.tanh(rows), p['kernel']!, p['bias']!), c['y']!);
  },
};
