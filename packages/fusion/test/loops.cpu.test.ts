// SPDX-License-Identifier: Apache-2.0
// Which outputs the WebAssembly kernels compute in one sweep.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { emitLoop } from '../src/executors/wasm/emit.js';
import { frameOf, textOf } from '../src/executors/wasm/frame.js';
import { loopsOf } from '../src/executors/wasm/loops.js';
import { exp, phasePrograms, squareSums, trace, where, type Rule } from '../src/index.js';

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

it('loops of one text are one function, whatever their lengths and numbers', () => {
  const rule: Rule = ({ x, row }) => {
    const scaled = x!.mul(row!).div(x!.square().sum([0]).sqrt().add(3));
    const same = where(scaled.greater(-0), exp(scaled), x!.mul(2));
    return { x: same, row: row!.mul(2), columns: x!.mean([0]), largest: x!.abs().max(), all: x!.sum() };
  };
  const functions = new Map<string, string>();
  let loops = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2, 3, 4, 7), { minLength: 1, maxLength: 3 }), (shape) => {
      const program = trace('Test', { x: shape, row: [shape.at(-1)!] }, [], rule);
      for (const phase of phasePrograms(program)) {
        for (const loop of loopsOf(phase)) {
          const frame = frameOf(phase, loop);
          const text = textOf(phase, loop, frame);
          const bytes = emitLoop(phase, loop, frame, false).join();
          expect(functions.get(text) ?? bytes).toBe(bytes);
          functions.set(text, bytes);
          loops++;
        }
      }
    }),
  );
  expect(functions.size).toBeLessThan(loops / 4);
  expect(new Set(functions.values()).size).toBeGreaterThan(5);
});

it('a loop that differs in a constant of its function is another one', () => {
  const texts = [0, -0, 1, 2, 3, 4, Infinity, -Infinity].map((value) => {
    const program = trace('Test', { x: [4] }, [], ({ x }) => ({ y: where(x!.greater(1), value, x!) }));
    const [loop] = loopsOf(program);
    return textOf(program, loop!, frameOf(program, loop!));
  });
  // 3 and 4 are arguments.
  expect(new Set(texts).size).toBe(7);
});
