// SPDX-License-Identifier: Apache-2.0
// Attacks on every class, in so small a number that they take less than a minute; `npm run attack` makes more.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadTrials } from '../trials.js';
import { campaign } from './attack.js';
import { changed, gone, hostile, placesIn } from './hostile.js';
import { Judge, Wrong, type Try } from './judge.js';
import { Random } from './random.js';
import { tableOf } from './table.js';

describe('a judge', () => {
  const values: number[] = [];
  const refuse = (error: unknown) => (): never => {
    throw error;
  };
  const judged = async (more: Partial<Try>): Promise<string> => {
    const judge = new Judge();
    return judge.judge({ attack: 'a', what: 'b', names: ['Adam'], call: () => undefined, ...more });
  };

  it.each([
    ['clear', new RangeError('Adam: beta must be in [0, 1), got 2')],
    ['unclear', new RangeError('beta must be in [0, 1), got 2')],
    ['unclear', new TypeError("Adam: Cannot read properties of undefined (reading 'x')")],
    ['unclear', new SyntaxError('Adam: no')],
    ['unclear', new Error(`Adam: ${'x'.repeat(2000)}`)],
    ['unclear', 'Adam'],
  ])('calls a refusal %s', async (verdict, error) => {
    expect(await judged({ call: refuse(error) })).toBe(verdict);
    expect(await judged({ call: async () => refuse(error)() })).toBe(verdict);
  });

  it('calls what is taken so, and wrong what trains wrongly then', async () => {
    expect(await judged({ taken: () => undefined })).toBe('taken');
    expect(await judged({ taken: refuse(new Wrong('NaN')) })).toBe('wrong');
    expect(await judged({ taken: refuse(new Error('Adam: too late')) })).toBe('clear');
  });

  it('calls wrong what is refused and has changed something all the same', async () => {
    const seen = (): number[] => [...values];
    const change = (): never => {
      values.push(NaN);
      throw new Error('Adam: no');
    };
    expect(await judged({ call: refuse(new Error('Adam: no')), seen })).toBe('clear');
    expect(await judged({ call: change, seen })).toBe('wrong');
    const kept: tf.Tensor[] = [];
    const leak = (): never => {
      kept.push(tf.scalar(1));
      throw new Error('Adam: no');
    };
    expect(await judged({ call: leak })).toBe('wrong');
    tf.dispose(kept);
  });

  it('counts', async () => {
    const judge = new Judge();
    const each = { attack: 'options', what: 'beta', names: ['Adam'] };
    await judge.judge({ ...each, call: () => 1 });
    await judge.judge({ ...each, call: refuse(new Error('no')) });
    judge.broken('Adam', new Error('gone'));
    expect(tableOf(judge.table)).toBe(
      [
        'attack      tried  clear  taken  unclear  wrong',
        'options         2      0      1        1      0',
        'broken off      1      0      0        0      1',
        'all             3      0      1        1      1',
      ].join('\n'),
    );
    expect(judge.faults.map(({ why }) => why.split('\n')[0])).toEqual(['names nobody: no', 'Error: gone']);
  });
});

describe('data', () => {
  it('is changed at any place, and is what it was', () => {
    const data = { a: [1, { b: Float32Array.of(2) }], c: null };
    expect(placesIn(data)).toEqual([[], ['a'], ['a', '0'], ['a', '1'], ['a', '1', 'b'], ['c']]);
    expect(changed(data, ['a', '1', 'b'], 3)).toEqual({ a: [1, { b: 3 }], c: null });
    expect(changed(data, ['a', '0'], gone)).toEqual({ a: [{ b: Float32Array.of(2) }], c: null });
    expect(changed(data, [], 5)).toBe(5);
    expect(data).toEqual({ a: [1, { b: Float32Array.of(2) }], c: null });
  });

  it('is the same for a seed', () => {
    const drawn = (seed: number): unknown => new Random(seed).some(hostile(), 9).map(([what]) => what);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    expect(new Set(drawn(1) as string[]).size).toBe(9);
  });
});

it('nothing is unclear, and nothing wrong', async () => {
  const { table, faults } = await campaign({ trials: await loadTrials(), seed: 1, tries: 8 });
  const lines = faults.map(({ attack, what, verdict, why }) => `${verdict}: ${attack}: ${what}: ${why}`);
  expect(lines).toEqual([]);
  const tried = table.reduce((sum, { counts: { clear, taken } }) => sum + clear + taken, 0);
  expect(tried).toBeGreaterThan(4000);
  for (const { attack, counts } of table) {
    if (['bytes: a bit of the numbers', 'aliases', 'kernels that fail', 'moments'].includes(attack))
      expect(counts.taken, attack).toBeGreaterThan(0);
    else expect(counts.clear, attack).toBeGreaterThan(0);
  }
});
