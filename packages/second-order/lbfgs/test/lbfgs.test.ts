// SPDX-License-Identifier: Apache-2.0

import { defineHook } from '@optim/core/authoring';
import { LBFGS, type LBFGSOptions } from '@optim/lbfgs';
import { convolutionalSuite, rosenbrock } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';

const backend = inject('backend');
const readsAtOnce = backend !== 'webgpu';

const variable = (values: number[], name?: string): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor1d(values), true, name));

/** ½·Σ aᵢ·(xᵢ − 1)². */
const bowl = (x: tf.Tensor, a: number[]): tf.Scalar =>
  tf.tidy(() => tf.mul(tf.sum(tf.mul(tf.square(tf.sub(x, 1)), tf.tensor1d(a))), 0.5));

/** Everything that a refused call must leave as it was. */
const everything = async (optimizer: LBFGS, x: tf.Variable): Promise<unknown> => ({
  state: await optimizer.stateDict(),
  iterations: optimizer.iterations,
  x: [...(await x.data())],
});

const strong: LBFGSOptions = { lineSearch: 'strongWolfe' };

afterEach(() => vi.restoreAllMocks());

// At rate 0 the search has nothing to begin with, and so nothing moves.
// Dropout is another loss in every call: a short history remembers little of the last.
convolutionalSuite((rate) => new LBFGS({ learningRate: () => 50 * rate, historySize: 3 }), [1, 1]);
convolutionalSuite((rate) => new LBFGS({ ...strong, learningRate: () => (rate > 0 ? 1 : 0) }), [2, 2]);

describe('LBFGS', () => {
  it('makes a first step of length 1 in all, and a second by the curvature it met', async () => {
    const x = variable([4]);
    const optimizer = new LBFGS();
    for (const want of [3, 1]) {
      optimizer.minimize(() => bowl(x, [2]), false, [x]);
      expect((await x.data())[0]).toBeCloseTo(want, 5);
    }
    optimizer.dispose();
    x.dispose();
  });

  it('ends on a quadratic in as many iterations as it has dimensions, and one', async () => {
    const x = variable([3, -1, 2]);
    const optimizer = new LBFGS({ ...strong, toleranceChange: 0 });
    let loss = Infinity;
    for (let call = 0; call < 14; call++)
      loss = await optimizer.minimizeAsync(() => bowl(x, [1, 3, 10]), [x]);
    expect(loss).toBeLessThan(1e-10);
    optimizer.dispose();
    x.dispose();
  });

  it('reads nothing with a fixed step, in model.fit either', async () => {
    const model = layers.sequential({
      layers: [layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })],
    });
    const optimizer = new LBFGS();
    const [xs, ys] = [tf.tensor2d([[1, 2], [3, -1], [0, 1], [2, 2]]), tf.tensor2d([[1], [2], [0], [3]])]; // prettier-ignore
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const x = variable([4, 2]);
    const other = new LBFGS();
    const reads = [
      vi.spyOn(tf.Tensor.prototype, 'dataSync'),
      vi.spyOn(tf.Tensor.prototype, 'data'),
      vi.spyOn(tf.engine(), 'readSync'),
    ];
    for (let call = 0; call < 3; call++) other.minimize(() => rosenbrock(x), false, [x]);
    expect(reads.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0]);
    vi.restoreAllMocks();
    const { history } = await model.fit(xs, ys, { epochs: 12, batchSize: 4, verbose: 0, shuffle: false });
    expect(history['loss']!.at(-1)).toBeLessThan(0.2 * (history['loss']![0] as number));
    optimizer.dispose();
    other.dispose();
    model.dispose();
    tf.dispose([xs, ys, x]);
  });

  it('reads once for each evaluation, once more for each further iteration', async () => {
    const x = variable([-1.2, 1]);
    const f = (): tf.Scalar => rosenbrock(x);
    for (const maxIterations of [1, 3]) {
      const optimizer = new LBFGS({ ...strong, maxIterations });
      const reads = vi.spyOn(tf.Tensor.prototype, 'data');
      await optimizer.minimizeAsync(f, [x]);
      const counted = reads.mock.calls.length;
      vi.restoreAllMocks();
      const { evaluations } = await optimizer.readGlobals();
      // And the loss for the caller.
      expect(counted).toBe(evaluations! + (maxIterations - 1) + 1);
      optimizer.dispose();
    }
    x.dispose();
  });

  it.skipIf(!readsAtOnce)('does the same at once and in time, bit for bit', async () => {
    const ends = [];
    for (const inTime of [false, true]) {
      const x = variable([-1.2, 1]);
      const optimizer = new LBFGS({ ...strong, maxIterations: 2 });
      const losses: number[] = [];
      for (let call = 0; call < 8; call++) {
        if (inTime) losses.push(await optimizer.minimizeAsync(() => rosenbrock(x), [x]));
        else {
          const loss = optimizer.minimize(() => rosenbrock(x), true, [x])!;
          losses.push((await loss.data())[0]!);
          loss.dispose();
        }
      }
      ends.push({ losses, all: await everything(optimizer, x).then((all) => JSON.stringify(all)) });
      optimizer.dispose();
      x.dispose();
    }
    const [first, second] = ends.map(({ losses, all }) => ({
      losses,
      all: all.replaceAll(/"name":"\d+"/g, ''),
    }));
    expect(second).toEqual(first);
  });

  it('goes on with a search bit for bit from a state', async () => {
    const x = variable([-1.2, 1], 'x');
    const f = (): tf.Scalar => rosenbrock(x);
    const optimizer = new LBFGS({ ...strong, historySize: 3 });
    for (let call = 0; call < 6; call++) await optimizer.minimizeAsync(f, [x]);
    const [state, values] = [await optimizer.stateDict(), [...(await x.data())]];
    const go = async (with_: LBFGS): Promise<number[]> => {
      for (let call = 0; call < 5; call++) await with_.minimizeAsync(f, [x]);
      return [...(await x.data()), (await with_.readGlobals())['evaluations']!];
    };
    const want = await go(optimizer);
    tf.tidy(() => x.assign(tf.tensor1d(values)));
    const other = new LBFGS({ ...strong, historySize: 3 });
    await other.loadStateDict(state);
    expect(await go(other)).toEqual(want);
    optimizer.dispose();
    other.dispose();
    x.dispose();
  });

  it('keeps a pair only where the curvature is positive', async () => {
    const x = variable([1]);
    const optimizer = new LBFGS({ learningRate: 0.1 });
    // −x² curves the other way.
    for (let call = 0; call < 3; call++)
      optimizer.minimize(() => tf.neg(tf.sum(tf.square(x))) as tf.Scalar, false, [x]);
    const { parameters } = await optimizer.stateDict();
    const { s, inverse, k } = parameters[1]!.slots;
    expect([...s!.data, ...inverse!.data].every((element) => element === 0)).toBe(true);
    expect(k!.data[0]).toBe(3);
    optimizer.dispose();
    x.dispose();
  });

  it('leaves a variable without a gradient where it is, and counts its gradient as zero', async () => {
    const [x, y] = [variable([3]), variable([5])];
    const optimizer = new LBFGS(strong);
    for (let call = 0; call < 3; call++)
      await optimizer.minimizeAsync(() => tf.add(bowl(x, [1]), bowl(y, [4])) as tf.Scalar, [x, y]);
    const [before] = await y.data();
    await optimizer.minimizeAsync(() => bowl(x, [1]), [x, y]);
    expect((await y.data())[0]).toBe(before);
    optimizer.dispose();
    tf.dispose([x, y]);
  });

  it('gets over trials that are not finite', async () => {
    const x = variable([0.1]);
    const optimizer = new LBFGS({ ...strong, learningRate: 50 });
    // x − log x, of nothing below 0: minimal at 1.
    const f = (): tf.Scalar => tf.tidy(() => tf.sum(tf.sub(x, tf.log(x))));
    for (let call = 0; call < 12; call++) await optimizer.minimizeAsync(f, [x]);
    expect((await x.data())[0]).toBeCloseTo(1, 2);
    optimizer.dispose();
    x.dispose();
  });

  it('adds weight decay to the loss and its gradient, by groups', async () => {
    const [x, bias] = [variable([2], 'x'), variable([2], 'bias')];
    const options = { ...strong, weightDecay: 0.5, parameterGroups: [{ match: /bias/, weightDecay: 0 }] };
    const optimizer = new LBFGS(options);
    const f = (): tf.Scalar => tf.add(bowl(x, [1]), bowl(bias, [1])) as tf.Scalar;
    // ½ + ½ of the bowls, and ½·0.5·2².
    expect(await optimizer.minimizeAsync(f, [x, bias])).toBeCloseTo(2, 5);
    for (let call = 0; call < 8; call++) await optimizer.minimizeAsync(f, [x, bias]);
    expect((await x.data())[0]).toBeCloseTo(1 / 1.5, 3);
    expect((await bias.data())[0]).toBeCloseTo(1, 3);
    optimizer.dispose();
    tf.dispose([x, bias]);
  });

  it('lets hooks change the gradient of every evaluation', async () => {
    const x = variable([4]);
    const halved = defineHook('halved', {}, () => ({ gradient: ({ grad }) => ({ grad: grad!.mul(0.5) }) }));
    const optimizer = new LBFGS({ transforms: [halved()], maxIterations: 2 });
    await optimizer.minimizeAsync(() => bowl(x, [1]), [x]);
    // g = 1.5, d = −1.5, t = 1/1.5; then g = 1, y·s = 0.5, H = 2.
    expect((await x.data())[0]).toBeCloseTo(1, 5);
    expect((await optimizer.readGlobals())['evaluations']).toBe(2);
    optimizer.dispose();
    x.dispose();
  });
});

describe('LBFGS, where a call fails', () => {
  const failing = (x: tf.Variable, at: number): (() => tf.Scalar) => {
    let calls = 0;
    return () => {
      if (++calls === at) throw new Error('no more');
      return rosenbrock(x);
    };
  };

  it.each([1, 2, 4])('is as before when evaluation %i throws', async (at) => {
    const x = variable([-1.2, 1]);
    const optimizer = new LBFGS({ ...strong, maxIterations: 3 });
    await optimizer.minimizeAsync(() => rosenbrock(x), [x]);
    const before = await everything(optimizer, x);
    await expect(optimizer.minimizeAsync(failing(x, at), [x])).rejects.toThrow('no more');
    expect(await everything(optimizer, x)).toEqual(before);
    if (readsAtOnce) {
      expect(() => optimizer.minimize(failing(x, at), false, [x])).toThrow('no more');
      expect(await everything(optimizer, x)).toEqual(before);
    }
    optimizer.dispose();
    x.dispose();
  });

  it('shows a gradient that is not finite where nothing is read', async () => {
    const v = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const optimizer = new LBFGS();
    optimizer.minimize(() => tf.sum(tf.square(v)), false, [v]);
    const gradient = tf.tensor1d([Infinity, 1]);
    optimizer.applyGradients({ [v.name]: gradient });
    expect([...(await v.data())]).toEqual([NaN, NaN]);
    optimizer.dispose();
    tf.dispose([v, gradient]);
  });

  it('refuses a loss that is not finite at the start', async () => {
    const x = variable([2]);
    const optimizer = new LBFGS(strong);
    await optimizer.minimizeAsync(() => bowl(x, [1]), [x]);
    const before = await everything(optimizer, x);
    await expect(
      optimizer.minimizeAsync(() => tf.sum(tf.sqrt(tf.neg(tf.square(x)))) as tf.Scalar, [x]),
    ).rejects.toThrow(new RangeError('LBFGS: loss and gradient must be finite, got a loss of NaN'));
    expect(await everything(optimizer, x)).toEqual(before);
    optimizer.dispose();
    x.dispose();
  });

  it('names minimizeAsync where the backend cannot be read at once', async () => {
    const x = variable([-1.2, 1]);
    const optimizer = new LBFGS(strong);
    await optimizer.minimizeAsync(() => rosenbrock(x), [x]);
    const before = await everything(optimizer, x);
    if (readsAtOnce)
      vi.spyOn(tf.Tensor.prototype, 'dataSync').mockImplementation(() => {
        throw new Error('not now');
      });
    expect(() => optimizer.minimize(() => rosenbrock(x), false, [x])).toThrow(
      /^LBFGS: .* cannot be read at once; await minimizeAsync\(…\) instead of minimize$/,
    );
    vi.restoreAllMocks();
    expect(await everything(optimizer, x)).toEqual(before);
    optimizer.dispose();
    x.dispose();
  });

  it('refuses everything while a call is pending', async () => {
    const x = variable([-1.2, 1]);
    const optimizer = new LBFGS(strong);
    const f = (): tf.Scalar => rosenbrock(x);
    await optimizer.minimizeAsync(f, [x]);
    const state = await optimizer.stateDict();
    const start = [...(await x.data())];
    const pending = optimizer.minimizeAsync(f, [x]);
    const message = new Error('LBFGS: a call of minimizeAsync is pending; await it first');
    expect(() => optimizer.minimize(f, false, [x])).toThrow(message);
    expect(() => optimizer.applyGradients({})).toThrow(message);
    expect(() => optimizer.dispose()).toThrow(message);
    const refused = [
      optimizer.minimizeAsync(f, [x]),
      optimizer.stateDict(),
      optimizer.getWeights(),
      optimizer.loadStateDict(state),
      optimizer.setWeights([]),
    ];
    for (const call of refused) await expect(call).rejects.toThrow(message);
    await pending;
    expect([...(await x.data())]).not.toEqual(start);
    optimizer.dispose();
    x.dispose();
  });

  it.skipIf(!readsAtOnce)('keeps variables where they were while it waits', async () => {
    const x = variable([-1.2, 1]);
    const optimizer = new LBFGS(strong);
    const { data } = tf.Tensor.prototype;
    const seen: number[][] = [];
    vi.spyOn(tf.Tensor.prototype, 'data').mockImplementation(function (this: tf.Tensor) {
      seen.push([...x.dataSync()]);
      return Reflect.apply(data, this, []) as never;
    });
    await optimizer.minimizeAsync(() => rosenbrock(x), [x]);
    vi.restoreAllMocks();
    const { evaluations } = await optimizer.readGlobals();
    expect(evaluations).toBeGreaterThan(2);
    const waits = seen.slice(0, evaluations);
    expect(waits).toEqual(waits.map(() => [Math.fround(-1.2), 1]));
    optimizer.dispose();
    x.dispose();
  });

  it('refuses gradients alone where it needs the loss, and other variables than before', async () => {
    const [x, y] = [variable([3], 'x'), variable([5], 'y')];
    const searching = new LBFGS(strong);
    const steady = new LBFGS();
    tf.tidy(() => {
      expect(() => searching.applyGradients({ x: tf.ones([1]) })).toThrow(
        new TypeError(
          'LBFGS: a step needs the loss itself with lineSearch or maxIterations > 1; call minimize instead of applyGradients',
        ),
      );
      steady.applyGradients({ x: tf.ones([1]) });
      expect(() => steady.applyGradients({ x: tf.ones([1]), y: tf.ones([1]) })).toThrow(
        new RangeError(
          'LBFGS: variables must be the 1 of the first step, got another, "y"; make a new optimizer',
        ),
      );
    });
    expect([...(await x.data())]).toEqual([2]);
    searching.dispose();
    steady.dispose();
    tf.dispose([x, y]);
  });

  it('refuses a state of other variables', async () => {
    const [x, y, z] = [variable([3], 'x'), variable([5], 'y'), variable([5], 'z')];
    const optimizer = new LBFGS();
    optimizer.minimize(() => tf.add(bowl(x, [1]), bowl(y, [4])) as tf.Scalar, false, [x, y]);
    const other = new LBFGS();
    await other.loadStateDict(await optimizer.stateDict());
    expect(() =>
      other.minimize(() => tf.add(bowl(x, [1]), bowl(z, [4])) as tf.Scalar, false, [x, z]),
    ).toThrow(new RangeError('LBFGS: the saved state is also of "y", which is none of the variables'));
    optimizer.dispose();
    other.dispose();
    tf.dispose([x, y, z]);
  });

  const nothing = { name: 'nothing' };
  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ historySize: 1.5 }, 'historySize must be an integer in [1, ∞), got 1.5'],
    [{ maxIterations: 0 }, 'maxIterations must be an integer in [1, ∞), got 0'],
    [{ maxEvaluations: 0 }, 'maxEvaluations must be an integer in [1, ∞), or null, got 0'],
    [{ lineSearch: 'armijo' }, `lineSearch must be one of 'strongWolfe', or null, got "armijo"`],
    [{ weightDecayMode: 'decoupled' }, `weightDecayMode must be one of 'coupled', got "decoupled"`],
    [
      { parameterGroups: [{ match: /x/, learningRate: 1 }] },
      'parameterGroups must be groups of weightDecay alone, got "learningRate"',
    ],
    [
      { transforms: [{ ...nothing, update: () => ({}) }] },
      'transforms must be hooks on gradients alone, got "nothing"',
    ],
    [
      { ...strong, transforms: [{ ...nothing, gradient: () => ({}) }] },
      'transforms must be empty with a lineSearch, which follows the loss, got "nothing"',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new LBFGS(options as LBFGSOptions)).toThrow(new RangeError(`LBFGS: ${message}`));
  });
});

it('after a reset steps as a new one', async () => {
  const p = tf.tidy(() => tf.variable(tf.tensor1d([3, -1])));
  const scale = tf.tensor1d([1, 4]);
  const optimizer = new LBFGS();
  const trained = async (): Promise<number[]> => {
    tf.tidy(() => p.assign(tf.tensor1d([3, -1])));
    for (let t = 0; t < 4; t++)
      await optimizer.minimizeAsync(() => tf.sum(tf.mul(scale, tf.square(p))) as tf.Scalar, [p]);
    return [...(await p.data())];
  };
  const first = await trained();
  optimizer.reset();
  expect(await trained()).toEqual(first);
  optimizer.dispose();
  tf.dispose([p, scale]);
});
