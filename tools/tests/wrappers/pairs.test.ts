// SPDX-License-Identifier: Apache-2.0
// Every wrapper around every other: it trains, is saved and evaluated, or is refused with the reason.

import { AdamW, optimizers } from '@optim/all';
import type { BaseOptimizer } from '@optim/core';
import { Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { wrappers, type Row } from './table.js';
import { read, train, variables } from './training.js';

const all = Object.entries(wrappers);
const pairs = all.flatMap(([outer, around]) =>
  all.map(([inner, inside]) => {
    const refusal = around.refuses[inside.kind]?.replace('BASE', inner);
    return { name: `${outer} around ${inner}`, around, inside, refusal };
  }),
);
const make = (around: Row, inside: Row): BaseOptimizer =>
  around.make(inside.make(new AdamW({ learningRate: 0.1, weightDecay: 0 })));

describe('a pair that makes no sense is refused, with the reason', () => {
  it.each(pairs.filter(({ refusal }) => refusal))('$name', ({ around, inside, refusal }) => {
    const base = inside.make(new AdamW({ weightDecay: 0 }));
    expect(() => around.make(base)).toThrow(refusal);
    base.dispose();
  });
});

describe('a pair trains, goes on bit for bit from its state, and is evaluated', () => {
  it.each(pairs.filter(({ refusal }) => !refusal))('$name', async ({ around, inside }) => {
    const [of, optimizer, other] = [variables(), make(around, inside), make(around, inside)];
    try {
      const start = read(of);
      // A window of two calls is open, and Lookahead between two synchronizations; that also at the end.
      train(optimizer, of, 1, 5);
      const state = await optimizer.stateDict();
      const middle = of.map((variable) => tf.clone(variable));
      train(optimizer, of, 6, 10);
      const want = read(of);
      want.forEach((value, i) => {
        expect(Number.isFinite(value)).toBe(true);
        expect(value).not.toBe(start[i]);
      });

      of.forEach((variable, i) => variable.assign(middle[i]!));
      tf.dispose(middle);
      await other.loadStateDict(state);
      train(other, of, 6, 10);
      expect(read(of)).toEqual(want);

      other.useEvaluationWeights();
      const hasPoint = [around.kind, inside.kind].includes('has a point');
      if (hasPoint) expect(read(of)).not.toEqual(want);
      else expect(read(of)).toEqual(want);
      other.useTrainingWeights();
      read(of).forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 5));
    } finally {
      optimizer.dispose();
      other.dispose();
      tf.dispose(of);
    }
  });
});

describe('a pair refuses by name what is no loss and what are no options', () => {
  it.each(pairs.filter(({ refusal }) => !refusal))('$name', ({ name, around, inside }) => {
    const [of, optimizer] = [variables(), make(around, inside)];
    const ours = new RegExp(`^(${[...name.split(' around '), 'AdamW'].join('|')}): `);
    const start = read(of);
    for (const wrong of [null, 5, 'x', [], new Map(), Map]) {
      expect(() => optimizer.minimize(wrong as never, false, of)).toThrow(ours);
      if (wrong !== null && !Array.isArray(wrong))
        expect(() => optimizer.minimize(() => tf.sum(of[0]!), false, wrong as never)).toThrow(/varList/);
      expect(() => optimizer.set(wrong as never)).toThrow(/^\w+: options must be an object, got /);
    }
    expect(read(of)).toEqual(start);
    expect(optimizer.iterations).toBe(0);
    optimizer.dispose();
    tf.dispose(of);
  });
});

it('has every wrapper in its table, but for those that need a model of their own', () => {
  const known = Object.entries(optimizers)
    .filter(([, Class]) => Class.prototype instanceof Wrapper)
    .map(([name]) => name);
  expect(Object.keys(wrappers).sort()).toEqual(
    [...known.filter((name) => name !== 'RotoGrad'), 'MSAM'].sort(),
  );
});
