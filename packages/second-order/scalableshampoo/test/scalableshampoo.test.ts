// SPDX-License-Identifier: Apache-2.0

import { ScalableShampoo, type ScalableShampooOptions } from '@optim/scalableshampoo';
import { after, conformance, goldenSuite, near } from '@optim/testing';
import golden from '@optim/testing/golden/ScalableShampoo.json' with { type: 'json' };
import { describe, expect, inject, it } from 'vitest';
import { preconditioned, statisticsShapes, type Layout } from '../src/blocks.js';

// A root takes some hundred small products on webgpu, for which software rendering takes more than a minute a case; the
// root itself is tested there by linalg and Shampoo.
const onDevice = inject('backend') === 'webgpu';
const make = (options: object): ScalableShampoo => new ScalableShampoo(options);

if (!onDevice) goldenSuite(golden, make);
if (!inject('backend').startsWith('web')) conformance(make);

describe.skipIf(onDevice)('ScalableShampoo', () => {
  const from = (options: ScalableShampooOptions, shape: number[], gradients: number[][]): Promise<number[]> =>
    after(make(options), shape, gradients, { start: 1 });
  const close = (...numbers: number[]): number[] => near(numbers, 4);

  it('takes the length of the grafted step, and its direction for the first steps', async () => {
    const options = { learningRate: 0.1, nesterov: false, beta2: 1, matrixEpsilon: 1e-3 };
    // With a single gradient, its direction is kept by its root.
    expect(await from({ ...options, startPreconditioningStep: 0 }, [2], [[3, 4]])).toEqual(close(0.7, 0.6));
    expect(await from({ ...options, graftType: 'sqrtN' }, [2], [[3, -4]])).toEqual(close(0.9, 1.1));
    // ‖sign‖ = √2 along (3, −4)/5
    const grafted = { ...options, graftType: 'sqrtN', startPreconditioningStep: 0 } as const;
    const length = 0.1 * Math.SQRT2;
    expect(await from(grafted, [2], [[3, -4]])).toEqual(close(1 - 0.6 * length, 1 + 0.8 * length));
  });

  it('gives blocks the roots that they would have alone', async () => {
    const options = {
      learningRate: 0.1,
      startPreconditioningStep: 0,
      graftType: 'none',
      shapeInterpretation: false,
    } as const;
    const g = Array.from({ length: 15 }, (_, i) => Math.sin(2 * i + 1));
    const row = (from: number, to: number, begin: number, end: number): number[] =>
      [...Array(to - from).keys()].flatMap((i) => g.slice((from + i) * 5 + begin, (from + i) * 5 + end));
    const whole = await from({ ...options, blockSize: 2 }, [3, 5], [g]);
    const last = await from(options, [1, 1], [row(2, 3, 4, 5)]);
    const middle = await from(options, [2, 2], [row(0, 2, 2, 4)]);
    expect([whole[14]]).toEqual(close(last[0]!));
    expect([whole[2], whole[3], whole[7], whole[8]]).toEqual(close(...middle));
  });

  it('decays weights at the end of the step, or in it', async () => {
    const decay = (weightDecayMode: 'coupled' | 'decoupled' | 'independent'): Promise<number[]> =>
      from({ learningRate: 0.1, weightDecay: 0.5, nesterov: false, weightDecayMode }, [1], [[1], [1]]);
    // p, r and gm of two steps of gm ← 0.9·gm + r.
    expect(await decay('decoupled')).toEqual(close(0.85 - 0.1 * (1.9 + 0.425)));
    expect(await decay('independent')).toEqual(close(0.4 * 0.5 - 0.19));
    expect(await decay('coupled')).toEqual(close(0.85 - 0.1 * (0.9 * 1.5 + 1.425)));
  });

  it('keeps a root that is finite', async () => {
    const options = { learningRate: 0.1, startPreconditioningStep: 0, graftType: 'none', beta1: 0 } as const;
    const got = await from(options, [2], [[3, 4], [NaN, 4], [3, 4]]); // prettier-ignore
    expect(got.every(Number.isNaN)).toBe(true);
  });

  it('preconditions the axes it is to', () => {
    const layout: Layout = {
      blockSize: 2,
      shapeInterpretation: true,
      mergeSmallDimsBlockSize: 4,
      preconditionerType: 'all',
      noPreconditioningForLayersWithDimGt: 9,
      skipPreconditioningRankLt: 1,
    };
    expect(preconditioned([2, 2, 3, 4], layout)).toEqual({ shape: [4, 3, 4], axes: [0, 1, 2] });
    expect(preconditioned([5, 5], { ...layout, preconditionerType: 'input' }).axes).toEqual([0]);
    expect(preconditioned([5, 5], { ...layout, preconditionerType: 'output' }).axes).toEqual([1]);
    expect(preconditioned([5], { ...layout, preconditionerType: 'output' }).axes).toEqual([0]);
    expect(preconditioned([10, 5], layout).axes).toEqual([]);
    expect(preconditioned([5], { ...layout, skipPreconditioningRankLt: 2 }).axes).toEqual([]);
    expect(preconditioned([], { ...layout, skipPreconditioningRankLt: 0 }).axes).toEqual([]);
    expect(statisticsShapes([5, 1, 6], layout)).toEqual([[9, 2, 2], [9, 2, 2]]); // prettier-ignore
    expect(statisticsShapes([5, 6], { ...layout, blockSize: 0 })).toEqual([[1, 5, 5], [1, 6, 6]]); // prettier-ignore
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ blockSize: -1 }, 'blockSize must be an integer in [0, ∞), got -1'],
    [
      { preconditionerType: 'both' },
      `preconditionerType must be one of 'all', 'input', 'output', got "both"`,
    ],
    [
      { decoupledLearningRate: false, graftType: 'none' },
      `decoupledLearningRate must be true with graftType 'none', got false`,
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new ScalableShampoo(options as ScalableShampooOptions)).toThrow(
      new RangeError(`ScalableShampoo: ${message}`),
    );
  });
});
