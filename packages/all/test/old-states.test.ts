// SPDX-License-Identifier: Apache-2.0
// States that version 0.2 saved after three steps: the next three steps are those that it took itself, bit for bit on the
// backends it was run on. `states-0.2/README.md` says how the files were made.

import { decodeState } from '@optim/core';
import { centralizeGradients, clipByGlobalNorm } from '@optim/hooks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import { createOptimizer, type OptimizerName } from '../src/index.js';

interface Saved {
  readonly optimizer: OptimizerName;
  readonly options: object;
  readonly base?: readonly [OptimizerName, object];
  readonly hooks?: boolean;
  readonly before: Readonly<Record<string, number[]>>;
  /** The bytes of a state file, in base64. */
  readonly state: string;
  readonly after: Readonly<Record<string, number[]>>;
}

const files = import.meta.glob<Saved>('./states-0.2/*.json', { eager: true, import: 'default' });

const shapes: Readonly<Record<string, number[]>> = {
  scale: [],
  'dense/bias': [3],
  'dense/kernel': [4, 3],
  filter: [2, 2, 3, 2],
};

/** The loss of step t, whose gradient is exact: every target is a multiple of 1/8. */
function loss(variables: readonly tf.Variable[], t: number): tf.Scalar {
  const parts = variables.map((p, k) => {
    const targets = Array.from({ length: p.size }, (_, i) => ((7 * i + 3 * k + 5 * t) % 11) / 8 - 0.5);
    return tf.mul(tf.sum(tf.square(tf.sub(p, tf.tensor(targets, p.shape)))), 0.5);
  });
  return tf.addN(parts) as tf.Scalar;
}

function made({ optimizer, options, base, hooks }: Saved): ReturnType<typeof createOptimizer> {
  const own = hooks ? { ...options, transforms: [centralizeGradients(), clipByGlobalNorm(1)] } : options;
  if (!base) return createOptimizer(optimizer, own);
  return createOptimizer(optimizer, createOptimizer(...base) as never, own as never);
}

describe('a state saved by version 0.2 goes on', () => {
  it.each(Object.entries(files))('%s', async (_, saved) => {
    const variables = Object.entries(shapes).map(([name, shape]) =>
      tf.tidy(() => tf.variable(tf.tensor(saved.before[name]!, shape), true, name)),
    );
    const optimizer = made(saved);
    await optimizer.loadStateDict(
      decodeState(Uint8Array.from(atob(saved.state), (character) => character.charCodeAt(0))),
    );
    expect(optimizer.iterations).toBe(3);
    for (let t = 4; t <= 6; t++) optimizer.minimize(() => loss(variables, t), false, variables);
    const exact = !inject('backend').startsWith('web');
    for (const variable of variables) {
      const got = [...(await variable.data())];
      const want = saved.after[variable.name]!;
      if (exact) expect(got, variable.name).toEqual(want);
      else got.forEach((value, i) => expect(value, variable.name).toBeCloseTo(want[i]!, 4));
    }
    optimizer.dispose();
    tf.dispose(variables);
  });
});
