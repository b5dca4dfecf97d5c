// SPDX-License-Identifier: Apache-2.0
// What every operation, reduction and method of the language does, in numbers. Each has to be here; every executor
// has to do it.

import { describe, expect, it } from 'vitest';
import {
  Expression,
  hostValues,
  kernelFor,
  operations,
  opsExecutor,
  reductions,
  trace,
  where,
  type OperationName,
  type ReductionName,
  type Rule,
} from '../src/index.js';
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
      [-1, 0, 1, 0],
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

/** The value over no elements. */
const emptyCases: Record<ReductionName, number> = { sum: 0, max: -Infinity, min: Infinity };

const asNumber = (x: Expression): Expression => (x.kind === 'boolean' ? where(x, 1, 0) : x);

function apply(op: OperationName, args: Expression[]): Expression {
  const operands = args.map((arg, i) => (operations[op].operands[i] === 'boolean' ? arg.equal(1) : arg));
  const [x, y, z] = operands as [Expression, Expression, Expression];
  if (op === 'where') return where(x, y, z);
  return asNumber((x[op] as (y?: Expression) => Expression)(y));
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

  it('methods of expressions', () => {
    const special = ['constructor', 'size', 'rank', 'broadcastTo', 'every', 'valueOf'];
    const cases = [operationCases, composedCases, reductionCases].flatMap((table) => Object.keys(table));
    const methods = Object.getOwnPropertyNames(Expression.prototype);
    expect([...special, ...cases].sort()).toEqual([...methods, 'where'].sort());
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
      x: x!.div(x!.every(4).sum()),
      thirds: x!.mul(2).every(3),
      first: x!.every(9),
      all: x!.every(1),
      some: x!.every(2).add(y!).max(),
      rest: x!.sum([0]).every(2),
      scalar: x!.sum().every(2),
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
    const rule: Rule = ({ x }) => ({ x: x!.mul(2), y: x!.every(2) });
    const { x, y } = await run(rule, { x: data([1, 2, 3]) }, {}, compile);
    expect(x).toEqual(data([2, 4, 6]));
    expect(y).toEqual(data([1, 3]));
  });

  it('every of nothing', async () => {
    const { y } = await run(({ x }) => ({ y: x!.every(2) }), { x: data([], [2, 0]) }, {}, compile);
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
