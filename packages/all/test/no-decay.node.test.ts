// SPDX-License-Identifier: Apache-2.0

import { createOptimizer, noDecayOf } from '@optim/all';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it } from 'vitest';

const models: layers.LayersModel[] = [];

afterEach(() => {
  for (const model of models.splice(0)) {
    const values = model.weights.map((weight) => weight.read());
    model.dispose();
    tf.dispose(values); // a model inside a model stays
  }
});

function network(): layers.Sequential {
  const model = layers.sequential({
    layers: [
      layers.layers.embedding({ name: 'words', inputDim: 5, outputDim: 4, inputLength: 3 }),
      layers.layers.bidirectional({
        name: 'both',
        // The orthogonal one wants chained methods of tensors.
        layer: layers.layers.lstm({ name: 'memory', units: 2, recurrentInitializer: 'zeros' }) as layers.RNN,
        mergeMode: 'concat',
      }),
      layers.layers.batchNormalization({ name: 'norm.1' }),
      layers.sequential({
        name: 'head',
        layers: [
          layers.layers.dense({ name: 'hidden', units: 3, inputShape: [4] }),
          layers.layers.layerNormalization({ name: 'even' }),
        ],
      }),
      layers.layers.dense({ name: 'out', units: 1 }),
    ],
  });
  models.push(model);
  return model;
}

/** Names of the weights that patterns find. */
function found(model: layers.LayersModel, patterns: readonly string[]): string[] {
  const names = model.trainableWeights.map(({ name }) => name.replace(/_\d+$/, ''));
  return names.filter((_, i) =>
    patterns.some((pattern) => new RegExp(pattern).test(model.trainableWeights[i]!.name)),
  );
}

describe('noDecayOf', () => {
  it('makes several expressions of many names, which a configuration can hold', () => {
    const names = Array.from({ length: 200 }, (_, i) => `block_${i}/layer_normalization`);
    const weightsOf = (name: string): { name: string }[] =>
      ['gamma', 'beta'].map((role) => ({ name: `${name}/${role}` }));
    const model = {
      layers: names.map((name) => ({ getClassName: () => 'LayerNormalization', weights: weightsOf(name) })),
    };
    const noDecay = noDecayOf(model);
    const all = names.flatMap((name) => weightsOf(name).map((weight) => weight.name));
    expect(
      all.filter((name) => noDecay.filter((pattern) => RegExp(pattern).test(name)).length !== 1),
    ).toEqual([]);
    expect(noDecay.length).toBeLessThan(20);
    createOptimizer({ name: 'AdamW', noDecay }).dispose();
  });

  it('names biases, and all weights of normalizations', () => {
    const model = network();
    const biases = model.trainableWeights.map(({ name }) => name).filter((name) => /bias(_\d+)?$/.test(name));
    expect(found(model, noDecayOf(model))).toEqual(
      model.trainableWeights
        .map(({ name }) => name)
        .filter((name) => biases.includes(name) || /gamma|beta/.test(name))
        .map((name) => name.replace(/_\d+$/, '')),
    );
    expect(found(model, noDecayOf(model))).toHaveLength(8);
    expect(found(model, noDecayOf(model))).not.toContain('out/kernel');
  });

  it('goes by classes of layers, also those inside others, and by roles', () => {
    const model = network();
    expect(found(model, noDecayOf(model, { layers: ['Embedding'], roles: [] }))).toEqual([
      'words/embeddings',
    ]);
    expect(found(model, noDecayOf(model, { layers: ['LSTM'], roles: [] }))).toHaveLength(6);
    expect(found(model, noDecayOf(model, { layers: ['Bidirectional'], roles: [] }))).toHaveLength(6);
    expect(found(model, noDecayOf(model, { layers: ['Sequential'], roles: [] }))).toHaveLength(4);
    expect(found(model, noDecayOf(model, { layers: [], roles: ['gamma'] }))).toEqual([
      'norm.1/gamma',
      'even/gamma',
    ]);
    expect(noDecayOf(model, { layers: [], roles: [] })).toEqual([]);
  });

  it('fits a second model in the page, whose weights have numbers behind their names', () => {
    const [first, second] = [network(), network()];
    expect(noDecayOf(second)).toEqual(noDecayOf(first));
    expect(found(second, noDecayOf(first))).toEqual(found(first, noDecayOf(first)));
  });

  it('is data that an optimizer goes by', () => {
    const model = network();
    const noDecay = JSON.parse(JSON.stringify(noDecayOf(model))) as string[];
    const optimizer = createOptimizer({
      name: 'adamw',
      options: { learningRate: 0.1, weightDecay: 0.5 },
      noDecay,
    });
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const first = variables.map((variable) => tf.onesLike(variable));
    variables.forEach((variable, i) => variable.assign(first[i]!));
    const gradients = variables.map((variable) => ({ name: variable.name, tensor: tf.zerosLike(variable) }));
    optimizer.applyGradients(gradients);
    const spared = new Set(found(model, noDecay));
    const names = model.trainableWeights.map(({ name }) => name.replace(/_\d+$/, ''));
    expect(spared.size).toBe(8);
    variables.forEach((variable, i) => {
      expect(variable.dataSync()[0], names[i]).toBeCloseTo(spared.has(names[i]!) ? 1 : 0.95, 6);
    });
    optimizer.dispose();
    tf.dispose([...first, ...gradients.map(({ tensor }) => tensor)]);
  });

  it.each<[unknown, unknown, string]>([
    [null, {}, 'noDecayOf: model must have layers, got null'],
    [{}, {}, 'noDecayOf: model must have layers, got an object (Object)'],
    [{ layers: [] }, { layers: 'Dense' }, 'noDecayOf: layers must be an array of strings, got "Dense"'],
    [{ layers: [] }, { roles: [3] }, 'noDecayOf: roles must be an array of strings, got [3]'],
    [{ layers: [] }, { role: [] }, 'noDecayOf: unknown option "role" (did you mean "roles"?)'],
  ])('refuses %j, %j', (model, options, message) => {
    expect(() => noDecayOf(model as never, options as never)).toThrow(TypeError);
    expect(() => noDecayOf(model as never, options as never)).toThrow(message);
  });
});
