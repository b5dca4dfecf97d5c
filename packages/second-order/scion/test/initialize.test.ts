// SPDX-License-Identifier: Apache-2.0

import { initializeSCION, type SCIONOptions } from '@optim/scion';
import { near } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

async function made(shape: number[], options: SCIONOptions, seed?: number): Promise<number[]> {
  const p = tf.tidy(() => tf.variable(tf.ones(shape), true, 'p'));
  try {
    await initializeSCION([p], options, seed);
    return [...(await p.data())];
  } finally {
    p.dispose();
  }
}

/** Products of the rows of a matrix, or of its columns. */
function products(values: readonly number[], columns: number, ofColumns: boolean): number[] {
  const rows = values.length / columns;
  const [count, length] = ofColumns ? [columns, rows] : [rows, columns];
  const at = (i: number, k: number): number => values[ofColumns ? k * columns + i : i * columns + k]!;
  return Array.from({ length: count * count }, (_, ij) => {
    const [i, j] = [Math.floor(ij / count), ij % count];
    return Array.from({ length }, (_k, k) => at(i, k) * at(j, k)).reduce((sum, x) => sum + x, 0);
  });
}

const identity = (n: number, times: number): number[] =>
  Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? times : 0));

describe('initializeSCION', () => {
  it('makes orthogonal matrices, scaled by shape and radius', async () => {
    // f² = out/fan = 3/2 and 2/3; not normalized 3.
    expect(products(await made([2, 3], { radius: 2 }), 3, false)).toEqual(near(identity(2, 4 * 1.5), 5));
    expect(products(await made([3, 2], {}), 2, true)).toEqual(near(identity(2, 2 / 3), 5));
    expect(products(await made([3, 2], { atLeastOne: true }), 2, true)).toEqual(near(identity(2, 1), 5));
    expect(products(await made([2, 3], { normalized: false }), 3, false)).toEqual(near(identity(2, 3), 5));
  });

  it('makes one for each place of a kernel', async () => {
    const kernel = await made([2, 2, 3, 2], { radius: () => 8 });
    for (let place = 0; place < 4; place++)
      expect(products(kernel.slice(6 * place, 6 * place + 6), 2, true)).toEqual(
        near(identity(2, (64 * 2) / 3 / 16), 5),
      );
  });

  it('brings rows and columns to their lengths', async () => {
    const lengths = async (options: SCIONOptions, ofColumns: boolean): Promise<number[]> => {
      const n = ofColumns ? 3 : 2;
      return products(await made([2, 3], options), 3, ofColumns).filter((_, i) => i % (n + 1) === 0);
    };
    // 'column': mean square 1 of each of two inputs; normalized, a quarter. 'row': Σ = 1/inputs of each of three outputs.
    expect(await lengths({ norm: 'column' }, false)).toEqual(near([3, 3], 5));
    expect(await lengths({ norm: 'column', normalized: true }, false)).toEqual(near([0.75, 0.75], 5));
    expect(await lengths({ norm: 'row' }, true)).toEqual(near([0.5, 0.5, 0.5], 5));
    expect(await lengths({ norm: 'row', normalized: false, radius: 3 }, true)).toEqual(near([9, 9, 9], 5));
    // [out, in] = [2, 3].
    expect(await lengths({ norm: 'column', transposed: true }, true)).toEqual(near([2, 2, 2], 5));
    expect(await lengths({ norm: 'row', transposed: true, normalized: false }, false)).toEqual(
      near([1, 1], 5),
    );
  });

  it('draws signs and zeros by groups, as the seed says', async () => {
    const options: SCIONOptions = { parameterGroups: [{ match: /p/, norm: 'sign', radius: 100 }] };
    const signs = await made([4, 8], options, 3);
    expect(new Set(signs)).toEqual(new Set([25, -25]));
    expect(await made([4, 8], options, 3)).toEqual(signs);
    expect(await made([4, 8], options, 4)).not.toEqual(signs);
    expect(await made([3], {})).toEqual([0, 0, 0]);
  });

  it('refuses what does not fit, and nothing has changed', async () => {
    const [a, b] = ['a', 'b'].map((name) => tf.tidy(() => tf.variable(tf.ones([2, 2]), true, name)));
    const options: SCIONOptions = { parameterGroups: [{ match: /b/, norm: 'bias' }] };
    await expect(initializeSCION([a!, b!], options)).rejects.toThrow('initializeSCION: norm of "b"');
    await expect(initializeSCION({} as never)).rejects.toThrow(
      'initializeSCION: variables must be an array of variables, got an object (Object)',
    );
    await expect(initializeSCION([a!], { radius: 0 })).rejects.toThrow('radius must be in (0, ∞), got 0');
    await expect(initializeSCION([a!], {}, 0.5)).rejects.toThrow(
      new RangeError('initializeSCION: seed must be an integer, got 0.5'),
    );
    expect([...(await a!.data())]).toEqual([1, 1, 1, 1]);
    tf.dispose([a!, b!]);
  });
});
