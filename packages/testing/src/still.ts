// SPDX-License-Identifier: Apache-2.0
// Variables of a rate of 0, or frozen, beside others.

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import {
  loss,
  valuesOf,
  variable,
  withOptimizer,
  type Check,
  type Options,
  type Subject,
} from './subject.js';

const match = /^still$/;

/** Groups that do not move, as far as the class takes them. */
function groupsOf({ table: { learningRate: row } }: Subject): Options[] {
  const takes = (learningRate: unknown): boolean =>
    (row?.hasType(learningRate as never) && row.allows(learningRate as never)) ?? false;
  const schedule = (): number => 0;
  return [
    ...(takes(0) ? [{ match, learningRate: 0 }] : []),
    ...(takes(schedule) && (row!.scheduled ?? row!).allows(0 as never)
      ? [{ match, learningRate: schedule }]
      : []),
    { match, freeze: true },
  ];
}

/** The values of the others after some steps, and of the one that is still, where it is there. */
const trained = (subject: Subject, group: Options, isThere: boolean): Promise<Float32Array[]> =>
  withOptimizer(subject, { parameterGroups: [group] }, async (optimizer, others) => {
    const still = variable('still', [2, 2], (i) => (i % 2 ? 1 : -1));
    try {
      // Its gradient is long, and what it adds to the loss is 0.
      const f = (t: number) => (): tf.Scalar =>
        isThere ? (tf.add(loss(others, t), tf.sum(tf.mul(still, 30))) as tf.Scalar) : loss(others, t);
      const list = isThere ? [...others, still] : others;
      for (let t = 1; t <= 4; t++) optimizer.minimize(f(t), false, list);
      return await valuesOf([...others, still]);
    } finally {
      still.dispose();
    }
  });

export const stillChecks: readonly Check[] = [
  {
    name: 'trains as if what has a rate of 0, or is frozen, were not there',
    applies: ({ table }) => 'parameterGroups' in table,
    run: async (subject) => {
      for (const group of groupsOf(subject))
        expect(await trained(subject, group, true)).toEqual(await trained(subject, group, false));
    },
  },
];
