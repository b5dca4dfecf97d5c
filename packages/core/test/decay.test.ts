// SPDX-License-Identifier: Apache-2.0
// Weight decay and parameter groups, in numbers worked out by hand: p = 2, g = 1, α = 0.5, μ = 0.5, λ = 0.25.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveOptions } from '@optim/options';
import {
  commonOptions,
  oneDecayOptions,
  Optimizer,
  type OptimizerOptions,
  type Rule,
} from '../src/authoring.js';
import { Heavy, read, step, variable, type HeavyOptions } from './rules.js';

let w: tf.Variable;
let bias: tf.Variable;

beforeEach(() => {
  w = variable('dense/w', 2);
  bias = variable('dense/bias', 2);
});

afterEach(() => tf.dispose([w, bias]));

/** Values of w and bias after one and after two steps. */
async function twoSteps(options: HeavyOptions): Promise<number[]> {
  const optimizer = new Heavy(options);
  step(optimizer, w, bias);
  const first = [...(await read(w)), ...(await read(bias))];
  step(optimizer, w, bias);
  const second = [...(await read(w)), ...(await read(bias))];
  optimizer.dispose();
  return [...first, ...second];
}

describe('weight decay', () => {
  it('is decoupled by default: p ← p(1 − αλ) − αm', async () => {
    // 2·0.875 − 0.5 = 1.25; 1.25·0.875 − 0.5·1.5 = 0.34375
    expect(await twoSteps({ weightDecay: 0.25 })).toEqual([1.25, 1.25, 0.34375, 0.34375]);
  });

  it('is coupled: g ← g + λp', async () => {
    // m = 1.5, p = 2 − 0.75 = 1.25; m = 0.75 + 1.3125 = 2.0625, p = 1.25 − 1.03125 = 0.21875
    expect(await twoSteps({ weightDecay: 0.25, weightDecayMode: 'coupled' })).toEqual([
      1.25, 1.25, 0.21875, 0.21875,
    ]);
  });

  it('is independent of the rate: p ← p(1 − λ) − αm', async () => {
    // 1.5 − 0.5 = 1; 0.75 − 0.75 = 0
    expect(await twoSteps({ weightDecay: 0.25, weightDecayMode: 'independent' })).toEqual([1, 1, 0, 0]);
  });

  it('follows a schedule', async () => {
    // λ = 0.25, then 0: 1.25 − 0.75 = 0.5
    expect(await twoSteps({ weightDecay: (t) => (t === 0 ? 0.25 : 0) })).toEqual([1.25, 1.25, 0.5, 0.5]);
  });

  it('has the same rows with modes and without', () => {
    const { weightDecay, weightDecayMode, ...others } = resolveOptions(
      'Owner',
      commonOptions(0.1, 'coupled'),
      {},
    );
    expect([weightDecay, weightDecayMode]).toEqual([0.1, 'coupled']);
    expect(resolveOptions('Owner', oneDecayOptions(0.2), {})).toEqual({ weightDecay: 0.2, ...others });
  });

  it("takes a mode of the rule's own only from a rule that says it handles it", async () => {
    interface Options extends Omit<OptimizerOptions, 'weightDecayMode'> {
      weightDecayMode?: 'own' | 'coupled';
    }
    class Forgetful extends Optimizer<Options> {
      static readonly className: string = 'Forgetful';

      static override readonly rule: Rule<Options> = {
        options: { ...Heavy.rule.options, ...commonOptions(0.5, 'own', ['own', 'coupled']) },
        update: ({ param }) => ({ param }),
      };
    }
    const message =
      'Forgetful: rule.ownDecayModes must name the weightDecayMode "own", which is none of core\'s';
    expect(() => new Forgetful()).toThrow(new Error(message));
    new Forgetful({ weightDecayMode: 'coupled' }).dispose();
    class Handling extends Forgetful {
      static override readonly rule: Rule<Options> = { ...Forgetful.rule, ownDecayModes: ['own'] };
    }
    const optimizer = new Handling();
    step(optimizer, w);
    expect(await read(w)).toEqual([2]);
    optimizer.dispose();
  });

  it('refuses other modes', () => {
    expect(() => new Heavy({ weightDecayMode: 'l2' as 'coupled' })).toThrow(
      new RangeError(`Heavy: weightDecayMode must be one of 'decoupled', 'coupled', 'independent', got "l2"`),
    );
  });
});

describe('parameter groups', () => {
  it('override options for the variables they match', async () => {
    const groups = [{ match: /bias$/, weightDecay: 0 }];
    expect(await twoSteps({ weightDecay: 0.25, parameterGroups: groups })).toEqual([
      1.25, 1.5, 0.34375, 0.75,
    ]);
  });

  it('hold a variable in the first that matches', async () => {
    const groups = [
      { match: (v: tf.Variable) => v.name.includes('bias'), learningRate: 1 },
      { match: /dense/g, learningRate: 0.25, momentum: 0 },
      { match: /w/, learningRate: 99 },
    ];
    expect(await twoSteps({ parameterGroups: groups })).toEqual([1.75, 1, 1.5, -0.5]);
  });

  it('take schedules and modes of their own', async () => {
    const groups = [
      { match: /bias/, learningRate: (t: number) => (t === 0 ? 0 : 1), weightDecayMode: 'independent' },
    ];
    // bias: 2·0.75 − 0 = 1.5; 1.5·0.75 − 1.5 = −0.375
    expect(await twoSteps({ weightDecay: 0.25, parameterGroups: groups })).toEqual([
      1.25, 1.5, 0.34375, -0.375,
    ]);
  });

  it('keep their learning rate when the rate is set', async () => {
    const optimizer = new Heavy({ momentum: 0, parameterGroups: [{ match: /bias/, learningRate: 1 }] });
    optimizer.learningRate = 0.25;
    step(optimizer, w, bias);
    expect([...(await read(w)), ...(await read(bias))]).toEqual([1.75, 1]);
    optimizer.dispose();
  });

  it('are named in errors', () => {
    const groups =
      (...groups: unknown[]): (() => Heavy) =>
      () =>
        new Heavy({ parameterGroups: groups as never });
    expect(() => new Heavy({ parameterGroups: {} as never })).toThrow(
      new TypeError('Heavy: parameterGroups must be an array of { match, … }, got an object (Object)'),
    );
    expect(groups({ match: /a/ }, 3)).toThrow(
      new TypeError('Heavy: parameterGroups[1] must be an object, got 3'),
    );
    expect(groups({ match: 'bias' })).toThrow(
      new TypeError(
        'Heavy: parameterGroups[0].match must be a RegExp or a function of the variable, got "bias"',
      ),
    );
    expect(groups({ match: /a/, weightdecay: 0 })).toThrow(
      new TypeError(
        'Heavy: unknown option "weightdecay" in parameterGroups[0] (did you mean "weightDecay"?)',
      ),
    );
    expect(groups({ match: /a/, momentum: 1 })).toThrow(
      new RangeError('Heavy: parameterGroups[0].momentum must be in [0, 1), got 1'),
    );
    expect(groups({ match: /a/, transforms: [] })).toThrow(
      new TypeError('Heavy: unknown option "transforms" in parameterGroups[0]'),
    );
  });
});
