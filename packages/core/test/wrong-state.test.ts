// SPDX-License-Identifier: Apache-2.0
// States that do not fit are refused, and nothing has changed then.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateDict } from '../src/index.js';
import { read, step, type Heavy } from './rules.js';
import { freeOwned, heavy, named, stateOf } from './states.js';

afterEach(freeOwned);

describe('a wrong state', () => {
  let optimizer: Heavy;
  let a: tf.Variable;

  beforeEach(() => {
    optimizer = heavy();
    a = named('a', [1, 2]);
    step(optimizer, a);
  });

  const refusals: [string, (state: StateDict) => unknown, Error][] = [
    ['is a list', () => [], new TypeError('Heavy: state dict: must be an object, got []')],
    [
      'has no step',
      ({ step: _, ...rest }) => rest,
      new TypeError('Heavy: state dict: step must be an integer in [0, 2^31), got undefined'),
    ],
    [
      'has half a step',
      (s) => ({ ...s, step: 0.5 }),
      new TypeError('Heavy: state dict: step must be an integer in [0, 2^31), got 0.5'),
    ],
    [
      'has no options',
      (s) => ({ ...s, hyperparameters: null }),
      new TypeError('Heavy: state dict: hyperparameters must be an object, got null'),
    ],
    [
      'has an option out of range',
      (s) => ({ ...s, hyperparameters: { momentum: 2 } }),
      new RangeError('Heavy: momentum must be in [0, 1), got 2'),
    ],
    [
      'has a schedule nobody defined',
      (s) => ({ ...s, hyperparameters: { momentum: { schedule: 'no', options: {} } } }),
      new RangeError(
        'Heavy: schedule "no" is not defined; import it (for example from @optim/schedules) before loading',
      ),
    ],
    [
      'has no globals',
      (s) => ({ ...s, globals: [] }),
      new TypeError('Heavy: state dict: globals must be an object, got []'),
    ],
    [
      'has other globals',
      (s) => ({ ...s, globals: { d: 1 } }),
      new RangeError('Heavy: state dict: globals must be [], got [d]'),
    ],
    [
      'has a parameter without a name',
      (s) => ({ ...s, parameters: [{}] }),
      new TypeError('Heavy: state dict: parameters[0].name must be a string, got undefined'),
    ],
    [
      'has another dtype',
      (s) => ({ ...s, parameters: [{ ...s.parameters[0], dtype: 'int32' }] }),
      new TypeError('Heavy: state dict: parameters[0].dtype must be "float32", got "int32"'),
    ],
    [
      'has a wrong shape',
      (s) => ({ ...s, parameters: [{ ...s.parameters[0], shape: [-1] }] }),
      new TypeError('Heavy: state dict: parameters[0].shape must be an array of lengths, got [-1]'),
    ],
    [
      'has half an update',
      (s) => ({ ...s, parameters: [{ ...s.parameters[0], updates: 0.5 }] }),
      new TypeError('Heavy: state dict: parameters[0].updates must be an integer in [0, 2^31), got 0.5'),
    ],
    [
      'has no slots',
      (s) => ({ ...s, parameters: [{ ...s.parameters[0], slots: 0 }] }),
      new TypeError('Heavy: state dict: parameters[0].slots must be an object, got 0'),
    ],
    [
      'lacks a slot',
      (s) => ({ ...s, parameters: [{ ...s.parameters[0], slots: {} }] }),
      new RangeError('Heavy: saved slot m of "a" must have shape [2], got none'),
    ],
    [
      'has a slot too many',
      (s) => ({
        ...s,
        parameters: [{ ...s.parameters[0], slots: { x: { shape: [0], data: new Float32Array(0) } } }],
      }),
      new RangeError('Heavy: slots of "a" must be of [m], got [x]'),
    ],
    [
      'has too few numbers',
      (s) => ({
        ...s,
        parameters: [{ ...s.parameters[0], slots: { m: { shape: [2], data: new Float32Array(1) } } }],
      }),
      new TypeError(
        'Heavy: state dict: parameters[0].slots.m must have a shape and as many float32 numbers, got an object (Object)',
      ),
    ],
    [
      'has plain numbers',
      (s) => ({ ...s, parameters: [{ ...s.parameters[0], slots: { m: { shape: [2], data: [1, 2] } } }] }),
      new TypeError(
        'Heavy: state dict: parameters[0].slots.m must have a shape and as many float32 numbers, got an object (Object)',
      ),
    ],
    [
      'has a slot of another shape',
      (s) => ({
        ...s,
        parameters: [{ ...s.parameters[0], slots: { m: { shape: [1, 2], data: new Float32Array(2) } } }],
      }),
      new RangeError('Heavy: saved slot m of "a" must have shape [2], got [1,2]'),
    ],
    [
      'is of other parameters',
      () => stateOf(['x', [1]]),
      new RangeError('Heavy: saved state is of other parameters: of "x", not of "a"'),
    ],
  ];

  it.each(refusals)('%s: it is refused, and nothing has changed', async (_, wrong, error) => {
    const state = await optimizer.stateDict();
    await expect(optimizer.loadStateDict(wrong(state) as StateDict)).rejects.toThrow(error);
    expect(await optimizer.stateDict()).toEqual(state);
    step(optimizer, a);
    expect(await read(a)).toEqual([-0.25, 0.75]);
  });

  it('as weights: any number of slots of one parameter, in time that grows with them alone', async () => {
    const tensor = tf.scalar(1);
    const weights = Array.from({ length: 20_000 }, (_, i) => ({ name: `a#s${i}`, tensor }));
    const before = await optimizer.stateDict();
    const iter = { name: 'iter', tensor: tf.scalar(1, 'int32') };
    // 20,000 copies of records that grow would be 200 million slots.
    await expect(optimizer.setWeights([iter, ...weights])).rejects.toThrow(
      /^Heavy: slots of "a" must be of \[m\], got \[s0, s1, .{1,250}$/,
    );
    expect(await optimizer.stateDict()).toEqual(before);
    tf.dispose([tensor, iter.tensor]);
  });

  it('as weights: names that every object has are names like any others', async () => {
    const before = await optimizer.stateDict();
    const tensor = tf.scalar(1);
    const iter = { name: 'iter', tensor: tf.scalar(1, 'int32') };
    for (const name of ['__proto__', 'constructor', 'toString'])
      await expect(optimizer.setWeights([iter, { name: `#${name}`, tensor }])).rejects.toThrow(
        new RangeError(`Heavy: state dict: globals must be [], got [${name}]`),
      );
    expect(await optimizer.stateDict()).toEqual(before);
    tf.dispose([tensor, iter.tensor]);
  });

  it('whose fault shows only when its parameter is met: the step is refused, and nothing has changed', async () => {
    const b = named('b', [1, 2, 3]);
    await optimizer.loadStateDict(stateOf(['a', [1, 1]], ['b', [1]]));
    const before = await optimizer.stateDict();
    expect(() => step(optimizer, a, b)).toThrow(
      new RangeError('Heavy: saved state of "b" has shape [1], variable "b" has [3]'),
    );
    expect(await optimizer.stateDict()).toEqual(before);
    expect([...(await read(a)), ...(await read(b))]).toEqual([0.5, 1.5, 1, 2, 3]);
  });
});
