// SPDX-License-Identifier: Apache-2.0

import { constant, kernelFor, trace, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  biasCorrection,
  countedCorrections,
  centralized,
  clippedByUnit,
  factoredAxes,
  factoredMoment,
  factoredSlots,
  heavyBall,
  largestSoFar,
  matrixOf,
  ones,
  orthogonalized,
  positiveNegative,
  pulledToUnitNorm,
  quotient,
  rectification,
  rooted,
  slowWeights,
  softplus,
  stablyDecayed,
  standardized,
  unitNorm,
  zero,
  zeros,
} from '../src/index.js';

it('rectification is that of RAdam', () => {
  expect(rectification(5, 0.999).rho).toBeCloseTo(4.995998, 5);
  const { rho, r } = rectification(6, 0.999);
  expect(rho).toBeCloseTo(5.994164, 5);
  expect(r).toBeCloseTo(Math.sqrt((1.994164 * 3.994164 * 1999) / (1995 * 1997 * 5.994164)), 6);
  expect(rectification(1e6, 0.999).r).toBeCloseTo(1, 6);
  expect(rectification(4, 0.999)).toEqual({ rho: 0, r: 0 });
  // ρ∞ = 4, which ρ reaches in floating point.
  expect(rectification(200, 0.6)).toEqual({ rho: 0, r: 0 });
});

it('biasCorrection is that of Adam, and AdamD leaves the step alone', () => {
  const hyper = { learningRate: 0.1, beta1: 0.5, beta2: 0.75, adamD: false };
  // 1 − ½² = ¾, 1 − (¾)² = 7/16
  expect(biasCorrection(2, hyper)).toEqual({ alpha: 0.1 / 0.75, correction: Math.sqrt(0.4375) });
  expect(biasCorrection(2, { ...hyper, adamD: true })).toEqual({ alpha: 0.1, correction: Math.sqrt(0.4375) });
});

/** First values of slots. */
type Slots = Record<string, (param: Expression) => Expression | null>;

/** What a rule makes of the slots of a parameter, whose gradient is the parameter itself. */
async function slotsAfter(
  shape: number[],
  values: number[],
  slots: Slots,
  rule: (tensors: Record<string, Expression>) => Record<string, Expression>,
): Promise<Record<string, number[]>> {
  const program = trace('formula', { param: shape }, [], ({ param }) => {
    const first = Object.entries(slots).flatMap(([name, init]) => {
      const slot = init(param!);
      return slot ? [[name, slot] as const] : [];
    });
    const tensors = Object.fromEntries(first);
    return { ...tensors, ...rule({ ...tensors, param: param!, grad: param! }) };
  });
  const x = tf.tensor(values, shape);
  const results = kernelFor(program).run(
    program.inputs.map(() => x),
    [],
  );
  const read = await Promise.all(results.map(async (result) => [...(await result.data())]));
  tf.dispose([x, results]);
  return Object.fromEntries(program.outputs.map(({ name }, i) => [name, read[i]!]));
}

/** Numbers rounded to what float32 distinguishes, for `toEqual`. */
const close = (...numbers: number[]): number[] =>
  numbers.map((number) => expect.closeTo(number, 5) as number);

it('largestSoFar keeps the larger of slot and moment, or leaves the moment alone', async () => {
  const { x, u } = await slotsAfter([3], [0.5, 2, -1], { x: ones, u: zeros }, ({ grad, x }) => {
    const { u, kept } = largestSoFar(grad!, x!, true);
    return { ...kept, u };
  });
  expect(x).toEqual([1, 2, 1]);
  expect(u).toEqual([1, 2, 1]);
  const v = constant(3);
  expect(largestSoFar(v, constant(5), false)).toEqual({ u: v, kept: {} });
});

it('heavyBall adds up gradients, and looks ahead where it is to', async () => {
  const formula = (nesterov: boolean): Promise<Record<string, number[]>> =>
    slotsAfter([2], [1, -3], { b: (p) => p.mul(2), q: zeros }, ({ grad, b }) =>
      heavyBall(b!, grad!, { momentum: constant(0.5), share: constant(0.75), nesterov }),
    );
  expect(await formula(false)).toEqual({ b: [1.75, -5.25], q: [1.75, -5.25] });
  expect(await formula(true)).toEqual({ b: [1.75, -5.25], q: [1.875, -5.625] });
});

it('a sign hides no NaN', async () => {
  const { u } = await slotsAfter([5], [-1e-20, 0, 3, Infinity, NaN], { u: zeros }, ({ grad }) => ({
    u: grad!.sign(),
  }));
  expect(u).toEqual([-1, 0, 1, 1, NaN]);
});

it('quotient is 0 where it is divided by 0, and hides no NaN', async () => {
  const { u, x } = await slotsAfter([4], [-3, 0, 2, NaN], { u: zeros, x: zeros }, ({ grad }) => ({
    u: quotient(grad!, grad!.maximum(0)),
    x: quotient(constant(1), grad!.abs()),
  }));
  expect(u).toEqual([0, 0, 1, NaN]);
  expect(x).toEqual([...close(1 / 3, 0, 0.5), NaN]);
});

it('rooted adds ε to the root or under it', async () => {
  const { u, x } = await slotsAfter([2], [0, 9], { u: zeros, x: zeros }, ({ grad }) => ({
    u: rooted(grad!, constant(16), 'outside'),
    x: rooted(grad!, constant(16), 'inside'),
  }));
  expect(u).toEqual([16, 19]);
  expect(x).toEqual([4, 5]);
});

it('positiveNegative feeds its two averages in turn, and normalizes the noise', async () => {
  const formula = (odd: boolean): Promise<Record<string, number[]>> =>
    slotsAfter([2], [1, -3], { a: ones, b: (p) => p.mul(2), q: zeros }, ({ grad, a, b }) => {
      const options = { beta1: constant(0.5), beta0: constant(0.75), odd };
      const { q, kept } = positiveNegative({ a: a!, b: b! }, grad!, options);
      return { ...kept, q };
    });
  const noise = Math.sqrt(1.75 ** 2 + 0.75 ** 2);
  // β₁² = ¼: a ← ¼a + ¾g
  const { a, b, q } = await formula(true);
  expect([...a!, ...b!]).toEqual(close(1, -2, 2, -6));
  expect(q).toEqual(close((1.75 - 0.75 * 2) / noise, (1.75 * -2 + 0.75 * 6) / noise));
  const even = await formula(false);
  expect([...even['a']!, ...even['b']!]).toEqual(close(1, 1, 1.25, -3.75));
  expect(even['q']).toEqual(close((1.75 * 1.25 - 0.75) / noise, (1.75 * -3.75 - 0.75) / noise));
});

it('slowWeights go part of the way, or all of it, exactly', async () => {
  const { slow } = await slotsAfter([2], [3, -1], { slow: ones }, ({ slow, grad }) => ({
    slow: slowWeights(slow!, grad!, 0.25),
  }));
  expect(slow).toEqual([1.5, 0.5]);
  const fast = constant(0.1);
  expect(slowWeights(constant(1e9), fast, 1)).toBe(fast);
});

it('softplus is smooth at 0, and does not overflow', async () => {
  const { d } = await slotsAfter([4], [0, 0.01, 100, -100], { d: zeros }, ({ grad }) => ({
    d: softplus(grad!, 50),
  }));
  expect(d).toEqual(close(Math.log(2) / 50, Math.log(1 + Math.exp(0.5)) / 50, 100, 0));
});

it('unit norms, and what is done per unit, tell rank 2 from rank 1', async () => {
  const options = { clipping: 0.5, epsilon: 4 };
  const of = (shape: number[]): Promise<Record<string, number[]>> =>
    // Columns (3, 4) and (0, 2), with p = g
    slotsAfter(
      shape,
      [3, 0, 4, 2],
      { n: (p) => unitNorm(p).mul(0), mid: zeros, short: zeros },
      ({ grad }) => ({
        n: unitNorm(grad!),
        mid: centralized(grad!),
        short: clippedByUnit(grad!, grad!, options),
      }),
    );
  const kernel = await of([2, 2]);
  expect(kernel['n']).toEqual(close(5, 2));
  expect(kernel['mid']).toEqual(close(-0.5, -1, 0.5, 1));
  // 5 is over ½·5, 2 is at ½·4
  expect(kernel['short']).toEqual(close(1.5, 0, 2, 2));
  const vector = await of([4]);
  expect(vector['n']).toEqual(close(Math.sqrt(29)));
  expect(vector['mid']).toEqual([3, 0, 4, 2]);
  expect(vector['short']).toEqual(close(1.5, 0, 2, 1));
  expect(centralized(constant(1).broadcastTo([3, 4]), 4).shape).toEqual([3, 4]);
});

it('standardized divides by the sample deviation, of a tensor or of each unit', async () => {
  const by = async (
    shape: number[],
    values: number[],
    perUnit: boolean,
    epsilon: number,
  ): Promise<unknown> => {
    const { s } = await slotsAfter(shape, values, { s: zeros }, ({ grad }) => ({
      s: standardized(grad!, { perUnit, epsilon }),
    }));
    return s;
  };
  // Deviations of 1, 3, 5, 7: √(20/3); of (1, 5) and (3, 7): √8
  const [all, unit] = [Math.sqrt(20 / 3), Math.sqrt(8)];
  expect(await by([2, 2], [1, 3, 5, 7], false, 0)).toEqual(close(1 / all, 3 / all, 5 / all, 7 / all));
  expect(await by([2, 2], [1, 3, 5, 7], true, 0)).toEqual(close(1 / unit, 3 / unit, 5 / unit, 7 / unit));
  expect(await by([4], [1, 3, 5, 7], true, 1)).toEqual(
    close(1 / (all + 1), 3 / (all + 1), 5 / (all + 1), 7 / (all + 1)),
  );
  expect(await by([2], [1, 3], false, 0)).toEqual([1, 3]);
  expect(await by([], [3], true, 0)).toEqual([3]);
  // One weight per unit: the deviation is 0
  expect(await by([1, 2], [1, 3], true, 0.5)).toEqual([2, 6]);
  expect(await by([4], [2, 2, 2, 2], false, 0.5)).toEqual([4, 4, 4, 4]);
  expect(await by([4], [0, 0, 0, 0], false, 0)).toEqual([0, 0, 0, 0]);
});

it('pulledToUnitNorm moves norms towards 1, and leaves 0 where it is', async () => {
  const { p } = await slotsAfter([2, 3], [3, 0, 0.6, 4, 0, 0.8], { p: zeros }, ({ grad }) => ({
    p: pulledToUnitNorm(grad!, constant(0.125), 1e-8),
  }));
  // 5: 1 − ¼·(1 − 1/5) = 0.8; 1: as it is
  expect(p).toEqual(close(2.4, 0, 0.6, 3.2, 0, 0.8));
});

it('stablyDecayed divides the strength by S, and waits while S is 0', async () => {
  const { some, none } = await slotsAfter([2], [4, -2], { some: zeros, none: zeros }, ({ grad }) => ({
    some: stablyDecayed(grad!, constant(0.5), grad!.max()),
    none: stablyDecayed(grad!, constant(0.5), grad!.max().mul(0)),
  }));
  expect(some).toEqual([3.5, -1.75]);
  expect(none).toEqual([4, -2]);
});

it('factoredAxes are the two longest, the later of equals last', () => {
  expect(factoredAxes([5])).toBeNull();
  expect(factoredAxes([3, 4])).toEqual({ r: 0, c: 1 });
  expect(factoredAxes([4, 3])).toEqual({ r: 1, c: 0 });
  expect(factoredAxes([2, 7, 3, 7])).toEqual({ r: 1, c: 3 });
  expect(factoredAxes([3, 4], 4)).toBeNull();
});

it('factoredMoment restores a moment of rank one exactly', async () => {
  // g = a⊗b, so that g² = R·C/mean(R) with R, C the means, and g/√(…) = sign g.
  const values = [1, 2, 4].flatMap((a) => [3, -5].map((b) => a * b));
  const slots = { ...factoredSlots(1), u: zeros };
  const { R, C, u } = await slotsAfter([3, 2], values, slots, ({ grad, R, C }) => {
    const { scale, ...moment } = factoredMoment({ R: R!, C: C! }, grad!.square(), constant(0.5), {
      r: 1,
      c: 0,
    });
    return { ...moment, u: scale(grad!) };
  });
  expect(R).toEqual(close((0.5 * 9 * 21) / 3, (0.5 * 25 * 21) / 3));
  expect(C).toEqual(close(0.5 * 17, 0.5 * 4 * 17, 0.5 * 16 * 17));
  const root = Math.sqrt(2);
  expect(u).toEqual(close(root, -root, root, -root, root, -root));
});

it('countedCorrections come to 1 − βᵗ after t steps', async () => {
  const slots = { c1: zero, c2: zero };
  const { c1, c2 } = await slotsAfter([1], [1], slots, ({ c1, c2 }) => {
    const betas = { beta1: constant(0.75), beta2: constant(0.5) };
    const once = countedCorrections({ ...betas, c1: c1!, c2: c2! });
    return countedCorrections({ ...betas, ...once });
  });
  expect(c1).toEqual([1 - 0.75 ** 2]);
  expect(c2).toEqual([1 - 0.5 ** 2]);
});

it('orthogonalized divides by the norm times its safety, and leaves zeros zeros', async () => {
  const O = (values: number[], safety: number, epsilon: number): Promise<Record<string, number[]>> =>
    slotsAfter([1, 2, 2], values, { O: zeros }, ({ grad }) => {
      const { matrix, fanIn, fanOut } = matrixOf(grad!);
      expect([fanIn, fanOut]).toEqual([2, 2]);
      // X ← ½X + ¼XXᵀX
      return { O: orthogonalized(matrix, { steps: [[0.5, 0.25, 0]], safety }, epsilon) };
    });
  // diag(3, 4)/(2·5 + 0) = diag(0.3, 0.4); 0.15 + 0.027/4, 0.2 + 0.064/4
  expect((await O([3, 0, 0, 4], 2, 0))['O']).toEqual(close(0.15675, 0, 0, 0.216));
  // diag(3, 4)/(1·5 + 5)
  expect((await O([3, 0, 0, 4], 1, 5))['O']).toEqual(close(0.15675, 0, 0, 0.216));
  expect((await O([0, 0, 0, 0], 1, 0))['O']).toEqual([0, 0, 0, 0]);
  expect((await O([NaN, 0, 0, 0], 1, 0))['O']).toEqual([NaN, NaN, NaN, NaN]);
});
