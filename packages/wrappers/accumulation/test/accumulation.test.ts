// SPDX-License-Identifier: Apache-2.0

import { GradientAccumulation } from '@optim/accumulation';
import { AdamW } from '@optim/adamw';
import { Lookahead } from '@optim/lookahead';
import { SAM } from '@optim/sam';
import {
  conformance,
  freeOwned,
  goldenBase,
  goldenSuite,
  Momentum,
  own,
  type GoldenCase,
} from '@optim/testing';
import golden from '@optim/testing/golden/GradientAccumulation.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, inject, it } from 'vitest';

/** What the cases have beyond the common fields. */
interface Extras {
  readonly everies?: number[];
  readonly baseLearningRates?: number[];
  readonly missing?: Record<string, string[]>;
  readonly nonFinite?: Record<string, string[]>;
  readonly flushAfter?: number[];
}
type Case = GoldenCase & Extras;

const backend = inject('backend');
const last = (values: readonly number[], u: number): number => values[Math.min(u, values.length - 1)]!;

const cases = (golden.cases as unknown as Case[]).filter(
  ({ options }) => !(options['skipNonFinite'] && backend === 'webgpu'),
);
goldenSuite<GradientAccumulation>(
  { ...golden, cases },
  ({ base, ...options }, given) => {
    const { everies, baseLearningRates: rates } = given as Case;
    const made = goldenBase(base, (own) => {
      const learningRate = rates && ((step: number) => last(rates, step));
      return new AdamW({ ...own, ...(learningRate && { learningRate }) });
    });
    return new GradientAccumulation(made, {
      ...options,
      ...(everies && { every: (u: number) => last(everies, u) }),
    });
  },
  {
    apply(optimizer, gradients, given, t) {
      const { missing, nonFinite } = given as Case;
      const all = gradients.map(({ name, tensor }) => {
        if (missing?.[t]?.includes(name)) return { name, tensor: null };
        if (!nonFinite?.[t]?.includes(name)) return { name, tensor };
        const values = tensor.bufferSync();
        values.values[0] = NaN;
        return { name, tensor: own(values.toTensor()) };
      });
      optimizer.applyGradients(all);
    },
    check(optimizer, given, t) {
      // After 18 the window has just been closed.
      if ((given as Case).flushAfter?.includes(t)) expect(optimizer.flush()).toBe(t === 10);
    },
  },
);
conformance((options) => new GradientAccumulation(new AdamW(), options));

afterEach(freeOwned);

const weights = (...values: number[]): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true)));
const read = async (x: tf.Tensor): Promise<number[]> => Array.from(await x.data());

/** Calls with the gradient ½(p − c)² of each. */
function call(optimizer: tf.Optimizer, p: tf.Variable, ...targets: number[]): void {
  for (const c of targets)
    optimizer.minimize(() => tf.sum(tf.mul(tf.square(tf.sub(p, c)), 0.5)) as tf.Scalar, false, [p]);
}

describe('GradientAccumulation', () => {
  it('steps once along the mean, and counts steps', async () => {
    const p = weights(1);
    const optimizer = own(new GradientAccumulation(tf.train.sgd(0.1), { every: 3 }));
    call(optimizer, p, 0, 2);
    expect([await read(p), optimizer.microStep, optimizer.iterations]).toEqual([[1], 2, 0]);
    // Gradients 1, −1 and 3.
    call(optimizer, p, -2);
    expect((await read(p))[0]).toBeCloseTo(0.9, 6);
    expect([optimizer.microStep, optimizer.iterations, optimizer.base.iterations]).toEqual([0, 1, 1]);
  });

  it('says whether it has stepped', () => {
    const p = weights(1);
    const grad = own(tf.tensor1d([1]));
    const optimizer = own(new GradientAccumulation(tf.train.sgd(0.1), { every: 2, reduce: 'sum' }));
    const answers = Array.from({ length: 4 }, () => optimizer.applyGradients({ [p.name]: grad }));
    expect(answers).toEqual([false, true, false, true]);
    expect(optimizer.flush()).toBe(false);
  });

  it('frees what it has gathered after a step', () => {
    const p = weights(1, 2);
    const optimizer = own(new GradientAccumulation(tf.train.sgd(0.1), { every: 2 }));
    call(optimizer, p, 0, 0);
    const { numTensors } = tf.memory();
    call(optimizer, p, 0);
    expect(tf.memory().numTensors).toBe(numTensors + 2); // S and n
    call(optimizer, p, 0);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('goes on in an open window from a state, also with a variable that gets no gradient any more', async () => {
    const grads = { a: own(tf.tensor1d([1])), b: own(tf.tensor1d([3])) };
    const run = async (saves: boolean): Promise<number[]> => {
      const [a, b] = ['a', 'b'].map((name) => tf.tidy(() => tf.variable(tf.tensor1d([1]), true, name)));
      const make = (): GradientAccumulation => new GradientAccumulation(new Momentum(0.1, 0.9), { every: 4 });
      let optimizer = make();
      for (let t = 0; t < 6; t++) optimizer.applyGradients(grads);
      if (saves) {
        const state = await optimizer.stateDict();
        optimizer.dispose();
        optimizer = make();
        await optimizer.loadStateDict(state);
        expect([optimizer.microStep, optimizer.iterations]).toEqual([2, 1]);
      }
      for (let t = 0; t < 2; t++) optimizer.applyGradients({ a: grads.a });
      const values = [...(await read(a!)), ...(await read(b!))];
      optimizer.dispose();
      tf.dispose([a!, b!]);
      return values;
    };
    const want = await run(false);
    // b: −0.1·3, then momentum 0.9·3 and the mean 3·2/4.
    expect(want[1]).toBeCloseTo(1 - 0.3 - 0.1 * (2.7 + 1.5), 5);
    expect(await run(true)).toEqual(want);
  });

  it('nests: in SAM, around Lookahead', async () => {
    const p = weights(1);
    const around = own(
      new GradientAccumulation(new Lookahead(tf.train.sgd(0.1), { k: 2, alpha: 0.5 }), { every: 2 }),
    );
    call(around, p, 0, 0, 0, 0);
    // 0.9, then 0.81, of which half the way is 0.905.
    expect((await read(p))[0]).toBeCloseTo(0.905, 6);
    const q = weights(1);
    const inside = own(new SAM(new GradientAccumulation(tf.train.sgd(0.1), { every: 2 }), { rho: 0.5 }));
    const loss = (): tf.Scalar => tf.sum(tf.mul(tf.square(q), 0.5)) as tf.Scalar;
    for (let t = 0; t < 2; t++) inside.minimize(loss, false, [q]);
    // Gradients at 1.5.
    expect((await read(q))[0]).toBeCloseTo(0.85, 6);
  });

  it('gathers without a step that a Lookahead around it would count', async () => {
    const gathering = (): GradientAccumulation => new GradientAccumulation(tf.train.sgd(0.1), { every: 2 });
    for (const base of [gathering(), new SAM(gathering(), { rho: 0 })]) {
      const p = weights(1);
      const optimizer = own(new Lookahead(base, { k: 2, alpha: 0.5 }));
      call(optimizer, p, 0, 0, 0, 0);
      expect((await read(p))[0]).toBeCloseTo(0.905, 6);
      expect(optimizer.iterations).toBe(2);
    }
  });

  it('refuses bases that need the loss, and numbers of calls that are none', () => {
    const base = own(tf.train.sgd(0.1));
    expect(() => new GradientAccumulation(new SAM(base))).toThrow(
      'GradientAccumulation: base must need gradients only, but SAM needs the loss itself',
    );
    expect(() => new GradientAccumulation(base, { every: 1.5 })).toThrow(
      'GradientAccumulation: every must be an integer in [1, ∞), got 1.5',
    );
    const p = weights(1);
    const optimizer = own(new GradientAccumulation(tf.train.sgd(0.1), { every: () => 0.5 }));
    expect(() => call(optimizer, p, 0)).toThrow(
      /GradientAccumulation: every.* must be an integer in \[1, ∞\), got 0.5/,
    );
    expect(optimizer.microStep).toBe(0);
  });

  it('leaves out a call that is not finite, where a number can be read back', async () => {
    const p = weights(1);
    const optimizer = own(new GradientAccumulation(tf.train.sgd(0.1), { every: 2, skipNonFinite: true }));
    if (backend === 'webgpu') return void expect(() => call(optimizer, p, 0)).toThrow('which webgpu cannot');
    call(optimizer, p, 0, NaN, Infinity);
    expect(optimizer.microStep).toBe(1);
    call(optimizer, p, 0);
    expect((await read(p))[0]).toBeCloseTo(0.9, 6);
  });
});
