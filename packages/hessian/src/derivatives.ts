// SPDX-License-Identifier: Apache-2.0
// Derivatives of operations that have none in TensorFlow.js: most of them those its gradients are made with.

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

function run(
  kernelName: string,
  inputs: Record<string, tf.Tensor>,
  attrs: Record<string, unknown> = {},
): tf.Tensor {
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

/** The elements of `dx` at which the windows of `x` have their maxima. The transpose of MaxPoolGrad. */
function atMaxima(dx: tf.Tensor, [x]: readonly tf.Tensor[], attrs: Attributes): tf.Tensor {
  const [, places] = tf.engine().runKernel(tf.MaxPoolWithArgmax, { x: x! }, {
    ...attrs,
    includeBatchInIndex: true,
  } as tf.NamedAttrMap) as tf.Tensor[];
  const flat = tf.reshape(dx, [dx.size]);
  return tf.reshape(tf.gather(flat, tf.reshape(places!, [places!.size])), places!.shape);
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

function resized(kernelName: string): Derivative {
  return linear(['dy'], (dx, [dy], { alignCorners }) =>
    run(kernelName, { images: dx }, { alignCorners, halfPixelCenters: false, size: dy!.shape.slice(1, 3) }),
  );
}

/** By the operation's name. */
export const derivatives: Readonly<Record<string, Derivative>> = {
  ...convolution(tf.Conv2D, tf.Conv2DBackpropFilter, tf.Conv2DBackpropInput, { dilations: [1, 1] }),
  ...convolution(
    tf.DepthwiseConv2dNative,
    tf.DepthwiseConv2dNativeBackpropFilter,
    tf.DepthwiseConv2dNativeBackpropInput,
    {},
  ),
  ...convolution(tf.Conv3D, tf.Conv3DBackpropFilterV2, tf.Conv3DBackpropInputV2, {
    dataFormat: 'NDHWC',
    dilations: [1, 1, 1],
  }),
  [tf.AvgPoolGrad]: linear([], (x, _, attrs) => run(tf.AvgPool, { x }, attrs)),
  [tf.AvgPool3DGrad]: linear([], (x, _, attrs) =>
    run(tf.AvgPool3D, { x }, { ...attrs, dataFormat: 'NDHWC' }),
  ),
  [tf.MaxPoolGrad]: linear(['input'], atMaxima),
  [tf.ResizeBilinearGrad]: resized(tf.ResizeBilinear),
  [tf.ResizeNearestNeighborGrad]: resized(tf.ResizeNearestNeighbor),
  [tf.EluGrad]: elu,
};
