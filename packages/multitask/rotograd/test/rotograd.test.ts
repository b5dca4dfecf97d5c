// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { RotoGrad, type RotoGradOptions, type Tasks } from '@optim/rotograd';
import { SAM } from '@optim/sam';
import { conformance, freeOwned, Momentum, own } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, inject, it } from 'vitest';

// A step is a hundred small products, in software rendering half a second: a long run takes minutes there.
const slow = inject('backend').startsWith('web');

conformance((options) => new RotoGrad(new AdamW(), options));

afterEach(freeOwned);

const matrix = (rows: number[][], name?: string): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor2d(rows), true, name)));

/** Features that are a variable, and losses with these gradients. */
const linear = (z: tf.Tensor, gradients: number[][][]): Tasks => ({
  features: () => tf.clone(z),
  losses: gradients.map((rows) => (r) => tf.sum(tf.mul(r, tf.tensor2d(rows)))),
});

function expectNumbers(got: ArrayLike<number>, want: readonly number[], digits = 5): void {
  expect(got).toHaveLength(want.length);
  want.forEach((value, i) => expect(got[i]).toBeCloseTo(value, digits));
}

/** Z, where a step of length 1 leads, reversed. */
async function handedBack(gradients: number[][][], options: RotoGradOptions, extra = {}): Promise<number[]> {
  const rows = gradients[0]!.map((row) => row.map(() => 0));
  const z = tf.tidy(() => tf.variable(tf.tensor2d(rows)));
  const optimizer = new RotoGrad(new Momentum(1, 0), options, tf.train.sgd(0));
  optimizer.minimize({ ...linear(z, gradients), ...extra }, false, [z]);
  const moved = await z.data();
  tf.dispose(z);
  optimizer.dispose();
  return Array.from(moved, (x) => 0 - x);
}

const fixed = { initialRotations: 'identity' } as const;

describe('RotoGrad: what the backbone is given', () => {
  // ‖g‖ = 5 and 1.
  const gradients = [[[3, 4]], [[0, 1]]];

  it('is of one size for all tasks', async () => {
    // C = (5 + 1)/2, Z = 3·(0.6, 0.8) + 3·(0, 1)
    expectNumbers(await handedBack(gradients, fixed), [1.8, 5.4]);
  });

  it('is the plain sum without that, whatever the rotation', async () => {
    for (const method of ['VanillaMTL', 'RotateOnly'] as const)
      expectNumbers(await handedBack(gradients, { ...fixed, method }), [3, 5]);
    const quarter = [
      [0, -1],
      [1, 0],
    ];
    // R turns (z₀, z₁) into (−z₁, z₀): g = g̃·R
    const turned = await handedBack(gradients, {
      method: 'RotateOnly',
      initialRotations: [quarter, quarter],
    });
    expectNumbers(turned, [5, -3]);
  });

  it('is weighted by RotoGradNorm, equally at first', async () => {
    expectNumbers(await handedBack([[[3, 4]], [[0, 1]]], { ...fixed, method: 'RotateOnly' }), [3, 5]);
    const z = matrix([[1, 1]]);
    const optimizer = own(
      new RotoGrad(new Momentum(0, 0), { ...fixed, method: 'RotoGradNorm', alpha: 0 }, tf.train.sgd(0.1)),
    );
    optimizer.minimize(linear(z, gradients), false, [z]);
    // m = √34/2 is between the sizes 5 and 1, so that the imbalance grows by 5·dw₀ − dw₁, and dw₀/dω₀ = −dw₁/dω₀ = 1/2.
    const { parameters } = await optimizer.stateDict();
    expectNumbers(parameters.find(({ shape }) => shape!.length === 1)!.slots['value']!.data, [-0.3, 0.3]);
  });

  it('is finite where a task has no gradient', async () => {
    for (const method of ['RotoGrad', 'RotateOnly'] as const) {
      const got = await handedBack([[[3, 4]], [[0, 0]]], { ...fixed, method });
      expect(got.every(Number.isFinite)).toBe(true);
    }
    expectNumbers(await handedBack([[[3, 4]], [[0, 0]]], { ...fixed, method: 'RotateOnly' }), [3, 4]);
  });

  it('has the gradient of a loss of the backbone alone added', async () => {
    const backboneLoss = (z: tf.Tensor2D): tf.Scalar => tf.sum(tf.mul(z, [[10, 20]]));
    const got = await handedBack(gradients, { ...fixed, method: 'VanillaMTL' }, { backboneLoss });
    expectNumbers(got, [13, 25]);
  });

  it('is compared with losses and sizes of the first step, and of that at the end of burn-in', async () => {
    const z = matrix([[0, 0]]);
    const optimizer = own(new RotoGrad(new Momentum(1, 0), { ...fixed, burnInPeriod: 2 }, tf.train.sgd(0)));
    const seen: number[][] = [];
    for (const factor of [1, 2, 2, 2]) {
      const before = Array.from(await z.data());
      optimizer.minimize(linear(z, [[[3 * factor, 4 * factor]], [[0, 1]]]), false, [z]);
      seen.push(Array.from(await z.data(), (x, i) => before[i]! - x));
    }
    expectNumbers(seen[0]!, [1.8, 5.4]);
    // n = 10 and 1, twice and once the first: C = (2·10 + 1)/3 = 7
    expectNumbers(seen[1]!, [4.2, 12.6]);
    // C = (10 + 1)/2
    for (const later of seen.slice(2)) expectNumbers(later, [3.3, 9.9]);
  });
});

describe('RotoGrad: rotations', () => {
  const spread = [
    [
      [3, 4, 0],
      [1, 0, 2],
    ],
    [
      [0, -1, 1],
      [2, 1, 0],
    ],
    [
      [-2, 0, 1],
      [0, 3, 1],
    ],
  ];

  it.skipIf(slow)('turn the gradients of all tasks towards each other', async () => {
    const z = matrix([
      [1, 2, 3],
      [-1, 0, 1],
    ]);
    const optimizer = own(
      new RotoGrad(new Momentum(0, 0), { method: 'RotateOnly', seed: 2 }, tf.train.sgd(0.02)),
    );
    const alike = async (): Promise<number> => {
      const turned = await Promise.all(
        spread.map(async (rows, k) => {
          // g = g̃·R is the transpose of rotate's product
          const product = tf.tidy(() => {
            const r = tf.transpose(optimizer.rotate(tf.eye(3), k)) as tf.Tensor2D;
            const g = tf.matMul(tf.tensor2d(rows), r);
            return tf.div(g, tf.norm(g));
          });
          const numbers = await product.data();
          product.dispose();
          return numbers;
        }),
      );
      const sum = turned[0]!.map((_, i) => turned.reduce((all, g) => all + g[i]!, 0));
      return Math.hypot(...sum) / turned.length;
    };
    optimizer.minimize(linear(z, spread), false, [z]);
    const before = await alike();
    for (let t = 0; t < 100; t++) optimizer.minimize(linear(z, spread), false, [z]);
    expect(await alike()).toBeGreaterThan(before + 0.1);
  });

  it.skipIf(slow)('stay rotations, and start as the seed says', async () => {
    const start = async (seed: number, steps: number): Promise<Float32Array> => {
      const z = matrix([
        [1, 2, 3],
        [-1, 0, 1],
      ]);
      const optimizer = own(new RotoGrad(new Momentum(0, 0), { seed }, tf.train.sgd(steps > 1 ? 0.1 : 0)));
      for (let t = 0; t < steps; t++) optimizer.minimize(linear(z, spread), false, [z]);
      const rotated = own(optimizer.rotate(own(tf.eye(3)), 1));
      return (await rotated.data()) as Float32Array;
    };
    const first = await start(1, 1);
    expect(await start(1, 1)).toEqual(first);
    expect(await start(2, 1)).not.toEqual(first);
    for (const [a, b, c, d, e, f, g, h, i] of [first, await start(1, 30)]) {
      expect(a! * a! + b! * b! + c! * c!).toBeCloseTo(1, 4);
      expect(a! * d! + b! * e! + c! * f!).toBeCloseTo(0, 4);
      expect(a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!)).toBeCloseTo(
        1,
        4,
      );
    }
  });

  it('leave columns beyond latentSize alone', async () => {
    const z = matrix([
      [1, 2, 3],
      [-1, 0, 1],
    ]);
    const optimizer = own(new RotoGrad(new Momentum(0, 0), { latentSize: 2, seed: 1 }, tf.train.sgd(0.1)));
    for (let t = 0; t < 3; t++) optimizer.minimize(linear(z, spread), false, [z]);
    const rotated = await own(optimizer.rotate(z as tf.Tensor2D, 0)).data();
    expect([rotated[2], rotated[5]]).toEqual([3, 1]);
    expect(Math.hypot(rotated[0]!, rotated[1]!)).toBeCloseTo(Math.sqrt(5), 4);
    expect(rotated[0]).not.toBeCloseTo(1, 2);
  });

  it('step with the base where they have no optimizer of their own', async () => {
    const run = async (rotations: tf.Optimizer | null): Promise<number[]> => {
      const z = matrix([
        [1, 2, 3],
        [-1, 0, 1],
      ]);
      const optimizer = own(new RotoGrad(new Momentum(0.05, 0), { seed: 3 }, rotations));
      for (const varList of [undefined, [z]]) optimizer.minimize(linear(z, spread), false, varList);
      return [...(await z.data()), ...(await own(optimizer.rotate(own(tf.eye(3)), 0)).data())];
    };
    expectNumbers(await run(null), await run(new Momentum(0.05, 0)));
  });
});

describe('RotoGrad: the step', () => {
  /** A trunk and two heads; the same tasks for every call. */
  function network(): { variables: tf.Variable[]; tasks: Tasks } {
    const entries = (rows: number, columns: number, from: number): number[][] =>
      Array.from({ length: rows }, (_, i) =>
        Array.from({ length: columns }, (_, j) => Math.sin(from + 3 * i + 5 * j)),
      );
    const [trunk, left, right] = [entries(3, 4, 0), entries(4, 2, 1), entries(4, 1, 2)].map((rows) =>
      matrix(rows),
    );
    const x = own(tf.tensor2d(entries(6, 3, 4)));
    const [y0, y1] = [own(tf.tensor2d(entries(6, 2, 5))), own(tf.tensor2d(entries(6, 1, 6)))];
    const mse = (r: tf.Tensor2D, head: tf.Variable, y: tf.Tensor): tf.Scalar =>
      tf.mean(tf.squaredDifference(tf.matMul(r, head as tf.Tensor2D), y));
    return {
      variables: [trunk!, left!, right!],
      tasks: {
        features: () => tf.tanh(tf.matMul(x, trunk as tf.Tensor2D)),
        losses: [(r) => mse(r, left!, y0), (r) => mse(r, right!, y1)],
      },
    };
  }

  const methods = ['RotoGrad', 'RotoGradNorm', 'RotateOnly', 'VanillaMTL'] as const;

  describe.skipIf(slow)('trained', () => {
    it.each(methods)('%s brings all losses down, and leaks nothing', async (method) => {
      const { tasks, variables } = network();
      const optimizer = own(
        new RotoGrad(
          new AdamW({ learningRate: 0.03 }),
          { method, alpha: 1, seed: 1 },
          new AdamW({ learningRate: 0.003, weightDecay: 0 }),
        ),
      );
      const step = async (): Promise<number[]> => {
        const losses = optimizer.minimize(tasks, true, variables)!;
        const numbers = await Promise.all(losses.map(async (loss) => (await loss.data())[0]!));
        tf.dispose(losses);
        return numbers;
      };
      const first = await step();
      for (let t = 0; t < 30; t++) await step();
      const { numTensors } = tf.memory();
      for (let t = 0; t < 30; t++) await step();
      expect(tf.memory().numTensors).toBe(numTensors);
      const last = await step();
      last.forEach((loss, k) => expect(loss).toBeLessThan(0.35 * first[k]!));
      expect(optimizer.iterations).toBe(62);
    });
  });

  it.skipIf(slow).each(['RotoGradNorm', 'RotoGrad'] as const)(
    '%s goes on bit for bit from a state',
    async (method) => {
      const { tasks, variables } = network();
      const options = { method, alpha: 1, seed: 1, burnInPeriod: 4, normalizeLosses: true };
      const make = (): RotoGrad => own(new RotoGrad(new AdamW({ learningRate: 0.03 }), options));
      const values = (): Promise<number[][]> =>
        Promise.all(variables.map(async (each) => [...(await each.data())]));
      const train = (optimizer: RotoGrad, steps: number): void => {
        for (let t = 0; t < steps; t++) optimizer.minimize(tasks, false, variables);
      };
      const first = make();
      train(first, 3);
      const state = await first.stateDict();
      const weights = await first.getWeights();
      const between = await values();
      train(first, 4);
      const want = await values();
      for (const load of [
        (optimizer: RotoGrad) => optimizer.loadStateDict(state),
        (optimizer: RotoGrad) => optimizer.setWeights(weights),
      ]) {
        const second = own(new RotoGrad(new AdamW({ learningRate: 0.03 }), { ...options, seed: 9 }));
        await load(second);
        tf.tidy(() => variables.forEach((each, i) => each.assign(tf.tensor(between[i]!, each.shape))));
        train(second, 4);
        expect(await values()).toEqual(want);
      }
      await first.loadStateDict(state);
      tf.tidy(() => variables.forEach((each, i) => each.assign(tf.tensor(between[i]!, each.shape))));
      train(first, 4);
      expect(await values()).toEqual(want);
    },
  );

  it('rotates for inference before the first step of a loaded optimizer', async () => {
    const { tasks, variables } = network();
    const first = own(new RotoGrad(new AdamW(), { seed: 1 }));
    for (let t = 0; t < 3; t++) first.minimize(tasks, false, variables);
    const second = own(new RotoGrad(new AdamW()));
    await second.loadStateDict(await first.stateDict());
    const z = own(tf.tensor2d([1, 2, 3, 4], [1, 4]));
    const [want, got] = [own(first.rotate(z, 1)), own(second.rotate(z, 1))];
    expect(await got.data()).toEqual(await want.data());
  });

  it.skipIf(slow)(
    'is after a reset that of a new one, with rotations of its own and those of an optimizer',
    async () => {
      const { variables, tasks } = network();
      const start = variables.map((variable) => own(tf.clone(variable)));
      const fromStart = async (optimizer: RotoGrad): Promise<number[]> => {
        variables.forEach((variable, i) => variable.assign(start[i]!));
        for (let t = 0; t < 4; t++) optimizer.minimize(tasks, false, variables);
        const all = [...variables, own(optimizer.rotate(own(tf.eye(4)), 1))];
        return (await Promise.all(all.map(async (each) => [...(await each.data())]))).flat();
      };
      for (const rotations of [null, (): tf.Optimizer => new AdamW({ learningRate: 0.01 })])
        for (const keepStep of [false, true]) {
          const options: RotoGradOptions = { method: 'RotoGradNorm', alpha: 1, seed: 5, burnInPeriod: 2 };
          const make = (): RotoGrad =>
            own(new RotoGrad(new AdamW({ learningRate: 0.05 }), options, rotations?.() ?? null));
          const optimizer = make();
          const want = await fromStart(optimizer);
          optimizer.reset({ keepStep });
          expect([optimizer.iterations, optimizer.base.iterations]).toEqual([0, keepStep ? 4 : 0]);
          expect(await fromStart(optimizer)).toEqual(want);
          expect(await fromStart(optimizer)).not.toEqual(want);
        }
    },
  );

  it('with one loss is the base, in gradients too', async () => {
    const run = async (optimizer: tf.Optimizer): Promise<number[]> => {
      const w = matrix([[1, -2]]);
      optimizer.minimize(() => tf.sum(tf.square(w)), false, [w]);
      tf.tidy(() => optimizer.applyGradients({ [w.name]: tf.tensor2d([[1, 3]]) }));
      own(optimizer);
      return Array.from(await w.data());
    };
    expect(await run(new RotoGrad(new AdamW({ learningRate: 0.1 })))).toEqual(
      await run(new AdamW({ learningRate: 0.1 })),
    );
  });

  it('leaves everything as it was when a head throws', async () => {
    const { tasks, variables } = network();
    const optimizer = own(new RotoGrad(new AdamW(), { seed: 1 }));
    optimizer.minimize(tasks, false, variables);
    const state = await optimizer.stateDict();
    const failing = (): tf.Scalar => {
      throw new Error('out of luck');
    };
    const losses = [tasks.losses[0]!, failing];
    expect(() => optimizer.minimize({ ...tasks, losses }, false, variables)).toThrow('out of luck');
    expect(await optimizer.stateDict()).toEqual(state);
    optimizer.minimize(tasks, false, variables);
    expect(optimizer.iterations).toBe(2);
  });
});

describe('RotoGrad: what it refuses', () => {
  it.each([
    [{ method: 'Rotate' }, /^RotoGrad: method must be/],
    [{ latentSize: 0 }, /^RotoGrad: latentSize must be an integer in \[1, ∞\), or null, got 0$/],
    [{ burnInPeriod: 0.5 }, /^RotoGrad: burnInPeriod must be an integer in \[0, ∞\), got 0.5$/],
    [{ method: 'RotoGradNorm' }, /^RotoGrad: alpha must be a number with method 'RotoGradNorm', got null$/],
    [{ alpha: -1 }, /^RotoGrad: alpha must be in \[0, ∞\), or null, got -1$/],
    [{ initialRotations: 'zero' }, /^RotoGrad: initialRotations must be/],
  ])('%o', (options, message) => {
    expect(() => new RotoGrad(new AdamW(), options as RotoGradOptions)).toThrow(message);
  });

  const one = [
    [1, 0],
    [0, 1],
  ];

  it.each([
    [{ initialRotations: [one] }, [[[1, 0]], [[0, 1]]], /one matrix for each of 2 tasks, got 1$/],
    [{ initialRotations: [one, [[1, 0]]] }, [[[1, 0]], [[0, 1]]], /of shape \[2, 2\] for task 1/],
    [
      {
        initialRotations: [
          [
            [1, 0.1],
            [0, 1],
          ],
        ],
      },
      [[[1, 0]]],
      /orthogonal with determinant 1 for task 0/,
    ],
    [
      {
        initialRotations: [
          [
            [0, 1],
            [1, 0],
          ],
        ],
      },
      [[[1, 0]]],
      /orthogonal with determinant 1 for task 0/,
    ],
    [
      { latentSize: 3 },
      [[[1, 0]]],
      /^RotoGrad: latentSize must be at most the width of the features, 2, got 3$/,
    ],
    [{}, [], /^RotoGrad: losses must be at least one, got none$/],
  ])('in a step: %o', (options, gradients, message) => {
    const z = matrix([[1, 1]]);
    const optimizer = own(new RotoGrad(new AdamW(), options as RotoGradOptions));
    expect(() => optimizer.minimize(linear(z, gradients as number[][][]), false, [z])).toThrow(RangeError);
    expect(() => optimizer.minimize(linear(z, gradients as number[][][]), false, [z])).toThrow(message);
    expect(optimizer.iterations).toBe(0);
  });

  it('features that are no matrix, other tasks than before, and a task that there is not', () => {
    const z = matrix([[1, 1]]);
    const optimizer = own(new RotoGrad(new AdamW()));
    const flat = { ...linear(z, [[[1, 0]]]), features: () => tf.reshape(z, [2]) };
    expect(() => optimizer.minimize(flat, false, [z])).toThrow(
      new TypeError('RotoGrad: features must be a matrix, got shape [2]'),
    );
    expect(() => optimizer.rotate(z as tf.Tensor2D, 0)).toThrow(
      new RangeError('RotoGrad: task must be one of 0 that have been trained, got 0'),
    );
    optimizer.minimize(linear(z, [[[1, 0]], [[0, 1]]]), false, [z]);
    expect(() => optimizer.minimize(linear(z, [[[1, 0]]]), false, [z])).toThrow(
      new RangeError('RotoGrad: losses must be 2 as before, got 1'),
    );
  });

  it.skipIf(inject('backend') === 'webgpu')('a loss of 0 that others are to be divided by', () => {
    const z = matrix([[0, 0]]);
    const optimizer = own(new RotoGrad(new AdamW(), { normalizeLosses: true }));
    expect(() => optimizer.minimize(linear(z, [[[1, 0]]]), false, [z])).toThrow(
      new RangeError('RotoGrad: the loss of task 0 must not be 0 where others are divided by it'),
    );
  });

  it('a base that needs the loss itself, for either', () => {
    const message = new TypeError(
      'RotoGrad: base must step along a given gradient, but SAM needs the loss itself',
    );
    const sam = own(new SAM(new AdamW()));
    expect(() => new RotoGrad(sam)).toThrow(message);
    expect(() => new RotoGrad(new AdamW(), {}, sam)).toThrow(message);
  });

  it('to save the rotation optimizer with a model', () => {
    const optimizer = own(new RotoGrad(new AdamW(), {}, new AdamW()));
    expect(() => optimizer.getConfig()).toThrow(/^RotoGrad: rotationOptimizer cannot be saved with a model/);
  });
});
