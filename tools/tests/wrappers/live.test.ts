// SPDX-License-Identifier: Apache-2.0
// Every wrapper while it trains: options that change all together or not at all, those in force, and state that is forgotten.

import { AdamW, optimizers } from '@optim/all';
import { decodeState, encodeState, type BaseOptimizer, type StateDict } from '@optim/core';
import type { OptionSpec } from '@optim/options';
import { inverseTime } from '@optim/schedules';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { wrappers } from './table.js';
import { putBack, read, train, variables } from './training.js';

type Options = Record<string, unknown>;
type Schedule = (step: number) => number;

/** A schedule of the base, so that its step count is seen in every step. */
const learningRate = inverseTime({ learningRate: 0.1, decayRate: 1 });
const bases: Record<string, () => tf.Optimizer> = {
  // Without decay, which GaLore refuses in its base.
  AdamW: () => new AdamW({ learningRate, beta1: 0.8, weightDecay: 0 }),
  'tf.train.adam': () => tf.train.adam(0.1),
};

/** Options that may change, with other values than those in the table. */
const changes: Options = {
  rho: 0.2,
  eta: 0.2,
  sigma: 0.5,
  lambda: 0.5,
  alpha: 0.25,
  gamma: 0.5,
  every: 1,
  weightDecay: 0.05,
};

const disposables: { dispose(): void }[] = [];
const own = <T extends { dispose(): void }>(made: T): T => (disposables.push(made), made);
const made = (name: string, base: tf.Optimizer): BaseOptimizer =>
  own(wrappers[name]!.make(base as BaseOptimizer));

afterEach(() => {
  for (const disposable of disposables.splice(0)) disposable.dispose();
});

/** The wrapper's own options that may be set. */
const ownOf = (optimizer: BaseOptimizer): string[] =>
  Object.entries((optimizer.constructor as unknown as { options: Record<string, OptionSpec> }).options)
    .filter(([, { symbolic }]) => symbolic)
    .map(([name]) => name);

const changed = (names: readonly string[]): Options =>
  Object.fromEntries(names.map((name) => [name, changes[name] ?? expect.fail(`no change of ${name}`)]));

const names = Object.keys(wrappers);
const table = names.flatMap((name) => Object.keys(bases).map((base) => ({ name, base })));

describe('set changes all or nothing, of the wrapper and of what is inside', () => {
  it.each(table)('$name around $base', async ({ name, base }) => {
    const [of, optimizer] = [variables().map(own), made(name, bases[base]!())];
    const mine = changed(ownOf(optimizer));
    const inside: Options =
      base === 'AdamW' ? { learningRate: 0.05, beta1: 0.5, beta2: 0.9 } : { learningRate: 0.05 };
    const all = { ...inside, ...mine };

    train(optimizer, of, 1, 3);
    const before = [optimizer.inForce(), JSON.stringify(optimizer.getConfig())];
    const refused: [Options, RegExp][] = [
      [{ ...all, betta1: 1 }, new RegExp(`^TypeError: ${name}: unknown option "betta1"`)],
      [{ betta1: 1, ...all }, new RegExp(`^TypeError: ${name}: unknown option "betta1"`)],
      ...(base === 'AdamW'
        ? ([
            [{ ...all, beta2: -1 }, /^RangeError: AdamW: beta2 must be in \[0, 1\), got -1/],
            [{ ...all, amsgrad: true }, /^TypeError: AdamW: amsgrad shapes the state or the step/],
          ] as [Options, RegExp][])
        : ([[{ ...all, learningRate }, /^TypeError: \w+: learningRate .* must be a number/]] as [
            Options,
            RegExp,
          ][])),
      ...Object.keys(mine).map((option): [Options, RegExp] => [
        { ...all, [option]: -1 },
        new RegExp(`^RangeError: ${name}: ${option} must be .*, got -1`),
      ]),
    ];
    for (const [options, message] of refused) {
      let error: unknown;
      try {
        optimizer.set(options);
      } catch (thrown) {
        error = thrown;
      }
      expect(String(error)).toMatch(name === 'Split' && 'learningRate' in options ? /Error: \w+: / : message);
      expect([optimizer.inForce(), JSON.stringify(optimizer.getConfig())]).toEqual(before);
    }

    optimizer.set(all);
    expect(optimizer.inForce()).toMatchObject(all);
    // As one that is made with them and takes over the state.
    const state = await optimizer.stateDict();
    const middle = of.map((variable) => own(tf.clone(variable)));
    train(optimizer, of, 4, 6);
    const want = read(of);
    const other = made(name, bases[base]!());
    if (base !== 'AdamW') other.set(inside);
    of.forEach((variable, i) => variable.assign(middle[i]!));
    await other.loadStateDict(state);
    expect(other.inForce()).toEqual({ ...optimizer.inForce(), learningRate: 0.05 });
    train(other, of, 4, 6);
    expect(read(of)).toEqual(want);
    // And not as one that goes on as it was.
    const untouched = made(name, bases[base]!());
    putBack(of);
    train(untouched, of, 1, 6);
    expect(read(of)).not.toEqual(want);
  });
});

describe('in force is what is used', () => {
  it.each(names)('%s', (name) => {
    const [of, optimizer] = [variables().map(own), made(name, bases['AdamW']!())];
    /** What each schedule gave for the latest step that it was asked for. */
    const asked = new Map<string, readonly [step: number, value: number]>();
    const rows = [...ownOf(optimizer), 'beta1', 'beta2'];
    const schedules = rows.map((option, i): [string, Schedule] => [
      option,
      (step) => {
        const value = option === 'every' ? 1 + (step % 2) : 0.1 + 0.01 * i + 0.05 * (step % 3);
        // Globals begin with what is in force before the first step.
        if (step >= (asked.get(option)?.[0] ?? 0)) asked.set(option, [step, value]);
        return value;
      },
    ]);
    optimizer.set(Object.fromEntries(schedules));
    let told: Options = {};
    const seen: Options[] = [];
    for (let t = 1; t <= 6; t++) {
      told = Object.fromEntries(Object.entries(optimizer.inForce()).filter(([key]) => rows.includes(key)));
      asked.clear();
      train(optimizer, of, t, t);
      // In a call that only gathers, the base is not asked.
      for (const [option, [, value]] of asked) expect(value, `${option} of step ${t}`).toBe(told[option]);
      seen.push(told);
    }
    expect(Object.keys(told).sort()).toEqual(rows.sort());
    for (const option of rows)
      expect(new Set(seen.map((each) => each[option])).size, option).toBeGreaterThan(1);
  });

  it('is that of the variable, its optimizer and its group', () => {
    const [of] = [variables().map(own)];
    const groups = [{ match: /bias/, beta1: 0.25 }];
    for (const name of names) {
      const optimizer = made(name, new AdamW({ learningRate: 0.1, weightDecay: 0, parameterGroups: groups }));
      const bias = optimizer.inForce(of[1]) as Options;
      expect(optimizer.inForce(of[0]), name).toMatchObject({ learningRate: 0.1, beta1: 0.9 });
      if (name === 'Split') expect(bias).toMatchObject({ learningRate: 0.05, beta1: 0.9 });
      else expect(bias, name).toMatchObject({ learningRate: 0.1, beta1: 0.25 });
    }
  });
});

/** A state from before the first step, with other step counts. */
function atStep(state: StateDict, step: number): StateDict {
  const inside = (each: StateDict['base']): StateDict['base'] =>
    each && 'step' in each ? atStep(each, step) : each;
  return {
    ...state,
    step,
    globals: {},
    ...(state.base && { base: inside(state.base) }),
    ...(state.others && { others: state.others.map((other) => inside(other)!) }),
  } as StateDict;
}

describe('after a reset it trains as a new one, bit for bit', () => {
  const inside: typeof bases = {
    ...bases,
    'tf.train.momentum': () => tf.train.momentum(0.05, 0.9),
    'tf.train.rmsprop': () => tf.train.rmsprop(0.05, 0.9, 0.9, 1e-7, true),
    'tf.train.adamax': () => tf.train.adamax(0.05),
  };
  const rows = names.flatMap((name) => Object.keys(inside).map((base) => ({ name, base })));
  it.each(rows)('$name around $base', async ({ name, base }) => {
    const of = variables().map(own);
    const fresh = (): BaseOptimizer => {
      const foreign = inside[base]!();
      // It does not free what the class above it made.
      if (base === 'tf.train.momentum')
        own({ dispose: () => (foreign as unknown as { c: tf.Tensor }).c.dispose() });
      return made(name, foreign);
    };
    const [optimizer, anew] = [fresh(), fresh()];
    train(anew, of, 1, 7);
    const want = read(of);

    putBack(of);
    // Windows stay open, and those of TensorFlow.js know the variables in another order than afterwards.
    train(optimizer, [of[1]!, of[0]!], 1, 5);
    const steps = optimizer.iterations;
    expect(steps).toBeGreaterThan(0);
    optimizer.reset();
    expect(optimizer.iterations).toBe(0);
    if (base !== 'tf.train.adamax') {
      // The state of a reset one is that of a new one.
      const state = await optimizer.stateDict();
      expect(state).toEqual(await fresh().stateDict());
    }
    // Evaluation weights of nothing are where the variables are.
    putBack(of);
    const start = read(of);
    optimizer.useEvaluationWeights();
    expect(read(of)).toEqual(start);
    optimizer.useTrainingWeights();
    train(optimizer, of, 1, 7);
    expect(read(of)).toEqual(want);

    if (base === 'tf.train.adamax') return;
    const other = fresh();
    await other.loadStateDict(decodeState(encodeState(await optimizer.stateDict())));
    const middle = of.map((variable) => own(tf.clone(variable)));
    train(optimizer, of, 8, 10);
    const later = read(of);
    of.forEach((variable, i) => variable.assign(middle[i]!));
    train(other, of, 8, 10);
    expect(read(of)).toEqual(later);

    // With its step count, as one whose empty state has that.
    const kept = optimizer.iterations;
    optimizer.reset({ keepStep: true });
    expect(optimizer.iterations).toBe(kept);
    const resumed = fresh();
    await resumed.loadStateDict(atStep(await fresh().stateDict(), kept));
    if (base === 'AdamW')
      expect(atStep(await optimizer.stateDict(), kept)).toEqual(atStep(await resumed.stateDict(), kept));
    putBack(of);
    optimizer.useEvaluationWeights();
    expect(read(of)).toEqual(start);
    optimizer.useTrainingWeights();
    train(optimizer, of, 1, 7);
    const again = read(of);
    if (base === 'AdamW') expect(again).not.toEqual(want);
    putBack(of);
    train(resumed, of, 1, 7);
    expect(read(of)).toEqual(again);
  });

  it.each(names)('%s is not reset at the evaluation point, nor after dispose', (name) => {
    const [of, optimizer] = [
      variables().map(own),
      made(name, new AdamW({ learningRate: 0.1, weightDecay: 0 })),
    ];
    train(optimizer, of, 1, 4);
    optimizer.useEvaluationWeights();
    if (optimizer.atEvaluationPoint) expect(() => optimizer.reset()).toThrow(/useTrainingWeights\(\)/);
    optimizer.useTrainingWeights();
    optimizer.reset();
    const disposed = wrappers[name]!.make(new AdamW({ weightDecay: 0 }));
    disposed.dispose();
    expect(() => disposed.reset()).toThrow(`${name}: the optimizer was disposed; make a new one`);
  });

  it('changes nothing where something inside cannot be made anew', () => {
    const of = variables().map(own);
    const foreign = tf.train.sgd(0.1);
    Object.defineProperty(foreign, 'constructor', { value: { className: 'SGD' } });
    const optimizer = own(
      new optimizers.Split(new AdamW(), { groups: [{ match: /bias/, optimizer: foreign }] }),
    );
    train(optimizer, of, 1, 2);
    expect(() => optimizer.reset()).toThrow(
      new TypeError('Split: SGD has no fromConfig, by which to reset it'),
    );
    expect(optimizer.iterations).toBe(2);
    expect(optimizer.base.iterations).toBe(2);
  });
});
