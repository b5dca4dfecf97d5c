// SPDX-License-Identifier: Apache-2.0
// Every class refuses by name what is no list of variables to be moved, wherever they stand.

import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { make, subjectsOf, train, variables } from '../attack/subjects.js';
import { loadTrials } from '../trials.js';

const subjects = subjectsOf(await loadTrials());

it.each(subjects.map((subject) => [subject.name, subject] as const))('%s', (_, subject) => {
  const of = variables();
  const optimizer = make(subject);
  const refused = (given: unknown, got: string): void => {
    const message = new RegExp(`^TypeError: \\w+: variables must be an array of variables, got ${got}$`);
    for (const move of ['useEvaluationWeights', 'useTrainingWeights'] as const)
      expect(() => {
        try {
          optimizer[move](given as never);
        } catch (error) {
          throw new Error(String(error), { cause: error });
        }
      }).toThrow(message);
  };
  const at = optimizer.atEvaluationPoint;
  refused(5, '5');
  train(subject, optimizer, of);
  refused([null], '\\[null\\]');
  refused('x', '"x"');
  expect(optimizer.atEvaluationPoint).toBe(at);
  optimizer.useEvaluationWeights(of);
  refused(5, '5');
  refused(null, 'null');
  optimizer.useTrainingWeights(of);
  expect(optimizer.atEvaluationPoint).toBe(false);
  optimizer.dispose();
  tf.dispose(of);
});
