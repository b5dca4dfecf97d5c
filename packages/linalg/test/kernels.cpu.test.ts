// SPDX-License-Identifier: Apache-2.0
// The kernels in WebAssembly against those in plain JavaScript, and the latter against what they are said to do.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostQR } from '../src/index.js';
import type { Kernels } from '../src/kernels/kernels.js';
import { inWorkspace } from '../src/kernels/workspace.js';
import { difference, filled, identity, product, random, transposed } from './matrices.js';

const size = 4000;

/** The memory after a kernel ran on numbers at random. */
function after(script: boolean, seed: number, run: (kernels: Kernels, at: number) => void): number[] {
  return inWorkspace(
    size,
    ({ kernels, data, take }) => {
      const at = take(size);
      const next = random(seed);
      for (let i = 0; i < size; i++) data[at + i] = next();
      run(kernels, at);
      return Array.from(data.subarray(at, at + size));
    },
    script,
  );
}

const length = fc.integer({ min: 0, max: 19 });

const runs: Record<string, fc.Arbitrary<(kernels: Kernels, at: number) => void>> = {
  gemm: fc
    .record({
      m: length,
      n: length,
      k: fc.oneof(length, fc.integer({ min: 250, max: 520 })),
      turned: fc.boolean(),
    })
    .filter(({ m, n, k }) => (m + n + 2) * (k + 2) < 3000)
    .map(({ m, n, k, turned }) => (kernels, at) => {
      const [row, column] = turned ? [1, m + 1] : [k + 1, 1];
      const b = at + (m + 1) * (k + 1);
      kernels.gemm(m, n, k, -0.5, at, row, column, b, n + 1, b + (k + 1) * (n + 1), n + 2);
    }),
  dots: fc.record({ rows: length, n: length }).map(({ rows, n }) => (kernels, at) => {
    kernels.dots(rows, n, at, n + 1, at + 1000, at + 2000);
  }),
  reflect: fc.record({ rows: length, n: length }).map(({ rows, n }) => (kernels, at) => {
    kernels.reflect(rows, n, at, n + 1, at + 1000, 0.7);
  }),
  sweep: length.map((n) => (kernels, at) => {
    kernels.sweep(n, at, n + 1, at + 1000, at + 1100, at + 1200, at + 1300);
  }),
  rotate: fc
    .record({ n: length, count: length, down: fc.boolean() })
    .map(({ n, count, down }) => (kernels, at) => {
      const row = n + 1;
      kernels.rotate(n, count, down ? at : at + count * row, down ? row : -row, at + 2000);
    }),
};

describe.each(Object.keys(runs))('%s', (name) => {
  it('computes in WebAssembly what it does in JavaScript, and nothing else', () => {
    fc.assert(
      fc.property(runs[name]!, fc.integer(), (run, seed) => {
        const [assembly, script] = [after(false, seed, run), after(true, seed, run)];
        expect(assembly).toEqual(script.map((x) => expect.closeTo(x, 10)));
      }),
      { numRuns: 60 },
    );
  });
});

it('multiplies', () => {
  inWorkspace(100, ({ kernels, data, take }) => {
    const at = take(12);
    data.set([1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 30, 40], at);
    kernels.gemm(2, 2, 2, 2, at, 2, 1, at + 4, 2, at + 8, 2);
    expect([...data.subarray(at + 8, at + 12)]).toEqual([48, 64, 116, 140]);
  });
});

it('reflects, rotates and sweeps', () => {
  inWorkspace(100, ({ kernels, data, take }) => {
    const at = take(40);
    data.set([1, 2, 3, 4, 1, 1], at);
    kernels.reflect(2, 2, at, 2, at + 4, 0.5);
    expect([...data.subarray(at, at + 4)]).toEqual([-0.5, 0.5, -0.5, 0.5]);
    data.set([1, 2, 3, 4, 0.6, 0.8], at);
    kernels.rotate(2, 1, at, 2, at + 4);
    expect([...data.subarray(at, at + 4)]).toEqual([3, 4.4, 1, 0.8].map((x) => expect.closeTo(x, 14)));
    data.set([10, 20, 20, 30, 1, 2, 3, 4, 1, -1, 0, 0], at); // A, v, w, x, y
    kernels.sweep(2, at, 2, at + 4, at + 6, at + 8, at + 10);
    expect([...data.subarray(at, at + 4)]).toEqual([4, 10, 10, 14]);
    expect([...data.subarray(at + 10, at + 12)]).toEqual([-6, -4]);
  });
});

it('gives back a memory that has become large', () => {
  const bytes = (): number => inWorkspace(1, ({ data }) => data.byteLength);
  inWorkspace(4e6, ({ data }) => expect(data.byteLength).toBeGreaterThan(32e6));
  expect(bytes()).toBeLessThan(1e5);
  const a = filled(300, 40, random(1));
  const { q } = hostQR(a, { complete: true });
  expect(difference(product(transposed(q), q), identity(300))).toBeLessThan(1e-13);
});
