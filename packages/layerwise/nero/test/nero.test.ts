// SPDX-License-Identifier: CC-BY-NC-SA-4.0

import { Nero, type NeroOptions } from '@optim/nero';
import { checks, conformance, expectWalk, goldenSuite, subjectOf, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Nero.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

goldenSuite(golden, (options) => new Nero(options));
conformance((options) => new Nero({ constraints: false, ...options }));

// The minima of the suite lie outside the constraints: of it, all that depends on kernels.
describe('Nero with constraints: conformance', () => {
  const subject = subjectOf((options) => new Nero(options));
  it.each(checks.filter(({ everywhere }) => everywhere))('$name', ({ run }) => run(subject));
});

/** The weights of one neuron, projected. */
function projected(weights: readonly number[]): number[] {
  const mean = weights.reduce((sum, x) => sum + x, 0) / weights.length;
  const centered = weights.map((x) => x - mean);
  return centered.map((x) => x / Math.hypot(...centered));
}

describe('Nero', () => {
  const nero = (options: NeroOptions = {}): Nero =>
    new Nero({ learningRate: 0.5, beta: 0.75, epsilon: 0, ...options });

  /** A kernel of two neurons, given by columns. */
  const kernelOf = (...[a, b]: [number[], number[]]): tf.Tensor => tf.transpose(tf.tensor([a!, b!]));

  async function columnsOf(kernel: tf.Tensor): Promise<number[][]> {
    const columns = tf.tidy(() => tf.transpose(kernel));
    const values = (await columns.array()) as number[][];
    columns.dispose();
    return values;
  }

  /** The columns of a kernel after some gradients. */
  async function walkKernel(
    optimizer: Nero,
    start: [number[], number[]],
    gradients: readonly [number[], number[]][],
  ): Promise<number[][]> {
    const x = tf.tidy(() => tf.variable(kernelOf(...start), true, 'x'));
    for (const gradient of gradients) tf.tidy(() => optimizer.applyGradients({ x: kernelOf(...gradient) }));
    const columns = await columnsOf(x);
    x.dispose();
    optimizer.dispose();
    return columns;
  }

  const start: [number[], number[]] = [
    [2, 0, 1],
    [5, 6, 1],
  ];

  it('projects, steps by learningRate along the unit gradient of each neuron, and projects', async () => {
    const got = await walkKernel(nero(), start, [
      [
        [0, 0, 3],
        [0, 0, 0],
      ],
    ]);
    const [x, y, z] = projected(start[0]) as [number, number, number];
    expectWalk(got, [projected([x, y, z - 0.5]), projected(start[1])]);
  });

  it('averages the norm of the gradient, not the gradient', async () => {
    const got = await walkKernel(nero(), start, [
      [
        [0, 0, 3],
        [0, 0, 0],
      ],
      [
        [1, 0, 0],
        [0, 2, 0],
      ],
    ]);
    // v: 9/4, then (¾·9 + 1)/4; 0, then 4/4; over 1 − β² = 7/16.
    const [x, y, z] = projected(start[0]) as [number, number, number];
    const [a, b, c] = projected([x, y, z - 0.5]) as [number, number, number];
    const [k, l, m] = projected(start[1]) as [number, number, number];
    expectWalk(got, [
      projected([a - 0.5 / Math.sqrt(7.75 / 4 / (7 / 16)), b, c]),
      projected([k, l - (0.5 * 2) / Math.sqrt(1 / (7 / 16)), m]),
    ]);
  });

  it('moves the elements of a vector by learningRate times their mean size at the start, or 0.01', async () => {
    // S = 2, whatever p is later; d = |g| at first, √((¾·16 + 4)/7) then.
    const got = await walk(
      nero(),
      [3, -1],
      [
        [4, 0],
        [2, 0],
      ],
    );
    expectWalk(got, [
      [2, -1],
      [2 - 2 / Math.sqrt((0.75 * 16 + 4) / 4 / (7 / 16)), -1],
    ]);
    expectWalk(await walk(nero(), [0, 0], [[4, -1]]), [[-0.005, 0.005]]);
  });

  it('only scales the steps without constraints', async () => {
    const got = await walkKernel(
      nero({ constraints: false }),
      [
        [3, 4, 0],
        [0, 0, 0],
      ],
      [
        [
          [0, 0, 3],
          [0, 0, 0],
        ],
      ],
    );
    // S = (5 + 0)/2
    expectWalk(got, [
      [3, 4, -1.25],
      [0, 0, 0],
    ]);
  });

  it('adds ε to both denominators', async () => {
    const got = await walkKernel(nero({ epsilon: 1 }), start, [
      [
        [0, 0, 3],
        [0, 0, 0],
      ],
    ]);
    const withEpsilon = (weights: number[]): number[] => {
      const mean = (weights[0]! + weights[1]! + weights[2]!) / 3;
      const centered = weights.map((x) => x - mean);
      return centered.map((x) => x / (Math.hypot(...centered) + 1));
    };
    const [first, second] = [withEpsilon(start[0]), withEpsilon(start[1])];
    const S = (Math.hypot(...first) + Math.hypot(...second)) / 2;
    const moved = [first[0]!, first[1]!, first[2]! - (0.5 * S * 3) / 4];
    expectWalk(got, [withEpsilon(moved), withEpsilon(second)]);
  });

  it('leaves a neuron with a single input at 0', async () => {
    const optimizer = nero({ epsilon: 1e-8 });
    const x = tf.tidy(() => tf.variable(tf.tensor2d([[3, -2]]), true, 'x'));
    for (let t = 0; t < 2; t++) tf.tidy(() => optimizer.applyGradients({ x: tf.ones([1, 2]) }));
    expect([...(await x.data())]).toEqual([0, 0]);
    x.dispose();
    optimizer.dispose();
  });

  it('decays the projected weights', async () => {
    const gradient: [number[], number[]] = [
      [0, 0, 3],
      [0, 0, 0],
    ];
    const [x, y, z] = projected(start[0]) as [number, number, number];
    const decoupled = nero({ weightDecay: 0.25 });
    expectWalk(await walkKernel(decoupled, start, [gradient]), [
      projected([0.875 * x, 0.875 * y, 0.875 * z - 0.5]),
      projected(start[1]),
    ]);
    const coupled = nero({ weightDecay: 0.25, weightDecayMode: 'coupled' });
    const g = [x / 4, y / 4, 3 + z / 4];
    const n = Math.hypot(...g);
    expectWalk(await walkKernel(coupled, start, [gradient]), [
      projected([x - (0.5 * g[0]!) / n, y - (0.5 * g[1]!) / n, z - (0.5 * g[2]!) / n]),
      projected(start[1]),
    ]);
  });

  it('projects before the first gradient, once, and not what a group exempts', async () => {
    const optimizer = nero({ parameterGroups: [{ match: /free/, constraints: false }] });
    const variables = ['kernel', 'free'].map((name) =>
      tf.tidy(() => tf.variable(kernelOf(...start), true, name)),
    );
    const kernel = variables[0]!;
    const seen: tf.Tensor[] = [];
    const loss = (): tf.Scalar => {
      seen.push(...variables.map((p) => tf.keep(tf.clone(p))));
      return tf.addN(variables.map((p) => tf.sum(tf.square(p)))) as tf.Scalar;
    };
    optimizer.minimize(loss, false, variables);
    const [kernelThen, freeThen] = await Promise.all(seen.map((p) => columnsOf(p)));
    expectWalk(kernelThen!, [projected(start[0]), projected(start[1])]);
    expect(freeThen).toEqual(start);
    const before = await columnsOf(kernel);
    optimizer.initialize(variables);
    expect(await columnsOf(kernel)).toEqual(before);
    tf.dispose([...variables, ...seen]);
    optimizer.dispose();
  });

  it('leaves alone what is not trainable, and everything in a step that is refused', async () => {
    const make = (trainable: boolean): tf.Variable =>
      tf.tidy(() => tf.variable(kernelOf(...start), trainable));
    const [x, z] = [make(true), make(false)];
    const optimizer = nero();
    const fails = (): never => {
      throw new Error('mine');
    };
    expect(() => optimizer.minimize(fails, false, [x, z])).toThrow(new Error('mine'));
    expect(await columnsOf(x)).toEqual(start);
    const loss = (): tf.Scalar => tf.add(tf.sum(tf.square(x)), tf.sum(tf.square(z)));
    optimizer.minimize(loss, false, [x, z]);
    expect(await columnsOf(z)).toEqual(start);
    expect(await columnsOf(x)).not.toEqual(start);
    optimizer.dispose();
    tf.dispose([x, z]);
  });

  it('initialize may come long before the first step', async () => {
    const optimizer = nero();
    const x = tf.tidy(() => tf.variable(kernelOf(...start), true, 'x'));
    optimizer.initialize([x]);
    expectWalk(await columnsOf(x), [projected(start[0]), projected(start[1])]);
    expect(optimizer.iterations).toBe(0);
    tf.tidy(() =>
      optimizer.applyGradients({
        x: kernelOf([0, 0, 3], [0, 0, 0]),
      }),
    );
    const [a, b, c] = projected(start[0]) as [number, number, number];
    expectWalk(await columnsOf(x), [projected([a, b, c - 0.5]), projected(start[1])]);
    x.dispose();
    optimizer.dispose();
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ beta: 1 }, 'beta must be in [0, 1), got 1'],
    [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new Nero(options)).toThrow(new RangeError(`Nero: ${message}`));
  });
});
