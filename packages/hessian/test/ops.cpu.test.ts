// SPDX-License-Identifier: Apache-2.0
// Ops that layers do not reach, one at a time, in float64.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hessianVectorProduct } from '../src/index.js';
import { expectExact, filled, inFloat64 } from './float64.js';

type Op = (x: tf.Tensor) => tf.Tensor;

/** Σ w·y², y = op(2x·a): curved, and with other operations on both sides. */
function expectExactThrough(op: Op, shape: number[], within?: number): number {
  const x = tf.variable(filled(shape, 2));
  const a = tf.variable(filled(shape, 4));
  const f = (): tf.Scalar => {
    const y = op(tf.add(tf.mul(tf.mul(x, a), 0.8), tf.mul(x, 0.1)));
    return tf.sum(tf.mul(filled(y.shape, 6), tf.square(y)));
  };
  return expectExact(f, [x, a], within);
}

/** For ops that want positive numbers. */
function positive(op: Op): Op {
  return (x) => op(tf.add(x, 1.5));
}

const elementwise: Record<string, Op> = {
  abs: tf.abs,
  acos: tf.acos,
  acosh: (x) => tf.acosh(tf.add(x, 3)),
  asin: tf.asin,
  asinh: tf.asinh,
  atan: tf.atan,
  atan2: (x) => tf.atan2(x, tf.add(tf.square(x), 0.3)),
  atanh: tf.atanh,
  clipByValue: (x) => tf.clipByValue(x, -0.3, 0.25),
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  exp: tf.exp,
  expm1: tf.expm1,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  log: positive(tf.log),
  log1p: tf.log1p,
  maximum: (x) => tf.maximum(x, tf.square(x)),
  minimum: (x) => tf.minimum(x, tf.neg(tf.square(x))),
  mod: (x) => tf.mod(tf.add(x, 3), 2.05),
  'pow, base': (x) => tf.pow(tf.add(x, 2), 2.5),
  'pow, exponent': (x) => tf.pow(tf.scalar(1.7), x),
  'pow, both': (x) => tf.pow(tf.add(x, 2), x),
  prelu: (x) => tf.prelu(x, tf.mul(x, 0.5)),
  reciprocal: positive(tf.reciprocal),
  relu: tf.relu,
  relu6: tf.relu6,
  rsqrt: positive(tf.rsqrt),
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  sqrt: positive(tf.sqrt),
  squaredDifference: (x) => tf.squaredDifference(x, tf.exp(x)),
  tan: tf.tan,
  tanh: tf.tanh,
  where: (x) => tf.where(tf.greater(x, 0), tf.sin(x), tf.exp(x)),
};

const image = [2, 5, 6, 2];
const as4D = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

const shaped: Record<string, { shape: number[]; op: Op }> = {
  addN: { shape: [3, 4], op: (x) => tf.addN([tf.sin(x), x, tf.exp(x)]) },
  'avgPool, padded': { shape: image, op: (x) => tf.avgPool(as4D(x), [3, 2], [2, 1], 'same') },
  'avgPool, padded by numbers': { shape: image, op: (x) => tf.avgPool(as4D(x), 3, 2, 1) },
  'avgPool3d, padded': { shape: [1, 3, 4, 3, 2], op: (x) => tf.avgPool3d(x as tf.Tensor5D, 2, 2, 'same') },
  batchNorm: {
    shape: [4, 3],
    op: (x) => tf.batchNorm(x, tf.mean(x, 0), tf.mean(tf.square(x), 0), tf.ones([3]), tf.sin(tf.sum(x, 0))),
  },
  batchToSpaceND: {
    shape: [4, 2, 2, 1],
    op: (x) =>
      tf.batchToSpaceND(
        tf.tanh(x),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  },
  broadcastTo: { shape: [1, 3], op: (x) => tf.broadcastTo(tf.sin(x), [4, 3]) },
  'concat, split, stack, unstack': {
    shape: [4, 3],
    op: (x) => {
      const [a, b] = tf.split(x, 2);
      return tf.concat([tf.mul(a!, b!), tf.stack(tf.unstack(tf.exp(x)).slice(1, 3))]);
    },
  },
  cumsum: { shape: [4, 3], op: (x) => tf.cumsum(tf.exp(x), 1, true) },
  gather: { shape: [4, 3], op: (x) => tf.gather(tf.exp(x), tf.tensor1d([1, 1, 3], 'int32')) },
  'gather of columns': { shape: [4, 3], op: (x) => tf.gather(tf.exp(x), tf.tensor1d([2, 2, 0], 'int32'), 1) },
  logSoftmax: { shape: [4, 3], op: tf.logSoftmax },
  logSumExp: { shape: [4, 3], op: (x) => tf.logSumExp(x, 1) },
  matMul: { shape: [3, 3], op: (x) => tf.matMul(tf.matMul(x, x, true), x, false, true) },
  'matMul of batches': { shape: [2, 3, 3], op: (x) => tf.matMul(tf.matMul(x, x, false, true), x) },
  max: { shape: [4, 3], op: (x) => tf.max(x, 1) },
  'maxPool, padded': { shape: image, op: (x) => tf.maxPool(as4D(x), 3, 2, 'same') },
  mean: { shape: [4, 3], op: (x) => tf.mean(tf.exp(x), 0) },
  min: { shape: [4, 3], op: (x) => tf.min(x, 0) },
  moments: { shape: [4, 3], op: (x) => tf.moments(x, 0).variance },
  norm: { shape: [4, 3], op: (x) => tf.norm(x, 'euclidean', 1) },
  pad: {
    shape: [4, 3],
    op: (x) =>
      tf.pad(tf.exp(x), [
        [1, 0],
        [0, 2],
      ]),
  },
  'resizeBilinear, half pixels': {
    shape: image,
    op: (x) => tf.image.resizeBilinear(as4D(x), [7, 4], false, true),
  },
  'resizeBilinear, aligned corners': {
    shape: image,
    op: (x) => tf.image.resizeBilinear(as4D(x), [7, 9], true),
  },
  resizeNearestNeighbor: { shape: image, op: (x) => tf.image.resizeNearestNeighbor(as4D(x), [3, 9]) },
  'reverse, transpose, reshape, tile, slice': {
    shape: [4, 3],
    op: (x) =>
      tf.slice(tf.tile(tf.reshape(tf.transpose(tf.reverse(tf.exp(x), 0)), [2, 6]), [2, 1]), [1, 2], [2, 3]),
  },
  softmax: { shape: [4, 3], op: (x) => tf.softmax(x) },
  spaceToBatchND: {
    shape: [1, 4, 4, 1],
    op: (x) =>
      tf.spaceToBatchND(
        tf.exp(x),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  },
  unsortedSegmentSum: {
    shape: [4, 3],
    op: (x) => tf.unsortedSegmentSum(tf.exp(x), tf.tensor1d([0, 2, 0, 1], 'int32'), 3),
  },
  'losses.huberLoss': {
    shape: [4, 3],
    op: (x) => tf.losses.huberLoss(tf.zeros([4, 3]), tf.mul(x, 4)),
  },
  'losses.cosineDistance': {
    shape: [4, 3],
    op: (x) => tf.losses.cosineDistance(tf.ones([4, 3]), tf.exp(x), 1),
  },
};

describe('ops, in float64', () => {
  for (const [name, op] of Object.entries(elementwise)) {
    it(name, () => inFloat64(() => void expect(expectExactThrough(op, [3, 4])).toBeGreaterThan(1e-3)));
  }
  for (const [name, { shape, op }] of Object.entries(shaped)) {
    it(name, () => inFloat64(() => void expect(expectExactThrough(op, shape)).toBeGreaterThan(1e-3)));
  }
  it('erf, to what the formula of the cpu backend is good to', () =>
    inFloat64(() => void expect(expectExactThrough(tf.erf, [3, 4], 1e-5)).toBeGreaterThan(1e-3)));
  it('ops that are flat have no part in it', () =>
    inFloat64(() => {
      const flat: Op = (x) =>
        tf.add(tf.addN([tf.floor(x), tf.ceil(x), tf.round(x), tf.sign(x), tf.step(x)]), x);
      expectExactThrough(flat, [3, 4]);
    }));
});

describe('ops that cannot be differentiated are named', () => {
  const bad: Record<string, { kernel: string; shape: number[]; op: Op }> = {
    'no second derivative': {
      kernel: 'MaxPool3DGrad',
      shape: [1, 2, 2, 2, 1],
      op: (x) => tf.maxPool3d(tf.tanh(x) as tf.Tensor5D, 2, 1, 'valid'),
    },
    'no derivative at all': { kernel: 'TopK', shape: [4], op: (x) => tf.topk(x, 2).values },
    'a wrong one, of reflections': {
      kernel: 'MirrorPad',
      shape: [4],
      op: (x) => tf.mirrorPad(x, [[1, 1]], 'reflect'),
    },
    'a wrong one, of whole quotients': {
      kernel: 'FloorDiv',
      shape: [4],
      op: (x) => tf.floorDiv(x, tf.scalar(0.3)),
    },
    'local response normalization': {
      kernel: 'LRNGrad',
      shape: [1, 2, 2, 3],
      op: (x) => tf.localResponseNormalization(x as tf.Tensor4D),
    },
  };
  for (const [name, { kernel, shape, op }] of Object.entries(bad)) {
    it(`${name}: ${kernel}`, () => {
      const x = tf.tidy(() => tf.variable(filled(shape, 2), true, 'x'));
      const v = { x: filled(shape, 3) };
      const loss = (): tf.Scalar => tf.sum(tf.square(op(tf.sin(x))));
      const before = tf.memory().numTensors;
      expect(() => hessianVectorProduct(loss, [x], v)).toThrow(`hessian: ${kernel} cannot be differentiated`);
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([x, v.x]);
    });
  }
});
