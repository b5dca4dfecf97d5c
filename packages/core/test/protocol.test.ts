// SPDX-License-Identifier: Apache-2.0
// The step protocol: coefficients, branches, slots, rounds, globals, the loss.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copy, ones, unitAxes, zero } from '@optim/formulas';
import { outOfRange, round, type Optimizer } from '../src/authoring.js';
import { probe, type ProbeOptions } from './probe.js';
import { Heavy, half, read, step, variable } from './rules.js';

let a: tf.Variable;
let b: tf.Variable;
const made: Optimizer<ProbeOptions>[] = [];

beforeEach(() => {
  a = variable('a', [3, 4]);
  b = variable('b', [0, 0, 2]);
});

afterEach(() => {
  tf.dispose([a, b]);
  for (const optimizer of made.splice(0)) optimizer.dispose();
});

function own(Class: ReturnType<typeof probe>, options: ProbeOptions = {}): Optimizer<ProbeOptions> {
  const optimizer = new Class(options);
  made.push(optimizer);
  return optimizer;
}

describe('a rule', () => {
  it('branches on flags and on boolean coefficients, and sees numbers of every step', async () => {
    const Branching = probe<never, { t: number; even: boolean }>({
      coefficients: (t) => ({ t, even: t % 2 === 0 }),
      update({ param }, { t, even, late }) {
        if (late) return {};
        return { param: even ? param.sub(t) : param.add(t) };
      },
    });
    const optimizer = own(Branching);
    for (const want of [
      [4, 5],
      [2, 3],
      [5, 6],
      [1, 2],
    ]) {
      step(optimizer, a);
      expect(await read(a)).toEqual(want);
    }
    step(optimizer, b);
    expect(await read(b)).toEqual([1, 1, 3]);
    step(own(Branching, { late: true }), a);
    expect(await read(a)).toEqual([1, 2]);
  });

  it('finds a slot by the name that a coefficient gives, and the number of its group', async () => {
    const Turns = probe<'g0' | 'g1', { oldest: 'g0' | 'g1' }>({
      slots: () => ({ g0: zero, g1: zero }),
      coefficients: (t) => ({ oldest: t % 2 === 1 ? 'g0' : 'g1' }),
      update: ({ param, grad, ...window }, { oldest, group }) => ({
        [oldest]: grad.sum().mul(group + 1),
        param: window[oldest].broadcastTo(param.shape),
      }),
    });
    const optimizer = own(Turns, { parameterGroups: [{ match: /b/ }] });
    const seen: number[][] = [];
    for (const [gradient, names] of [
      [1, 'ab'],
      [2, 'ab'],
      [3, 'ab'],
      [4, 'ab'],
      [5, 'a'],
      [6, 'ab'],
      [7, 'ab'],
    ] as const) {
      const gradients = [a, b]
        .filter(({ name }) => names.includes(name))
        .map(({ name, shape }) => ({ name, tensor: tf.fill(shape, gradient) }));
      optimizer.applyGradients(gradients);
      tf.dispose(gradients);
      seen.push([(await read(a))[1]!, (await read(b))[2]!]);
    }
    // Sums of two and three elements, two updates late, those of the group doubled.
    expect(seen).toEqual([
      [0, 0],
      [0, 0],
      [2, 6],
      [4, 12],
      [6, 12],
      [8, 18],
      [10, 24],
    ]);
  });

  it('sees null until an option is a number', async () => {
    const Nullable = probe({
      update: ({ param }, { extra }) => ({ param: extra === null ? param : param.add(extra) }),
    });
    step(own(Nullable), a);
    expect(await read(a)).toEqual([3, 4]);
    step(own(Nullable, { extra: 0.5 }), a);
    expect(await read(a)).toEqual([3.5, 4.5]);
    const groups = [{ match: /a/, extra: (t: number) => t + 1 }];
    step(own(Nullable, { parameterGroups: groups }), a, b);
    expect([...(await read(a)), ...(await read(b))]).toEqual([4.5, 5.5, 0, 0, 2]);
  });

  it('starts its slots from the parameter before the first step, and by its shape', async () => {
    const Slots = probe<'first' | 'ones' | 'zero' | 'norm' | 'long' | 'absent'>({
      slots: () => ({
        first: copy,
        ones,
        zero,
        norm: (param) => param.norm(),
        long: (param) => (param.size > 2 ? param.sum(unitAxes(param)) : null),
        absent: false,
      }),
      update: ({ param, grad, first, long }) => ({
        param: param.sub(grad),
        first: first.mul(2),
        ...(long && { long: long.add(1) }),
      }),
    });
    const optimizer = own(Slots);
    step(optimizer, a, b);
    const { parameters } = await optimizer.stateDict();
    const slots = parameters.map((parameter) =>
      Object.fromEntries(Object.entries(parameter.slots).map(([name, { data }]) => [name, [...data]])),
    );
    expect(slots).toEqual([
      { first: [6, 8], ones: [1, 1], zero: [0], norm: [5] },
      { first: [0, 0, 4], ones: [1, 1, 1], zero: [0], norm: [2], long: [1, 1, 3] },
    ]);
    expect(await read(a)).toEqual([2, 3]);
  });

  it('leaves copies that a user took of a parameter as they were', async () => {
    const before = tf.clone(a);
    const optimizer = new Heavy();
    step(optimizer, a);
    const between = tf.clone(a);
    step(optimizer, a);
    expect(await read(before)).toEqual([3, 4]);
    expect(await read(between)).toEqual([2.5, 3.5]);
    optimizer.dispose();
    tf.dispose([before, between]);
  });
});

describe('rounds', () => {
  const Rounds = probe<never, object, { total: number; mean: number; count: number; variance: number }>({
    globals: () => ({ total: 10 }),
    rounds: () => [
      round({
        observe: ({ grad }) => ({ sum: grad.sum(), count: grad.mul(0).add(1).sum() }),
        combine: ({ sum, count }, { total }) => ({ mean: sum.div(count), total: sum.add(total), count }),
      }),
      round({
        observe: ({ grad }, { mean }) => ({ squares: grad.sub(mean).square().sum() }),
        combine: ({ squares }, { count }) => ({ variance: squares.div(count) }),
      }),
    ],
    update: ({ param }, { mean, variance, total, learningRate }) => ({
      param: param.mul(0).add(mean).add(variance.mul(100)).add(total.mul(learningRate)),
    }),
  });

  it('know all parameters, one after the other; globals declared are kept', async () => {
    const optimizer = own(Rounds);
    expect(await optimizer.readGlobals()).toEqual({ total: 10 });
    // Gradients 3, 4, 0, 0, 2: mean 1.8, variance 2.56.
    optimizer.minimize(half(a, b));
    expect(await read(a)).toEqual([expect.closeTo(276.8, 3), expect.closeTo(276.8, 3)]);
    expect(await read(b)).toEqual(Array(3).fill(expect.closeTo(276.8, 3)));
    expect(await optimizer.readGlobals()).toEqual({ total: 19 });
    step(optimizer, a);
    expect(await read(a)).toEqual([22, 22]);
  });

  it('see the gradient with coupled weight decay in it', async () => {
    const optimizer = own(Rounds, { weightDecay: 1, weightDecayMode: 'coupled', learningRate: 0 });
    step(optimizer, a);
    // g + p = 4, 5: mean 4.5, variance 0.25.
    expect(await read(a)).toEqual([29.5, 29.5]);
  });

  it('have the loss where an algorithm needs it, under the name of a global too', async () => {
    const Loss = probe<never, object, { loss: number }>({
      needs: ['loss'],
      globals: () => ({ loss: 0 }),
      rounds: () => [round({ observe: () => ({}), combine: ({ loss }) => ({ loss }) })],
      update: ({ param }, { loss }) => ({ param: param.sub(loss) }),
    });
    const optimizer = own(Loss);
    optimizer.minimize(half(a), false, [a]);
    expect(await read(a)).toEqual([-9.5, -8.5]);
    expect(await optimizer.readGlobals()).toEqual({ loss: 12.5 });
    tf.tidy(() => optimizer.applyGradients({ a: tf.ones([2]) }, tf.scalar(0.5)));
    expect(await read(a)).toEqual([-10, -9]);
    expect(() => step(optimizer, a)).toThrow(
      new TypeError(
        'Probe: a step needs the value of the loss; call minimize, or applyGradients(gradients, loss)',
      ),
    );
    expect(optimizer.iterations).toBe(2);
  });
});

it('a check across options is made for the optimizer, for its groups, and when the rate is set', () => {
  const Validated = probe({
    validate({ learningRate, extra }) {
      if (extra !== null && extra > learningRate)
        throw outOfRange('Probe', 'extra', 'at most learningRate', extra);
    },
  });
  const error = new RangeError('Probe: extra must be at most learningRate, got 0.5');
  expect(() => own(Validated, { extra: 0.5, learningRate: 0.25 })).toThrow(error);
  expect(() => own(Validated, { extra: 0.5, parameterGroups: [{ match: /a/, learningRate: 0.25 }] })).toThrow(
    error,
  );
  const optimizer = own(Validated, { extra: 0.5 });
  expect(() => (optimizer.learningRate = 0.25)).toThrow(error);
  expect(optimizer.learningRate).toBe(1);
});
