// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { webglExecutor } from '../src/executors/webgl/executor.js';
import { exp, operations, sizeOf, trace, where, type Rule, type Shape } from '../src/index.js';
import { applied } from './apply.js';
import { sources } from './interpreter.js';
import { forms } from './webgl-backend.js';

const counting = (shape: Shape, from = 1): number[] =>
  Array.from({ length: sizeOf(shape) }, (_, i) => from + i);

/** Compiles a rule for inputs and runs it on them. */
function run(
  rule: Rule,
  inputs: Record<string, tf.Tensor>,
  scalars: Record<string, number> = {},
): tf.Tensor[] {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const program = trace('Test', shapes, Object.keys(scalars), rule);
  return webglExecutor.compile(program).run(
    program.inputs.map((at) => inputs[program.nodes[at]!.name!]!),
    program.scalars.map((name) => scalars[name]!),
  );
}

/** Elements of each output; the tensors are disposed. */
function read(tensors: tf.Tensor[]): number[][] {
  const values = tensors.map((tensor) => [...tensor.dataSync()]);
  tf.dispose(tensors);
  return values;
}

const linear: Rule = ({ x, y }) => ({ out: x!.mul(1000).add(y!) });

describe('webglExecutor', () => {
  describe.each([[[2, 3, 2, 3, 2]], [[3, 2, 3, 3, 3]], [[2, 2, 3]], [[5, 4]], [[7]]])(
    'broadcasts to %j',
    (shape: Shape) => {
      const masks = Array.from({ length: 2 ** shape.length }, (_, mask) =>
        shape.map((n, axis) => ((mask >> axis) & 1 ? 1 : n)),
      );
      const shorter = shape.map((_, axis) => shape.slice(axis + 1));
      it.each([...masks, ...shorter])('from %j', (...from: number[]) => {
        const [x, y] = [tf.tensor(counting(shape), [...shape]), tf.tensor(counting(from), from)];
        const expected = sources(from, shape).map((at, i) => (i + 1) * 1000 + at + 1);
        expect(read(run(linear, { x, y }))).toEqual([expected]);
        tf.dispose([x, y]);
      });
    },
  );

  const shapes = [[], [1], [1, 1, 1], [2], [3], [1, 5], [5, 1], [3, 3], [2, 3, 4, 5], [2, 1, 3, 1, 2, 3]];
  const large = [
    [20001],
    [1_000_003],
    [3, 20001],
    [20001, 3],
    [1025, 1023],
    [65537, 1],
    [300, 5, 7, 11],
    [5_000_001, 1],
  ];
  it.each([...shapes, ...large])('takes shape %j', (...shape: number[]) => {
    const x = tf.tensor(counting(shape), shape);
    const [y, three, total] = run(
      ({ x }) => ({ y: x!.add(x!), three: x!.mul(0).add(3), total: x!.mul(0).add(1).sum() }),
      { x },
    );
    expect([y!, three!, total!].map((tensor) => tensor.shape)).toEqual([shape, shape, []]);
    const wrong = tf.tidy(() => [
      tf.sum(tf.cast(tf.notEqual(y!, tf.mul(x, 2)), 'int32')).dataSync()[0],
      tf.sum(tf.cast(tf.notEqual(three!, 3), 'int32')).dataSync()[0],
    ]);
    expect(wrong).toEqual([0, 0]);
    expect([y!.dataSync()[0], y!.dataSync().at(-1)]).toEqual([2, 2 * x.size]);
    expect(read([total!])).toEqual([[x.size]]);
    tf.dispose([x, y!, three!]);
  });

  it.each([[[0]], [[2, 0, 3]], [[0, 4]]])('takes shape %j, which has no elements', (shape: number[]) => {
    const x = tf.tensor([], shape);
    const outputs = run(
      ({ x }) => ({
        y: exp(x!),
        sum: x!.sum(),
        max: exp(x!).max(),
        min: x!.min(),
        rows: x!.add(1).sum([1 % shape.length]),
      }),
      { x },
    );
    const rows = shape.map((length, axis) => (axis === 1 % shape.length ? 1 : length));
    expect(outputs.map((tensor) => tensor.shape)).toEqual([shape, [], [], [], rows]);
    expect(read(outputs)).toEqual([
      [],
      [0],
      [-Infinity],
      [Infinity],
      Array.from({ length: sizeOf(rows) }, () => 0),
    ]);
    x.dispose();
  });

  describe.each(Object.keys(forms))('reads %s', (form) => {
    it.each([[[]], [[1]], [[6]], [[7]], [[2, 3]], [[3, 5]], [[4, 1]], [[2, 3, 3]], [[2, 1, 3, 2]]])(
      'of shape %j',
      (shape: number[]) => {
        const values = counting(shape);
        const x = forms[form]!(values, shape);
        const y = forms[form]!([5], []);
        const outputs = run(
          ({ x, y }) => ({ twice: x!.add(x!), more: x!.mul(y!), x: x!.add(1), total: x!.sum() }),
          { x, y },
        );
        const total = values.reduce((a, b) => a + b, 0);
        expect(read(outputs)).toEqual([
          values.map((v) => 2 * v),
          values.map((v) => 5 * v),
          values.map((v) => v + 1),
          [total],
        ]);
        expect([...x.dataSync()]).toEqual(values);
        tf.dispose([x, y]);
      },
    );
  });

  it.each([[[3, 3]], [[2, 3]], [[3, 2]], [[1, 3]]])(
    'leaves nothing beyond the last row and column of %j',
    (shape: number[]) => {
      const x = tf.tensor(counting(shape), shape);
      const [y] = run(({ x }) => ({ y: exp(x!.mul(0)).div(x!.mul(0)) }), { x });
      // Products of matrices run over whole texels.
      const ones = tf.ones([shape[1]!, 4]);
      const product = tf.matMul(y!, ones);
      expect([...y!.dataSync()]).toEqual(counting(shape).map(() => Infinity));
      expect([...product.dataSync()]).toEqual(Array.from({ length: shape[0]! * 4 }, () => Infinity));
      tf.dispose([x, y!, ones, product]);
    },
  );

  it('gives new tensors for inputs, for the same value twice, and for numbers', () => {
    const x = tf.tensor([1, 2, 3]);
    const outputs = run(
      ({ x }, { s }) => ({
        same: x!,
        one: x!.add(s!),
        two: x!.add(s!),
        s: s!.mul(2),
        zeros: s!.mul(0).broadcastTo([3]),
      }),
      { x },
      { s: 4 },
    );
    expect(new Set([x, ...outputs].map(({ id }) => id)).size).toBe(6);
    x.dispose();
    expect(read(outputs)).toEqual([[1, 2, 3], [5, 6, 7], [5, 6, 7], [8], [0, 0, 0]]);
  });

  it('reduces over axes, NaN included', () => {
    const x = tf.tensor([1, -2, NaN, 4, 5, 6], [2, 3]);
    const rule: Rule = ({ x }) => ({
      sum: x!.mul(2).sum([1]),
      max: x!.mul(2).max([0]),
      min: x!.min([0, 1]),
      total: x!.maximum(0).sum(),
      own: x!.sum([1]),
    });
    const outputs = run(rule, { x });
    expect(outputs.map(({ shape }) => shape)).toEqual([[2, 1], [1, 3], [1, 1], [], [2, 1]]);
    expect(read(outputs)).toEqual([[NaN, 30], [8, 10, NaN], [NaN], [NaN], [NaN, 15]]);
    x.dispose();
  });

  it.each([[[]], [[3]], [[512, 2]], [[513, 2]], [[1, 513]], [[3, 3, 3, 3]], [[362, 363]], [[1031, 1033]]])(
    'reduces all of shape %j',
    (shape: number[]) => {
      const x = tf.tensor(counting(shape), shape);
      const rule: Rule = ({ x }) => ({
        ones: x!.mul(0).add(1).sum(),
        largest: x!.sub(2e30).max(),
        smallest: x!.mul(1).min(),
        kept: x!.neg().max(shape.map((_, axis) => axis)),
        own: x!.max(),
      });
      const outputs = run(rule, { x });
      expect(outputs.map((tensor) => tensor.shape)).toEqual([[], [], [], shape.map(() => 1), []]);
      const { size } = x;
      expect(read(outputs)).toEqual([[size], [Math.fround(-2e30)], [1], [-1], [size]]);
      x.dispose();
    },
  );

  it.each<[shape: number[], axes: number[]]>([
    [[7, 1031], [1]],
    [[1031, 7], [0]],
    [[2, 3, 5, 1030], [3]],
    [
      [2, 2, 517, 3],
      [0, 1, 2],
    ],
    [[2, 2, 517, 3], [2]],
    [
      [2, 517, 3],
      [1, 2],
    ],
    [[3, 5], [0]],
  ])('reduces a tensor of shape %j over axes %j', (shape, axes) => {
    const x = tf.tensor(
      counting(shape).map((i) => -1 - (i % 251)),
      shape,
    );
    const rule: Rule = ({ x }) => ({
      sum: x!.mul(2).sum(axes),
      max: x!.sub(1).max(axes),
      min: x!.neg().min(axes),
    });
    const outputs = run(rule, { x });
    const expected = tf.tidy(() => [
      tf.sum(tf.mul(x, 2), axes, true),
      tf.max(tf.sub(x, 1), axes, true),
      tf.min(tf.neg(x), axes, true),
    ]);
    expect(outputs.map((tensor) => tensor.shape)).toEqual(expected.map((tensor) => tensor.shape));
    // Products of TensorFlow.js read what lies in a texel beyond a matrix.
    const products = (tensors: tf.Tensor[]): tf.Tensor[] =>
      shape.length > 2
        ? []
        : tensors.flatMap((y) => [
            tf.matMul(y as tf.Tensor2D, y as tf.Tensor2D, true),
            tf.matMul(y as tf.Tensor2D, y as tf.Tensor2D, false, true),
          ]);
    const made = read([...products(outputs), ...outputs]);
    expect(made).toEqual(read([...products(expected), ...expected]));
    x.dispose();
  });

  it('adds up a million numbers as exactly as pairs of them', () => {
    const x = tf.tensor(Float32Array.from({ length: 1_000_003 }, (_, i) => 1 + (i % 7) / 10));
    const exact = (x.dataSync() as Float32Array).reduce((a, b) => a + b, 0);
    const [[sum]] = read(run(({ x }) => ({ sum: x!.sum() }), { x })) as [[number]];
    expect(Math.abs(sum / exact - 1)).toBeLessThan(1e-6);
    x.dispose();
  });

  const special = [NaN, Infinity, -Infinity, 0, 1, -1, 2, -2, 3, 0.5, -0.5, -3];
  const pairs = special.flatMap((x) => special.map((y): [number, number] => [x, y]));
  const numeric = [
    'neg',
    'abs',
    'sqrt',
    'exp',
    'log',
    'add',
    'sub',
    'mul',
    'div',
    'pow',
    'minimum',
    'maximum',
  ] as const;
  it.each(numeric)('gives what JavaScript gives for %s of NaN, infinities, and zero', (op) => {
    const [x, y] = [tf.tensor(pairs.map(([a]) => a)), tf.tensor(pairs.map(([, b]) => b))];
    const [actual] = read(
      run(({ x, y }) => ({ out: applied(op, operations[op].operands.length === 1 ? [x!] : [x!, y!]) }), {
        x,
        y,
      }),
    );
    const meaning = operations[op].meaning as (x: number, y: number) => number;
    const wrong = pairs.flatMap(([a, b], i) => {
      const expected = meaning(a, b);
      const error = Math.abs(actual![i]! - expected) / Math.max(1, Math.abs(expected));
      return Object.is(actual![i], expected) || error < 1e-6
        ? []
        : [`${op}(${a}, ${b}): ${actual![i]}, not ${expected}`];
    });
    expect(wrong).toEqual([]);
    tf.dispose([x, y]);
  });

  it.each(['less', 'lessEqual', 'equal'] as const)('takes %s with NaN for false', (op) => {
    const [x, y] = [tf.tensor(pairs.map(([a]) => a)), tf.tensor(pairs.map(([, b]) => b))];
    const outputs = run(
      ({ x, y }) => ({
        yes: where(x![op](y!), 1, 0),
        no: where(x![op](y!).not(), 1, 0),
        both: where(x![op](y!).and(y!.equal(y!)), 1, 0),
      }),
      { x, y },
    );
    const expected = pairs.map(([a, b]) =>
      Number((operations[op].meaning as (x: number, y: number) => boolean)(a, b)),
    );
    expect(read(outputs)).toEqual([expected, expected.map((yes) => 1 - yes), expected]);
    tf.dispose([x, y]);
  });
});
