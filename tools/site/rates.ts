// SPDX-License-Identifier: Apache-2.0
// Learning rates with which the classes move well over the landscapes: of a few, the one that comes lowest.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { optimizers } from '@optim/all';
import * as tf from '@tensorflow/tfjs-core';
import { problemOf } from '../../docs/site/src/landscape/problems.js';
import { make, walk } from '../../docs/site/src/landscape/walk.js';
import type { Controls } from './catalogue.js';

const candidates = [0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** The largest rates by family: higher ones come low too, but jump across the picture first. */
const largest: Readonly<Record<string, number>> = { adam: 0.1, sam: 0.1, wrappers: 0.1, momentum: 0.05 };
const steps = 200;

/** By class; one that has no rate is not in it. */
export async function findRates(classes: readonly Controls[]): Promise<Record<string, number>> {
  await tf.setBackend('cpu');
  const loaders = Object.fromEntries(
    Object.keys(optimizers).map((name) => [name, () => Promise.resolve(optimizers)]),
  );
  const found: Record<string, number> = {};
  for (const entry of classes) {
    if (!entry.wraps && !entry.options.some(({ name }) => name === 'learningRate')) continue;
    let best = { score: Number.POSITIVE_INFINITY, rate: Number.NaN };
    const most = largest[entry.family] ?? 1;
    for (const rate of candidates.filter((candidate) => candidate <= most)) {
      let score = 0;
      for (const name of ['rosenbrock', 'ravine']) {
        const problem = problemOf(name);
        const contestant = { name: entry.name, options: { learningRate: rate }, schedule: '', hooks: [] };
        const optimizer = await make(contestant, entry, steps, loaders as never);
        const { values } = await walk(optimizer, problem, problem.start, steps);
        // The end alone would be luck for what goes to and fro.
        const tail = values.slice(-20);
        score +=
          values.length <= steps
            ? Number.POSITIVE_INFINITY
            : Math.log10(1e-6 + tail.reduce((sum, x) => sum + x, 0) / tail.length);
      }
      if (score < best.score) best = { score, rate };
    }
    if (Number.isFinite(best.score)) found[entry.name] = best.rate;
  }
  return found;
}
