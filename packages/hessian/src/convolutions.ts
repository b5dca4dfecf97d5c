// SPDX-License-Identifier: Apache-2.0
// The gradients of convolutions, made of convolutions and elementary operations.

import * as tf from '@tensorflow/tfjs-core';

type Attributes = {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
};
type Shape4D = [number, number, number, number];

/** Rows and columns of a batch of images from `from` on, `size` of them; what lies outside is 0. */
function window(x: tf.Tensor4D, from: [number, number], size: [number, number]): tf.Tensor4D {
  const begin = from.map((at) => Math.max(at, 0));
  const end = from.map((at, i) => Math.min(at + size[i]!, x.shape[i + 1]!));
  const part = tf.slice(x, [0, begin[0]!, begin[1]!, 0], [-1, end[0]! - begin[0]!, end[1]! - begin[1]!, -1]);
  const margin = from.map((at, i) => [begin[i]! - at, at + size[i]! - end[i]!] as [number, number]);
  return margin.flat().some((n) => n > 0) ? tf.pad(part, [[0, 0], margin[0]!, margin[1]!, [0, 0]]) : part;
}

function geometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode }: Attributes,
  depthwise: boolean,
): {
  info: tf.backend_util.Conv2DInfo;
  strides: [number, number];
  origin: [number, number];
} {
  const info = tf.backend_util.computeConv2DInfo(
    [...xShape] as Shape4D,
    [...filterShape] as Shape4D,
    strides,
    1,
    pad,
    dimRoundingMode,
    depthwise,
  );
  return {
    info,
    strides: [info.strideHeight, info.strideWidth],
    origin: [-info.padInfo.top, -info.padInfo.left],
  };
}

/** What the filter of a convolution has seen of its input, padding included. */
function seen(x: tf.Tensor4D, { info, strides, origin }: ReturnType<typeof geometry>): tf.Tensor4D {
  return window(x, origin, [
    (info.outHeight - 1) * strides[0] + info.filterHeight,
    (info.outWidth - 1) * strides[1] + info.filterWidth,
  ]);
}

/** A convolution of x with dy in place of the filter: batch and channels change places, strides become dilations. */
export function conv2DBackpropFilter(
  { x, dy }: Record<string, tf.Tensor4D>,
  { filterShape, ...attrs }: Attributes & { filterShape: Shape4D },
): tf.Tensor {
  const at = geometry(x!.shape, filterShape, attrs, false);
  const images = tf.transpose(seen(x!, at), [3, 1, 2, 0]);
  const filter = tf.transpose(dy!, [1, 2, 0, 3]);
  return tf.transpose(tf.conv2d(images, filter, 1, 'valid', 'NHWC', at.strides), [1, 2, 0, 3]);
}

/** For each element of the filter, the sum of what it has seen times dy. */
export function depthwiseBackpropFilter(
  { x, dy }: Record<string, tf.Tensor4D>,
  { filterShape, ...attrs }: Attributes & { filterShape: Shape4D },
): tf.Tensor {
  const at = geometry(x!.shape, filterShape, attrs, true);
  const [height, width, channels, multiplier] = filterShape;
  const { batchSize, outHeight, outWidth } = at.info;
  const places = batchSize * outHeight * outWidth;
  const [down, right] = at.strides;
  const all = seen(x!, at);
  const errors = tf.reshape(dy!, [places, channels, multiplier]);
  const elements = Array.from({ length: height * width }, (_, n) => {
    const [i, j] = [Math.floor(n / width), n % width];
    const end = [batchSize, i + (outHeight - 1) * down + 1, j + (outWidth - 1) * right + 1, channels];
    const part = tf.stridedSlice(all, [0, i, j, 0], end, [1, down, right, 1]);
    return tf.sum(tf.mul(tf.reshape(part, [places, channels, 1]), errors), 0);
  });
  return tf.reshape(tf.stack(elements), filterShape);
}

/** A convolution of dy, with zeros between its elements as the strides have it, with the filter turned round. */
export function depthwiseBackpropInput(
  { dy, filter }: Record<string, tf.Tensor4D>,
  { inputShape, ...attrs }: Attributes & { inputShape: Shape4D },
): tf.Tensor {
  const { info, strides, origin } = geometry(inputShape, filter!.shape, attrs, true);
  const [batch, rows, columns, depth] = dy!.shape;
  const [height, width, channels, multiplier] = filter!.shape;
  const [down, right] = strides;
  let spread = dy!;
  if (down > 1) {
    const apart = tf.pad(tf.reshape(spread, [batch * rows, 1, columns * depth]), [
      [0, 0],
      [0, down - 1],
      [0, 0],
    ]);
    spread = tf.reshape(apart, [batch, rows * down, columns, depth]) as tf.Tensor4D;
  }
  if (right > 1) {
    const apart = tf.pad(tf.reshape(spread, [-1, 1, depth]), [
      [0, 0],
      [0, right - 1],
      [0, 0],
    ]);
    spread = tf.reshape(apart, [batch, rows * down, columns * right, depth]) as tf.Tensor4D;
  }
  const all = window(
    spread,
    [1 - height - origin[0], 1 - width - origin[1]],
    [info.inHeight + height - 1, info.inWidth + width - 1],
  );
  const turned = tf.reshape(tf.reverse(filter!, [0, 1]), [height, width, depth, 1]) as tf.Tensor4D;
  const images = tf.depthwiseConv2d(all, turned, 1, 'valid');
  return tf.sum(tf.reshape(images, [batch, info.inHeight, info.inWidth, channels, multiplier]), 4);
}
