// SPDX-License-Identifier: Apache-2.0
// What every operation, reduction and method of the language does, in numbers. Each has to be here; every executor
// has to do it.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  constant,
  defineTensorFunction,
  Expression,
  hostValues,
  kernelFor,
  operations,
  opsExecutor,
  random,
  reductions,
  trace,
  where,
  type OperationName,
  type ReductionName,
  type Rule,
  matMul,
  reshape,
  slice,
  transpose,
  every,
} from '../src/index.js';
import { applied } from './apply.js';
import { draw } from '../src/random.js';
import * as withoutInstruction from '../src/functions.js';
import * as tensors from '../src/tensors.js';
import { tensorOperations, type TensorOperationName } from './programs.js';
import { data, run, type Data } from './run.js';

/** Operands and results of an operation, element by element; 1 and 0 stand for true and false. */
type Case = readonly [...operands: number[][], result: number[]];

const operationCases: Record<OperationName, Case> = {
  neg: [
    [1.5, -2, 0],
    [-1.5, 2, 0],
  ],
  abs: [
    [1.5, -2, 0],
    [1.5, 2, 0],
  ],
  sqrt: [
    [2.25, 0, 1e6],
    [1.5, 0, 1000],
  ],
  exp: [
    [0, 1, -2],
    [1, Math.E, 0.1353352832366127],
  ],
  log: [
    [1, Math.E, 0.125],
    [0, 1, -2.0794415416798357],
  ],
  cbrt: [
    [27, -0.125, 0, 3],
    [3, -0.5, 0, 1.4422495703074083],
  ],
  add: [
    [1, -2, 0.5],
    [2, 5, 0.25],
    [3, 3, 0.75],
  ],
  sub: [
    [1, -2, 0.5],
    [2, 5, 0.25],
    [-1, -7, 0.25],
  ],
  mul: [
    [1, -2, 0.5],
    [2, 5, 0.25],
    [2, -10, 0.125],
  ],
  div: [
    [1, -2, 0.5],
    [2, 5, 0.25],
    [0.5, -0.4, 2],
  ],
  pow: [
    [2, 9, -3, 5],
    [10, 0.5, 3, 0],
    [1024, 3, -27, 1],
  ],
  atan2: [
    [1, 1, -2, 0, 0, -3, Infinity, 4],
    [1, -1, 0, 2, -2, -0.5, Infinity, 1],
    [
      Math.PI / 4,
      (3 * Math.PI) / 4,
      -Math.PI / 2,
      0,
      Math.PI,
      -1.7359450042095235,
      Math.PI / 4,
      1.3258176636680326,
    ],
  ],
  minimum: [
    [1, -2, 3],
    [2, -5, 3],
    [1, -5, 3],
  ],
  maximum: [
    [1, -2, 3],
    [2, -5, 3],
    [2, -2, 3],
  ],
  less: [
    [1, 2, 3],
    [2, 2, 2],
    [1, 0, 0],
  ],
  lessEqual: [
    [1, 2, 3],
    [2, 2, 2],
    [1, 1, 0],
  ],
  equal: [
    [1, 2, 3],
    [2, 2, 2],
    [0, 1, 0],
  ],
  and: [
    [1, 1, 0, 0],
    [1, 0, 1, 0],
    [1, 0, 0, 0],
  ],
  not: [
    [1, 0],
    [0, 1],
  ],
  where: [
    [1, 0],
    [7, Number.NaN],
    [Number.NaN, 8],
    [7, 8],
  ],
};

/** The same for what is composed of them. */
const composedCases: Record<string, { apply: (x: Expression, y: Expression) => Expression; in: Case }> = {
  square: {
    apply: (x) => x.square(),
    in: [
      [3, -4],
      [0, 0],
      [9, 16],
    ],
  },
  clip: {
    apply: (x, y) => x.clip(-1, y),
    in: [
      [-3, 0.5, 9],
      [2, 2, 2],
      [-1, 0.5, 2],
    ],
  },
  sign: {
    apply: (x) => x.sign(),
    in: [
      [-3, 0, 9, Number.NaN],
      [0, 0, 0, 0],
      [-1, 0, 1, Number.NaN],
    ],
  },
  greater: {
    apply: (x, y) => x.greater(y),
    in: [
      [1, 2, 3],
      [2, 2, 2],
      [0, 0, 1],
    ],
  },
  greaterEqual: {
    apply: (x, y) => x.greaterEqual(y),
    in: [
      [1, 2, 3],
      [2, 2, 2],
      [0, 1, 1],
    ],
  },
  isFinite: {
    apply: (x) => x.isFinite(),
    in: [
      [1, Infinity, -Infinity, Number.NaN],
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ],
  },
  complement: {
    apply: (x) => x.complement(),
    in: [
      [3, -0.25],
      [0, 0],
      [-2, 1.25],
    ],
  },
  or: {
    apply: (x, y) => x.equal(1).or(y.equal(1)),
    in: [
      [1, 1, 0, 0],
      [1, 0, 1, 0],
      [1, 1, 1, 0],
    ],
  },
};

const matrix = data([1, 2, 3, 4, 5, -6], [2, 3]);

/** Of the matrix above: over all elements, over axis 0, over axis 1. */
const reductionCases: Record<ReductionName | 'mean' | 'norm', readonly [number, number[], number[]]> = {
  sum: [9, [5, 7, -3], [6, 3]],
  max: [5, [4, 5, 3], [3, 5]],
  min: [-6, [1, 2, -6], [1, -6]],
  mean: [1.5, [2.5, 3.5, -1.5], [2, 1]],
  norm: [Math.sqrt(91), [Math.sqrt(17), Math.sqrt(29), Math.sqrt(45)], [Math.sqrt(14), Math.sqrt(77)]],
};

/** Smallest and largest element. */
const extremes = defineTensorFunction<{ negated?: boolean }>({
  name: 'extremes',
  shapes: () => [[], []],
  run: ([x], { negated }) => {
    const own = negated ? tf.neg(x!) : x!;
    return [tf.min(own), tf.max(own)];
  },
});

interface TensorCase {
  readonly rule: (x: Expression, y: Expression) => Record<string, Expression>;
  readonly x: Data;
  readonly y?: Data;
  readonly results: Record<string, Data>;
}

/** What tensor operations do, with operands that are given, computed, and empty. */
const tensorCases: Record<TensorOperationName, TensorCase> = {
  matMul: {
    rule: (x, y) => ({
      plain: matMul(x, y),
      left: matMul(y, y, true),
      right: matMul(x, x.mul(2), false, true),
      both: matMul(y, x, true, true),
      batch: matMul(reshape(x, [2, 1, 3]), reshape(x, [2, 3, 1])),
      batches: matMul(reshape(x, [1, 2, 1, 3]), reshape(x, [1, 2, 1, 3]), true),
      number: matMul(slice(x, [0, 0], [2, 1]), reshape(constant(2), [1, 1])),
      empty: matMul(slice(x, [0, 0], [0, 3]), y),
      nothing: matMul(slice(x, [0, 0], [2, 0]), slice(y, [0, 0], [0, 2])),
    }),
    x: data([1, 2, 3, 4, 5, 6], [2, 3]),
    y: data([1, 0, 0, 1, 2, -1], [3, 2]),
    results: {
      plain: data([7, -1, 16, -1], [2, 2]),
      left: data([5, -2, -2, 2], [2, 2]),
      right: data([28, 64, 64, 154], [2, 2]),
      both: data([7, 16, -1, -1], [2, 2]),
      batch: data([14, 77], [2, 1, 1]),
      batches: data([1, 2, 3, 2, 4, 6, 3, 6, 9, 16, 20, 24, 20, 25, 30, 24, 30, 36], [1, 2, 3, 3]),
      number: data([2, 8], [2, 1]),
      empty: data([], [0, 2]),
      nothing: data([0, 0, 0, 0], [2, 2]),
    },
  },
  transpose: {
    rule: (x, y) => ({
      last: transpose(x),
      made: transpose(x.neg()),
      cycle: transpose(y, [2, 0, 1]),
      same: transpose(y, [0, 1, 2]),
      batch: transpose(y),
      empty: transpose(slice(x, [0, 0], [0, 3])),
    }),
    x: data([1, 2, 3, 4, 5, 6], [2, 3]),
    y: data([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
    results: {
      last: data([1, 4, 2, 5, 3, 6], [3, 2]),
      made: data([-1, -4, -2, -5, -3, -6], [3, 2]),
      cycle: data([1, 3, 5, 7, 2, 4, 6, 8], [2, 2, 2]),
      same: data([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
      batch: data([1, 3, 2, 4, 5, 7, 6, 8], [2, 2, 2]),
      empty: data([], [3, 0]),
    },
  },
  reshape: {
    rule: (x, y) => ({
      given: reshape(x, [3, 2]),
      made: reshape(x.mul(2).add(1), [6]).sub(1),
      row: reshape(x.add(y), [6]),
      chosen: reshape(where(x.less(3.5), x, y), [3, 2]),
      flagged: reshape(where(x.less(3.5).and(x.less(y)), x, 0), [6]),
      reduced: reshape(x.sum([1]), [2]).div(reshape(x.max(), [1])),
      nothing: reshape(slice(x, [0, 0], [0, 3]), [3, 0, 2]),
      more: reshape(x.sum(), [1, 1, 1]),
    }),
    x: data([1, 2, 3, 4, 5, 6], [2, 3]),
    y: data([10, 0, 30]),
    results: {
      given: data([1, 2, 3, 4, 5, 6], [3, 2]),
      made: data([2, 4, 6, 8, 10, 12]),
      row: data([11, 2, 33, 14, 5, 36]),
      chosen: data([1, 2, 3, 10, 0, 30], [3, 2]),
      flagged: data([1, 0, 3, 0, 0, 0]),
      reduced: data([1, 2.5]),
      nothing: data([], [3, 0, 2]),
      more: data([21], [1, 1, 1]),
    },
  },
  slice: {
    rule: (x) => ({
      part: slice(x, [0, 1], [2, 2]),
      made: slice(x.square(), [1, 0], [1, 2]),
      whole: slice(x, [0, 0], [2, 3]),
      none: slice(x, [2, 0], [0, 3]),
    }),
    x: data([1, 2, 3, 4, 5, 6], [2, 3]),
    results: {
      part: data([2, 3, 5, 6], [2, 2]),
      made: data([16, 25], [1, 2]),
      whole: data([1, 2, 3, 4, 5, 6], [2, 3]),
      none: data([], [0, 3]),
    },
  },
  every: {
    rule: (x) => ({ second: every(x, 2), made: every(x.add(1), 4) }),
    x: data([1, 2, 3, 4, 5, 6], [2, 3]),
    results: { second: data([1, 3, 5]), made: data([2, 6]) },
  },
  call: {
    rule: (x) => {
      const [low, high] = extremes([x]) as [Expression, Expression];
      const [negated] = extremes([x], { negated: true }) as [Expression];
      return { low, scaled: x.sub(low).div(high.sub(low)), negated, sum: extremes([x.sum([0])])[0]! };
    },
    x: data([1, 2, 3, 5], [2, 2]),
    results: {
      low: data([1], []),
      scaled: data([0, 0.25, 0.5, 1], [2, 2]),
      negated: data([-5], []),
      sum: data([4], []),
    },
  },
};

const randomCase: TensorCase = {
  rule: (x) => {
    const key = { seed: 2 ** 40 + 1, step: 3 };
    const bits = random('uniform', [2, 2], { ...key, stream: 5 });
    return {
      uniform: bits.mul(2 ** 24),
      scaled: random('rademacher', [2, 3], key).mul(x),
      normal: random('normal', [4], key),
      nothing: random('normal', [0, 2], key),
    };
  },
  x: data([1, 2, 3, 4, 5, 6], [2, 3]),
  results: {
    uniform: data(
      [...draw('uniform', 4, [2 ** 40 + 1, 3, 5])].map((x) => x * 2 ** 24),
      [2, 2],
    ),
    scaled: data(
      [...draw('rademacher', 6, [2 ** 40 + 1, 3, 0])].map((sign, i) => sign * (i + 1)),
      [2, 3],
    ),
    normal: data([...draw('normal', 4, [2 ** 40 + 1, 3, 0])]),
    nothing: data([], [0, 2]),
  },
};

/** The value over no elements. */
const emptyCases: Record<ReductionName, number> = { sum: 0, max: -Infinity, min: Infinity };

const asNumber = (x: Expression): Expression => (x.kind === 'boolean' ? where(x, 1, 0) : x);

function apply(op: OperationName, args: Expression[]): Expression {
  const operands = args.map((arg, i) => (operations[op].operands[i] === 'boolean' ? arg.equal(1) : arg));
  return asNumber(applied(op, operands));
}

/** float32, and on graphics processors some units in the last place of it. */
function expectClose(
  got: Data,
  elements: readonly number[],
  shape: readonly number[] = [elements.length],
): void {
  expect(got.shape).toEqual(shape);
  const isClose = (x: number, i: number): boolean =>
    Object.is(got.elements[i], x) || Math.abs(got.elements[i]! - x) <= 4e-6 * (1 + Math.abs(x));
  expect(
    elements.filter((x, i) => !isClose(x, i)),
    `got ${got.elements.join(', ')}`,
  ).toEqual([]);
}

const namesFor = (operands: number[][]): string[] => operands.map((_, i) => `x${i}`);

describe('every row of the language has a case here:', () => {
  it('operations', () => {
    expect(Object.keys(operationCases)).toEqual(Object.keys(operations));
  });

  it('reductions', () => {
    expect(Object.keys(reductionCases)).toEqual([...reductions, 'mean', 'norm']);
    expect(Object.keys(emptyCases)).toEqual([...reductions]);
  });

  it('tensor operations', () => {
    expect(Object.keys(tensorCases)).toEqual([...tensorOperations]);
    const others = ['defineTensorFunction', 'isShape'];
    const functions = Object.keys(tensors).filter((name) => !others.includes(name));
    expect([...functions, 'call'].sort()).toEqual([...tensorOperations].sort());
  });

  it('methods of expressions, and functions', () => {
    const special = ['constructor', 'broadcastTo'];
    const cases = [operationCases, composedCases, reductionCases].flatMap((table) => Object.keys(table));
    const methods = Object.getOwnPropertyNames(Expression.prototype);
    const functions = ['where', ...Object.keys(withoutInstruction)];
    expect([...special, ...cases].sort()).toEqual([...methods, ...functions].sort());
  });
});

describe.each([
  ['plain ops', opsExecutor.compile],
  ['the executor of the backend', kernelFor],
] as const)('on %s', (_, compile) => {
  it.each(Object.entries(operationCases))('%s', async (op, numbers) => {
    const operands = numbers.slice(0, -1);
    const names = namesFor(operands);
    const tensors = Object.fromEntries(names.map((name, i) => [name, data(operands[i]!)]));
    const rule: Rule = (x) => ({
      y: apply(
        op as OperationName,
        names.map((name) => x[name]!),
      ),
    });
    expectClose((await run(rule, tensors, {}, compile))['y']!, numbers.at(-1)!);
  });

  it.each(Object.entries(composedCases))('%s', async (_name, { apply, in: [a, b, result] }) => {
    const rule: Rule = ({ x, y }) => ({ z: asNumber(apply(x!, y!)) });
    expectClose((await run(rule, { x: data(a!), y: data(b!) }, {}, compile))['z']!, result!);
  });

  it('broadcastTo repeats along axes of length 1 and new leading ones', async () => {
    const rule: Rule = ({ x }) => ({ y: x!.broadcastTo([2, 2, 3]) });
    const { y } = await run(rule, { x: data([1, 2], [2, 1]) }, {}, compile);
    expect(y).toEqual(data([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2], [2, 2, 3]));
  });

  it('every takes elements at equal distances, of whatever shape, before and after other things', async () => {
    const rule: Rule = ({ x, y }) => ({
      x: x!.div(every(x!, 4).sum()),
      thirds: every(x!.mul(2), 3),
      first: every(x!, 9),
      all: every(x!, 1),
      some: every(x!, 2).add(y!).max(),
      rest: every(x!.sum([0]), 2),
      scalar: every(x!.sum(), 2),
    });
    const given = { x: data([1, 2, 3, 4, 5, 6], [2, 3]), y: data([10, 30, 20]) };
    const results = await run(rule, given, {}, compile);
    expectClose(
      results['x']!,
      [1, 2, 3, 4, 5, 6].map((n) => n / 6),
      [2, 3],
    );
    expect(results['thirds']).toEqual(data([2, 8]));
    expect(results['first']).toEqual(data([1]));
    expect(results['all']).toEqual(data([1, 2, 3, 4, 5, 6]));
    expect(results['some']).toEqual(data([33], []));
    expect(results['rest']).toEqual(data([5, 9]));
    expect(results['scalar']).toEqual(data([21]));
  });

  it('every sees an input as it was before the program replaces it', async () => {
    const rule: Rule = ({ x }) => ({ x: x!.mul(2), y: every(x!, 2) });
    const { x, y } = await run(rule, { x: data([1, 2, 3]) }, {}, compile);
    expect(x).toEqual(data([2, 4, 6]));
    expect(y).toEqual(data([1, 3]));
  });

  it.each(Object.entries({ ...tensorCases, random: randomCase }))(
    '%s',
    async (_name, { rule, x, y, results }) => {
      const given = { x: x!, ...(y && { y }) };
      const got = await run((tensors) => rule(tensors['x']!, tensors['y']!), given, {}, compile);
      for (const [name, expected] of Object.entries(results)) {
        expectClose(got[name]!, expected.elements, expected.shape);
      }
    },
  );

  it('products of what TensorFlow.js made, whatever its textures hold beyond an odd edge', async () => {
    const rule: Rule = ({ x, y }) => ({
      vectors: matMul(reshape(x!, [1, 3]), reshape(x!, [1, 3]), true),
      matrices: matMul(y!, y!),
    });
    const kernel = compile(trace('Edges', { x: [3], y: [3, 3] }, [], rule));
    const made = tf.tidy(() => {
      // A product, so that TensorFlow.js sums on the device, not on the host.
      const large = tf.matMul(tf.eye(3), tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]));
      const inputs = [tf.add(tf.reshape(tf.slice(large, [0, 0], [1, 3]), [3]), 1), tf.add(large, 1)];
      return kernel.run(inputs, []);
    });
    const [vectors, matrices] = await Promise.all(made.map((tensor) => tensor!.data()));
    expect([...vectors!]).toEqual([4, 6, 8, 6, 9, 12, 8, 12, 16]);
    expect([...matrices!]).toEqual([51, 60, 69, 96, 114, 132, 141, 168, 195]);
    tf.dispose(made);
  });

  it('tensor operations before and after other things, in place and of replaced inputs', async () => {
    const rule: Rule = ({ x, y }) => {
      const moved = x!.sub(1);
      const product = matMul(moved, y!);
      return {
        x: moved,
        y: y!.mul(2),
        product,
        gram: matMul(moved, moved, true).add(1),
        length: product.div(product.norm()).square().sum(),
        turned: transpose(x!).mul(y!),
        flat: reshape(product, [4]).sub(product.max()),
        same: matMul(matMul(y!, x!), matMul(y!, x!)),
        passed: x!,
        viewed: reshape(x!, [6]),
        again: product,
      };
    };
    const x = data([1, 2, 3, 4, 5, 6], [2, 3]);
    const y = data([1, 0, 0, 1, 1, 1], [3, 2]);
    const results = await run(rule, { x, y }, {}, compile);
    expect(results['x']).toEqual(data([0, 1, 2, 3, 4, 5], [2, 3]));
    expect(results['y']).toEqual(data([2, 0, 0, 2, 2, 2], [3, 2]));
    expect(results['product']).toEqual(data([2, 3, 8, 9], [2, 2]));
    expect(results['gram']).toEqual(data([10, 13, 16, 13, 18, 23, 16, 23, 30], [3, 3]));
    expectClose(results['length']!, [1], []);
    expect(results['turned']).toEqual(data([1, 0, 0, 5, 3, 6], [3, 2]));
    expect(results['flat']).toEqual(data([-7, -6, -1, 0]));
    expect(results['same']).toEqual(data([24, 33, 42, 54, 75, 96, 78, 108, 138], [3, 3]));
    expect(results['passed']).toEqual(x);
    expect(results['viewed']).toEqual(data(x.elements));
    expect(results['again']).toEqual(results['product']);
  });

  it('tensor operations of what is known on the host', async () => {
    const rule: Rule = ({ x }, { s }) => ({
      scaled: matMul(x!, reshape(s!, [1, 1])),
      one: every(s!.add(1), 3),
      two: extremes([s!])[1]!,
    });
    const given = { x: data([1, 2], [2, 1]) };
    const results = await run(rule, given, { s: 3 }, compile);
    expect(results['scaled']).toEqual(data([3, 6], [2, 1]));
    expect(results['one']).toEqual(data([4]));
    expect(results['two']).toEqual(data([3], []));
  });

  it('every of nothing', async () => {
    const { y } = await run(({ x }) => ({ y: every(x!, 2) }), { x: data([], [2, 0]) }, {}, compile);
    expect(y).toEqual(data([]));
  });

  it.each(Object.entries(reductionCases))(
    '%s over all elements and over chosen axes',
    async (name, [all, rows, columns]) => {
      const op = name as ReductionName;
      const rule: Rule = ({ x }) => ({
        all: x![op](),
        rows: x![op]([0]),
        columns: x![op]([1]),
        both: x![op]([1, 0]),
        none: x![op]([]),
      });
      const results = await run(rule, { x: matrix }, {}, compile);
      expectClose(results['all']!, [all], []);
      expectClose(results['rows']!, rows, [1, 3]);
      expectClose(results['columns']!, columns, [2, 1]);
      expectClose(results['both']!, [all], [1, 1]);
      expectClose(
        results['none']!,
        name === 'norm' ? matrix.elements.map(Math.abs) : matrix.elements,
        [2, 3],
      );
    },
  );

  it.each(reductions)('%s over nothing', async (op) => {
    const rule: Rule = ({ x }) => ({ all: x![op](), axis: x![op]([1]), left: x![op]([0]) });
    const { all, axis, left } = await run(rule, { x: data([], [2, 0]) }, {}, compile);
    expect(all).toEqual(data([emptyCases[op]], []));
    expect(axis).toEqual(data([emptyCases[op], emptyCases[op]], [2, 1]));
    expect(left).toEqual(data([], [1, 0]));
  });

  it.each(reductions)('%s keeps a NaN', async (op) => {
    const { y } = await run(({ x }) => ({ y: x![op]() }), { x: data([1, Number.NaN, 3]) }, {}, compile);
    expect(y!.elements).toEqual([Number.NaN]);
  });
});

describe('on the host, in float64', () => {
  it.each(Object.entries(operationCases))('%s', (op, numbers) => {
    const operands = numbers.slice(0, -1);
    const names = namesFor(operands);
    const program = trace('Test', {}, names, (_, x) => ({
      y: apply(
        op as OperationName,
        names.map((name) => x[name]!),
      ),
    }));
    expect(program.nodes.every(({ host }) => host)).toBe(true);
    const at = program.outputs[0]!.node;
    numbers.at(-1)!.forEach((expected, i) => {
      expect(
        hostValues(
          program,
          operands.map((operand) => operand[i]!),
        )[at],
      ).toBeCloseTo(expected, 14);
    });
  });
});

it('broadcastTo keeps what has the shape already', () => {
  trace('Test', { x: [2, 3] }, [], ({ x }) => {
    expect(x!.broadcastTo([2, 3])).toBe(x);
    expect([x!.rank, x!.size]).toEqual([2, 6]);
    return {};
  });
});
