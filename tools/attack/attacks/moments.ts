// SPDX-License-Identifier: Apache-2.0
// What happens between the call of an async method and its answer changes nothing of what it answers.

import * as tf from '@tensorflow/tfjs-core';
import { isDeepStrictEqual } from 'node:util';
import type { BaseOptimizer } from '@optim/core';
import type { Attack } from '../attack.js';
import { Wrong } from '../judge.js';
import { make, train, variables, type Subject } from '../subjects.js';

type Between = (optimizer: BaseOptimizer, subject: Subject, of: readonly tf.Variable[]) => unknown;

const betweens: readonly (readonly [what: string, between: Between])[] = [
  ['a step', (optimizer, subject, of) => train(subject, optimizer, of)],
  ['two steps', (optimizer, subject, of) => [1, 2].forEach(() => train(subject, optimizer, of))],
  ['dispose', (optimizer) => optimizer.dispose()],
  ['a second call', (optimizer) => Promise.all([optimizer.stateDict(), optimizer.getWeights()])],
  ['a load', async (optimizer) => optimizer.loadStateDict(await optimizer.stateDict())],
  ['disposed variables', (_, __, of) => tf.dispose([...of])],
];

const numbers = (optimizer: BaseOptimizer): Promise<unknown> =>
  optimizer
    .getWeights()
    .then((weights) =>
      Promise.all(weights.map(async ({ name, tensor }) => [name, [...(await tensor.data())]])),
    );

const answers: readonly (readonly [what: string, ask: (optimizer: BaseOptimizer) => Promise<unknown>])[] = [
  ['stateDict', (optimizer) => optimizer.stateDict()],
  ['getWeights', numbers],
];

export const attackMoments: Attack = async (subject, judge, random, tries) => {
  const calls = answers.flatMap((answer) => betweens.map((between) => [answer, between] as const));
  for (const [[method, ask], [what, between]] of random.some(calls, tries)) {
    const of = variables();
    const optimizer = make(subject);
    train(subject, optimizer, of);
    const expected = await ask(optimizer);
    await judge.judge({
      attack: 'moments',
      what: `${subject.name}: ${what} while ${method} is pending`,
      names: subject.names,
      call: async () => {
        const pending = ask(optimizer);
        // Tensors that are handed out go with the optimizer.
        const isGone = what === 'dispose' && method === 'getWeights';
        const [found] = await Promise.all([
          pending.catch((error: unknown) => {
            if (!isGone) throw error;
            return expected;
          }),
          between(optimizer, subject, of),
        ]);
        if (!isDeepStrictEqual(found, expected)) throw new Wrong('answers of another moment');
      },
    });
    if (what !== 'dispose') optimizer.dispose();
    tf.dispose(of.filter(({ isDisposed }) => !isDisposed));
  }
};
