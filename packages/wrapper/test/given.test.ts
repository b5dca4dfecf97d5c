// SPDX-License-Identifier: Apache-2.0
// What the rules of a wrapper may be given besides the gradient, and hand back.

import { real, register, round } from '@optim/core/authoring';
import type { Entry, NamedGradients, OptionTable, Recurrence } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Heavy, read, step, variable } from '../../core/test/rules.js';
import { Wrapper } from '../src/index.js';

let a: tf.Variable;
let b: tf.Variable;

beforeEach(() => {
  a = variable('a', [3, 4]);
  b = variable('b', 1);
});

afterEach(() => tf.dispose([a, b]));

interface MergeOptions {
  share?: number;
}

/** Lets its base step along a mixture of the gradient and that before it. */
class Merging extends Wrapper<MergeOptions> {
  static readonly className: string = 'Merging';

  static override readonly options: OptionTable<MergeOptions> = { share: real('[0, 1]', 0.5) };

  protected readonly rules: {
    merge: Recurrence<MergeOptions, 'nearby' | 'last', object, { along?: number }>;
  } = {
    merge: {
      returns: ['merged', 'along'],
      slots: () => ({ last: zeros }),
      rounds: () => [
        round({
          observe: ({ grad, nearby }) => ({ along: grad.mul(nearby).sum() }),
          combine: ({ along }) => ({ along }),
        }),
      ],
      update: ({ grad, nearby }, { share, along }) => ({
        last: grad,
        merged: grad.mul(1 - share).add(nearby.mul(share)),
        along: along!,
      }),
    },
  };

  /** Of every step, for the test to read and dispose: a read-back within a step may lose a WebGPU device. */
  readonly along: tf.Tensor[] = [];

  protected step(entries: readonly Entry[], _loss: tf.Scalar | undefined, _given: NamedGradients): void {
    const parameters = this.engine.adopt(
      entries.map(({ variable }) => variable),
      this.iterations,
    );
    const nearby = parameters.map(({ slots }) => tf.clone(slots['last']!));
    const merged = this.engine.step(
      'merge',
      entries.map(({ variable, given }, i) => ({ variable, given: { ...given, nearby: nearby[i]! } })),
      { step: this.iterations },
    );
    this.along.push(tf.keep(tf.clone(merged[0]!['along']!)));
    this.stepBase(entries.map(({ variable: { name } }, i) => ({ name, tensor: merged[i]!['merged']! })));
    tf.dispose([nearby, merged]);
    this.incrementIterations();
  }
}

register(Merging);

it('reads what it is given, and hands results back', async () => {
  const optimizer = new Merging(tf.train.sgd(1));
  step(optimizer, a, b);
  expect([...(await read(a)), ...(await read(b))]).toEqual([2.5, 3.5, 0.5]);
  step(optimizer, a, b);
  expect([...(await read(a)), ...(await read(b))]).toEqual([1.5, 2.5, -0.5]);
  expect(await Promise.all(optimizer.along.map(read))).toEqual([[0], [3]]);
  expect((await optimizer.stateDict()).parameters.map(({ slots }) => Object.keys(slots))).toEqual([
    ['last'],
    ['last'],
  ]);
  optimizer.dispose();
  tf.dispose(optimizer.along);
});

it('has one point where neither it nor its base has another', async () => {
  const optimizer = new Merging(new Heavy());
  step(optimizer, a);
  const before = await read(a);
  optimizer.useEvaluationWeights();
  expect(await read(a)).toEqual(before);
  optimizer.useTrainingWeights();
  step(optimizer, a);
  expect(optimizer.iterations).toBe(2);
  optimizer.dispose();
  tf.dispose(optimizer.along);
});
