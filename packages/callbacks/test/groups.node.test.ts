// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { layerwiseGroups, noDecay } from '@optim/callbacks';
import { linear } from '@optim/schedules';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';

/** A model within a model, with layers of several kinds; names of a second one get a suffix. */
function deep(): tfl.LayersModel {
  const within = tfl.sequential({
    layers: [
      tfl.layers.dense({ name: 'first', units: 3, inputShape: [2] }),
      tfl.layers.layerNormalization({ name: 'norm' }),
      tfl.layers.prelu({ name: 'bend' }),
    ],
  });
  return tfl.sequential({ layers: [within, tfl.layers.dense({ name: 'head.x', units: 1, useBias: true })] });
}

const namesOf = (model: tfl.LayersModel): string[] => model.weights.map(({ name }) => name);
const variablesOf = (model: tfl.LayersModel): tf.Variable[] =>
  model.weights.map((weight) => weight.read() as tf.Variable);

it('leaves biases and normalization without decay, also in a second model of the page, and is saved', () => {
  const [first, second] = [deep(), deep()];
  expect(namesOf(second)).not.toEqual(namesOf(first));
  const made = new AdamW({ weightDecay: 0.5, parameterGroups: noDecay(first) });
  const config = JSON.parse(JSON.stringify(made.getConfig())) as tf.serialization.ConfigDict;
  const optimizer = AdamW.fromConfig(AdamW as never, config) as AdamW;
  for (const model of [first, second]) {
    const decays = variablesOf(model).map((variable) => [
      variable.name.replace(/_\d+$/, ''),
      optimizer.inForce(variable).weightDecay,
    ]);
    expect(Object.fromEntries(decays)).toEqual({
      'first/kernel': 0.5,
      'first/bias': 0,
      'norm/gamma': 0,
      'norm/beta': 0,
      'bend/alpha': 0,
      'head.x/kernel': 0.5,
      'head.x/bias': 0,
    });
    model.dispose();
  }
  made.dispose();
  optimizer.dispose();
});

it('gives layers rates that fall towards the input, with schedules and without decay where asked for', () => {
  const model = deep();
  const learningRate = linear({ initialLearningRate: 0.8, endLearningRate: 0, totalSteps: 10 });
  const parameterGroups = layerwiseGroups(model, { learningRate, decay: 0.5, noDecay: true });
  const optimizer = new AdamW({ learningRate, weightDecay: 0.25, parameterGroups });
  const found = variablesOf(model).map((variable) => {
    const { learningRate: rate, weightDecay } = optimizer.inForce(variable);
    return [variable.name.replace(/_\d+$/, ''), [rate, weightDecay]];
  });
  expect(Object.fromEntries(found)).toEqual({
    'first/kernel': [expect.closeTo(0.1, 9), 0.25],
    'first/bias': [expect.closeTo(0.1, 9), 0],
    'norm/gamma': [expect.closeTo(0.2, 9), 0],
    'norm/beta': [expect.closeTo(0.2, 9), 0],
    'bend/alpha': [expect.closeTo(0.4, 9), 0],
    'head.x/kernel': [0.8, 0.25],
    'head.x/bias': [0.8, 0],
  });
  expect(() => optimizer.getConfig()).not.toThrow(TypeError);
  expect(
    layerwiseGroups(model, { learningRate: 1, decay: 0.5 }).map(({ learningRate: rate }) => rate),
  ).toEqual([0.125, 0.25, 0.5, 1]);
  optimizer.dispose();
  model.dispose();
});

it('spares normalization in layers around layers too', () => {
  const words = tfl.layers.timeDistributed({
    layer: tfl.layers.layerNormalization({ name: 'each' }),
    inputShape: [4, 3],
    name: 'words',
  });
  const model = tfl.sequential({ layers: [words, tfl.layers.dense({ name: 'last', units: 1 })] });
  const spared = namesOf(model).filter((name) =>
    noDecay(model).some(({ match }) => (match as RegExp).test(name)),
  );
  expect(spared).toHaveLength(3);
  expect(spared.some((name) => name.includes('kernel'))).toBe(false);
  model.dispose();
});

it('makes expressions that can be saved of any number of names', () => {
  const layers = Array.from({ length: 60 }, (_, i) => ({
    weights: [{ name: '', originalName: `a_layer_with_a_long_name_${i}/bias`, read: () => tf.scalar(0) }],
    getClassName: () => 'Dense',
  }));
  const groups = noDecay({ layers });
  expect(groups.length).toBeGreaterThan(1);
  for (const { match } of groups) expect((match as RegExp).source.length).toBeLessThanOrEqual(1000);
  const matched = (name: string): boolean => groups.some(({ match }) => (match as RegExp).test(name));
  expect([0, 31, 59].every((i) => matched(`a_layer_with_a_long_name_${i}/bias`))).toBe(true);
  expect(matched('a_layer_with_a_long_name_3/bias_12')).toBe(true);
  expect(matched('a_layer_with_a_long_name_3/kernel')).toBe(false);
  expect(matched('xa_layer_with_a_long_name_3/bias')).toBe(false);
  expect(() => noDecay(5 as never)).toThrow(new TypeError('noDecay: model must have layers, got 5'));
});
