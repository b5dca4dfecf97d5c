// SPDX-License-Identifier: Apache-2.0
// The Jacobian of a model of dense layers: a pass back for each output, since examples do not mix.

import * as tf from '@tensorflow/tfjs-core';
import type { Linearized } from './options.js';

/** What is used of a layer of tfjs-layers. */
interface Layer {
  readonly trainable: boolean;
  readonly trainableWeights: readonly { read(): tf.Tensor }[];
  readonly inboundNodes: readonly { readonly inboundLayers: readonly unknown[] }[];
  getClassName(): string;
  getWeights(): tf.Tensor[];
}

/** What is used of a layer that has an activation. */
interface Activated extends Layer {
  readonly activation: { apply(x: tf.Tensor): tf.Tensor } | null;
}

/** What is used of a model of tfjs-layers. */
export interface Model {
  readonly layers: readonly unknown[];
  readonly trainableWeights: readonly { readonly name: string }[];
  apply(x: tf.Tensor, options: { training: boolean }): unknown;
}

const isDense = (layer: Layer): boolean => layer.getClassName() === 'Dense';

/** The layers of a chain of Dense and Activation layers; `null` for any other model. */
export function chainOf(model: Model): Layer[] | null {
  const layers = (model.layers as Layer[]).filter((layer) => layer.getClassName() !== 'InputLayer');
  const isChain = layers.every((layer, i) => {
    const [node, ...others] = layer.inboundNodes;
    const before = node?.inboundLayers ?? [];
    const follows = i === 0 || (before.length === 1 && before[0] === layers[i - 1]);
    const isKnown = isDense(layer) || layer.getClassName() === 'Activation';
    return isKnown && others.length === 0 && follows && (layer.trainable || !isDense(layer));
  });
  return isChain && layers.some(isDense) ? layers : null;
}

/** The outputs, and what each dense layer is given; `shifts` are added to what their activations are given. */
function forward(
  layers: readonly Layer[],
  x: tf.Tensor,
  shifts: readonly tf.Tensor[],
): { outputs: tf.Tensor2D; inputs: tf.Tensor2D[] } {
  const inputs: tf.Tensor2D[] = [];
  let a = x as tf.Tensor2D;
  for (const layer of layers) {
    const { activation } = layer as Activated;
    if (isDense(layer)) {
      const [kernel, bias] = layer.getWeights();
      const shift = shifts[inputs.length];
      inputs.push(a);
      a = tf.matMul(a, kernel as tf.Tensor2D);
      if (bias) a = tf.add(a, bias);
      if (shift) a = tf.add(a, shift);
    }
    if (activation) a = activation.apply(a) as tf.Tensor2D;
  }
  return { outputs: a, inputs };
}

/** Residuals outputs − y of a chain, and their Jacobian by its weights in their order. */
export function byLayers(layers: readonly Layer[], x: tf.Tensor, y: tf.Tensor): Linearized {
  return tf.tidy(() => {
    const { outputs, inputs } = forward(layers, x, []);
    const [examples, units] = outputs.shape;
    const dense = layers.filter(isDense);
    const shifts = dense.map((layer) => tf.zeros([examples, layer.getWeights()[0]!.shape[1]!]));
    const jacobians = Array.from({ length: units }, (_, unit) => {
      const column = (...shifted: tf.Tensor[]): tf.Tensor =>
        tf.sum(tf.slice(forward(layers, x, shifted).outputs, [0, unit], [-1, 1]));
      const deltas = tf.grads(column)(shifts);
      const blocks = dense.flatMap((layer, i) => {
        const [a, delta] = [inputs[i]!, deltas[i]! as tf.Tensor2D];
        const kernel = tf.mul(tf.expandDims(a, 2), tf.expandDims(delta, 1));
        const size = a.shape[1] * delta.shape[1];
        const block = tf.reshape(kernel, [examples, size]);
        return layer.getWeights().length > 1 ? [block, delta] : [block];
      });
      return tf.concat(blocks, 1);
    });
    const [parameters] = jacobians[0]!.shape.slice(1);
    return {
      residuals: tf.sub(outputs, y),
      jacobian: tf.reshape<tf.Rank.R2>(tf.stack(jacobians, 1), [examples * units, parameters!]),
    };
  });
}

/** How to linearize a closure that was made of a chain. */
export const linearizations: WeakMap<() => tf.Tensor, () => Linearized> = new WeakMap();
