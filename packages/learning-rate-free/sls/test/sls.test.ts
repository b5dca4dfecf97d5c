// SPDX-License-Identifier: Apache-2.0

import { defineHook } from '@optim/core/authoring';
import { ArmijoSGD, type ArmijoSGDOptions } from '@optim/sls';
import { conformance, convolutionalSuite, goldenSuite, objectiveOf } from '@optim/testing';
import golden from '@optim/testing/golden/SLS.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

goldenSuite(golden, (options) => new ArmijoSGD(options), {
  // The one way that every backend has.
  minimize: (optimizer, variables, each) =>
    optimizer.minimizeAsync(() => objectiveOf(each, variables), [...variables]),
});

// Without reading, as webgpu needs it.
conformance((options) => new ArmijoSGD({ trials: 5, beta: 0.5, ...options }), undefined, {
  'takes hooks; one that changes nothing changes nothing': 'its hook also acts on updates, which is refused',
});

// At rate 0 a step size that changes nothing.
convolutionalSuite(
  (rate) => new ArmijoSGD({ trials: 2, beta: 0.5, maxLearningRate: 50 * rate || 1e-30 }),
  [3, 3],
);

/** ½·a·x² from 1 on: after each call. */
async function walked(options: ArmijoSGDOptions, calls: number, a = 1): Promise<number[]> {
  const x = tf.tidy(() => tf.variable(tf.scalar(1), true, 'x'));
  const optimizer = new ArmijoSGD(options);
  const seen: number[] = [];
  for (let call = 0; call < calls; call++) {
    await optimizer.minimizeAsync(() => tf.mul(tf.square(x), a / 2), [x]);
    seen.push((await x.data())[0]!);
  }
  optimizer.dispose();
  x.dispose();
  return seen;
}

const close = (...numbers: number[]): number[] => numbers.map((n) => expect.closeTo(n, 5) as number);

describe('ArmijoSGD', () => {
  // On ½x² a step η is accepted where 1 − (1 − η)² ≥ 2cη, that is η ≤ 2(1 − c).
  it.each([{}, { trials: 4 }])('shrinks until the loss has fallen enough, with %o', async (way) => {
    const options = { ...way, maxLearningRate: 4, initialStep: 4, c: 0.25, beta: 0.5, growth: 1 };
    // 4, 2, 1
    expect(await walked(options, 2)).toEqual(close(0, 0));
    // 3, 1.5
    expect(await walked({ ...options, maxLearningRate: 3 }, 2)).toEqual(close(-0.5, 0.25));
  });

  it('begins the next call at the largest step, the last one, or that grown', async () => {
    const options = { c: 0.25, beta: 0.5, initialStep: 0.5, maxLearningRate: 1.25 };
    expect(await walked({ ...options, reset: 'max' }, 1)).toEqual(close(-0.25));
    expect(await walked({ ...options, reset: 'keep' }, 2)).toEqual(close(0.5, 0.25));
    expect(await walked({ ...options, growth: 4, stepsPerEpoch: 2 }, 2)).toEqual(close(0, 0));
  });

  it('takes the last step after too many, unless the loss is not finite there', async () => {
    const options = { maxLearningRate: 4, initialStep: 4, maxBacktracks: 0 };
    expect(await walked(options, 1)).toEqual(close(-3));
    const x = tf.tidy(() => tf.variable(tf.scalar(1), true, 'x'));
    const optimizer = new ArmijoSGD(options);
    // ln x: the step goes to −3.
    await optimizer.minimizeAsync(() => tf.log(x), [x]);
    expect((await x.data())[0]).toBe(1);
    expect(await optimizer.readGlobals()).toEqual({ stepSize: 4, evaluations: 2 });
    optimizer.dispose();
    x.dispose();
  });

  it('adds a heavy ball after the search', async () => {
    // η = 0.5: b = −0.5, then −0.25 − 0.25
    const options = { maxLearningRate: 0.5, momentum: 0.5 };
    expect(await walked(options, 2)).toEqual(close(0.5, 0));
  });

  it('refuses gradients alone, a loss that is not finite, and hooks on updates', async () => {
    const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
    const optimizer = new ArmijoSGD();
    expect(() => tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(1) }))).toThrow(
      new TypeError('ArmijoSGD: a step needs the loss itself; call minimize instead of applyGradients'),
    );
    await expect(optimizer.minimizeAsync(() => tf.log(x), [x])).rejects.toThrow(
      'ArmijoSGD: loss and gradient must be finite, got a loss of -Infinity',
    );
    expect([(await x.data())[0], optimizer.iterations]).toEqual([0, 0]);
    optimizer.dispose();
    x.dispose();
    const late = defineHook('late', {}, () => ({ update: ({ param }) => ({ param: param! }) }))();
    expect(() => new ArmijoSGD({ transforms: [late] })).toThrow(
      new RangeError(`ArmijoSGD: transforms must be hooks on gradients alone, got "late"`),
    );
    expect(() => new ArmijoSGD({ c: 1 })).toThrow(new RangeError('ArmijoSGD: c must be in (0, 1), got 1'));
    expect(() => new ArmijoSGD({ parameterGroups: [{ match: /x/, c: 0.5 }] })).toThrow(/ c /);
  });
});
