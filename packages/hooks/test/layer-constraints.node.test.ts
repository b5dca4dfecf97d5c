// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { layerConstraints } from '@optim/hooks';
import { SGDW } from '@optim/sgdw';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, expect, it } from 'vitest';

const models: layers.LayersModel[] = [];

afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

/** A nested dense layer and a last one with constraints; before them a convolution, which wasm cannot train. */
function constrainedModel({ convolves }: { readonly convolves: boolean }): layers.Sequential {
  const { conv2d, dense, flatten } = layers.layers;
  const { maxNorm, minMaxNorm } = layers.constraints;
  const nested = layers.sequential({
    layers: [dense({ units: 3, inputShape: [8], name: 'inner', kernelConstraint: 'unitNorm' })],
  });
  const conv = conv2d({
    filters: 2,
    kernelSize: 2,
    inputShape: [3, 3, 1],
    name: 'conv',
    kernelConstraint: maxNorm({ maxValue: 0.5 }),
    biasConstraint: 'nonNeg',
  });
  const last = dense({
    units: 2,
    name: 'outer',
    kernelConstraint: minMaxNorm({ minValue: 0.1, maxValue: 0.4, rate: 0.5, axis: 1 }),
    biasConstraint: 'nonNeg',
  });
  const first = convolves ? [conv, flatten()] : [flatten({ inputShape: [2, 4] })];
  const model = layers.sequential({ layers: [...first, nested, last] });
  models.push(model, nested);
  return model;
}

/** The constraints of a model applied once to its weights, by TensorFlow.js. */
async function applied(model: layers.LayersModel): Promise<number[][]> {
  const weights = model.weights.map((weight) => {
    const { constraint } = weight as unknown as { constraint: { apply(w: tf.Tensor): tf.Tensor } | null };
    return tf.tidy(() => (constraint ? constraint.apply(weight.read()) : tf.clone(weight.read())));
  });
  const values = await Promise.all(weights.map(async (weight) => [...(await weight.data())]));
  tf.dispose(weights);
  return values;
}

it('applies what the layers of a model have, nested ones too', async () => {
  const model = constrainedModel({ convolves: true });
  tf.tidy(() => model.setWeights(model.getWeights().map((w, i) => tf.sub(tf.mul(w, 3), i / 10))));
  const want = await applied(model);
  const optimizer = new SGDW({ transforms: layerConstraints(model) });
  tf.tidy(() =>
    optimizer.applyGradients(
      model.weights.map((weight) => {
        const variable = weight.read() as tf.Variable;
        return { name: variable.name, tensor: tf.zerosLike(variable) };
      }),
    ),
  );
  const got = await Promise.all(model.weights.map((weight) => weight.read().data()));
  want.forEach((values, i) =>
    expect([...got[i]!], `weight ${i}`).toEqual(values.map((value) => expect.closeTo(value, 5) as number)),
  );
  optimizer.dispose();
});

it('holds while a model is trained, and goes through the configuration', async () => {
  const model = constrainedModel({ convolves: false });
  const optimizer = new AdamW({ learningRate: 0.1, transforms: layerConstraints(model) });
  const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as tf.serialization.ConfigDict;
  const again = AdamW.fromConfig(AdamW as never, config) as AdamW;
  expect(again.getConfig()).toEqual(optimizer.getConfig());
  optimizer.dispose();
  model.compile({ optimizer: again, loss: 'meanSquaredError' });
  const [x, y] = [tf.ones([4, 2, 4]), tf.tensor2d([[1, -1], [2, 0], [1, 3], [0, -2]])]; // prettier-ignore
  await model.fit(x, y, { epochs: 5, verbose: 0, yieldEvery: 'never' });
  const weights = Object.fromEntries(model.weights.map((weight) => [weight.originalName, weight.read()]));
  const read = (name: string): Promise<Float32Array> => weights[name]!.data() as Promise<Float32Array>;
  const kernel = await read('inner/kernel');
  for (const unit of [0, 1, 2])
    expect(Math.hypot(...[...kernel].filter((_, i) => i % 3 === unit))).toBeCloseTo(1, 5);
  expect(Math.min(...(await read('outer/bias')))).toBeGreaterThanOrEqual(0);
  again.dispose();
  tf.dispose([x, y]);
});

it('weights under one constraint share a hook', () => {
  const { dense } = layers.layers;
  const constrained = { units: 1, kernelConstraint: 'nonNeg' } as const;
  const model = layers.sequential({
    layers: [dense({ ...constrained, inputShape: [1] }), dense(constrained), dense({ units: 1 })],
  });
  models.push(model);
  expect(layerConstraints(model).map(({ name }) => name)).toEqual(['nonNegative']);
  const plain = layers.sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
  models.push(plain);
  expect(layerConstraints(plain)).toEqual([]);
});

it('what it does not know is refused', () => {
  // A class of one's own, whose base is exported by no name.
  const kernelConstraint = layers.constraints.nonNeg();
  kernelConstraint.getClassName = () => 'Odd';
  const model = layers.sequential({
    layers: [layers.layers.dense({ units: 1, inputShape: [1], name: 'odd', kernelConstraint })],
  });
  models.push(model);
  expect(() => layerConstraints(model)).toThrow(
    /^layerConstraints: constraint of "odd\/kernel\w*" must be one of MaxNorm, MinMaxNorm, NonNeg, UnitNorm, got "Odd"$/,
  );
  expect(() => layerConstraints(null as never)).toThrow(
    new TypeError('layerConstraints: model must be a model with layers, got null'),
  );
});
