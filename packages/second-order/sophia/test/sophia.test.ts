// SPDX-License-Identifier: Apache-2.0

import { SophiaG, SophiaH, type Outputs, type SophiaGOptions, type SophiaHOptions } from '@optim/sophia';
import { goldenDiagonals, goldenTensors, suite } from '@optim/testing';
import goldenG from '@optim/testing/golden/SophiaG.json' with { type: 'json' };
import goldenH from '@optim/testing/golden/SophiaH.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawn } from '../src/sampled-loss.js';

// In the suite's few steps the defaults, made for long runs, do not get far: an element moves by at most learningRate·p.
suite(goldenH, (options, golden) => new SophiaH({ ...(!golden && { p: 1, beta1: 0.9 }), ...options }), {
  apply(optimizer, gradients, { hessianOffset }, t) {
    const diagonals = goldenDiagonals(t, hessianOffset as number | undefined);
    optimizer.applyGradients(gradients, undefined, diagonals);
    tf.dispose(diagonals);
  },
});

// As above; and the default decay moves the minimum.
suite(
  goldenG,
  (options, golden) => new SophiaG({ ...(!golden && { beta1: 0.9, weightDecay: 0 }), ...options }),
  {
    check(optimizer, { sampledGradients }, t) {
      const q = (sampledGradients as Record<string, Record<string, number[]>>)[t];
      if (!q) return;
      const gradients = goldenTensors(q);
      optimizer.updateHessian(gradients);
      tf.dispose(gradients);
    },
  },
);

function variable(name: string, values: number[], shape = [values.length]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, shape), true, name));
}

describe('SophiaH', () => {
  it('is Newton’s step where the clip leaves it alone, and the sign where the curvature is negative', async () => {
    const w = variable('w', [0.01, 0.01]);
    const options = {
      beta1: 0,
      beta2: 0,
      learningRate: 1,
      p: 0.05,
      hessianDistribution: 'rademacher',
    } as const;
    const optimizer = new SophiaH(options);
    // f = w₀² − w₁²
    const loss = (): tf.Scalar => tf.sum(tf.mul(tf.square(w), tf.tensor1d([1, -1]))) as tf.Scalar;
    optimizer.minimize(loss, false, [w]);
    const [x, y] = await w.data();
    expect(x).toBeCloseTo(0, 6);
    expect(y).toBeCloseTo(0.06, 6);
    optimizer.dispose();
    w.dispose();
  });

  it('needs a diagonal in the steps of an estimate alone', () => {
    const w = variable('w', [1]);
    const optimizer = new SophiaH({ updatePeriod: 2 });
    tf.tidy(() => {
      const gradients = { w: tf.ones([1]) };
      expect(() => optimizer.applyGradients(gradients)).toThrow(
        /^SophiaH: this step needs the Hessian's diagonal/,
      );
      optimizer.applyGradients(gradients, undefined, gradients);
      optimizer.applyGradients(gradients);
      expect(() => optimizer.applyGradients(gradients)).toThrow(TypeError);
    });
    expect(optimizer.iterations).toBe(2);
    optimizer.dispose();
    w.dispose();
  });

  it.each([
    [{ p: 0 }, 'p must be in (0, ∞), got 0'],
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [{ updatePeriod: 2.5 }, 'updatePeriod must be an integer in [1, ∞), got 2.5'],
  ])('refuses %o', (options, message) => {
    expect(() => new SophiaH(options as SophiaHOptions)).toThrow(new RangeError(`SophiaH: ${message}`));
  });
});

describe('SophiaG', () => {
  const hOf = async (optimizer: SophiaG): Promise<number[]> => {
    const { parameters } = await optimizer.stateDict();
    return [...parameters[0]!.slots['h']!.data];
  };

  it('makes its state when curvature comes before the first step, which is no step', async () => {
    const w = variable('w', [1, 1]);
    const optimizer = new SophiaG({ beta2: 0.75 });
    tf.tidy(() => optimizer.updateHessian({ w: tf.tensor1d([2, 4]) }));
    expect(await hOf(optimizer)).toEqual([1, 4]);
    expect(optimizer.iterations).toBe(0);
    expect([...(await w.data())]).toEqual([1, 1]);
    const wrong = tf.ones([3]);
    expect(() => optimizer.updateHessian({ w: wrong })).toThrow(RangeError);
    wrong.dispose();
    expect(await hOf(optimizer)).toEqual([1, 4]);
    optimizer.dispose();
    w.dispose();
  });

  /** h after one sampled loss, times rows²: the mean over rows of each column. */
  async function sampled(outputs: Outputs, row: number[], rows: number): Promise<number[]> {
    const size = row.length;
    const o = tf.tidy(() =>
      tf.variable(tf.mul(tf.ones([rows, size]), tf.tensor2d(row, [1, size])), true, 'o'),
    );
    const optimizer = new SophiaG({ beta2: 0, updatePeriod: 1, learningRate: 1e-9, weightDecay: 0 });
    optimizer.minimize(() => tf.mul(tf.sum(o), 0) as tf.Scalar, false, [o]);
    expect(optimizer.sampleHessian(() => o, outputs, [o])).toBe(true);
    const h = await hOf(optimizer);
    optimizer.dispose();
    o.dispose();
    return row.map(
      (_, j) => (h.reduce((sum, value, i) => (i % size === j ? sum + value : sum), 0) * (rows * rows)) / rows,
    );
  }

  /** Softmax (1, 3, 4)/8. */
  const p = [1 / 8, 3 / 8, 1 / 2];

  it('is the Gauss–Newton diagonal of logits: p(1 − p) a row', async () => {
    const got = await sampled('logits', [0, Math.log(3), Math.log(4)], 4000);
    p.forEach((q, j) => expect(Math.abs(got[j]! / (q * (1 - q)) - 1)).toBeLessThan(0.1));
  });

  it('is that of probabilities: 1/p', async () => {
    const got = await sampled('probabilities', p, 4000);
    p.forEach((q, j) => expect(Math.abs(got[j]! * q - 1)).toBeLessThan(0.15));
  });

  it('is that of means: 1', async () => {
    const got = await sampled('means', [7, -3], 4000);
    for (const value of got) expect(Math.abs(value - 1)).toBeLessThan(0.15);
  });

  it('samples after every updatePeriod-th step', () => {
    const o = variable('o', [0, 0], [1, 2]);
    const optimizer = new SophiaG({ updatePeriod: 3 });
    const sampled: boolean[] = [];
    for (let step = 0; step < 6; step++) {
      optimizer.minimize(() => tf.sum(tf.square(o)) as tf.Scalar, false, [o]);
      sampled.push(optimizer.sampleHessian(() => o, 'logits', [o]));
    }
    expect(sampled).toEqual([false, false, true, false, false, true]);
    optimizer.dispose();
    o.dispose();
  });

  it('draws the same labels on every backend, others for each step, and no class that cannot be', async () => {
    const draws: number[][] = [];
    for (const step of [1, 2]) {
      const labels = tf.tidy(() => {
        const p = tf.tensor2d([0, 1 / 2, 0, 1 / 4, 1 / 4, 0], [1, 6]);
        return tf.argMax(drawn(tf.tile(p, [12, 1]), [5, step, 0]), 1);
      });
      draws.push([...(await labels.data())]);
      labels.dispose();
    }
    expect(draws).toEqual([
      [4, 1, 1, 1, 1, 4, 1, 3, 3, 3, 3, 3],
      [1, 1, 1, 1, 1, 1, 1, 4, 1, 4, 1, 1],
    ]);
  });

  it('refuses outputs of another kind', () => {
    const optimizer = new SophiaG();
    const message = `SophiaG: outputs must be one of 'logits', 'probabilities', 'means', got "classes"`;
    expect(() => optimizer.sampleFrom({ lossFunctions: [] }, 'classes' as never)).toThrow(
      new RangeError(message),
    );
    optimizer.dispose();
  });

  it('takes β₂ of a variable’s group', async () => {
    const [a, b] = [variable('a', [1]), variable('b', [1])];
    const optimizer = new SophiaG({ beta2: 0.5, parameterGroups: [{ match: /b/, beta2: 0 }] });
    tf.tidy(() => optimizer.updateHessian({ a: tf.tensor1d([2]), b: tf.tensor1d([2]) }));
    const { parameters } = await optimizer.stateDict();
    expect(parameters.map(({ slots }) => [...slots['h']!.data])).toEqual([[2], [4]]);
    optimizer.dispose();
    tf.dispose([a, b]);
  });

  it.each([
    [{ rho: 0 }, 'rho must be in (0, ∞), got 0'],
    [{ batchSize: 0 }, 'batchSize must be in (0, ∞), got 0'],
    [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
    [{ weightDecay: -1 }, 'weightDecay must be in [0, ∞), got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new SophiaG(options as SophiaGOptions)).toThrow(new RangeError(`SophiaG: ${message}`));
  });
});
