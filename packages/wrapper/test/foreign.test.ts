// SPDX-License-Identifier: Apache-2.0
// Optimizers of TensorFlow.js in a wrapper: what is taken as their weights, and what is refused.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { register, type Entry, type NamedGradients } from '@optim/core/authoring';
import { Wrapper } from '../src/index.js';
import { decodeState, encodeState, type ForeignState, type NamedWeight } from '@optim/core';
import { freeOwned, named, own } from '../../core/test/states.js';

/** Does nothing but to let its base step. */
class Through extends Wrapper<object> {
  static readonly className: string = 'Through';

  static override readonly options: object = {};

  protected readonly rules: Record<string, never> = {};

  protected step(_: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    this.stepBase(given, loss);
    this.incrementIterations();
  }
}

register(Through);

const bases: Record<string, () => tf.Optimizer> = {
  SGD: () => tf.train.sgd(0.1),
  Momentum: () => {
    const optimizer = tf.train.momentum(0.1, 0.9);
    // It keeps the one that its superclass makes.
    own((optimizer as unknown as { c: tf.Tensor }).c);
    return optimizer;
  },
  Adagrad: () => tf.train.adagrad(0.1),
  Adadelta: () => tf.train.adadelta(0.1),
  RMSProp: () => tf.train.rmsprop(0.1, 0.9, 0.9),
  'RMSProp, centered': () => tf.train.rmsprop(0.1, 0.9, 0.9, 1e-7, true),
  Adam: () => tf.train.adam(0.1),
};

afterEach(freeOwned);

function stepped(make: () => tf.Optimizer): Through {
  const optimizer = own(new Through(make()));
  const variables = [named('a', [1, 2]), named('b', [1, 2, 3])];
  const step = (): void =>
    tf.tidy(() => optimizer.applyGradients(variables.map((v) => ({ name: v.name, tensor: tf.onesLike(v) }))));
  step();
  step();
  return optimizer;
}

type Weights = ForeignState['weights'];
type Weight = Weights[number];

const changed = (weights: Weights, at: number, change: (weight: Weight) => object): unknown[] =>
  weights.map((weight, i) => (i === at ? change(weight) : weight));
const count =
  (value: number) =>
  (weight: Weight): object => ({
    ...weight,
    tensor: { shape: [], data: Float32Array.of(value) },
  });

/** Weights that are none of this optimizer's. */
function* mutants(weights: Weights): Generator<[string, unknown]> {
  for (const value of [Number.NaN, -5, 2.5, 2 ** 31, 1e30])
    yield [`step ${value}`, changed(weights, 0, count(value))];
  yield ['no step', weights.slice(1)];
  yield ['nothing', []];
  yield ['one too many', [...weights, { ...weights.at(-1)!, name: 'c/m' }]];
  yield ['one twice', [...weights, weights.at(-1)!]];
  for (let at = 1; at < weights.length; at++) {
    yield [`without ${at}`, weights.filter((_, i) => i !== at)];
    yield [
      `another name of ${at}`,
      changed(weights, at, (weight) => ({ ...weight, name: `x${weight.name}x` })),
    ];
    const flat = (weight: Weight): object => ({
      shape: [6],
      data: new Float32Array(6).fill(weight.tensor.data[0]!),
    });
    yield [`another shape of ${at}`, changed(weights, at, (weight) => ({ ...weight, tensor: flat(weight) }))];
    yield [`int32 at ${at}`, changed(weights, at, (weight) => ({ ...weight, dtype: 'int32' }))];
    yield [`bool at ${at}`, changed(weights, at, (weight) => ({ ...weight, dtype: 'bool' }))];
  }
  if (weights.length > 1) yield ['another order', [weights[0], ...weights.slice(1).reverse()]];
}

describe.each(Object.entries(bases))('weights of a wrapped %s', (_, make) => {
  it('are refused, by the state dict and as weights, when they are not its own', async () => {
    const optimizer = stepped(make);
    const before = await optimizer.stateDict();
    const base = before.base as ForeignState;
    const byState = (weights: Weights): Promise<void> =>
      optimizer.loadStateDict({ ...before, base: { ...base, weights } });
    const byWeights = async (weights: Weights): Promise<void> => {
      const tensors = weights.map(({ name, dtype, tensor: { shape, data } }): NamedWeight => ({
        name: `base/${name}`,
        tensor: tf.tidy(() => tf.cast(tf.tensor(Array.from(data), [...shape]), dtype as 'float32')),
      }));
      const all = [{ name: 'iter', tensor: tf.scalar(2, 'int32') }, ...tensors];
      await optimizer.setWeights(all).finally(() => tf.dispose(all.map(({ tensor }) => tensor)));
    };
    let tried = 0;
    for (const [what, weights] of mutants(base.weights)) {
      for (const load of [byState, byWeights]) {
        // What is no count is none any more as int32.
        if (what.startsWith('step') && load === byWeights) continue;
        tried++;
        await expect(load(weights as Weights), what).rejects.toThrow(/^(Through|SGD|Momentum|Ada|RMSProp)/);
        expect(await optimizer.stateDict(), what).toEqual(before);
      }
    }
    expect(tried).toBeGreaterThan(10);
    for (const load of [byState, byWeights]) await load(base.weights);
    expect(await optimizer.stateDict()).toEqual(before);
  });

  it('keep counts that float32 cannot hold', async () => {
    const optimizer = stepped(make);
    const weights = await optimizer.base.getWeights();
    const iter = tf.scalar(33554435, 'int32');
    await optimizer.base.setWeights([{ name: 'iter', tensor: iter }, ...weights.slice(1)]);
    // It makes variables anew, and forgets those it had.
    tf.dispose([iter, ...weights.map(({ tensor }) => tensor)]);
    const state = await optimizer.stateDict();
    expect((state.base as ForeignState).weights[0]!.tensor.data[0]).toBe(33554435);
    await optimizer.loadStateDict(decodeState(encodeState(state)));
    expect(optimizer.base.iterations).toBe(33554435);
    expect(await optimizer.stateDict()).toEqual(state);
  });

  it('are of one moment: a reset while they are read, steps and another load while they are loaded', async () => {
    const optimizer = stepped(make);
    const early = await optimizer.stateDict();
    const pending = optimizer.stateDict();
    optimizer.reset();
    expect(await pending).toEqual(early);
    // Momentum keeps another one now.
    const { c } = optimizer.base as unknown as { c?: tf.Tensor };
    if (c) own(c);
    const step = (by: Through): void =>
      tf.tidy(() =>
        by.applyGradients([
          { name: 'a', tensor: tf.tensor([1, 1]) },
          { name: 'b', tensor: tf.tensor([1, 1, 1]) },
        ]),
      );
    const loading = optimizer.loadStateDict(early);
    for (let i = 0; i < 40; i++) {
      step(optimizer);
      await Promise.resolve();
      expect(optimizer.base.iterations).toBe(optimizer.iterations);
    }
    await loading;
    expect(optimizer.iterations).toBeGreaterThanOrEqual(2);
    await Promise.all([optimizer.loadStateDict(early), optimizer.loadStateDict(early)]);
    expect(await optimizer.stateDict()).toEqual(early);
    // Adam goes by powers of β, which are not among its weights.
    const a = tf.engine().registeredVariables['a']!;
    const again = own(new Through(make()));
    await again.loadStateDict(early);
    const from = await a.data();
    for (const each of [optimizer, again]) {
      a.assign(own(tf.tensor([...from])));
      step(each);
    }
    expect(await again.stateDict()).toEqual(await optimizer.stateDict());
  });
});
