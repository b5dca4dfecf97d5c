// SPDX-License-Identifier: Apache-2.0
// Kernels that gradients are made with, where the wasm backend has none or a wrong one. They are registered while a scope
// is open.

import * as tf from '@tensorflow/tfjs-core';
import { conv2DBackpropFilter, depthwiseBackpropFilter, depthwiseBackpropInput } from './convolutions.js';

type Inputs = Record<string, tf.Tensor>;
type Kernel<A = tf.NamedAttrMap> = (inputs: Inputs, attrs: A) => tf.Tensor | tf.Tensor[];

const unsortedSegmentSum: Kernel<{ numSegments: number }> = ({ x, segmentIds }, { numSegments }) =>
  tf.scatterND(tf.expandDims(segmentIds!, 1), x!, [numSegments, ...x!.shape.slice(1)]);

/** What a backend may lack. */
const lacking = {
  [tf.Conv2DBackpropFilter]: conv2DBackpropFilter,
  [tf.DepthwiseConv2dNativeBackpropFilter]: depthwiseBackpropFilter,
  [tf.DepthwiseConv2dNativeBackpropInput]: depthwiseBackpropInput,
  [tf.UnsortedSegmentSum]: unsortedSegmentSum,
};

// The two kernels of the wasm backend that look for a maximum begin with the smallest positive number and not with −∞, and
// find none in a window without a positive element. There, the largest x is the one with the largest −1/x.
const smallest = 1.2e-38;

function reciprocal(x: tf.Tensor): tf.Tensor {
  return tf.div(1, tf.maximum(tf.neg(x), smallest));
}

const maxPoolGrad =
  (original: Kernel): Kernel =>
  ({ dy, input, output }, attrs) => {
    const positive = tf.cast(tf.greater(output!, smallest), 'float32');
    const zero = tf.sub(1, positive);
    const above = original({ dy: tf.mul(dy!, positive), input: input! }, attrs);
    const below = original({ dy: tf.mul(dy!, zero), input: reciprocal(input!) }, attrs);
    return tf.add(above as tf.Tensor, below as tf.Tensor);
  };

const maxPoolWithArgmax =
  (original: Kernel): Kernel =>
  ({ x }, attrs) => {
    const [value, above] = original({ x: x! }, attrs) as tf.Tensor[];
    const [inverse, below] = original({ x: reciprocal(x!) }, attrs) as tf.Tensor[];
    const positive = tf.greater(value!, smallest);
    return [tf.where(positive, value!, tf.neg(tf.reciprocal(inverse!))), tf.where(positive, above!, below!)];
  };

/** What a backend has wrong. */
const wrong: Readonly<Record<string, Record<string, (original: Kernel) => Kernel>>> = {
  wasm: { [tf.MaxPoolGrad]: maxPoolGrad, [tf.MaxPoolWithArgmax]: maxPoolWithArgmax },
};

/** A kernel of the backend as a function of tensors. */
function asFunction({ kernelFunc }: tf.KernelConfig): Kernel {
  const engine = tf.engine();
  const tensor = (info: tf.TensorInfo): tf.Tensor => engine.makeTensorFromTensorInfo(info);
  return (inputs, attrs) => {
    const made = kernelFunc({ inputs, attrs, backend: tf.backend() });
    return Array.isArray(made) ? made.map(tensor) : tensor(made);
  };
}

/** Registers what the backend lacks and what it has wrong. The function returned puts back what was there. */
export function provideKernels(): () => void {
  const backendName = tf.getBackend();
  const before = new Map<string, tf.KernelConfig | undefined>();
  const provide = (kernelName: string, kernel: Kernel): void => {
    const present = tf.getKernel(kernelName, backendName);
    before.set(kernelName, present);
    if (present) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) => tf.tidy(() => kernel(inputs as Inputs, attrs!)),
    });
  };
  for (const [name, kernel] of Object.entries(lacking)) {
    if (!tf.getKernel(name, backendName)) provide(name, kernel as unknown as Kernel);
  }
  for (const [name, repair] of Object.entries(wrong[backendName] ?? {})) {
    const original = tf.getKernel(name, backendName);
    if (original) provide(name, repair(asFunction(original)));
  }
  return () => {
    for (const [name, config] of before) {
      tf.unregisterKernel(name, backendName);
      if (config) tf.registerKernel(config);
    }
  };
}
