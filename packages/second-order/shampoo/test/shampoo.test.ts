// SPDX-License-Identifier: Apache-2.0

import { Shampoo, type ShampooOptions } from '@optim/shampoo';
import { after, near, slotShapes, suite } from '@optim/testing';
import golden from '@optim/testing/golden/Shampoo.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';

// A root takes some hundred small products on webgpu, for which software takes long: fewer of them there.
const onDevice = inject('backend') === 'webgpu';
const cases = golden.cases.filter(({ name }) => !onDevice || ['interval', 'diagonal'].includes(name));
const seldom = onDevice ? { preconditioningComputeSteps: 10 } : {};

suite({ ...golden, cases }, (options, golden) => new Shampoo(golden ? options : { ...seldom, ...options }));

describe('Shampoo', () => {
  const from = (options: ShampooOptions, shape: number[], gradients: number[][]): Promise<number[]> =>
    after(new Shampoo(options), shape, gradients);
  const close = (...numbers: number[]): number[] => near(numbers);

  it('steps along a first gradient, for vectors by g/√(‖g‖² + ε)', async () => {
    const step = 5 / Math.sqrt(26);
    expect(await from({ matrixEpsilon: 1 }, [2], [[3, 4]])).toEqual(close(-0.6 * step, -0.8 * step));
    expect(await from({ matrixEpsilon: 1 }, [], [[2]])).toEqual(close(-2 / Math.sqrt(5)));
    // Of a matrix of rank 1 both roots have the exponent −1/4.
    const root = 25 ** 0.5 / 26 ** 0.5;
    expect(await from({ matrixEpsilon: 1 }, [2, 1], [[3, 4]])).toEqual(close(-0.6 * root, -0.8 * root));
  });

  it('does not move without a gradient, and keeps its roots between two computations', async () => {
    expect(await from({}, [2], [[0, 0]])).toEqual(close(0, 0));
    // The root of the first step, (0 + ε)^(−1/2), serves the second, not the third.
    const options = { matrixEpsilon: 0.25, preconditioningComputeSteps: 2 };
    expect(await from(options, [1], [[0], [3], [4]])).toEqual(close(-6 - 4 / Math.sqrt(25.25)));
  });

  it('keeps a diagonal for an axis that is too long', async () => {
    const optimizer = new Shampoo({ maxMatrixSize: 3 });
    const look = async (): Promise<void> =>
      expect(await slotShapes(optimizer)).toEqual({
        H0: [2, 2],
        P0: [2, 2],
        H1: [3, 3],
        P1: [3, 3],
        H2: [4],
        P2: [4],
      });
    await after(optimizer, [2, 3, 4], [Array(24).fill(1) as number[]], { look });
  });

  it.skipIf(onDevice)('refuses statistics that are not finite', async () => {
    await expect(from({}, [2], [[1, NaN]])).rejects.toThrow(
      new RangeError('Shampoo: "p": the statistics must be finite, got NaN or infinite ones'),
    );
    const late = { preconditioningComputeSteps: 2 };
    await expect(from(late, [2], [[1, 1], [1, NaN], [1, 1]])).rejects.toThrow(/"p"/); // prettier-ignore
  });

  it.skipIf(onDevice)('changes nothing where the statistics of any parameter are not finite', async () => {
    const variables = ['a', 'b'].map((name) => tf.tidy(() => tf.variable(tf.ones([2, 2]), true, name)));
    const optimizer = new Shampoo({ momentum: 0.9, preconditioningComputeSteps: 2 });
    const step = (b: number): void =>
      tf.tidy(() => optimizer.applyGradients({ a: tf.fill([2, 2], 0.5), b: tf.fill([2, 2], b) }));
    const all = async (): Promise<unknown> => [
      await optimizer.stateDict(),
      ...(await Promise.all(variables.map(async (variable) => [...(await variable.data())]))),
    ];
    step(1);
    step(1);
    const before = await all();
    expect(() => step(Infinity)).toThrow(
      new RangeError('Shampoo: "b": the statistics must be finite, got NaN or infinite ones'),
    );
    // Its square is infinite.
    expect(() => step(1e20)).toThrow('"b": the statistics must be finite');
    expect(await all()).toEqual(before);
    step(1);
    expect(await all()).not.toEqual(before);
    optimizer.dispose();
    tf.dispose(variables);
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ matrixEpsilon: 0 }, 'matrixEpsilon must be in (0, ∞), got 0'],
    [
      { preconditioningComputeSteps: 1.5 },
      'preconditioningComputeSteps must be an integer in [1, ∞), got 1.5',
    ],
    [{ maxMatrixSize: 0 }, 'maxMatrixSize must be an integer in [1, ∞), got 0'],
  ])('refuses %o', (options, message) => {
    expect(() => new Shampoo(options)).toThrow(new RangeError(`Shampoo: ${message}`));
  });
});
