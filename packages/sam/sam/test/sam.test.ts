// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { SAM } from '@optim/sam';
import {
  conformance,
  convolutionalSuite,
  freeOwned,
  goldenBase,
  goldenSuite,
  Momentum,
  own,
} from '@optim/testing';
import golden from '@optim/testing/golden/SAM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

goldenSuite(
  golden,
  ({ base, ...options }) =>
    new SAM(
      goldenBase(base, (given) => new AdamW(given)),
      options,
    ),
);
conformance((options) => new SAM(new AdamW(), options));

convolutionalSuite((learningRate) => new SAM(new AdamW({ learningRate })), [2, 2]);

afterEach(freeOwned);

const weights = (values: number[], name?: string): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, name)));
const bowl = (w: tf.Tensor): tf.Scalar => tf.mul(tf.sum(tf.square(w)), 0.5) as tf.Scalar;
const read = async (w: tf.Tensor): Promise<number[]> => Array.from(await w.data());

/** A base that only writes down what it is given. */
class Probe extends tf.Optimizer {
  readonly calls: { names: string[]; missing: string[]; array: boolean; loss: number }[] = [];

  static readonly className: string = 'Probe';

  override applyGradients(
    given: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[],
    loss?: tf.Scalar,
  ): void {
    const array = Array.isArray(given);
    const entries = array ? given : Object.entries(given).map(([name, tensor]) => ({ name, tensor }));
    const missing = entries.filter(({ tensor }) => tensor == null).map(({ name }) => name);
    this.calls.push({ names: entries.map(({ name }) => name), missing, array, loss: loss!.id });
  }

  getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

/** One step on `loss` of `w`; what `seen` makes of `w` in each evaluation is read before the next step frees it. */
async function watch(
  optimizer: SAM,
  w: tf.Variable,
  seen: (w: tf.Tensor) => tf.Tensor,
  loss = bowl,
): Promise<number[][]> {
  const kept: tf.Tensor[] = [];
  optimizer.minimize(
    () => {
      kept.push(own(tf.keep(seen(w))));
      return loss(w);
    },
    false,
    [w],
  );
  return Promise.all(kept.map(read));
}

const copyOf = (w: tf.Tensor): tf.Tensor => tf.clone(w);

describe('SAM: the step', () => {
  // g = p, so N = 5 and q = p·(1 + rho/5).
  it('evaluates at p and at q, and steps from p with the gradient at q', async () => {
    const w = weights([3, 4]);
    const optimizer = own(new SAM(tf.train.sgd(0.1), { rho: 0.5 }));
    const [p, q, ...more] = await watch(optimizer, w, copyOf);
    expect(p).toEqual([3, 4]);
    expect(q![0]).toBeCloseTo(3.3, 5);
    expect(q![1]).toBeCloseTo(4.4, 5);
    expect(more).toEqual([]);
    const after = await read(w);
    expect(after[0]).toBeCloseTo(3 - 0.33, 5);
    expect(after[1]).toBeCloseTo(4 - 0.44, 5);
    expect(optimizer.iterations).toBe(1);
  });

  it('returns the loss at p', async () => {
    const w = weights([3, 4]);
    const optimizer = own(new SAM(tf.train.sgd(0.1), { rho: 0.5 }));
    const cost = own(optimizer.minimize(() => bowl(w), true, [w])!);
    expect(await read(cost)).toEqual([12.5]);
    expect(optimizer.minimize(() => bowl(w), false, [w])).toBeNull();
  });

  it('shapes the neighbourhood by |p| when adaptive', async () => {
    // T·g = p², so N = √(81 + 256) and q = p + rho·p³/N.
    const optimizer = own(new SAM(tf.train.sgd(0.1), { rho: 0.5, adaptive: true }));
    const [, q] = await watch(optimizer, weights([3, -4]), copyOf);
    expect(q![0]).toBeCloseTo(3 + (0.5 * 27) / Math.sqrt(337), 5);
    expect(q![1]).toBeCloseTo(-4 - (0.5 * 64) / Math.sqrt(337), 5);
  });

  it('takes rho from a schedule of the step', async () => {
    const w = weights([3, 4]);
    const optimizer = own(new SAM(tf.train.sgd(0), { rho: (step) => [0.5, 1][step]! }));
    expect((await watch(optimizer, w, copyOf))[1]![0]).toBeCloseTo(3.3, 5);
    expect((await watch(optimizer, w, copyOf))[1]![0]).toBeCloseTo(3.6, 5);
  });

  it('stays at p where the gradient is zero, without an epsilon too', async () => {
    const w = weights([1, 0]);
    const optimizer = own(new SAM(tf.train.sgd(0.1), { adaptive: true, perturbEpsilon: 0 }));
    optimizer.minimize(() => tf.mul(bowl(w), 0) as tf.Scalar, false, [w]);
    expect(await read(w)).toEqual([1, 0]);
  });

  it.each([
    ['tf.train.sgd', () => tf.train.sgd(0.1)],
    ['tf.train.momentum', () => new Momentum(0.1, 0.9, true)],
    ['tf.train.adam', () => tf.train.adam(0.1)],
    ['AdamW', () => new AdamW({ learningRate: 0.1 })],
  ])('with rho 0 is %s itself, whichever variables have gradients', async (_, make) => {
    const run = async (wrap: (base: tf.Optimizer) => tf.Optimizer): Promise<number[][]> => {
      const [a, b, c] = [weights([1, 2]), weights([3]), weights([-1, 0.5, 2])];
      const all = [a, b, c];
      const optimizer = own(wrap(make()));
      for (const [one, other] of [
        [a, b],
        [b, c],
        [a, c],
        [a, b],
      ] as const) {
        optimizer.minimize(() => tf.add(bowl(one), bowl(other)) as tf.Scalar, false, all);
      }
      return Promise.all(all.map(read));
    };
    const want = await run((base) => base);
    expect(want[0]).not.toEqual([1, 2]);
    expect(await run((base) => new SAM(base, { rho: 0 }))).toEqual(want);
  });

  it('hands the base gradients in the form and order of the call, and the loss at q', () => {
    const [a, b] = [weights([1], 'a'), weights([2], 'b')];
    const probe = new Probe();
    const losses: number[] = [];
    const loss = (): tf.Scalar => {
      const value = bowl(a);
      losses.push(value.id);
      return value;
    };
    own(new SAM(probe)).minimize(loss, false, [b, a, b]);
    own(new SAM(probe)).minimize(loss);
    expect(probe.calls).toEqual([
      { names: ['b', 'a'], missing: ['b'], array: true, loss: losses[1] },
      { names: ['a'], missing: [], array: false, loss: losses[3] },
    ]);
  });
});

describe('SAM: two evaluations as if there were one', () => {
  it('draws the same random numbers in both, and others in the next step', async () => {
    const { random } = Math;
    const w = weights([1]);
    const optimizer = own(new SAM(tf.train.sgd(0.1)));
    const mask = (): tf.Tensor => tf.dropout(tf.ones([64]), 0.5);
    const [first, second] = await watch(optimizer, w, mask);
    expect(new Set(first)).toEqual(new Set([0, 2]));
    expect(second).toEqual(first);
    const [third, fourth] = await watch(optimizer, w, mask);
    expect(third).not.toEqual(first);
    expect(fourth).toEqual(third);
    expect(Math.random).toBe(random);
  });

  it('draws new random numbers where the second evaluation wants more', async () => {
    const w = weights([1]);
    const optimizer = own(new SAM(tf.train.sgd(0.1)));
    let calls = 0;
    const [, second] = await watch(optimizer, w, () =>
      tf.tensor1d(Array.from({ length: 2 * ++calls }, Math.random)),
    );
    expect(second).toHaveLength(4);
    expect(new Set(second).size).toBe(4);
  });

  it('frees what the second evaluation kept when the next step is over, or with the optimizer', () => {
    const w = weights([1]);
    const kept: tf.Tensor[] = [];
    const optimizer = new SAM(tf.train.sgd(0.1));
    const { keep } = tf.engine();
    const step = (): void =>
      void optimizer.minimize(
        () => {
          kept.push(tf.keep(tf.scalar(1)));
          return bowl(w);
        },
        false,
        [w],
      );
    step();
    expect(kept.map(({ isDisposed }) => isDisposed)).toEqual([false, false]);
    step();
    expect(kept.map(({ isDisposed }) => isDisposed)).toEqual([false, true, false, false]);
    optimizer.dispose();
    expect(kept.map(({ isDisposed }) => isDisposed)).toEqual([false, true, false, true]);
    expect(tf.engine().keep).toBe(keep);
    tf.dispose(kept);
  });

  it('puts p back when the second evaluation throws, and everything else too', async () => {
    const w = weights([3, 4]);
    const statistic = own(tf.tidy(() => tf.variable(tf.scalar(0), false)));
    const asked: number[] = [];
    const rho = (step: number): number => {
      asked.push(step);
      return 0.1;
    };
    const optimizer = own(new SAM(new AdamW({ learningRate: 0.1 }), { rho }));
    const { random } = Math;
    const { keep } = tf.engine();
    let fails = false;
    let calls = 0;
    const loss = (): tf.Scalar => {
      calls++;
      statistic.assign(tf.add(statistic, 1));
      const value = bowl(w);
      if (fails && calls % 2 === 0) throw new Error('out of luck');
      return value;
    };
    const step = (): void => void optimizer.minimize(loss, false, [w]);
    step();
    const state = await optimizer.stateDict();
    const before = await read(w);

    fails = true;
    expect(step).toThrow(new Error('out of luck'));
    expect(await read(w)).toEqual(before);
    expect(await optimizer.stateDict()).toEqual(state);
    expect(await read(statistic)).toEqual([2]);
    expect(Math.random).toBe(random);
    expect(tf.engine().keep).toBe(keep);

    fails = false;
    step();
    expect(optimizer.iterations).toBe(2);
    expect(await read(statistic)).toEqual([3]);
    expect(asked.at(-1)).toBe(1);
  });

  it('puts p back when the base refuses the step', async () => {
    const w = weights([3, 4]);
    const base = new AdamW();
    const optimizer = own(new SAM(base));
    base.dispose();
    expect(() => optimizer.minimize(() => bowl(w), false, [w])).toThrow(
      new Error('AdamW: the optimizer was disposed; make a new one'),
    );
    expect(await read(w)).toEqual([3, 4]);
    expect(optimizer.iterations).toBe(0);
  });
});

describe('SAM: what it refuses', () => {
  it('gradients without the loss', () => {
    const w = weights([3, 4], 'w');
    const optimizer = own(new SAM(tf.train.sgd(0.1)));
    const message =
      'SAM: a step needs the loss itself, to evaluate it a second time; call minimize instead of applyGradients';
    expect(() => optimizer.applyGradients({ w })).toThrow(new TypeError(message));
    expect(optimizer.iterations).toBe(0);
  });

  it('a base that is none, or that needs the loss itself', () => {
    expect(() => new SAM(undefined as unknown as tf.Optimizer)).toThrow(
      new TypeError('SAM: base must be an optimizer, got undefined'),
    );
    const inner = own(new SAM(new AdamW()));
    const message = 'SAM: base must step along a given gradient, but SAM needs the loss itself';
    expect(() => new SAM(inner)).toThrow(new TypeError(message));
  });

  it.each([
    [{ rho: -1 }, 'SAM: rho must be in [0, ∞), got -1'],
    [{ rho: Infinity }, 'SAM: rho must be in [0, ∞), got Infinity'],
    [{ perturbEpsilon: NaN }, 'SAM: perturbEpsilon must be in [0, ∞), got NaN'],
  ])('%o', (options, message) => {
    expect(() => new SAM(new AdamW(), options)).toThrow(new RangeError(message));
  });

  it('a schedule of rho that leaves its range, and nothing has changed', async () => {
    const w = weights([3, 4]);
    const optimizer = own(new SAM(new AdamW(), { rho: () => -2 }));
    const message = 'SAM: rho at step 0 must be in [0, ∞), got -2';
    expect(() => optimizer.minimize(() => bowl(w), false, [w])).toThrow(new RangeError(message));
    expect(await read(w)).toEqual([3, 4]);
  });
});
