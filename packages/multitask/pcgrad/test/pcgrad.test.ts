// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { PCGrad, taskLosses, type PCGradOptions, type TaskOrder } from '@optim/pcgrad';
import { SAM } from '@optim/sam';
import { bowls, freeOwned, goldenBase, Momentum, own, suite, type Coefficients } from '@optim/testing';
import golden from '@optim/testing/golden/PCGrad.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

suite(
  golden,
  ({ base, ...options }) =>
    new PCGrad(base ? goldenBase(base, (given) => new AdamW(given)) : new AdamW(), options),
  {
    minimize(optimizer, variables, { objectives, taskOrder }, t) {
      const { list } = objectives as { list: Coefficients[] };
      const losses = list.map((coefficients) => () => bowls(variables, coefficients));
      optimizer.minimize(losses, false, [...variables], { order: (taskOrder as TaskOrder[])[t - 1]! });
    },
  },
);

afterEach(freeOwned);

const vector = (values: number[], name?: string): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, name)));

/** A loss with this gradient. */
const towards =
  (w: tf.Variable, gradient: readonly number[]): (() => tf.Scalar) =>
  () =>
    tf.sum(tf.mul(w, tf.tensor1d([...gradient])));

/** The merged gradient: where a step of length 1 from 0 leads, reversed. */
async function merge(
  gradients: readonly (readonly number[])[],
  options: PCGradOptions = {},
  order?: TaskOrder,
): Promise<number[]> {
  const w = tf.tidy(() => tf.variable(tf.zeros([gradients[0]!.length])));
  const optimizer = new PCGrad(new Momentum(1, 0), options);
  const losses = gradients.map((gradient) => towards(w, gradient));
  optimizer.minimize(losses, false, [w], order && { order });
  const moved = await w.data();
  tf.dispose(w);
  optimizer.dispose();
  return Array.from(moved, (x) => 0 - x);
}

/** The sheet's rules in plain numbers. */
function reference(gradients: readonly (readonly number[])[], order: TaskOrder): number[] {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const projected = gradients.map((g, i) =>
    order[i]!.reduce((v, j) => {
      const other = gradients[j]!;
      const along = dot(v, other);
      return along < 0 ? v.map((x, at) => x - (along / dot(other, other)) * other[at]!) : v;
    }, g as number[]),
  );
  return gradients[0]!.map((_, at) => projected.reduce((sum, v) => sum + v[at]!, 0));
}

function expectNumbers(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  want.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 4));
}

describe('PCGrad: the merged gradient', () => {
  it('leaves out what conflicts', async () => {
    // v₁ = (1, 0) + ½(−1, 1), v₂ = (−1, 1) + (1, 0)
    expectNumbers(
      await merge([
        [1, 0],
        [-1, 1],
      ]),
      [0.5, 1.5],
    );
    expectNumbers(
      await merge(
        [
          [1, 0],
          [-1, 1],
        ],
        { reduction: 'mean' },
      ),
      [0.25, 0.75],
    );
  });

  it('is the plain sum without a conflict, and 0 for opposite gradients', async () => {
    expectNumbers(
      await merge([
        [1, 0],
        [1, 1],
      ]),
      [2, 1],
    );
    expectNumbers(
      await merge([
        [2, -1],
        [-2, 1],
      ]),
      [0, 0],
    );
    expectNumbers(
      await merge([
        [1, 2],
        [0, 0],
      ]),
      [1, 2],
    );
  });

  it('depends on the order from three tasks on', async () => {
    const gradients = [
      [1, 0.5, -1],
      [-1, 1, 0],
      [-0.5, -1, 1],
    ];
    const [up, down] = [
      [
        [1, 2],
        [0, 2],
        [0, 1],
      ],
      [
        [2, 1],
        [2, 0],
        [1, 0],
      ],
    ];
    const first = reference(gradients, up!);
    expectNumbers(await merge(gradients, {}, up), first);
    const second = reference(gradients, down!);
    expectNumbers(await merge(gradients, {}, down), second);
    expect(Math.abs(first[0]! - second[0]!)).toBeGreaterThan(0.1);
  });

  it('is that of the rules for any gradients and order', async () => {
    const element = fc.integer({ min: -4, max: 4 }).map((x) => x / 2);
    const arrangement = fc.integer({ min: 2, max: 4 }).chain((tasks) => {
      const indices = Array.from({ length: tasks }, (_, i) => i);
      return fc.record({
        gradients: fc.tuple(...indices.map(() => fc.tuple(element, element, element))),
        order: fc.tuple(
          ...indices.map((i) => {
            const others = indices.filter((j) => j !== i);
            return fc.shuffledSubarray(others, { minLength: others.length });
          }),
        ),
      });
    });
    await fc.assert(
      fc.asyncProperty(arrangement, async ({ gradients, order }) => {
        // Where a product is 0 but for rounding, either side is right.
        const want = reference(gradients, order);
        const nudged = reference(
          gradients.map((g) => g.map((x) => x * (1 + 1e-6) + 1e-6)),
          order,
        );
        fc.pre(want.every((x, i) => Math.abs(x - nudged[i]!) < 1e-4));
        expectNumbers(await merge(gradients, {}, order), want);
      }),
      { numRuns: 30 },
    );
  });

  it('gives a parameter of some tasks the plain sum of theirs, with either reduction', async () => {
    const [shared, head, lonely] = [vector([0]), vector([0]), vector([7])];
    const optimizer = own(new PCGrad(new Momentum(1, 0), { reduction: 'mean' }));
    const both = (w: number, h: number) => (): tf.Scalar =>
      tf.add(tf.sum(tf.mul(shared, w)), tf.sum(tf.mul(head, h)));
    optimizer.minimize([both(1, -5), both(3, 2), towards(shared, [2])], false, [shared, head, lonely]);
    const values = await Promise.all([shared, head, lonely].map(async (w) => (await w.data())[0]));
    expectNumbers(values as number[], [-2, 3, 7]);
  });

  it('trains where no parameter is shared', async () => {
    const [a, b] = [vector([0]), vector([0])];
    own(new PCGrad(new Momentum(1, 0))).minimize([towards(a, [1]), towards(b, [-2])]);
    expectNumbers([(await a.data())[0]!, (await b.data())[0]!], [-1, 2]);
  });
});

describe('PCGrad: the step', () => {
  it('returns the losses, or the one', async () => {
    const w = vector([2]);
    const optimizer = own(new PCGrad(new Momentum(0, 0)));
    const losses = optimizer.minimize([towards(w, [1]), towards(w, [3])], true, [w])!.map(own);
    expect(await Promise.all(losses.map(async (loss) => (await loss.data())[0]))).toEqual([2, 6]);
    expect((await own(optimizer.minimize(towards(w, [1]), true, [w])!).data())[0]).toBe(2);
    expect(optimizer.minimize([towards(w, [1])], false, [w])).toBeNull();
    expect(optimizer.iterations).toBe(3);
  });

  it('draws the order from the seed and the step, so that a resumed run goes on alike', async () => {
    const gradients = [
      [1, 0.5, -1],
      [-1, 1, 0],
      [-0.5, -1, 1],
      [0.3, -1, -0.5],
    ];
    const run = async (optimizer: PCGrad, w: tf.Variable, steps: number): Promise<number[]> => {
      for (let t = 0; t < steps; t++)
        optimizer.minimize(
          gradients.map((gradient) => towards(w, gradient)),
          false,
          [w],
        );
      return Array.from(await w.data());
    };
    const make = (seed: number): PCGrad => own(new PCGrad(new AdamW(), { seed }));
    const [u, v] = [vector([0, 0, 0], 'u'), vector([0, 0, 0], 'v')];
    const whole = await run(make(3), u, 6);
    tf.tidy(() => u.assign(tf.zeros([3])));
    const first = make(3);
    await run(first, u, 3);
    const second = make(4);
    await second.loadStateDict(await first.stateDict());
    expect(await run(second, u, 3)).toEqual(whole);
    expect(await run(make(5), v, 6)).not.toEqual(whole);
  });

  it('evaluates as if once: the same dropout masks, and statistics that move once', async () => {
    const w = vector([1]);
    const statistics = [0, 0].map((x) => own(tf.tidy(() => tf.variable(tf.scalar(x), false))));
    const count = (i: number): void => statistics[i]!.assign(tf.add(statistics[i]!, 1));
    const masks: tf.Tensor[] = [];
    const task = (body: () => void) => (): tf.Scalar => {
      masks.push(own(tf.keep(tf.dropout(tf.ones([32]), 0.5))));
      body();
      return tf.sum(tf.square(w));
    };
    const optimizer = own(new PCGrad(new Momentum(0.1, 0)));
    // The first is of the trunk, the other of a head that the first task does not reach.
    const losses = [
      task(() => count(0)),
      task(() => [0, 1].forEach(count)),
      task(() => [0, 1].forEach(count)),
    ];
    optimizer.minimize(losses, false, [w]);
    expect(await Promise.all(statistics.map(async (x) => (await x.data())[0]))).toEqual([1, 1]);
    const [first, ...others] = await Promise.all(masks.map((mask) => mask.data()));
    expect(new Set(first)).toEqual(new Set([0, 2]));
    expect(others).toEqual([first, first]);
  });

  it('frees what earlier losses gave when a later one throws', () => {
    const w = vector([1]);
    const optimizer = own(new PCGrad(new Momentum(0.1, 0)));
    const failing = (): tf.Scalar => {
      throw new Error('out of luck');
    };
    expect(() => optimizer.minimize([towards(w, [1]), failing], false, [w])).toThrow('out of luck');
    expect(optimizer.iterations).toBe(0);
  });
});

describe('taskLosses', () => {
  function twoHeads(): layers.LayersModel {
    const input = layers.input({ shape: [2] });
    const trunk = layers.layers.dense({
      units: 3,
      kernelRegularizer: layers.regularizers.l2({ l2: 0.1 }),
      kernelInitializer: 'ones',
    });
    const hidden = layers.layers.batchNormalization().apply(trunk.apply(input)) as layers.SymbolicTensor;
    const head = (units: number): layers.SymbolicTensor =>
      layers.layers.dense({ units, kernelInitializer: 'ones' }).apply(hidden) as layers.SymbolicTensor;
    return own(layers.model({ inputs: input, outputs: [head(1), head(2)] }));
  }

  it('are those of compile, and train the model', async () => {
    const model = twoHeads();
    const optimizer = own(new PCGrad(new AdamW({ learningRate: 0.05 })));
    model.compile({ optimizer, loss: ['meanSquaredError', 'meanAbsoluteError'] });
    const x = own(tf.tensor2d([1, 2, 3, -1, 0, 1], [3, 2]));
    const labels = [own(tf.tensor2d([1, 0, 2], [3, 1])), own(tf.ones([3, 2]))];
    const step = async (): Promise<number> => {
      const losses = optimizer.minimize(taskLosses(model, x, labels), true)!;
      const values = await Promise.all(losses.map(async (loss) => (await loss.data())[0]!));
      tf.dispose(losses);
      return values[0]! + values[1]!;
    };
    const other = twoHeads();
    other.compile({ optimizer: own(new Momentum(0, 0)), loss: ['meanSquaredError', 'meanAbsoluteError'] });
    const [total] = (await other.trainOnBatch(x, labels)) as number[];
    const first = await step();
    expect(first).toBeCloseTo(total!, 4);
    for (let t = 0; t < 20; t++) await step();
    expect(await step()).toBeLessThan(0.6 * first);
  });

  it('refuses a model that is not compiled, and labels that do not fit', () => {
    const model = twoHeads();
    const x = own(tf.ones([1, 2]));
    expect(() => taskLosses(model, x, [])).toThrow(new TypeError('taskLosses: model must be compiled'));
    model.compile({ optimizer: own(new AdamW()), loss: 'meanSquaredError' });
    expect(() => taskLosses(model, x, [x])).toThrow(
      new RangeError('taskLosses: labels must be one tensor for each of 2 outputs, got 1'),
    );
  });
});

describe('PCGrad: what it refuses', () => {
  it.each([
    [{ reduction: 'median' }, RangeError, /^PCGrad: reduction must be/],
    [{ seed: 0.5 }, RangeError, /^PCGrad: seed must be an integer/],
  ])('%o', (options, kind, message) => {
    const make = (): PCGrad => new PCGrad(new AdamW(), options as PCGradOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it('a base that is none, or that needs the loss itself', () => {
    expect(() => new PCGrad(undefined as unknown as tf.Optimizer)).toThrow(
      new TypeError('PCGrad: base must be an optimizer, got undefined'),
    );
    expect(() => new PCGrad(own(new SAM(new AdamW())))).toThrow(
      new TypeError('PCGrad: base must step along a given gradient, but SAM needs the loss itself'),
    );
  });

  it('an empty list, an order that does not fit, and gradients without the losses', () => {
    const w = vector([1], 'w');
    const optimizer = own(new PCGrad(new AdamW()));
    const losses = [towards(w, [1]), towards(w, [2]), towards(w, [3])];
    const withOrder = (order: number[][]) => () => optimizer.minimize(losses, false, [w], { order });
    expect(() => optimizer.minimize([])).toThrow(
      new RangeError('PCGrad: losses must be at least one, got none'),
    );
    expect(withOrder([[1, 2]])).toThrow(
      new RangeError('PCGrad: order must have a list for each of 3 tasks, got [[1,2]]'),
    );
    for (const others of [[2, 1], [1], [1, 1], [1, 3]]) {
      expect(withOrder([[1, 2], [0, 2], others])).toThrow(
        new RangeError(
          `PCGrad: order must list for task 2 each other task once, got ${JSON.stringify(others)}`,
        ),
      );
    }
    expect(() => optimizer.applyGradients({ w })).toThrow(/^PCGrad: a step needs the losses themselves/);
    expect(optimizer.iterations).toBe(0);
  });
});
