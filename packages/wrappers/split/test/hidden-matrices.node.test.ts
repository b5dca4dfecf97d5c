// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { Muon } from '@optim/muon';
import { hiddenMatrices, Split } from '@optim/split';
import { freeOwned, own } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it } from 'vitest';

afterEach(freeOwned);

const { layers: make } = layers;

const network = (...last: layers.layers.Layer[]): layers.Sequential =>
  own(
    layers.sequential({
      layers: [
        make.embedding({ name: 'words', inputDim: 5, outputDim: 4, inputLength: 3 }),
        make.timeDistributed({ name: 'each', layer: make.dense({ name: 'inner', units: 4 }) }),
        make.gru({ name: 'memory', units: 2, recurrentInitializer: 'zeros' }) as layers.RNN,
        make.layerNormalization({ name: 'even' }),
        make.dense({ name: 'hidden', units: 3 }),
        ...last,
      ],
    }),
  );

/** Names of the weights that are found, without the number of a second model. */
const found = (model: layers.LayersModel, patterns: readonly RegExp[]): string[] =>
  model.trainableWeights
    .map(({ name }) => name)
    .filter((name) => patterns.some((pattern) => pattern.test(name)))
    .map((name) => name.replace(/_\d+$/, ''));

const out = (): layers.layers.Layer => make.dense({ name: 'out', units: 2 });
const hidden = ['each/kernel', 'memory/kernel', 'memory/recurrent_kernel', 'hidden/kernel'];

describe('hiddenMatrices', () => {
  it('finds the kernels inside, and not the head, also before an activation', () => {
    for (const model of [network(out()), network(out(), make.softmax())])
      expect(found(model, hiddenMatrices(model))).toEqual(hidden);
  });

  it('goes by classes of layers, and takes the head too', () => {
    const model = network(out());
    expect(found(model, hiddenMatrices(model, { head: true }))).toEqual([...hidden, 'out/kernel']);
    expect(found(model, hiddenMatrices(model, { layers: ['GRU'] }))).toEqual(hidden.slice(1, 3));
    expect(found(model, hiddenMatrices(model, { layers: ['Embedding'], head: true }))).toEqual([
      'words/embeddings',
    ]);
  });

  it('says which variables Muon is to have, in a configuration too', () => {
    const model = network(out());
    const optimizer = own(
      new Split(new AdamW(), { groups: [{ match: hiddenMatrices(model), optimizer: new Muon() }] }),
    );
    const again = own(
      Split.fromConfig(
        Split as never,
        JSON.parse(JSON.stringify(optimizer.getConfig())) as never,
      ) as never as Split,
    );
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    tf.tidy(() => again.applyGradients(variables.map((p) => ({ name: p.name, tensor: tf.onesLike(p) }))));
    const [rest, muon] = again.describe().map(({ variables: names }) => names);
    expect(muon!.map((name) => name.replace(/_\d+$/, ''))).toEqual(hidden);
    expect(rest).toHaveLength(variables.length - hidden.length);
  });

  it.each<[unknown, object, Error]>([
    [null, {}, new TypeError('hiddenMatrices: model must have layers, got null')],
    [
      { layers: [] },
      {},
      new RangeError('hiddenMatrices: model must have matrices in hidden layers, got none'),
    ],
    [
      { layers: [] },
      { layers: 'Dense' },
      new TypeError('hiddenMatrices: layers must be an array of strings, got "Dense"'),
    ],
  ])('refuses %j', (model, options, error) => {
    expect(() => hiddenMatrices(model as layers.LayersModel, options)).toThrow(error);
  });
});
