// SPDX-License-Identifier: Apache-2.0
// Options that are set while an optimizer trains: they are saved, and whoever resumes goes on with them, bit for bit.

import { decodeState, encodeState } from '@optim/core';
import type { BaseOptimizer } from '@optim/core/authoring';
import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { assignAll, train, valuesOf, withOptimizer, type Check, type Subject } from './subject.js';

type Scalable = BaseOptimizer & { scaleLearningRate(factor: number): void };
type Change = readonly [what: string, change: (optimizer: BaseOptimizer) => void];

/** What is tried in place of the value in force. */
const others = [0.5, 0.3, 0.05, 2, 7];

/** Everything that can be changed by itself between steps. */
function changesOf({ table, make }: Subject): Change[] {
  const optimizer = make({});
  const values = optimizer.inForce() as Readonly<Record<string, unknown>>;
  const isTaken = (name: string, value: number): boolean => {
    const putBack = optimizer.keepOptions();
    try {
      optimizer.set({ [name]: value });
      putBack();
      return true;
    } catch (error) {
      // Options go together, or this one shapes the state.
      expect((error as Error).message).toMatch(new RegExp(`^${optimizer.getClassName()}: `));
      return false;
    }
  };
  const set = Object.keys(table).flatMap((name): Change[] => {
    const row = table[name]!;
    if (!row.symbolic) return [];
    const value = others.find(
      (each) => each !== values[name] && row.allows(each as never) && isTaken(name, each),
    );
    return value === undefined ? [] : [[`${name}: ${value}`, (to) => to.set({ [name]: value })]];
  });
  const { learningRate } = table;
  const scales =
    learningRate?.symbolic && !learningRate.isWhole && optimizer.getConfig()['learningRate'] !== null;
  optimizer.dispose();
  return scales ? [...set, ['a factor on the rate', (to) => (to as Scalable).scaleLearningRate(0.5)]] : set;
}

/** An optimizer of the same class as another, with its options and state. */
const resumed: readonly ((from: BaseOptimizer, subject: Subject) => Promise<BaseOptimizer>)[] = [
  async (from, subject) => {
    const to = subject.make({});
    await to.loadStateDict(decodeState(encodeState(await from.stateDict())));
    return to;
  },
  async (from) => {
    const config = JSON.parse(JSON.stringify(from.getConfig())) as tf.serialization.ConfigDict;
    const cls = from.constructor as unknown as tf.serialization.SerializableConstructor<BaseOptimizer>;
    const to = cls.fromConfig!(cls, config);
    await to.setWeights(await from.getWeights());
    return to;
  },
];

export const liveChecks: readonly Check[] = [
  {
    name: 'goes on bit for bit with options that were set while it trained',
    run: async (subject) => {
      for (const [what, change] of changesOf(subject)) {
        await withOptimizer(subject, {}, async (optimizer, variables) => {
          train(optimizer, variables, 1, 2);
          change(optimizer);
          train(optimizer, variables, 3, 4);
          const values = await valuesOf(variables);
          const again = await Promise.all(resumed.map((resume) => resume(optimizer, subject)));
          train(optimizer, variables, 5, 6);
          const want = await valuesOf(variables);
          for (const other of again) {
            assignAll(variables, values);
            try {
              train(other, variables, 5, 6);
            } finally {
              other.dispose();
            }
            expect(await valuesOf(variables), what).toEqual(want);
          }
        });
      }
    },
  },
];
