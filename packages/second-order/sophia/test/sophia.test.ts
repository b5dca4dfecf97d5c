// SPDX-License-Identifier: Apache-2.0

import { SophiaG, SophiaH, type SophiaGOptions, type SophiaHOptions } from '@optim/sophia';
import { goldenDiagonals, goldenTensors, suite } from '@optim/testing';
import goldenG from '@optim/testing/golden/SophiaG.json' with { type: 'json' };
import goldenH from '@optim/testing/golden/SophiaH.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

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

  it('samples after every updatePeriod-th step; B·h is the Gauss–Newton diagonal', async () => {
    const rows = 1024;
    const b = variable('b', [0, Math.log(3)]);
    const optimizer = new SophiaG({ learningRate: 1e-9, updatePeriod: 2, weightDecay: 0, beta2: 0.99 });
    // Softmax (¼, ¾): the diagonal of its matrix is ¼·¾, for both logits.
    const logits = (): tf.Tensor => tf.add(tf.zeros([rows, 2]), b);
    const sampled: boolean[] = [];
    const loss = (): tf.Scalar => tf.mul(tf.sum(b), 0) as tf.Scalar;
    for (let step = 0; step < 200; step++) {
      optimizer.minimize(loss, false, [b]);
      sampled.push(optimizer.sampleHessian(logits, 'categorical', [b]));
    }
    expect(sampled.slice(0, 4)).toEqual([false, true, false, true]);
    const [h] = await hOf(optimizer);
    const bias = 1 - 0.99 ** 100;
    expect((rows * h!) / bias / (3 / 16)).toBeGreaterThan(0.6);
    expect((rows * h!) / bias / (3 / 16)).toBeLessThan(1.4);
    optimizer.dispose();
    b.dispose();
  });

  it('samples squared errors with normal noise', async () => {
    const rows = 1000;
    const b = variable('b', [1]);
    const optimizer = new SophiaG({ updatePeriod: 1, beta2: 0.99, learningRate: 1e-9 });
    for (let step = 0; step < 100; step++) {
      optimizer.minimize(() => tf.mul(tf.sum(b), 0) as tf.Scalar, false, [b]);
      optimizer.sampleHessian(() => tf.add(tf.zeros([rows, 1]), b), 'normal', [b]);
    }
    const [h] = await hOf(optimizer);
    expect((rows * h!) / (1 - 0.99 ** 100)).toBeGreaterThan(0.6);
    expect((rows * h!) / (1 - 0.99 ** 100)).toBeLessThan(1.4);
    optimizer.dispose();
    b.dispose();
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
