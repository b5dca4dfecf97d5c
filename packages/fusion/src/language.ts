// SPDX-License-Identifier: Apache-2.0
// The elementwise operations of the language, one row each. Everything else an expression offers (square, clip,
// sign, softplus, norm, ...) is composed of these and of the reductions, so an executor implements nothing more.

/** What an expression's elements are. */
export type Kind = 'number' | 'boolean';

/** A row of the language: operand kinds, result kind, and the meaning on float64 numbers. */
export interface Operation {
  readonly operands: readonly Kind[];
  readonly result: Kind;
  /** The meaning. Host scalars are computed by it, and executors are tested against it. */
  readonly meaning: (...values: never[]) => number | boolean;
}

const number1 = (meaning: (x: number) => number): Operation => ({
  operands: ['number'],
  result: 'number',
  meaning,
});
const number2 = (meaning: (x: number, y: number) => number): Operation => ({
  operands: ['number', 'number'],
  result: 'number',
  meaning,
});
const comparison = (meaning: (x: number, y: number) => boolean): Operation => ({
  operands: ['number', 'number'],
  result: 'boolean',
  meaning,
});

/** The name of an elementwise primitive. */
export type OperationName =
  | 'neg'
  | 'abs'
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'cbrt'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'atan2'
  | 'minimum'
  | 'maximum'
  | 'less'
  | 'lessEqual'
  | 'equal'
  | 'and'
  | 'not'
  | 'where';

/** Every elementwise primitive. NaN goes through `minimum` and `maximum`; comparisons with NaN are false. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  neg: number1((x) => -x),
  abs: number1(Math.abs),
  sqrt: number1(Math.sqrt),
  exp: number1(Math.exp),
  log: number1(Math.log),
  cbrt: number1(Math.cbrt),
  add: number2((x, y) => x + y),
  sub: number2((x, y) => x - y),
  mul: number2((x, y) => x * y),
  div: number2((x, y) => x / y),
  pow: number2(Math.pow),
  atan2: number2(Math.atan2),
  minimum: number2(Math.min),
  maximum: number2(Math.max),
  less: comparison((x, y) => x < y),
  lessEqual: comparison((x, y) => x <= y),
  equal: comparison((x, y) => x === y),
  and: {
    operands: ['boolean', 'boolean'],
    result: 'boolean',
    meaning: (x: boolean, y: boolean): boolean => x && y,
  },
  not: { operands: ['boolean'], result: 'boolean', meaning: (x: boolean): boolean => !x },
  where: {
    operands: ['boolean', 'number', 'number'],
    result: 'number',
    meaning: (condition: boolean, x: number, y: number): number => (condition ? x : y),
  },
};

/** The name of a reduction. */
export type ReductionName = 'sum' | 'max' | 'min';

/** The reductions: over all elements, or over chosen axes, which then keep length 1. */
export const reductions: readonly ReductionName[] = ['sum', 'max', 'min'];

/**
 * A reduction may have a guard, another of the same shape, as its second operand: an executor may leave it out, and give 0,
 * where every element of the guard is at most this.
 */
export const smallGuard: number = 2 ** 64;

/** Whether an operation is a reduction. */
export function isReduction(op: string): op is ReductionName {
  return (reductions as readonly string[]).includes(op);
}
