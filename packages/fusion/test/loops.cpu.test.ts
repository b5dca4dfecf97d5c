// SPDX-License-Identifier: Apache-2.0
// Which outputs the WebAssembly kernels compute in one sweep.

import { expect, it } from 'vitest';
import { loopsOf } from '../src/executors/wasm/loops.js';
import { squareSums, trace, type Rule } from '../src/index.js';

/** Names of the outputs of every loop. */
function sweeps(shape: number[], rule: Rule): string[][] {
  const program = trace('Test', { x: shape, row: [shape.at(-1)!] }, [], rule);
  return loopsOf(program).map(({ outputs }) => outputs.map(({ name }) => name));
}

it('sums of rows, of columns and of everything share a sweep', () => {
  const rule: Rule = ({ x }) => ({ rows: x!.sum([1]), columns: x!.abs().max([0]), all: x!.square().sum() });
  expect(sweeps([5, 6], rule)).toEqual([['rows', 'columns', 'all']]);
});

it('sums over neighbouring axes do too, in the order of the axes', () => {
  const rule: Rule = ({ x }) => ({ a: x!.sum([2]), b: x!.sum([1, 2]), c: x!.sum([1]), d: x!.sum([0, 1]) });
  expect(sweeps([3, 4, 5], rule)).toEqual([['a', 'b', 'c', 'd']]);
});

it('a sum over outer axes does not where another keeps what it reduces over', () => {
  const rule: Rule = ({ x }) => ({ inner: x!.sum([1]), outer: x!.sum([0]), rows: x!.sum([2]) });
  expect(sweeps([3, 4, 5], rule)).toEqual([['inner', 'rows'], ['outer']]);
});

it('reductions and elementwise results do not, nor do other shapes; the largest come first', () => {
  const rule: Rule = ({ x, row }) => ({ small: row!.neg(), sum: row!.sum(), y: x!.mul(2), total: x!.sum() });
  expect(sweeps([3, 4], rule)).toEqual([['y'], ['total'], ['small'], ['sum']]);
});

it('what a small sum makes needless has a sweep of its own, behind that, whatever the order of the outputs', () => {
  const rule: Rule = ({ x }) => {
    const { squares, shrunkSquares } = squareSums(x!);
    return { shrunkSquares, total: x!.sum(), squares };
  };
  expect(sweeps([3, 4], rule)).toEqual([['total', 'squares'], ['shrunkSquares']]);
});
