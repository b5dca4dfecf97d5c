// SPDX-License-Identifier: Apache-2.0

import { GradientAccumulation } from '@optim/accumulation';
import { AdamW } from '@optim/adamw';
import { GaLore, type GaLoreOptions } from '@optim/galore';
import { Lamb } from '@optim/lamb';
import { Lookahead } from '@optim/lookahead';
import { SAM } from '@optim/sam';
import { conformance, expectClose, freeOwned, goldenBase, goldenSuite, Momentum, own } from '@optim/testing';
import golden from '@optim/testing/golden/GaLore.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

const adamW = (options: object = {}): AdamW => new AdamW({ ...options, weightDecay: 0 });

goldenSuite<GaLore>(golden, ({ base, ...options }) => new GaLore(goldenBase(base, adamW), options));
conformance((options) => new GaLore(adamW({ learningRate: 0.1 }), { scale: 1, ...options }));

afterEach(freeOwned);

const weights = (rows: number[][]): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor2d(rows), true, 'w')));
const step = (optimizer: tf.Optimizer, gradient: number[][]): void =>
  tf.tidy(() => optimizer.applyGradients({ w: tf.tensor2d(gradient) }));
const walk = async (options: GaLoreOptions, ...gradients: number[][][]): Promise<number[]> => {
  const w = weights(gradients[0]!.map((row) => row.map(() => 0)));
  const optimizer = own(new GaLore(new Momentum(1, 0), { scale: 1, ...options }));
  for (const gradient of gradients) step(optimizer, gradient);
  const values = [...(await w.data())];
  freeOwned();
  return values;
};

describe('GaLore', () => {
  it('takes the leading direction of the input where that is the shorter side, and keeps it', async () => {
    const first = [
      [3, 0, 0],
      [0, 1, 0],
    ];
    // The first direction is that of the first row: the second row is not seen, in the second step neither.
    expectClose(
      'w',
      await walk({ rank: 1 }, first, [
        [0, 0, 0],
        [0, 5, 0],
      ]),
      [-3, 0, 0, 0, 0, 0],
      1e-5,
    );
    expectClose(
      'w',
      await walk({ rank: 1, updateGap: 1 }, first, [
        [0, 0, 0],
        [0, 5, 0],
      ]),
      [-3, 0, 0, 0, -5, 0],
      1e-5,
    );
  });

  it('takes that of the output where that is, and the first unit vectors of a gradient of 0', async () => {
    const zero = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    expectClose(
      'w',
      await walk({ rank: 1 }, zero, [
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      [-1, 0, -3, 0, -5, 0],
      1e-5,
    );
    const second = await walk(
      { rank: 1 },
      [
        [0, 2],
        [0, 4],
        [0, 6],
      ],
      zero,
    );
    expectClose('w', second, [0, -2, 0, -4, 0, -6], 1e-2);
  });

  it('finds directions of gradients whose squares underflow', async () => {
    const got = await walk({ rank: 1, scale: 1e25 }, [
      [0, 0],
      [1e-25, 0],
    ]);
    expectClose('w', got, [0, 0, -1, 0], 1e-4);
  });

  it('gives the base a variable by the name of the parameter, which goes with it', () => {
    const before = Object.keys(tf.engine().registeredVariables).length;
    weights([[1, 2]]);
    const base = adamW({ parameterGroups: [{ match: /w$/, learningRate: 0.5 }] });
    const [one, other] = [base, adamW()].map((inner) => new GaLore(inner));
    step(one!, [[1, 1]]);
    step(other!, [[1, 1]]);
    expect(Object.keys(tf.engine().registeredVariables)).toContain('1x2/w');
    one!.dispose();
    expect(Object.keys(tf.engine().registeredVariables)).toContain('1x2/w');
    other!.dispose();
    expect(Object.keys(tf.engine().registeredVariables).length).toBe(before + 1);
  });

  it('decays all variables at the rate of the base, and projects what it is told to', async () => {
    const [w, b] = [weights([[4, 8]]), own(tf.tidy(() => tf.variable(tf.tensor1d([2]), true, 'b')))];
    const optimizer = own(
      new GaLore(new Momentum(0.5, 0), { weightDecay: 0.5, scale: 0.125, useGaLore: (name) => name === 'w' }),
    );
    tf.tidy(() => optimizer.applyGradients({ w: tf.tensor2d([[8, 16]]), b: tf.tensor1d([2]) }));
    expectClose('w', [...(await w.data())], [3.5 * 0.75, 7 * 0.75], 1e-5);
    expectClose('b', [...(await b.data())], [0.75], 1e-6);
  });

  it('goes on with the rank of a state, also where it has stepped with another', async () => {
    const variables: tf.Variable[] = [
      own(
        tf.tidy(() =>
          tf.variable(
            tf.tensor2d([
              [1, -2, 0.5],
              [1.5, -1, 2],
            ]),
            true,
            'kernel',
          ),
        ),
      ),
      own(tf.tidy(() => tf.variable(tf.tensor1d([0.5, -1, 2]), true, 'bias'))),
    ];
    const loss = (): tf.Scalar => tf.addN(variables.map((p) => tf.sum(tf.square(tf.sub(p, 3))))) as tf.Scalar;
    const read = (): Promise<number[][]> => Promise.all(variables.map(async (p) => [...(await p.data())]));
    const make = (rank: number): GaLore => own(new GaLore(new AdamW({ weightDecay: 0 }), { rank }));
    const first = make(1);
    first.minimize(loss, false, variables);
    const state = await first.stateDict();
    const at = await read();
    first.minimize(loss, false, variables);
    const want = await read();
    expect(want).not.toEqual(at);
    const again = make(2);
    again.minimize(loss, false, variables);
    await again.loadStateDict(state);
    tf.tidy(() => variables.forEach((p, i) => p.assign(tf.tensor(at[i]!, p.shape))));
    again.minimize(loss, false, variables);
    expect(await read()).toEqual(want);
  });

  it('leaves the variable where it was when the base refuses the step', async () => {
    const w = weights([[1, 2]]);
    const base = new Momentum(1, 0);
    const optimizer = own(new GaLore(base));
    step(optimizer, [[1, 1]]);
    const before = [...(await w.data())];
    base.applyGradients = () => {
      throw new Error('out of luck');
    };
    expect(() => step(optimizer, [[1, 1]])).toThrow(new Error('out of luck'));
    expect([[...(await w.data())], optimizer.iterations]).toEqual([before, 1]);
  });

  it.each<[() => tf.Optimizer, GaLoreOptions, string]>([
    [() => new SAM(adamW()), {}, 'base must step along a given gradient, but SAM needs the loss itself'],
    [() => new Lookahead(adamW()), {}, 'base must have no evaluation point of its own, got Lookahead'],
    [
      () => new GradientAccumulation(adamW()),
      {},
      'base must step in every call, but GradientAccumulation gathers gradients: put it around',
    ],
    [() => new Lamb(), {}, 'base must not read its parameters, got Lamb'],
    [() => new AdamW(), {}, 'weightDecay of the base AdamW must be 0: give it to GaLore, got 0.01'],
    [() => adamW(), { rank: 0 }, 'rank must be an integer in [1, ∞), got 0'],
    [() => adamW(), { updateGap: 0.5 }, 'updateGap must be an integer in [1, ∞), got 0.5'],
    [() => adamW(), { scale: 0 }, 'scale must be in (0, ∞), got 0'],
    [() => adamW(), { weightDecay: -1 }, 'weightDecay must be in [0, ∞), got -1'],
  ])('refuses %#', (base, options, message) => {
    expect(() => new GaLore(own(base()), options)).toThrow(`GaLore: ${message}`);
  });
});
