// SPDX-License-Identifier: Apache-2.0

import { SOAP, type SOAPOptions } from '@optim/soap';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/SOAP.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';

// A refresh takes some hundred small products on webgpu, for which software takes long: fewer of them there.
const onDevice = inject('backend') === 'webgpu';
const cases = golden.cases.filter(
  ({ name }) => !onDevice || name === 'default' || name === 'normalizeGradient',
);

// The conformance suite converges in 80 steps, for which an average over twenty is long.
suite({ ...golden, cases }, (options, golden) => new SOAP(golden ? options : { beta1: 0.9, ...options }));

describe('SOAP', () => {
  /** Where steps with given gradients lead from ones. */
  async function after(
    options: SOAPOptions,
    shape: number[],
    gradients: number[][],
    look?: (optimizer: SOAP) => Promise<void>,
  ): Promise<number[]> {
    const p = tf.tidy(() => tf.variable(tf.ones(shape), true, 'p'));
    const optimizer = new SOAP(options);
    try {
      for (const g of gradients) tf.tidy(() => optimizer.applyGradients({ p: tf.tensor(g, shape) }));
      await look?.(optimizer);
      return [...(await p.data())];
    } finally {
      optimizer.dispose();
      p.dispose();
    }
  }

  const close = (...numbers: number[]): number[] =>
    numbers.map((number) => expect.closeTo(number, 3) as number);

  it('moves nothing in its first step, and then as Adam in its first one', async () => {
    const options = { learningRate: 0.1, weightDecay: 0.5 };
    expect(await after(options, [2], [[3, -4]])).toEqual([1, 1]);
    // The decay comes after the step.
    expect(await after(options, [2], [[3, -4], [1, -2]])).toEqual(close(0.9 * 0.95, 1.1 * 0.95)); // prettier-ignore
  });

  it('steps in the eigenbasis: along u·vᵀ for a gradient of this direction', async () => {
    const options = { learningRate: 0.1, weightDecay: 0, epsilon: 1e-3 };
    const g = [3, 0, 4, 0];
    const got = await after(options, [2, 2], [g, g]);
    expect(got).toEqual(close(1 - 0.06, 1, 1 - 0.08, 1));
    const vector = await after({ ...options, precondition1d: true }, [2], [[3, 4], [3, 4]]); // prettier-ignore
    expect(vector).toEqual(close(1 - 0.06, 1 - 0.08));
  });

  it('keeps bases for axes that are short enough, of a tensor whose axes are merged', async () => {
    const shapesOf = async (options: SOAPOptions, shape: number[]): Promise<Record<string, number[]>> => {
      let shapes: Record<string, number[]> = {};
      const zeros = Array(shape.reduce((a, b) => a * b, 1)).fill(0) as number[];
      await after(options, shape, [zeros], async (optimizer) => {
        const [saved] = (await optimizer.stateDict()).parameters;
        shapes = Object.fromEntries(
          Object.entries(saved!.slots).map(([name, slot]) => [name, [...slot.shape]]),
        );
      });
      return shapes;
    };
    expect(await shapesOf({ maxPreconditionDim: 3 }, [3, 4])).toEqual({
      M: [3, 4],
      V: [3, 4],
      L0: [3, 3],
      Q0: [3, 3],
    });
    expect(await shapesOf({}, [3])).toEqual({ M: [3], V: [3] });
    expect(await shapesOf({ mergeDims: true, maxPreconditionDim: 4 }, [2, 2, 3])).toEqual({
      M: [4, 3],
      V: [4, 3],
      L0: [4, 4],
      Q0: [4, 4],
      L1: [3, 3],
      Q1: [3, 3],
    });
  });

  it.skipIf(onDevice)('refuses statistics that are not finite', async () => {
    await expect(after({}, [2, 2], [[1, NaN, 1, 1]])).rejects.toThrow(
      new RangeError('SOAP: "p": eigenvectors: the statistics must be finite, got NaN or infinite ones'),
    );
    const often = { preconditionFrequency: 1 };
    await expect(after(often, [2, 2], [[1, 2, 1, 1], [1, NaN, 1, 1]])).rejects.toThrow(/"p": orthogonalFactor/); // prettier-ignore
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ shampooBeta: 1 }, 'shampooBeta must be in [0, 1), or null, got 1'],
    [{ preconditionFrequency: 0 }, 'preconditionFrequency must be an integer in [1, ∞), got 0'],
    [{ maxPreconditionDim: 2.5 }, 'maxPreconditionDim must be an integer in [1, ∞), got 2.5'],
  ])('refuses %o', (options, message) => {
    expect(() => new SOAP(options)).toThrow(new RangeError(`SOAP: ${message}`));
  });
});
