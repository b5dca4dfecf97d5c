// SPDX-License-Identifier: Apache-2.0
// Weight decay and parameter groups, in numbers worked out by hand: p = 2, g = 1, α = 0.5, μ = 0.5, λ = 0.25.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveOptions } from '@optim/options';
import {
  commonOptions,
  defineSchedule,
  oneDecayOptions,
  plainDecayOptions,
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
    const { weightDecay, weightDecayMode, maxLearningRate, ...others } = resolveOptions(
      'Owner',
      commonOptions(0.1, 'coupled'),
      {},
    );
    expect([weightDecay, weightDecayMode, maxLearningRate]).toEqual([0.1, 'coupled', null]);
    expect(resolveOptions('Owner', plainDecayOptions(0.3, 'coupled'), {})).toEqual({
      weightDecay: 0.3,
      weightDecayMode,
      ...others,
    });
    expect(resolveOptions('Owner', oneDecayOptions(0.2), {})).toEqual({ weightDecay: 0.2, ...others });
  });

  it("leaves a mode of the rule's own to the rule", async () => {
    interface Options extends Omit<OptimizerOptions, 'weightDecayMode'> {
      weightDecayMode?: 'own' | 'coupled';
    }
    class Handling extends Optimizer<Options> {
      static readonly className: string = 'Handling';

      static override readonly rule: Rule<Options> = {
        options: { ...Heavy.rule.options, ...commonOptions(0.5, 'own', ['own', 'coupled']) },
        update: ({ param }) => ({ param }),
      };
    }
    const optimizer = new Handling();
    step(optimizer, w);
    expect(await read(w)).toEqual([2]);
    optimizer.dispose();
  });

  it('refuses other modes', () => {
    expect(() => new Heavy({ weightDecayMode: 'l2' as 'coupled' })).toThrow(
      new RangeError(
        `Heavy: weightDecayMode must be one of 'decoupled', 'coupled', 'independent', 'corrected', got "l2"`,
      ),
    );
  });
});

describe('corrected weight decay', () => {
  const corrected = { weightDecay: 0.25, weightDecayMode: 'corrected', momentum: 0 } as const;
  const peakAtOne = defineSchedule<object>(
    'peakAtOne',
    {},
    () => (t) => (t === 1 ? 1 : 0.5),
    () => [0, 1],
  )({});

  /** The largest rate in force for each variable: read off what is saved. */
  const largest = (optimizer: Heavy): unknown[] => {
    const { maxLearningRate, parameterGroups } = optimizer.getConfig() as unknown as Required<HeavyOptions>;
    return [maxLearningRate, ...parameterGroups.map((group) => group['maxLearningRate'])];
  };

  it('falls with the square of the rate: p ← p(1 − λα²/α_max) − αg', async () => {
    // The peak is 1: 2(1 − 0.25·0.25) − 0.5 = 1.375; 1.375·0.75 − 1 = 0.03125
    const got = await twoSteps({ ...corrected, learningRate: peakAtOne });
    expect(got).toEqual([1.375, 1.375, 0.03125, 0.03125]);
    tf.tidy(() => [w, bias].forEach((variable) => variable.assign(tf.scalar(2))));
    expect(
      await twoSteps({ ...corrected, learningRate: (t) => (t === 1 ? 1 : 0.5), maxLearningRate: 1 }),
    ).toEqual(got);
  });

  it('takes a number as the largest rate, and keeps it when another is set', async () => {
    const optimizer = new Heavy(corrected);
    expect(largest(optimizer)).toEqual([0.5]);
    optimizer.learningRate = 0.25;
    optimizer.set({ learningRate: 0.25, momentum: 0 });
    expect(largest(optimizer)).toEqual([0.5]);
    step(optimizer, w);
    // 2(1 − 0.25·0.0625/0.5) − 0.25
    expect(await read(w)).toEqual([1.6875]);
    optimizer.learningRate = 0.5;
    optimizer.scaleLearningRate(0.5);
    step(optimizer, w);
    expect(await read(w)).toEqual([1.6875 * (1 - 0.03125) - 0.25]);
    expect(optimizer.inForce()).toMatchObject({
      weightDecay: 0.25,
      weightDecayMode: 'corrected',
      learningRate: 0.25,
    });
    optimizer.dispose();
  });

  it('is of a group: its own rate has its own peak, a scale is on both, and a group may keep another mode', async () => {
    const groups = [
      [{ match: /bias/, learningRate: 0.25 }, 0.25, 2 * (1 - 0.25 * 0.25) - 0.25],
      [{ match: /bias/, learningRate: 0.25, maxLearningRate: 0.5 }, 0.5, 2 * (1 - 0.03125) - 0.25],
      [{ match: /bias/, learningRateScale: 0.5 }, undefined, 2 * (1 - 0.25 * 0.25) - 0.25],
      [{ match: /bias/, learningRateScale: 0 }, undefined, 2],
      [{ match: /bias/, weightDecayMode: 'decoupled' }, undefined, 2 * (1 - 0.125) - 0.5],
    ] as const;
    for (const [group, peak, want] of groups) {
      const optimizer = new Heavy({ ...corrected, parameterGroups: [group] });
      expect(largest(optimizer)).toEqual([0.5, peak]);
      tf.tidy(() => [w, bias].forEach((variable) => variable.assign(tf.scalar(2))));
      step(optimizer, w, bias);
      expect([...(await read(w)), ...(await read(bias))]).toEqual([2 * (1 - 0.125) - 0.5, want]);
      optimizer.dispose();
    }
    const alone = new Heavy({ parameterGroups: [{ match: /bias/, weightDecayMode: 'corrected' }] });
    alone.learningRate = 0.25;
    expect(largest(alone)).toEqual([null, 0.5]);
    alone.dispose();
  });

  it('is saved: a training resumed in the middle of a schedule goes on with the same bits, whatever rate it was made with', async () => {
    const first = new Heavy({ ...corrected, momentum: 0.5, learningRate: peakAtOne });
    for (let t = 0; t < 3; t++) step(first, w);
    const state = await first.stateDict();
    const [held] = await read(w);
    for (let t = 0; t < 3; t++) step(first, w);
    const want = await read(w);
    const again = Heavy.fromConfig(Heavy as never, first.getConfig()) as Heavy;
    const other = new Heavy({ ...corrected, learningRate: 0.125 });
    for (const optimizer of [again, other]) {
      await optimizer.loadStateDict(state);
      expect(largest(optimizer)).toEqual([1]);
      tf.tidy(() => w.assign(tf.scalar(held!)));
      for (let t = 0; t < 3; t++) step(optimizer, w);
      expect(await read(w)).toEqual(want);
    }
    for (const optimizer of [first, again, other]) optimizer.dispose();
  });

  it.each([
    [
      { maxLearningRate: 0.1 },
      RangeError,
      'Heavy: maxLearningRate must be null where decay is decoupled, got 0.1',
    ],
    [
      { ...corrected, maxLearningRate: 0 },
      RangeError,
      'Heavy: maxLearningRate must be in (0, ∞), or null, got 0',
    ],
    [
      { ...corrected, learningRate: () => 0.1 },
      TypeError,
      'Heavy: maxLearningRate, which learningRate does not tell, must be a number (in (0, ∞)), got undefined',
    ],
    [
      { ...corrected, learningRate: 0 },
      RangeError,
      'Heavy: maxLearningRate, which learningRate does not tell, must be in (0, ∞), got 0',
    ],
    [
      { parameterGroups: [{ match: /b/, maxLearningRate: 1 }] },
      RangeError,
      'Heavy: maxLearningRate must be null where decay is decoupled, got 1',
    ],
  ])('refuses %o', (options, kind, message) => {
    expect(() => new Heavy(options as HeavyOptions)).toThrow(new kind(message));
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
