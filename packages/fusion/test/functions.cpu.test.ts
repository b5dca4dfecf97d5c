// SPDX-License-Identifier: Apache-2.0
// exp, log, pow, cbrt and atan2 of the WebAssembly kernels against those of JavaScript, which are exact as far as float32 goes.

import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { atan2, cbrt, exp, log, pow, kernelFor, trace, type Kernel, type Rule } from '../src/index.js';
import { ulp } from './precision.js';

/** Float32 numbers of every size and sign, and those where functions do something special. */
const special = [
  Number.NaN,
  Infinity,
  0,
  1,
  2,
  3,
  0.5,
  1.5,
  Math.SQRT1_2,
  Math.SQRT2,
  88.72283,
  88.7229,
  103.97,
  103.98,
  2 ** 24,
  2 ** 24 - 1,
  2 ** -149,
  2 ** -126,
  2 ** -126 - 2 ** -149,
  (2 - 2 ** -23) * 2 ** 127,
].flatMap((x) => [x, -x]);
const everywhere = Float32Array.from([...special, ...new Float32Array(bits(2 ** 17, 32749).buffer)]);

function bits(length: number, step: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => i * step);
}

function compile(rule: Rule, length: number): Kernel {
  return kernelFor(trace('Function', { x: [length], y: [length] }, [], rule));
}

function apply(rule: Rule | Kernel, ...arrays: Float32Array[]): Float32Array {
  const kernel = typeof rule === 'function' ? compile(rule, arrays[0]!.length) : rule;
  const inputs = arrays.map((values) => tf.tensor1d(values));
  const [output] = kernel.run(inputs, []);
  const values = output!.dataSync<'float32'>().slice();
  tf.dispose([inputs, output!]);
  return values;
}

/** Results that are further from the exact ones than stated. */
function wrong(
  actual: Float32Array,
  exact: (i: number) => number,
  units: number,
): [index: number, exact: number, actual: number][] {
  return [...actual].flatMap((got, i) => {
    const x = exact(i);
    const rounded = Math.fround(x);
    const isClose = Object.is(rounded, got) || Math.abs(got - x) <= units * ulp(x);
    // The largest number and infinity are neighbours.
    const overflows = Math.abs(x) > 3.4028233e38 && Math.abs(got) > 3.4028233e38 && x * got > 0;
    return isClose || overflows ? [] : [[i, x, got] as [number, number, number]];
  });
}

it.each([
  ['exp', ({ x }) => ({ z: exp(x!) }), Math.exp, 1],
  ['log', ({ x }) => ({ z: log(x!) }), Math.log, 1],
  ['cbrt', ({ x }) => ({ z: cbrt(x!) }), Math.cbrt, 0.6],
] as [string, Rule, (x: number) => number, number][])(
  '%s of numbers of all sizes',
  (_, rule, exact, units) => {
    expect(wrong(apply(rule, everywhere), (i) => exact(everywhere[i]!), units)).toEqual([]);
  },
);

it.each([0.5, 1, 2, 3, -1, 0.3, -0.8, 0, 17])('numbers of all sizes to the power of %s', (exponent) => {
  const y = Math.fround(exponent);
  const actual = apply(({ x }) => ({ z: pow(x!, exponent) }), everywhere);
  expect(wrong(actual, (i) => everywhere[i]! ** y, 0.6)).toEqual([]);
});

it('every special number to the power of every other', () => {
  const x = Float32Array.from(special.flatMap((base) => special.map(() => base)));
  const y = Float32Array.from(special.flatMap(() => special));
  const actual = apply((t) => ({ z: pow(t['x']!, t['y']!) }), x, y);
  expect(wrong(actual, (i) => x[i]! ** y[i]!, 0.6)).toEqual([]);
});

it('the angle of every special point', () => {
  const y = Float32Array.from(special.flatMap((height) => special.map(() => height)));
  const x = Float32Array.from(special.flatMap(() => special));
  const actual = apply((t) => ({ z: atan2(t['y']!, t['x']!) }), y, x);
  expect(wrong(actual, (i) => Math.atan2(y[i]!, x[i]!), 0.6)).toEqual([]);
});

it('the angle of points all around, near and far', () => {
  const x = everywhere.map((_, i) => Math.cos(i) * 2 ** ((i % 200) - 100));
  const y = everywhere.map((_, i) => Math.sin(i) * 2 ** ((i % 200) - 100 + ((i % 7) - 3)));
  const actual = apply((t) => ({ z: atan2(t['y']!, t['x']!) }), y, x);
  expect(wrong(actual, (i) => Math.atan2(y[i]!, x[i]!), 0.52)).toEqual([]);
});

it('any number to any power', () => {
  const numbers = fc.oneof(
    fc.float(),
    fc.float({ min: 0.5, max: 2 }),
    fc.float({ min: -1000, max: 1000 }),
    fc.integer({ min: -40, max: 40 }),
  );
  const length = 200;
  const kernel = compile(({ x, y }) => ({ z: pow(x!, y!) }), length);
  const pairs = fc.array(fc.tuple(numbers, numbers), { minLength: length, maxLength: length });
  const property = fc.property(pairs, (drawn) => {
    const [x, y] = [0, 1].map((i) => Float32Array.from(drawn, (pair) => pair[i]!)) as [
      Float32Array,
      Float32Array,
    ];
    const actual = apply(kernel, x, y);
    expect(wrong(actual, (i) => x[i]! ** y[i]!, 0.6)).toEqual([]);
  });
  fc.assert(property, { numRuns: 200, seed: 17 });
});

it('they are the same wherever an element stands', () => {
  const kernel = compile(
    ({ x, y }) => ({
      z: exp(x!).add(log(x!.abs())).add(pow(x!.abs(), y!)).add(cbrt(x!)).add(atan2(x!, y!)),
    }),
    7,
  );
  const property = fc.property(fc.float({ min: -20, max: 20, noNaN: true }), (value) => {
    const x = new Float32Array(7).fill(value);
    const results = apply(kernel, x, new Float32Array(7).fill(0.7));
    expect(new Set(results).size).toBe(1);
  });
  fc.assert(property, { numRuns: 300, seed: 19 });
});
