// SPDX-License-Identifier: Apache-2.0
// A page that has lost its connection cannot load what reads states: an error, and nothing stays.

import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';

const reading = '../../packages/state/src/reading.js';

afterEach(() => {
  vi.doUnmock(reading);
  vi.resetModules();
});

const kinds = ['AdamW', 'Lookahead around AdamW', 'Lookahead around tf.train.adam'] as const;

async function make(kind: (typeof kinds)[number]): Promise<BaseOptimizer> {
  const { AdamW } = await import('@optim/adamw');
  const { Lookahead } = await import('@optim/lookahead');
  if (kind === 'AdamW') return new AdamW();
  return new Lookahead(kind === 'Lookahead around AdamW' ? new AdamW() : tf.train.adam());
}

it.each(kinds.flatMap((kind) => (['stateDict', 'getWeights'] as const).map((method) => ({ kind, method }))))(
  '$method of $kind holds nothing when that fails',
  async ({ kind, method }) => {
    vi.resetModules();
    vi.doMock(reading, () => {
      throw new Error('offline');
    });
    const optimizer = await make(kind);
    const x = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const step = (): void => void optimizer.minimize(() => tf.sum(tf.square(x)), false, [x]);
    step();
    const { numTensors } = tf.memory();
    const lost: unknown[] = [];
    const onLost = (error: unknown): void => void lost.push(error);
    process.on('unhandledRejection', onLost);
    await expect(optimizer[method]()).rejects.toThrow('mocking');
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.off('unhandledRejection', onLost);
    expect(lost).toEqual([]);
    expect(tf.memory().numTensors).toBe(numTensors);
    step();
    expect(optimizer.iterations).toBe(2);
    optimizer.dispose();
    x.dispose();
  },
);
