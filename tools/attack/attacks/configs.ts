// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import { clipByGlobalNorm } from '@optim/hooks';
import { cosineWithWarmup } from '@optim/schedules';
import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../attack.js';
import { at, changed, gone, hostile, isRecord, placesIn, type Hostile } from '../hostile.js';
import { isForeign, make, train, variables, withRequired } from '../subjects.js';

/** Configurations, as in the file of a model, that are changed at any place. */
export const attackConfigs: Attack = async (subject, judge, random, tries) => {
  const { name, names, table, cls } = subject;
  const optimizer = make(
    subject,
    withRequired(subject, {
      ...('learningRate' in table &&
        table['learningRate']!.symbolic && {
          learningRate: cosineWithWarmup({
            initialLearningRate: 0.001,
            maxLearningRate: 0.01,
            warmupSteps: 3,
            totalSteps: 10,
          }),
        }),
      ...('parameterGroups' in table && { parameterGroups: [{ match: /bias$/ }] }),
      ...('transforms' in table && { transforms: [clipByGlobalNorm(1)] }),
    }),
  );
  const config = optimizer.getConfig();
  optimizer.dispose();
  // What an optimizer of TensorFlow.js makes of its own configuration is its own.
  const places = placesIn(config).filter(
    (path) => !(isForeign(subject) && path[0] === 'base' && path[1] === 'config'),
  );
  const everything = hostile();
  for (let i = 0; i < tries; i++) {
    const path = places[random.below(places.length)]!;
    const [what, value] = random.some<Hostile>([...random.some(everything, 6), ['nothing', gone]], 1)[0]!;
    const isStranger = random.below(8) === 0 && isRecord(at(config, path));
    const wrong = isStranger ? changed(config, [...path, 'stranger'], value) : changed(config, path, value);
    await judge.judge({
      attack: 'fromConfig',
      what: `${name}: ${path.join('.')}${isStranger ? '.stranger' : ''}: ${what}`,
      names: [...names, 'optimizer "'],
      call: () =>
        (
          cls as unknown as typeof tf.Optimizer & { fromConfig: (cls: unknown, config: unknown) => unknown }
        ).fromConfig(cls, wrong),
      taken: (result) => {
        const of = variables();
        try {
          train(subject, result as BaseOptimizer, of);
        } finally {
          (result as BaseOptimizer).dispose();
          tf.dispose(of);
        }
      },
    });
  }
};
