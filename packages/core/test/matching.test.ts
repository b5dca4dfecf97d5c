// SPDX-License-Identifier: Apache-2.0
// How saved parameters are found again.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { StateDict } from '../src/index.js';
import { step } from './rules.js';
import { freeOwned, heavy, momenta, named, stateOf } from './states.js';

afterEach(freeOwned);

describe('saved parameters are found', () => {
  const load = async (state: StateDict, ...variables: tf.Variable[]): Promise<Record<string, number[]>> => {
    const optimizer = heavy({ momentum: 0.5 });
    await optimizer.loadStateDict(state);
    tf.tidy(() =>
      optimizer.applyGradients(variables.map((v) => ({ name: v.name, tensor: tf.zerosLike(v) }))),
    );
    return momenta(optimizer);
  };

  it('by name, in any order; others start afresh', async () => {
    const [b, c, a] = [named('b', [0]), named('c', [0]), named('a', [0])];
    expect(await load(stateOf(['a', [2]], ['b', [4]]), a, b, c)).toEqual({ b: [2], c: [0], a: [1] });
  });

  it('by name but for the suffix that a second model in the page gets', async () => {
    const [a, b] = [named('d/kernel_1', [0]), named('d/bias_1', [0])];
    expect(await load(stateOf(['d/kernel', [2]], ['d/bias', [4]]), a, b)).toEqual({
      'd/kernel_1': [1],
      'd/bias_1': [2],
    });
  });

  it('in time that grows with the number of names alone, also where all have the same stem', async () => {
    // 30,000 copies of lists that grow would be 450 million names.
    const many = Array.from({ length: 30_000 }, (_, i): [string, number[]] => [`w_${i}`, [i]]);
    const [known, fresh] = [named('w_29999', [0]), named('w_x', [0])];
    expect(await load(stateOf(...many), known, fresh)).toMatchObject({ w_29999: [14999.5], w_x: [0] });
  });

  it('with another suffix, saved from a second model and loaded into a third', async () => {
    expect(await load(stateOf(['d/kernel_1', [2]]), named('d/kernel_2', [0]))).toEqual({ 'd/kernel_2': [1] });
    expect(await load(stateOf(['d/kernel_1', [2]]), named('d/kernel', [0]))).toEqual({ 'd/kernel': [1] });
  });

  it('where a number is part of the name itself', async () => {
    const state = stateOf(['w_1', [2]], ['w_2', [4]]);
    const [second, first] = [named('w_2_1', [0]), named('w_1_1', [0])];
    expect(await load(state, first, second)).toEqual({ w_2_1: [2], w_1_1: [1] });
    expect(await load(state, named('w_1', [0]), named('w_2', [0]), named('w_3', [0]))).toEqual({
      w_1: [1],
      w_2: [2],
      w_3: [0],
    });
  });

  it('by the order in which they were made, when they have no names', async () => {
    const [a, b] = [named(undefined, [0]), named(undefined, [0])];
    expect(await load(stateOf(['7', [2]], ['9', [4]]), b, a)).toEqual({ [a.name]: [1], [b.name]: [2] });
  });

  it('in order, of two models that share one optimizer', async () => {
    const [a, b] = [named('d/kernel_2', [0]), named('d/kernel_3', [0])];
    const state = stateOf(['d/kernel', [2]], ['d/kernel_1', [4]]);
    expect(await load(state, b, a)).toEqual({ 'd/kernel_2': [1], 'd/kernel_3': [2] });
    expect(await load(state, b)).toEqual({ 'd/kernel_3': [0], 'd/kernel': [2], 'd/kernel_1': [4] });
  });

  it('by name alone where numbers are part of names: one never seen starts afresh', async () => {
    const state = stateOf(['bias_8', [2]], ['bias_9', [4]]);
    const [b, c] = [named('bias_9', [0]), named('bias_10', [0])];
    expect(await load(state, b, c)).toEqual({ bias_9: [2], bias_10: [0], bias_8: [2] });
    expect(await load(state, c)).toEqual({ bias_10: [0], bias_8: [2], bias_9: [4] });
    const other = named('bias_11', [0, 0]);
    expect(await load(state, b, other)).toEqual({ bias_9: [2], bias_11: [0, 0], bias_8: [2] });
  });

  it('by the order of layers whose numbers are others', async () => {
    const layer = (i: number): string => `dense_Dense${i}/kernel`;
    const state = stateOf([layer(1), [2]], [layer(2), [4]], [layer(3), [6]]);
    const variables = (...numbers: number[]): tf.Variable[] => numbers.map((i) => named(layer(i), [0]));
    expect(await load(state, ...variables(2, 3, 4))).toEqual({
      [layer(2)]: [1],
      [layer(3)]: [2],
      [layer(4)]: [3],
    });
    freeOwned();
    expect(await load(state, ...variables(2, 5, 9))).toEqual({
      [layer(2)]: [1],
      [layer(5)]: [2],
      [layer(9)]: [3],
    });
    freeOwned();
    expect(await load(state, ...variables(1, 2))).toEqual({
      [layer(1)]: [1],
      [layer(2)]: [2],
      [layer(3)]: [6],
    });
    freeOwned();
    const head = named(layer(4), [0, 0]);
    expect(await load(state, ...variables(1, 2), head)).toMatchObject({
      [layer(1)]: [1],
      [layer(4)]: [0, 0],
    });
    freeOwned();
    await expect(load(state, ...variables(3, 4))).rejects.toThrow(
      new RangeError(
        `Heavy: it cannot be told which of the saved "${layer(1)}", "${layer(2)}", "${layer(3)}" belongs to "${layer(4)}"; give the layers names`,
      ),
    );
  });

  it('by the numbers of layers, whatever order they were saved or made in, also of layers within layers', async () => {
    const layer = (i: number): string => `dense_Dense${i}/kernel`;
    // What was loaded and has not been trained since is saved last.
    const state = stateOf([layer(10), [6]], [layer(8), [2]], [layer(9), [4]]);
    const [late, first, second] = [13, 11, 12].map((i) => named(layer(i), [0]));
    expect(await load(state, late!, first!, second!)).toEqual({
      [layer(11)]: [1],
      [layer(12)]: [2],
      [layer(13)]: [3],
    });
    const both = (i: number): string[] =>
      ['forward', 'backward'].map((way) => `bidirectional_Bidirectional${i}/${way}_lstm_LSTM${i}/kernel`);
    const [forward, backward] = both(1);
    const [there, back] = both(2).map((name) => named(name, [0]));
    expect(await load(stateOf([forward!, [2]], [backward!, [4]]), there!, back!)).toEqual({
      [there!.name]: [1],
      [back!.name]: [2],
    });
    const [a, b] = [named('d/kernel_2', [0]), named('d/kernel_3', [0])];
    expect(await load(stateOf(['d/kernel_1', [4]], ['d/kernel', [2]]), a, b)).toEqual({
      'd/kernel_2': [1],
      'd/kernel_3': [2],
    });
  });

  it('in weights, which have no shapes, by those of the slots', async () => {
    const layer = (i: number): string => `dense_Dense${i}/kernel`;
    const saved = heavy();
    await saved.loadStateDict(stateOf([layer(1), [2]], [layer(2), [4]]));
    const [kept, head] = [named(layer(1), [0]), named(layer(3), [0, 0])];
    const optimizer = heavy();
    await optimizer.setWeights(await saved.getWeights());
    step(optimizer, kept, head);
    expect(await momenta(optimizer)).toEqual({ [layer(1)]: [2], [layer(3)]: [1, 1], [layer(2)]: [4] });
    const other = heavy();
    await other.setWeights(await saved.getWeights());
    kept.dispose();
    expect(() => step(other, named(layer(1), [0, 0]))).toThrow(
      new RangeError('Heavy: saved slot m of "dense_Dense1/kernel" must have shape [2], got [1]'),
    );
  });

  it('when their turn comes: a variable never seen before starts afresh, also when it is the first', async () => {
    const optimizer = heavy();
    await optimizer.loadStateDict(stateOf(['x', [1]], ['y', [1]]));
    step(optimizer, named('a', [0]));
    step(optimizer, named('x', [0]));
    expect(await momenta(optimizer)).toEqual({ a: [1], x: [1.5], y: [1] });
  });

  it('or refused: of another model than the one that has been trained, of another shape', async () => {
    const optimizer = heavy();
    step(optimizer, named('a', [0]));
    await expect(optimizer.loadStateDict(stateOf(['x', [1]], ['y', [1]]))).rejects.toThrow(
      new RangeError('Heavy: saved state is of other parameters: of "x", "y", not of "a"'),
    );
    await expect(load(stateOf(['b', [1, 2]]), named('b', [0]))).rejects.toThrow(
      new RangeError('Heavy: saved state of "b" has shape [2], variable "b" has [1]'),
    );
  });

  it('later too: a new layer beside frozen ones starts afresh', async () => {
    const optimizer = heavy();
    await optimizer.loadStateDict(stateOf(['head', [2]], ['frozen', [4]]));
    step(optimizer, named('head', [0]));
    step(optimizer, named('extra', [0]));
    expect(await momenta(optimizer)).toEqual({ head: [2], extra: [1], frozen: [4] });
  });
});
