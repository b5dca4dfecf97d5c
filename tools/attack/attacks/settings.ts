// SPDX-License-Identifier: Apache-2.0
// Options that are set between steps, and whatever else a user calls there.

import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../attack.js';
import { hostile, mine } from '../hostile.js';
import { Wrong } from '../judge.js';
import { assign, make, seen, train, variables } from '../subjects.js';

/** Methods of optimizers, those of some classes alone among them. */
const methods = ['inForce', 'reset', 'scaleLearningRate', 'setLearningRate'] as const;

type Called = BaseOptimizer & Partial<Record<(typeof methods)[number] | 'set', (given: unknown) => unknown>>;

export const attackSettings: Attack = async (subject, judge, random, tries) => {
  const { name, names, table } = subject;
  const of = variables();
  let optimizer = make(subject) as Called;
  for (let t = 0; t < 2; t++) train(subject, optimizer, of);
  const state = await optimizer.stateDict();
  const values = of.map((x) => [...x.dataSync()]);
  const calls = hostile().flatMap(([what, value]): [what: string, call: () => unknown][] => [
    ...methods.map((method): [string, () => unknown] => [
      `${method}: ${what}`,
      () => optimizer[method]?.(value as never),
    ]),
    ...(['useEvaluationWeights', 'useTrainingWeights'] as const).flatMap(
      (move): [string, () => unknown][] => [
        [`${move}: ${what}`, () => optimizer[move](value as never)],
        [`${move}, among variables: ${what}`, () => optimizer[move]([of[0]!, value as never])],
      ],
    ),
    [`reset keepStep: ${what}`, () => optimizer.reset?.({ keepStep: value })],
    [`learningRate = ${what}`, () => (optimizer.learningRate = value as number)],
    [`set: ${what}`, () => optimizer.set?.(value)],
    ...random
      .some(Object.keys(table), 3)
      .map((option): [string, () => unknown] => [
        `set ${option}: ${what}`,
        () => optimizer.set?.({ [option]: value }),
      ]),
  ]);
  for (const [what, call] of random.some(calls, tries)) {
    await judge.judge({
      attack: 'settings',
      what: `${name}: ${what}`,
      names: [...names, 'learningRate'],
      call,
      seen: () => seen(optimizer, of),
      taken: async () => {
        // What a schedule says is refused by the next step.
        let late: unknown;
        try {
          if (optimizer.atEvaluationPoint) optimizer.useTrainingWeights(of);
          train(subject, optimizer, of);
        } catch (error) {
          late = error;
        }
        optimizer.dispose();
        optimizer = make(subject) as Called;
        await optimizer.loadStateDict(state);
        assign(of, values);
        const said = late === undefined ? name : String((late as Error).message);
        if (!names.some((each) => said.includes(each)) && said !== mine)
          throw new Wrong(`the next step says: ${said}`);
      },
    });
  }
  optimizer.dispose();
  tf.dispose(of);
};
