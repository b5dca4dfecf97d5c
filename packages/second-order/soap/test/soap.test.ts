// SPDX-License-Identifier: Apache-2.0

import { SOAP, type SOAPOptions } from '@optim/soap';
import { after, near, slotShapes, suite } from '@optim/testing';
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
  const from = (options: SOAPOptions, shape: number[], gradients: number[][]): Promise<number[]> =>
    after(new SOAP(options), shape, gradients, { start: 1 });
  const close = (...numbers: number[]): number[] => near(numbers, 3);

  it('moves nothing in its first step, and then as Adam in its first one', async () => {
    const options = { learningRate: 0.1, weightDecay: 0.5 };
    expect(await from(options, [2], [[3, -4]])).toEqual([1, 1]);
    // The decay comes after the step.
    expect(await from(options, [2], [[3, -4], [1, -2]])).toEqual(close(0.9 * 0.95, 1.1 * 0.95)); // prettier-ignore
  });

  it('steps in the eigenbasis: along u·vᵀ for a gradient of this direction', async () => {
    const options = { learningRate: 0.1, weightDecay: 0, epsilon: 1e-3 };
    const g = [3, 0, 4, 0];
    const got = await from(options, [2, 2], [g, g]);
    expect(got).toEqual(close(1 - 0.06, 1, 1 - 0.08, 1));
    const vector = await from({ ...options, precondition1d: true }, [2], [[3, 4], [3, 4]]); // prettier-ignore
    expect(vector).toEqual(close(1 - 0.06, 1 - 0.08));
  });

  it('keeps bases for axes that are short enough, of a tensor whose axes are merged', async () => {
    const shapesOf = async (options: SOAPOptions, shape: number[]): Promise<object> => {
      const optimizer = new SOAP(options);
      let shapes = {};
      const zeros = Array(shape.reduce((a, b) => a * b, 1)).fill(0) as number[];
      await after(optimizer, shape, [zeros], {
        look: async () => void (shapes = await slotShapes(optimizer)),
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
    await expect(from({}, [2, 2], [[1, NaN, 1, 1]])).rejects.toThrow(
      new RangeError('SOAP: "p": the statistics must be finite, got NaN or infinite ones'),
    );
    const often = { preconditionFrequency: 1 };
    await expect(from(often, [2, 2], [[1, 2, 1, 1], [1, NaN, 1, 1]])).rejects.toThrow(/"p": the statistics/); // prettier-ignore
  });

  it.skipIf(onDevice)('changes nothing where the statistics of any parameter are not finite', async () => {
    const variables = ['a', 'b'].map((name) => tf.tidy(() => tf.variable(tf.ones([2, 2]), true, name)));
    const optimizer = new SOAP({ preconditionFrequency: 2 });
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
      new RangeError('SOAP: "b": the statistics must be finite, got NaN or infinite ones'),
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
    [{ shampooBeta: 1 }, 'shampooBeta must be in [0, 1), or null, got 1'],
    [{ preconditionFrequency: 0 }, 'preconditionFrequency must be an integer in [1, ∞), got 0'],
    [{ maxPreconditionDim: 2.5 }, 'maxPreconditionDim must be an integer in [1, ∞), got 2.5'],
  ])('refuses %o', (options, message) => {
    expect(() => new SOAP(options)).toThrow(new RangeError(`SOAP: ${message}`));
  });
});
