// SPDX-License-Identifier: Apache-2.0
// Derivatives of operations that have none in TensorFlow.js, most of them those its gradients are made with, and of some that
// have a wrong one.

import * as tf from '@tensorflow/tfjs-core';
import type { GradientFunction } from './engine.js';

/** The derivative of an operation. */
export interface Derivative {
  /** Inputs it depends on; the derivative by the others is zero. */
  readonly by: readonly string[];
  /** Inputs `gradient` asks for. */
  readonly saves: readonly string[];
  readonly gradient: GradientFunction;
}

/** Operations that do not change with their inputs, wherever they have a derivative. */
export const constants: ReadonlySet<string> = new Set([
  tf.ArgMax,
  tf.ArgMin,
  tf.Equal,
  tf.Greater,
  tf.GreaterEqual,
  tf.Less,
  tf.LessEqual,
  tf.LogicalAnd,
  tf.LogicalNot,
  tf.LogicalOr,
  tf.NotEqual,
  tf.OnesLike,
  tf.Step,
  tf.ZerosLike,
]);

type Attributes = Readonly<Record<string, unknown>>;
type Pair = [number, number];
type Triple = [number, number, number];
type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

interface PoolAttributes {
  readonly filterSize: Pair | Triple | number;
  readonly strides: Pair | Triple | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function several(value: number | readonly number[], rank: number): readonly number[] {
  return typeof value === 'number' ? Array.from({ length: rank }, () => value) : value;
}

function run(kernelName: string, inputs: Record<string, tf.Tensor>, attrs: Attributes = {}): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
}

/**
 * A convolution is linear in its input and in its filter, and so are its two gradients: the derivative of each of
 * the three is made of the other two.
 */
function convolution(
  forward: string,
  byFilter: string,
  byInput: string,
  unit: Attributes,
): Record<string, Derivative> {
  return {
    [byFilter]: {
      by: ['x', 'dy'],
      saves: ['x', 'dy'],
      gradient: (filter, [x, dy], { filterShape: _, ...attrs }) => ({
        x: () => run(byInput, { dy: dy!, filter }, { ...attrs, inputShape: x!.shape }),
        dy: () => run(forward, { x: x!, filter }, { ...unit, ...attrs }),
      }),
    },
    [byInput]: {
      by: ['dy', 'filter'],
      saves: ['dy', 'filter'],
      gradient: (x, [dy, filter], { inputShape: _, ...attrs }) => ({
        dy: () => run(forward, { x, filter: filter! }, { ...unit, ...attrs }),
        filter: () => run(byFilter, { x, dy: dy! }, { ...attrs, filterShape: filter!.shape }),
      }),
    },
  };
}

/** An operation that is linear in `dy`, of which `adjoint` is the transpose. */
function linear(
  saves: readonly string[],
  adjoint: (dx: tf.Tensor, saved: readonly tf.Tensor[], attrs: Attributes) => tf.Tensor,
): Derivative {
  return {
    by: ['dy'],
    saves,
    gradient: (dx, saved, attrs) => ({ dy: () => adjoint(dx, saved, attrs) }),
  };
}

/** The elements of `dx` at which the windows of the input have their maxima: the transpose of MaxPoolGrad. */
function atMaxima(dx: tf.Tensor, [input, output]: readonly tf.Tensor[], attrs: Attributes): tf.Tensor {
  const pick = tf.customGrad((x) => {
    const of = x as tf.Tensor;
    const [, places] = tf.engine().runKernel(tf.MaxPoolWithArgmax, { x: input! }, {
      ...attrs,
      includeBatchInIndex: false, // it would not fit a float32, which webgl gives it as
    } as tf.NamedAttrMap) as tf.Tensor[];
    const [batch] = of.shape as [number];
    const within = tf.cast(tf.reshape(places!, [batch, -1]), 'int32');
    const image = tf.reshape(tf.range(0, batch, 1, 'int32'), [batch, 1]);
    // Not tf.gather with a batch dimension, which is wrong on the wasm backend.
    const indices = tf.stack([tf.tile(image, [1, within.shape[1]!]), within], 2);
    const value = tf.reshape(tf.gatherND(tf.reshape(of, [batch, -1]), indices), places!.shape);
    return { value, gradFunc: (dy) => run(tf.MaxPoolGrad, { dy, input: input!, output: output! }, attrs) };
  });
  return pick(dx);
}

/** Elu's gradient is dy·(y + 1) below 0 and dy above it. */
const elu: Derivative = {
  by: ['dy', 'y'],
  saves: ['dy', 'y'],
  gradient: (dx, [dy, y]) => ({
    dy: () => run(tf.EluGrad, { dy: dx, y: y! }),
    y: () => tf.where(tf.less(y!, 0), tf.mul(dx, dy!), tf.zerosLike(dx)),
  }),
};

/** Which share of each window of a padded pool lies within the image, of a shape to be multiplied with its output; 1 for all. */
function share(inShape: readonly number[], attrs: Attributes): tf.Tensor | number {
  const rank = inShape.length - 2;
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
  const info =
    rank === 2
      ? tf.backend_util.computePool2DInfo(
          inShape as Shape4D,
          filterSize as Pair,
          strides as Pair,
          1,
          pad,
          dimRoundingMode,
        )
      : tf.backend_util.computePool3DInfo(
          inShape as Shape5D,
          filterSize as Triple,
          strides as Triple,
          1,
          pad as 'same',
          dimRoundingMode,
        );
  const { front } = info.padInfo as { front?: number };
  const before = [...(rank === 3 ? [front!] : []), info.padInfo.top, info.padInfo.left];
  const sizes = several(filterSize, rank);
  const steps = several(strides, rank);
  const out = info.outShape.slice(1, -1);
  const counts = before.map((start, axis) =>
    Array.from({ length: out[axis]! }, (_, i) => {
      const from = i * steps[axis]! - start;
      return Math.min(from + sizes[axis]!, inShape[axis + 1]!) - Math.max(from, 0);
    }),
  );
  if (counts.every((count, axis) => count.every((n) => n === sizes[axis]))) return 1;
  return counts.reduce<tf.Tensor>((product, count, axis) => {
    const shape = out.map((length, i) => (i === axis ? length : 1));
    return tf.mul(product, tf.div(tf.tensor(count, [1, ...shape, 1]), sizes[axis]!));
  }, tf.scalar(1));
}

/** The gradient of TensorFlow.js divides by the size of the window where the average divides by what of it is in the image. */
function averagePool(forward: string, backward: string): [Derivative, Derivative] {
  const layout = forward === tf.AvgPool3D ? { dataFormat: 'NDHWC' } : {};
  return [
    {
      by: ['x'],
      saves: ['x'],
      gradient: (dy, [x], attrs) => ({
        x: () => run(backward, { dy: tf.div(dy, share(x!.shape, attrs)), input: x! }, attrs),
      }),
    },
    linear([], (x, _, attrs) => tf.mul(run(forward, { x }, { ...layout, ...attrs }), share(x.shape, attrs))),
  ];
}

/**
 * Resizing is linear, in each direction by a matrix, which is what becomes of the unit matrix. (The gradient kernels are
 * wrong on the cpu backend with more than one image, or of unequal sides, and do not know half pixels.)
 */
function resizing(kernelName: string): Derivative {
  const matrix = (from: number, size: number, attrs: Attributes): tf.Tensor => {
    const images = tf.reshape(tf.eye(from), [1, from, 1, from]);
    return tf.reshape(run(kernelName, { images }, { ...attrs, size: [size, 1] }), [size, from]);
  };
  return {
    by: ['images'],
    saves: ['images'],
    gradient: (dy, [images], attrs) => ({
      images: () => {
        const [batch, height, width, channels] = images!.shape as Shape4D;
        const [, rows, columns] = dy.shape as Shape4D;
        const down = matrix(height, rows, attrs);
        const across = matrix(width, columns, attrs);
        const high = tf.matMul(down, tf.reshape(dy, [batch, rows, columns * channels]), true);
        const wide = tf.matMul(across, tf.reshape(high, [batch * height, columns, channels]), true);
        return tf.reshape(wide, [batch, height, width, channels]);
      },
    }),
  };
}

const [averagePool2D, averagePool2DGrad] = averagePool(tf.AvgPool, tf.AvgPoolGrad);
const [averagePool3D, averagePool3DGrad] = averagePool(tf.AvgPool3D, tf.AvgPool3DGrad);

/** Of operations without a gradient, by name. */
export const derivatives: Readonly<Record<string, Derivative>> = {
  ...convolution(tf.Conv2D, tf.Conv2DBackpropFilter, tf.Conv2DBackpropInput, { dilations: [1, 1] }),
  ...convolution(
    tf.DepthwiseConv2dNative,
    tf.DepthwiseConv2dNativeBackpropFilter,
    tf.DepthwiseConv2dNativeBackpropInput,
    { dataFormat: 'NHWC' },
  ),
  ...convolution(tf.Conv3D, tf.Conv3DBackpropFilterV2, tf.Conv3DBackpropInputV2, {
    dataFormat: 'NDHWC',
    dilations: [1, 1, 1],
  }),
  [tf.AvgPoolGrad]: averagePool2DGrad,
  [tf.AvgPool3DGrad]: averagePool3DGrad,
  [tf.MaxPoolGrad]: linear(['input', 'output'], atMaxima),
  [tf.EluGrad]: elu,
};

/** In place of gradients that are wrong in the first pass already, by name. */
export const corrections: Readonly<Record<string, Derivative>> = {
  [tf.AvgPool]: averagePool2D,
  [tf.AvgPool3D]: averagePool3D,
  [tf.ResizeBilinear]: resizing(tf.ResizeBilinear),
  [tf.ResizeNearestNeighbor]: resizing(tf.ResizeNearestNeighbor),
};

/** Operations with a wrong gradient, which are refused: that of a quotient, and one that forgets what was reflected. */
export const refused: ReadonlySet<string> = new Set([tf.FloorDiv, tf.MirrorPad]);
