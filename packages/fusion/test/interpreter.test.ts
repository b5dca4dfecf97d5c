// SPDX-License-Identifier: Apache-2.0
// The interpreter that executors are held against, held against known numbers.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, operations, reductions, trace, where, type Rule } from '../src/index.js';
import { interpret, mismatches, sources } from './interpreter.js';
import { correctlyRounded, opsPrecision, ulp, type Precision } from './precision.js';
import { any, nameOf, ordinary, samples, tensorOperations, tensorSamples } from './programs.js';
import { images, isPoint, point, type Numbers } from './sets.js';

/** What one output may be, for inputs x and y of one element each. */
function allowed(rule: Rule, x: number, y: number, precision: Precision = correctlyRounded): Numbers {
  const program = trace('Test', { x: [], y: [] }, [], rule);
  const values: Record<string, number> = { x, y };
  const inputs = program.inputs.map((at) => [Math.fround(values[program.nodes[at]!.name!]!)]);
  return interpret(program, inputs, [], precision)[0]![0]!;
}

const interval = (lo: number, hi: number): Numbers => ({ lo, hi, nan: false });

describe('the interpreter', () => {
  it('rounds after every operation', () => {
    expect(allowed(({ x, y }) => ({ z: x!.add(y!).sub(x!) }), 2 ** 24, 1)).toEqual(point(0));
    expect(allowed(({ x, y }) => ({ z: x!.div(y!) }), 1, 3)).toEqual(point(Math.fround(1 / 3)));
    expect(allowed(({ x }) => ({ z: x!.square() }), 2 ** 100, 0)).toEqual(point(Infinity));
  });

  it('is as wide as the error of an operation, and as what follows from it', () => {
    const { wasm } = opsPrecision;
    const e = allowed(({ x }) => ({ z: exp(x!) }), 1, 0, wasm);
    expect(e).toEqual(interval(Math.fround(Math.E - ulp(Math.E)), Math.fround(Math.E + ulp(Math.E))));
    const off = allowed(({ x, y }) => ({ z: exp(x!).sub(y!) }), 1, Math.E, wasm);
    expect(off).toEqual(interval(-ulp(Math.E), ulp(Math.E)));
  });

  it('takes both branches where rounding decides', () => {
    const rule: Rule = ({ x, y }) => ({ z: where(exp(x!).less(y!), 10, 20) });
    expect(allowed(rule, 1, Math.E, opsPrecision.wasm)).toEqual(interval(10, 20));
    expect(allowed(rule, 1, 3, opsPrecision.wasm)).toEqual(point(10));
    expect(allowed(rule, 1, 2, opsPrecision.wasm)).toEqual(point(20));
  });

  it('knows the order of a sum to be open', () => {
    const program = trace('Test', { x: [3] }, [], ({ x }) => ({ z: x!.sum() }));
    const elements = [1, 2 ** -24, 2 ** -24];
    const inFloat64 = interpret(program, [elements], [], correctlyRounded)[0]![0]!;
    expect(inFloat64).toEqual(point(1 + 2 ** -23));
    const inFloat32 = interpret(program, [elements], [], opsPrecision.wasm)[0]![0]!;
    expect([inFloat32.lo < 1, inFloat32.hi > 1 + 2 ** -23]).toEqual([true, true]);
  });

  it('says what is wrong', () => {
    const program = trace('Test', { x: [2] }, [], ({ x }) => ({ z: x!.add(1), w: x!.sqrt() }));
    const sample = { program, inputs: [[1, -4]], scalars: [] };
    expect(
      mismatches(
        sample,
        [
          [2, -3],
          [1, Number.NaN],
        ],
        correctlyRounded,
      ),
    ).toEqual([]);
    expect(
      mismatches(
        sample,
        [
          [2, -2],
          [Number.NaN, 2],
        ],
        correctlyRounded,
      ),
    ).toEqual(['z[1]: expected -3, got -2', 'w[0]: expected 1, got NaN', 'w[1]: expected NaN, got 2']);
  });

  it('finds where a stretched element comes from', () => {
    expect(sources([2, 1], [2, 3])).toEqual([0, 0, 0, 1, 1, 1]);
    expect(sources([3], [2, 3])).toEqual([0, 1, 2, 0, 1, 2]);
    expect(sources([2, 1, 2], [2, 2, 2])).toEqual([0, 1, 0, 1, 2, 3, 2, 3]);
    expect(sources([], [2])).toEqual([0, 0]);
    expect(sources([1], [0])).toEqual([]);
  });
});

describe('sets', () => {
  const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -64, max: 64 });
  const within = fc.tuple(finite, finite, fc.double({ min: 0, max: 1, noNaN: true })).map(([a, b, share]) => {
    const [lo, hi] = [Math.min(a, b), Math.max(a, b)];
    return { set: interval(lo, hi), inside: Math.min(hi, lo + share * (hi - lo)) };
  });
  const numeric = Object.entries(operations).filter(([, { operands }]) =>
    operands.every((kind) => kind === 'number'),
  );

  it.each(numeric)('%s of a set has every result of its elements', (name, { operands, meaning }) => {
    fc.assert(
      fc.property(fc.array(within, { minLength: operands.length, maxLength: operands.length }), (args) => {
        const image = (images[name as 'add'] as (...sets: Numbers[]) => Numbers)(
          ...args.map(({ set }) => set),
        );
        const result = (meaning as (...xs: number[]) => number | boolean)(
          ...args.map(({ inside }) => inside),
        );
        if (typeof result === 'boolean') {
          expect(
            result ? (image as unknown as { yes: boolean }).yes : (image as unknown as { no: boolean }).no,
          ).toBe(true);
        } else if (Number.isNaN(result)) expect(image.nan).toBe(true);
        else expect(image.lo <= result && result <= image.hi).toBe(true);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });
});

describe('random programs', () => {
  const drawn = [ordinary, any].flatMap((element) =>
    [samples(element), tensorSamples(element)].flatMap((all) =>
      fc.sample(all, { numRuns: 300, seed: 20260101 }),
    ),
  );

  it('use every row of the tables', () => {
    const used = new Set(drawn.flatMap(({ program }) => program.nodes.map(nameOf)));
    const tables = [...Object.keys(operations), ...reductions, ...tensorOperations];
    const all = [...tables, 'broadcast', 'input', 'scalar'];
    expect(all.filter((op) => !used.has(op))).toEqual([]);
  });

  it('have ranks from 0 to 4, no element, one element and many', () => {
    const shapes = drawn.flatMap((sample) => sample.shapes);
    const sizes = shapes.map((shape) => shape.reduce((a, b) => a * b, 1));
    expect([...new Set(shapes.map(({ length }) => length))].sort()).toEqual([0, 1, 2, 3, 4]);
    expect([0, 1, 7, 35].filter((size) => !sizes.includes(size))).toEqual([]);
  });

  it('replace inputs, and have several phases', () => {
    const replacing = drawn.filter(({ program }) => program.outputs.some(({ replaces }) => replaces >= 0));
    const phased = drawn.filter(({ program }) => program.phases.length > 1);
    expect(Math.min(replacing.length, phased.length)).toBeGreaterThan(30);
  });

  it('leave the interpreter almost no freedom where everything is rounded correctly', () => {
    // Products of matrices are sums in float32.
    const own = drawn.filter(({ program }) => program.nodes.every((node) => nameOf(node) !== 'matMul'));
    const sets = own.flatMap(({ program, inputs, scalars }) =>
      interpret(program, inputs, scalars, correctlyRounded).flat(),
    );
    const exact = sets.filter((set) => isPoint(set) || (set.lo === 0 && set.hi === 0 && !set.nan));
    expect(exact.length / sets.length).toBeGreaterThan(0.95);
  });
});
