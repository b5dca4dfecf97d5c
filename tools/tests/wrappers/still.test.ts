// SPDX-License-Identifier: Apache-2.0
// What a base does not move counts for nothing in a wrapper either.

import { AdamW, skipLargeUpdates, skipNonFinite } from '@optim/all';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { wrappers, type Row } from './table.js';

type Group = { learningRate: number | ((step: number) => number) } | { freeze: boolean };

/** Values of two variables after six steps, and of one that is still, where it is there. */
function trained({ make }: Row, group: Group, isThere: boolean): number[][] {
  const [kernel, bias, still] = tf.tidy(() => [
    tf.variable(tf.tensor2d([1, -2, 3, -4], [2, 2]), true, 'kernel'),
    tf.variable(tf.tensor1d([0.5, -0.5]), true, 'bias'),
    tf.variable(tf.tensor1d([1, -1]), true, 'still'),
  ]);
  // Without decay, which GaLore refuses in its base.
  const parameterGroups = [{ match: /still/, ...group }];
  const optimizer = make(new AdamW({ learningRate: 0.1, weightDecay: 0, parameterGroups }));
  for (let t = 0; t < 6; t++) {
    const task = (shift: number) => (): tf.Scalar => {
      const of = [kernel!, bias!].map((p) => tf.sum(tf.square(tf.square(tf.sub(p, Math.sin(t) + shift)))));
      return tf.addN([...of, ...(isThere ? [tf.sum(tf.mul(still!, 30))] : [])]) as tf.Scalar;
    };
    const tasks = optimizer.getClassName() === 'PCGrad' ? [task(0), task(1)] : task(0);
    optimizer.minimize(tasks as never, false, isThere ? [kernel!, bias!, still!] : [kernel!, bias!]);
  }
  const values = [kernel!, bias!, still!].map((variable) => [...variable.dataSync()]);
  optimizer.dispose();
  tf.dispose([kernel!, bias!, still!]);
  return values;
}

describe.each(Object.entries(wrappers))('%s trains as if it were not there', (_, row) => {
  it.each<[string, Group]>([
    ['a group of rate 0', { learningRate: 0 }],
    ['a group whose schedule says 0', { learningRate: () => 0 }],
    ['a frozen group', { freeze: true }],
  ])('%s', (_what, group) => {
    expect(trained(row, group, true)).toEqual(trained(row, group, false));
  });

  it('a group whose rate begins at 0 trains once it is above', () => {
    const rate = (step: number): number => (step < 2 ? 0 : 0.1);
    const [, , still] = trained(row, { learningRate: rate }, true);
    for (const [i, value] of still!.entries()) {
      expect(Number.isFinite(value)).toBe(true);
      expect(value).not.toBe([1, -1][i]);
    }
  });
});

describe.each(Object.entries(wrappers).filter(([, { kind }]) => kind === 'evaluates'))(
  '%s leaves out what its base leaves out',
  (_, { make }) => {
    it.each([
      ['gradients that are not finite', skipNonFinite(), NaN],
      ['large gradients', skipLargeUpdates(100), 1e6],
    ])('%s', async (_what, hook, factor) => {
      const p = tf.tidy(() => tf.variable(tf.tensor1d([1, -2]), true, 'kernel'));
      const optimizer = make(new AdamW({ learningRate: 0.1, weightDecay: 0.1, transforms: [hook] }));
      const step = (by: number): Promise<Float32Array> => {
        const loss = (): tf.Scalar => tf.sum(tf.mul(tf.square(p), by)) as tf.Scalar;
        optimizer.minimize((optimizer.getClassName() === 'PCGrad' ? [loss, loss] : loss) as never, false, [
          p,
        ]);
        return p.data<'float32'>();
      };
      await step(1);
      const before = await step(1);
      expect(await step(factor)).toEqual(before);
      const after = await step(1);
      for (const [i, value] of after.entries()) expect(Math.abs(value)).toBeLessThan(Math.abs(before[i]!));
      optimizer.dispose();
      p.dispose();
    });
  },
);
