// SPDX-License-Identifier: Apache-2.0
// In Node alone: software takes minutes to make the programs of a decomposition's products. golden.test.ts runs on every backend.

import {
  fitLeastSquares,
  LevenbergMarquardt,
  type LevenbergMarquardtOptions,
} from '@optim/levenbergmarquardt';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it, vi } from 'vitest';

const variable = (values: number[], name?: string): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor1d(values), true, name));

/** 2x − 6 and x − 4: least squares at 3.2. */
const line = (x: tf.Variable): tf.Tensor =>
  tf.tidy(() => tf.sub(tf.mul(tf.tensor1d([2, 1]), x), tf.tensor1d([6, 4])));

/** Everything that a refused call must leave as it was. */
const everything = async (optimizer: LevenbergMarquardt, x: tf.Variable): Promise<unknown> => ({
  state: await optimizer.stateDict(),
  iterations: optimizer.iterations,
  x: [...(await x.data())],
});

/** Points of a wave, and the network to fit them. */
function regression(hidden: layers.layers.Layer[] = []): {
  model: layers.Sequential;
  x: tf.Tensor2D;
  y: tf.Tensor2D;
} {
  const seeded = (seed: number): object => ({
    kernelInitializer: layers.initializers.glorotUniform({ seed }),
  });
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 5, inputShape: [1], ...seeded(1) }),
      layers.layers.activation({ activation: 'tanh' }),
      ...hidden,
      layers.layers.dense({ units: 3, activation: 'tanh', useBias: false, ...seeded(2) }),
      layers.layers.dense({ units: 2, ...seeded(3) }),
    ],
  });
  const at = Array.from({ length: 20 }, (_, i) => i / 10 - 1);
  return {
    model,
    x: tf.tensor2d(at, [20, 1]),
    y: tf.tensor2d(at.map((t) => [Math.sin(3 * t), t * t - 0.5])),
  };
}

const free = ({ model, x, y }: ReturnType<typeof regression>): void => {
  model.dispose();
  tf.dispose([x, y]);
};

afterEach(() => vi.restoreAllMocks());

describe('LevenbergMarquardt', () => {
  it('solves a linear problem by the damped equation', async () => {
    const x = variable([0]);
    const optimizer = new LevenbergMarquardt({ damping: 1 });
    // JᵀJ = 5, Jᵀr = −16: δ = 16/6.
    expect(await optimizer.minimizeAsync(() => line(x), [x])).toBeCloseTo(26, 5);
    expect((await x.data())[0]).toBeCloseTo(16 / 6, 5);
    expect(await optimizer.readGlobals()).toEqual({ damping: Math.fround(0.1), evaluations: 2 });
    for (let call = 0; call < 3; call++) await optimizer.minimizeAsync(() => line(x), [x]);
    expect((await x.data())[0]).toBeCloseTo(3.2, 4);
    optimizer.dispose();
    x.dispose();
  });

  it('multiplies the diagonal with scaling, and adds decay', async () => {
    const x = variable([1]);
    const optimizer = new LevenbergMarquardt({ damping: 1, scaling: 'diagonal', weightDecay: 3 });
    // A = 8, b = 2·(2 − 6) + (1 − 4) + 3·1 = −8: δ = 8/(8 + 8).
    expect(await optimizer.minimizeAsync(() => line(x), [x])).toBeCloseTo(12.5 + 1.5, 5);
    expect((await x.data())[0]).toBeCloseTo(1.5, 5);
    optimizer.dispose();
    x.dispose();
  });

  it('solves as many equations as there are residuals where these are fewer', async () => {
    const start = [0.5, -1, 2, 0.3];
    const ends: number[][] = [];
    // A decay of next to nothing asks for the other system.
    for (const weightDecay of [0, 1e-30]) {
      const x = variable(start);
      const optimizer = new LevenbergMarquardt({ damping: 0.5, weightDecay });
      const r = (): tf.Tensor =>
        tf.tidy(() => {
          const squares = tf.square(x);
          return tf.stack([tf.sum(squares), tf.sum(tf.mul(squares, tf.tensor1d([1, 2, 3, 4])))]);
        });
      await optimizer.minimizeAsync(r, [x]);
      ends.push([...(await x.data())]);
      optimizer.dispose();
      x.dispose();
    }
    ends[0]!.forEach((element, i) => expect(element).toBeCloseTo(ends[1]![i]!, 4));
    expect(ends[0]).not.toEqual(start);
  });

  it('damps more after each attempt that fails, and stalls', async () => {
    const x = variable([1]);
    const optimizer = new LevenbergMarquardt({ damping: 1, dampingUp: 2, maxAttempts: 3 });
    const wrong = (): { residuals: tf.Tensor; jacobian: tf.Tensor2D } => ({
      residuals: tf.clone(x),
      jacobian: tf.tensor2d([[-1]]),
    });
    const misled = new LevenbergMarquardt({ damping: 1, dampingUp: 2, maxAttempts: 3, jacobian: wrong });
    await misled.minimizeAsync(() => tf.clone(x), [x]);
    expect(misled.stalled).toBe(true);
    expect(await misled.readGlobals()).toEqual({ damping: 8, evaluations: 4 });
    expect([...(await x.data())]).toEqual([1]);
    await optimizer.minimizeAsync(() => tf.clone(x), [x]);
    expect(optimizer.stalled).toBe(false);
    optimizer.dispose();
    misled.dispose();
    x.dispose();
  });

  it('takes a derivative of zero for the end, and does not try', async () => {
    const x = variable([0, 0]);
    const optimizer = new LevenbergMarquardt();
    expect(await optimizer.minimizeAsync(() => tf.clone(x), [x])).toBe(0);
    expect(optimizer.stalled).toBe(true);
    expect(await optimizer.readGlobals()).toEqual({ damping: Math.fround(1e-3), evaluations: 1 });
    optimizer.dispose();
    x.dispose();
  });

  it('does the same at once and in time, and goes on bit for bit from a state', async () => {
    const x = variable([-1.2, 1], 'x');
    const r = (): tf.Tensor =>
      tf.tidy(() => {
        const [a, b] = [tf.slice(x, 0, 1), tf.slice(x, 1, 1)];
        return tf.concat([tf.mul(tf.sub(b, tf.square(a)), 10), tf.sub(1, a)]);
      });
    const optimizer = new LevenbergMarquardt();
    for (let call = 0; call < 12; call++) optimizer.minimize(r, false, [x]);
    const [state, values] = [await optimizer.stateDict(), [...(await x.data())]];
    for (let call = 0; call < 12; call++) optimizer.minimize(r, false, [x]);
    const want = { x: [...(await x.data())], globals: await optimizer.readGlobals() };
    tf.tidy(() => x.assign(tf.tensor1d(values)));
    const other = new LevenbergMarquardt();
    await other.loadStateDict(state);
    for (let call = 0; call < 12; call++) await other.minimizeAsync(r, [x]);
    expect({ x: [...(await x.data())], globals: await other.readGlobals() }).toEqual(want);
    expect(want.x[0]).toBeCloseTo(1, 2);
    optimizer.dispose();
    other.dispose();
    x.dispose();
  });

  it('finds the trainable variables by itself', async () => {
    const x = variable([0]);
    const optimizer = new LevenbergMarquardt();
    await optimizer.minimizeAsync(() => line(x));
    expect((await x.data())[0]).toBeCloseTo(3.2, 2);
    optimizer.dispose();
    x.dispose();
  });
});

describe('fitLeastSquares', () => {
  it('fits a network of 33 weights to two curves in 30 calls', async () => {
    const parts = regression();
    const history = await fitLeastSquares(parts.model, parts.x, parts.y, { calls: 30 });
    expect(history[0]).toBeGreaterThan(2);
    expect(history.at(-1)).toBeLessThan(1e-2);
    free(parts);
  });

  it('makes the same steps by layers as by rows', async () => {
    const weights: number[][] = [];
    for (const jacobian of ['layers', 'rows'] as const) {
      const parts = regression();
      const optimizer = new LevenbergMarquardt({ jacobian, damping: 0.1 });
      await fitLeastSquares(parts.model, parts.x, parts.y, { calls: 2, optimizer });
      const all = parts.model.getWeights().map(async (weight) => [...(await weight.data())]);
      weights.push((await Promise.all(all)).flat());
      optimizer.dispose();
      free(parts);
    }
    const [byLayers, byRows] = weights as [number[], number[]];
    byLayers.forEach((weight, i) => expect(weight).toBeCloseTo(byRows[i]!, 4));
  });

  it('refuses layers that mix examples, and takes them row by row', async () => {
    const parts = regression([layers.layers.batchNormalization()]);
    const model = parts.model;
    const optimizer = new LevenbergMarquardt({ jacobian: 'layers' });
    await expect(fitLeastSquares(model, parts.x, 5 as never)).rejects.toThrow(
      new TypeError('fitLeastSquares: y must be a tensor, got 5'),
    );
    await expect(fitLeastSquares(model, parts.x, parts.y, { steps: 3 } as never)).rejects.toThrow(
      'fitLeastSquares: unknown option "steps"',
    );
    await expect(fitLeastSquares(model, parts.x, parts.y, { optimizer })).rejects.toThrow(
      new TypeError(
        `LevenbergMarquardt: jacobian 'layers' is for fitLeastSquares with a model of Dense and Activation layers`,
      ),
    );
    const history = await fitLeastSquares(model, parts.x, parts.y, { calls: 3 });
    expect(history[2]).toBeLessThan(history[0]!);
    optimizer.dispose();
    free(parts);
  });
});

describe('LevenbergMarquardt, where a call fails', () => {
  it.each([1, 2, 4])('is as before when evaluation %i throws', async (at) => {
    const x = variable([0]);
    const optimizer = new LevenbergMarquardt();
    await optimizer.minimizeAsync(() => line(x), [x]);
    const before = await everything(optimizer, x);
    let calls = 0;
    const failing = (): tf.Tensor => {
      if (++calls === at) throw new Error('no more');
      return line(x);
    };
    await expect(optimizer.minimizeAsync(failing, [x])).rejects.toThrow('no more');
    expect(await everything(optimizer, x)).toEqual(before);
    optimizer.dispose();
    x.dispose();
  });

  it('refuses a loss, residuals that are not finite, and a Jacobian that is too large', async () => {
    const [x, wide] = [variable([4]), variable(Array.from({ length: 70_000 }, () => 1))];
    const optimizer = new LevenbergMarquardt();
    await expect(optimizer.minimizeAsync(() => tf.sum(line(x)), [x])).rejects.toThrow(
      new TypeError(
        'LevenbergMarquardt: f must return the residuals, a tensor of at least one axis, and not their loss; got shape []',
      ),
    );
    await expect(optimizer.minimizeAsync(() => tf.log(tf.neg(x)), [x])).rejects.toThrow(
      /^LevenbergMarquardt: residuals and their derivatives must be finite/,
    );
    await expect(optimizer.minimizeAsync(() => tf.slice(wide, 0, 1000), [wide])).rejects.toThrow(
      new RangeError(
        'LevenbergMarquardt: the Jacobian of 1000 residuals and 70000 parameters takes more than 256 MB; use less of one',
      ),
    );
    expect(optimizer.iterations).toBe(0);
    optimizer.dispose();
    tf.dispose([x, wide]);
  });

  it('refuses everything while a call is pending, gradients alone, and reading at once where it cannot', async () => {
    const x = variable([0], 'x');
    const optimizer = new LevenbergMarquardt();
    const pending = optimizer.minimizeAsync(() => line(x), [x]);
    const message = new Error('LevenbergMarquardt: a call of minimizeAsync is pending; await it first');
    expect(() => optimizer.minimize(() => line(x), false, [x])).toThrow(message);
    expect(() => optimizer.dispose()).toThrow(message);
    const refused = [
      optimizer.minimizeAsync(() => line(x), [x]),
      optimizer.stateDict(),
      optimizer.setWeights([]),
    ];
    for (const call of refused) await expect(call).rejects.toThrow(message);
    await pending;
    tf.tidy(() => {
      expect(() => optimizer.applyGradients({ x: tf.ones([1]) })).toThrow(
        new TypeError(
          'LevenbergMarquardt: a step needs the residuals; call minimize with a function that returns them instead of applyGradients',
        ),
      );
    });
    const before = await everything(optimizer, x);
    vi.spyOn(tf.Tensor.prototype, 'dataSync').mockImplementation(() => {
      throw new Error('not now');
    });
    expect(() => optimizer.minimize(() => line(x), false, [x])).toThrow(
      /^LevenbergMarquardt: .* cannot be read at once; await minimizeAsync\(…\) instead of minimize$/,
    );
    vi.restoreAllMocks();
    expect(await everything(optimizer, x)).toEqual(before);
    optimizer.dispose();
    x.dispose();
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ damping: 0 }, 'damping must be in (0, ∞), got 0'],
    [{ dampingUp: 1 }, 'dampingUp must be in (1, ∞), got 1'],
    [{ dampingDown: 1 }, 'dampingDown must be in (0, 1), got 1'],
    [{ dampingMin: 2, dampingMax: 1 }, 'dampingMin must be at most dampingMax, 1, got 2'],
    [{ maxAttempts: 0 }, 'maxAttempts must be an integer in [1, ∞), got 0'],
    [{ weightDecayMode: 'decoupled' }, `weightDecayMode must be one of 'coupled', got "decoupled"`],
    [{ parameterGroups: [{ match: /x/ }] }, 'parameterGroups must be empty, got 1'],
  ])('refuses %o', (options, message) => {
    expect(() => new LevenbergMarquardt(options as LevenbergMarquardtOptions)).toThrow(
      new RangeError(`LevenbergMarquardt: ${message}`),
    );
  });
});
