// SPDX-License-Identifier: Apache-2.0
// What is of no documented form is refused at the entrance, and nothing has changed.

import { defineSchedule, real, type Hook } from '../src/authoring.js';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hookFromConfig, type HookConfig } from '../src/index.js';
import { Heavy, half, read, variable } from './rules.js';

let x: tf.Variable;
let optimizer: Heavy;

beforeEach(() => {
  x = variable('x', [3, 4]);
  optimizer = new Heavy();
});

afterEach(() => {
  optimizer.dispose();
  x.dispose();
});

describe('a loss', () => {
  const scopes = (): number => (tf.engine().state as unknown as { scopeStack: unknown[] }).scopeStack.length;
  const throwing = Object.defineProperty({}, 'a', {
    enumerable: true,
    get: () => {
      throw new Error('looked into');
    },
  });

  it.each([
    ['nothing', undefined, 'undefined'],
    ['a number', 1, '1'],
    ['a promise', Promise.resolve(1), 'an object (Promise)'],
    ['what may not be looked into', throwing, 'an object (Object)'],
    ['what only looks like a tensor', Object.create(tf.Tensor.prototype), 'an object (Tensor)'],
  ])('that gives %s', async (_what, value, got) => {
    const before = scopes();
    expect(() => optimizer.minimize(() => value as tf.Scalar, false, [x])).toThrow(
      new TypeError(`Heavy: the loss must be a float32 scalar, got ${got}`),
    );
    expect(scopes()).toBe(before);
    expect(optimizer.iterations).toBe(0);
    expect(await read(x)).toEqual([3, 4]);
    // It still trains: p ← p − 0.5·p.
    optimizer.minimize(half(x), false, [x]);
    expect(await read(x)).toEqual([1.5, 2]);
  });

  it.each([
    [5, '5'],
    [null, 'null'],
    [tf.Tensor, 'function Tensor'],
  ])('that is %s', (f, got) => {
    expect(() => optimizer.minimize(f as never)).toThrow(
      new TypeError(`Heavy: the loss must be a function that gives a float32 scalar, got ${got}`),
    );
  });
});

describe('weights and gradients', () => {
  it('of tensors that are none, or no more', async () => {
    const gone = tf.scalar(1);
    gone.dispose();
    for (const tensor of [gone, Object.create(tf.Tensor.prototype) as tf.Tensor])
      await expect(optimizer.setWeights([{ name: 'iter', tensor }])).rejects.toThrow(
        new RangeError('Heavy: weights[0], "iter", must be a tensor that is not disposed'),
      );
  });

  it('of long names have short messages', async () => {
    const name = 'x'.repeat(1e6);
    const tensor = tf.tensor1d([1, 1]);
    const iter = tf.scalar(1, 'int32');
    expect(() => optimizer.applyGradients({ [name]: tensor })).toThrow(
      /^Heavy: no variable is named "x{199}…; it was/,
    );
    await expect(
      optimizer.setWeights([
        { name: 'iter', tensor: iter },
        { name, tensor },
      ]),
    ).rejects.toThrow(/^Heavy: "x{199}… is not a weight/);
    tf.dispose([tensor, iter]);
  });
});

describe('a hook', () => {
  const whole: Hook = { name: 'own', gradient: ({ grad }) => ({ grad: grad! }) };

  it.each([
    ['gradient', Map, 'a function'],
    ['observe', 5, 'a function'],
    ['combine', [], 'a function'],
    ['guard', 'x', 'a function'],
    ['slots', [1], 'an object of functions that give first values'],
    ['slots', { s: 1 }, 'an object of functions that give first values'],
    ['globals', { g: NaN }, 'an object of finite numbers or arrays'],
    ['reads', ['nothing'], "an array of 'learningRate', 'secondMoment' and 'step'"],
    ['reads', { find: 1 }, "an array of 'learningRate', 'secondMoment' and 'step'"],
    ['exclude', 'bias', 'a RegExp or a function of the variable, or null'],
  ])('whose %s is none', (part, value, constraint) => {
    const faulty = { ...whole, update: () => ({}), [part]: value } as unknown as Hook;
    expect(() => new Heavy({ transforms: [faulty] })).toThrow(TypeError);
    expect(() => new Heavy({ transforms: [faulty] })).toThrow(
      `Heavy: transforms: ${part} of hook "own" must be ${constraint}, got `,
    );
  });

  it('of a list with holes', () => {
    const holes: Hook[] = [whole];
    holes.length = 2;
    expect(() => new Heavy({ transforms: holes })).toThrow(/^Heavy: transforms must be an array of hooks/);
  });

  it.each([null, 5, {}, { hook: 'own' }, { hook: 5, options: {} }])('is not made of %j', (config) => {
    expect(() => hookFromConfig(config as unknown as HookConfig)).toThrow(
      /^hook must be configured by { hook, options }, got /,
    );
  });
});

describe('a configuration', () => {
  defineSchedule<{ rate: number }>(
    'fromEntrances',
    { rate: real('[0, ∞)') },
    ({ rate }) =>
      () =>
        rate,
  );
  const from = (config: unknown): unknown => Heavy.fromConfig(Heavy as never, config as never);

  it.each([
    [null, 'Heavy: configuration must be an object, got null'],
    [{ parameterGroups: 5 }, 'Heavy: parameterGroups must be an array of { match, … }, got 5'],
    [{ parameterGroups: [null] }, 'Heavy: parameterGroups[0] must be an object, got null'],
    [{ parameterGroups: [{}] }, 'Heavy: parameterGroups[0].match must be a RegExp'],
    [
      { parameterGroups: [{ match: { name: '(', flags: '' } }] },
      'Heavy: match from a file must be a regular expression',
    ],
    [{ transforms: {} }, 'Heavy: transforms must be an array of hooks'],
    [{ transforms: [null] }, 'Heavy: transforms must be an array of hooks'],
    [{ learningRate: { schedule: 'fromEntrances', options: null } }, 'Heavy: learningRate must be a number'],
    [{ learningRate: { schedule: 'unheard', options: {} } }, 'Heavy: schedule "unheard" is not defined'],
    [{ momentum: { entries: [null] } }, 'Heavy: momentum must be a number'],
  ])('that is %j', (config, message) => {
    expect(() => from(config)).toThrow(message);
  });
});
