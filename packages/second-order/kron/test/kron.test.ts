// SPDX-License-Identifier: Apache-2.0

import type { Entry } from '@optim/core/authoring';
import { Kron, type KronOptions } from '@optim/kron';
import { after, goldenTensors, near, suite } from '@optim/testing';
import golden from '@optim/testing/golden/Kron.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { factorShapes } from '../src/factors.js';
import { fits } from '../src/fits.js';

/** Kron with the draws of a golden file in place of its own. */
class Probed extends Kron {
  probes: ReturnType<typeof goldenTensors> = [];

  protected override step(entries: readonly Entry[]): void {
    super.step(
      entries.map(({ variable, given }) => {
        const probe = this.probes.find(({ name }) => name === variable.name)?.tensor;
        return { variable, given: { ...given, ...(probe && { probe }) } };
      }),
    );
  }
}

suite<Kron>(golden, (options, golden) => (golden ? new Probed(options) : new Kron(options)), {
  apply(kron, gradients, { probes }, t) {
    const optimizer = kron as Probed;
    const drawn = (probes as Record<string, Record<string, number[]>>)[t];
    optimizer.probes = drawn ? goldenTensors(drawn) : [];
    optimizer.applyGradients(gradients);
    for (const { tensor } of optimizer.probes.splice(0)) tensor.dispose();
  },
});

describe('Kron', () => {
  const from = (options: KronOptions, shape: number[], gradients: number[][]): Promise<number[]> =>
    after(new Kron(options), shape, gradients);
  const close = (...numbers: number[]): number[] => near(numbers);

  it('steps with QᵀQ between two fits, and no further than 1.1', async () => {
    const options = { learningRate: 1, preconditionerUpdateProbability: 0.5, preconditionInitScale: 0.5 };
    // Of the scale 0.5 the square.
    expect(await from(options, [2, 2], [[1, 2, 0, -1]])).toEqual(close(-0.25, -0.5, 0, 0.25));
    expect(await from(options, [], [[0.4]])).toEqual(close(-0.1));
    expect(await from(options, [2], [[60, 80]])).toEqual(close(-0.66 * Math.SQRT2, -0.88 * Math.SQRT2));
  });

  it('draws by seed', async () => {
    const g = [1, 2, 3, 4];
    const [one, again, other] = [
      await from({ learningRate: 1, seed: 1 }, [2, 2], [g, g]),
      await from({ learningRate: 1, seed: 1 }, [2, 2], [g, g]),
      await from({ learningRate: 1, seed: 2 }, [2, 2], [g, g]),
    ];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('has diagonal factors where they are asked for', () => {
    const options = { mergeDims: true, maxSizeTriangular: 8, minNdimTriangular: 2, memorySaveMode: null };
    expect(factorShapes([], options)).toEqual([[1]]);
    expect(factorShapes([3], options)).toEqual([[3]]);
    expect(factorShapes([3], { ...options, minNdimTriangular: 0 })).toEqual([[3, 3]]);
    expect(factorShapes([9, 8], options)).toEqual([[9], [8, 8]]);
    expect(factorShapes([2, 2, 1, 4], options)).toEqual([[4, 4], [4, 4]]); // prettier-ignore
    expect(factorShapes([2, 2, 1, 4], { ...options, mergeDims: false })).toEqual([[2, 2], [2, 2], [1], [4, 4]]); // prettier-ignore
    expect(factorShapes([4, 4], { ...options, memorySaveMode: 'oneDiag' })).toEqual([[4, 4], [4]]);
    expect(factorShapes([4, 4], { ...options, memorySaveMode: 'smartOneDiag' })).toEqual([[4, 4], [4, 4]]); // prettier-ignore
    expect(factorShapes([5, 4], { ...options, memorySaveMode: 'smartOneDiag' })).toEqual([[5], [4, 4]]);
    expect(factorShapes([5, 4], { ...options, memorySaveMode: 'allDiag' })).toEqual([[5], [4]]);
  });

  it('knows of any step at once whether it fits, as one that counts up to it', () => {
    const fitsOf = (steps: readonly number[]): number[] => steps.filter((step) => fits(null, step));
    const all = Array.from({ length: 5000 }, (_, i) => i + 1);
    const counted = fitsOf(all);
    // Counted from 0, each by itself.
    const alone = fitsOf(all.slice(4000).reverse());
    expect(alone.reverse()).toEqual(counted.filter((step) => step > 4000));
    const late = fitsOf(Array.from({ length: 68 }, (_, i) => 2 ** 31 - i));
    expect(late).toHaveLength(2);
    expect(late[0]! - late[1]!).toBe(34);
    expect((late[0]! - counted.at(-1)!) % 34).toBe(0);
  });

  it('fits when 1/probability steps have been counted', () => {
    const steps = (probability: Parameters<typeof fits>[0], last: number): number[] =>
      Array.from({ length: last }, (_, i) => i + 1).filter((step) => fits(probability, step));
    expect(steps(0.5, 6)).toEqual([2, 4, 6]);
    expect(steps(0.4, 9)).toEqual([3, 6, 9]);
    const falling = (n: number): number => (n < 3 ? 1 : 0.25);
    expect(steps(falling, 12)).toEqual([1, 2, 3, 7, 11]);
    // In any order.
    expect([11, 3, 4].map((step) => fits(falling, step))).toEqual([true, true, false]);
    expect(steps(null, 503).slice(-3)).toEqual([500, 501, 503]);
    expect(() => fits((n) => 1 - n, 2)).toThrow(
      new RangeError('Kron: preconditionerUpdateProbability at step 1 must be in (0, 1], got 0'),
    );
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ preconditionInitScale: 0 }, 'preconditionInitScale must be in (0, ∞), got 0'],
    [
      { preconditionerUpdateProbability: 0 },
      'preconditionerUpdateProbability must be in (0, 1], or null, got 0',
    ],
    [{ preconditionLearningRate: 1.5 }, 'preconditionLearningRate must be in (0, 1], got 1.5'],
    [{ maxSizeTriangular: 0.5 }, 'maxSizeTriangular must be an integer in [0, ∞), got 0.5'],
  ])('refuses %o', (options, message) => {
    expect(() => new Kron(options)).toThrow(new RangeError(`Kron: ${message}`));
  });
});
