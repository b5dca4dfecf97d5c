// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineHook, hookFromConfig, integer, zero, type Hook } from '../src/index.js';
import { clipping, halving, largest, positive } from './hooks.js';
import { Heavy, Normed, close, half, read, step, variable, type HeavyOptions } from './rules.js';

let a: tf.Variable;
let b: tf.Variable;
const made: Heavy[] = [];

beforeEach(() => {
  a = variable('a', [3, 4]);
  b = variable('b', 1);
});

afterEach(() => {
  tf.dispose([a, b]);
  for (const optimizer of made.splice(0)) optimizer.dispose();
});

function heavy(transforms: Hook[], options: HeavyOptions = {}): Heavy {
  const optimizer = new Heavy({ momentum: 0, ...options, transforms });
  made.push(optimizer);
  return optimizer;
}

describe('a hook', () => {
  it('changes the gradient before the rule', async () => {
    heavy([clipping(2)]).minimize(half(a));
    expect(await read(a)).toEqual([2, 3]);
  });

  it('changes the parameter after the rule, from what it was before', async () => {
    const optimizer = heavy([halving()]);
    optimizer.minimize(half(a));
    expect(await read(a)).toEqual([2.25, 3]);
    optimizer.minimize(half(a));
    expect(await read(a)).toEqual([1.6875, 2.25]);
    const { slots } = (await optimizer.stateDict()).parameters[0]!;
    expect(Object.keys(slots)).toEqual(['m', 'halving.path', 'halving.count']);
    expect([...slots['halving.path']!.data]).toEqual([-1.3125, -1.75]);
    expect([...slots['halving.count']!.data]).toEqual([2]);
  });

  it('observes all parameters, and keeps a global', async () => {
    const optimizer = heavy([largest()]);
    optimizer.minimize(half(a, b));
    expect(await read(a)).toEqual(close(3 - (0.5 * 3) / 26, 4 - (0.5 * 4) / 26));
    expect(await read(b)).toEqual(close(1 - 0.5 / 26));
    step(optimizer, b);
    expect(await read(b)).toEqual(close(1 - 1 / 26));
    expect(await optimizer.readGlobals()).toEqual({ 'largest.most': 26 });
  });

  it('guards the step: parameters, slots and globals of others stay, its own count', async () => {
    const normed = new Normed({ transforms: [positive()] });
    const optimizer = heavy([halving(), positive()], { momentum: 0.5 });
    for (const each of [optimizer, normed]) step(each, b);
    const before = await optimizer.stateDict();
    const value = await read(b);
    tf.tidy(() => {
      for (const each of [optimizer, normed]) each.applyGradients({ b: tf.scalar(-5) });
      for (const each of [optimizer, normed]) each.applyGradients({ b: tf.scalar(NaN) });
    });
    const after = await optimizer.stateDict();
    expect(after.parameters[0]!.slots).toEqual(before.parameters[0]!.slots);
    expect(await read(b)).toEqual(value);
    expect((await normed.readGlobals())['longest']).toBe(1);
    // The sign of NaN counts as 0, half a step skipped.
    expect(after.globals).toEqual({ 'positive.skipped': 1.5 });
    expect(optimizer.iterations).toBe(3);
    normed.dispose();
  });

  it('guards parameters that are not a number', async () => {
    const optimizer = heavy([positive()]);
    tf.tidy(() => optimizer.applyGradients({ b: tf.scalar(NaN), a: tf.ones([2]) }));
    expect([...(await read(a)), ...(await read(b))]).toEqual([3, 4, 1]);
  });

  it('acts before coupled weight decay', async () => {
    heavy([clipping(2)], { weightDecay: 1, weightDecayMode: 'coupled', learningRate: 1 }).minimize(half(a));
    expect(await read(a)).toEqual([-2, -2]);
  });
});

describe('hooks', () => {
  it('run in the order given', async () => {
    heavy([clipping(2), largest()]).minimize(half(a));
    expect(await read(a)).toEqual([2.875, 3.875]);
  });

  it('see what the hooks before them have made of the gradient', async () => {
    heavy([largest(), clipping(0.125)]).minimize(half(a));
    expect(await read(a)).toEqual(close(3 - 0.06, 4 - 0.0625));
  });

  it('of one name are kept apart', async () => {
    const optimizer = heavy([halving(), largest(), halving(), largest()]);
    optimizer.minimize(half(b));
    const { globals, parameters } = await optimizer.stateDict();
    expect(Object.keys(parameters[0]!.slots)).toEqual([
      'm',
      'halving.path',
      'halving.count',
      'halving2.path',
      'halving2.count',
    ]);
    expect(globals).toEqual({ 'largest.most': 1, 'largest2.most': 1 });
    expect([...parameters[0]!.slots['halving.path']!.data]).toEqual([-0.25]);
    expect([...parameters[0]!.slots['halving2.path']!.data]).toEqual([-0.125]);
  });
});

describe('what is no hook', () => {
  it('is refused', () => {
    expect(() => heavy([{ name: 'nothing' } as Hook])).toThrow(
      new TypeError('Heavy: transforms must be an array of hooks, got [an object (Object)]'),
    );
    expect(() => heavy([{ name: 'not a name', update: () => ({}) }])).toThrow(
      new RangeError(`Heavy: a hook's name must be letters and digits, got "not a name"`),
    );
  });

  it('names itself in errors of its options', () => {
    expect(() => clipping({ limit: 0 })).toThrow(new RangeError('clipping: limit must be in (0, ∞), got 0'));
    expect(() => clipping({ limmit: 1 } as object)).toThrow(
      new TypeError('clipping: unknown option "limmit" (did you mean "limit"?)'),
    );
    expect(() => (halving as (n: number) => Hook)(3)).toThrow(
      new TypeError('halving: options must be an object, got 3'),
    );
    expect(() => hookFromConfig({ hook: 'nowhere', options: {} })).toThrow(
      new RangeError(
        'hook "nowhere" is not defined; import it (for example from @optim/hooks) before loading',
      ),
    );
  });

  it('names its part in errors of its trace, and nothing has changed', async () => {
    const outputs = defineHook('outputs', {}, () => ({ update: () => ({ extra: a as never }) }));
    const wide = defineHook('wide', {}, () => ({
      observe: ({ grad }) => ({ grad: grad! }),
      gradient: ({ grad }) => ({ grad: grad! }),
    }));
    const ranks = defineHook<{ axis?: number }>('ranks', { axis: integer('[0, 9]', 7) }, ({ axis }) => ({
      slots: { s: zero },
      gradient: ({ grad }) => ({ grad: grad!.sum([axis]) }),
    }));
    const failing =
      (hook: Hook): (() => void) =>
      () =>
        heavy([hook]).minimize(half(a));
    expect(failing(outputs())).toThrow(
      new TypeError('Heavy.update: output "outputs.extra" is not an expression'),
    );
    expect(failing(wide())).toThrow(
      new TypeError('Heavy.wide.observe: "grad" must be a scalar of the parameter, got shape [2]'),
    );
    expect(failing(ranks())).toThrow(new TypeError('Heavy.update: sum: axis 7 is not an axis of shape [2]'));
    expect(await read(a)).toEqual([3, 4]);
    expect(made.map(({ iterations }) => iterations)).toEqual([0, 0, 0]);
  });
});
