// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { zero, zeros } from '@optim/formulas';
import {
  commonOptions,
  defineHook,
  exclude,
  hyper,
  integer,
  nullable,
  Optimizer,
  round,
  type Hook,
  type Match,
  type OptimizerOptions,
  type Rule,
} from '../src/authoring.js';
import { pow } from '@optim/fusion';
import { hookFromConfig, type HookConfig } from '../src/index.js';
import {
  clipping,
  halving,
  hesitating,
  largest,
  lowering,
  numbering,
  positive,
  sharing,
  shrinking,
  weighing,
} from './hooks.js';
import { Heavy, Normed, close, half, read, step, variable, type HeavyOptions } from './rules.js';

let a: tf.Variable;
let b: tf.Variable;
const made: Optimizer[] = [];

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
    expect(after.globals).toEqual({ 'positive.skipped': 2 });
    expect(optimizer.iterations).toBe(3);
    normed.dispose();
  });

  it('guards parameters that are not a number', async () => {
    const optimizer = heavy([positive()]);
    tf.tidy(() => optimizer.applyGradients({ b: tf.scalar(NaN), a: tf.ones([2]) }));
    expect([...(await read(a)), ...(await read(b))]).toEqual([3, 4, 1]);
  });

  it.each<[string, object, string]>([
    [
      'a promise',
      { gradient: async () => ({}) },
      'gradient must return expressions by name, got an object (Promise)',
    ],
    ['a number', { gradient: () => ({ grad: 0 }) }, 'gradient must return expressions by name, got 0'],
    ['nothing', { update: () => undefined }, 'update must return expressions by name, got undefined'],
    ['a list', { decay: () => [] }, 'decay must return expressions by name, got []'],
    ['a truth', { guard: () => true }, 'guard must return expressions by name, got true'],
    [
      'a promise of sums',
      { gradient: () => ({}), observe: async () => ({}) },
      'observe must return expressions by name, got an object (Promise)',
    ],
  ])('may not give %s back', async (_, parts, message) => {
    const hook = defineHook('odd', {}, () => parts as Pick<Hook, 'gradient'>)();
    const optimizer = heavy([hook]);
    expect(() => step(optimizer, a, b)).toThrow(new TypeError(`hook odd: ${message}`));
    expect([...(await read(a)), ...(await read(b))]).toEqual([3, 4, 1]);
  });

  it('has numbers of the host for the step and for each variable', async () => {
    const optimizer = heavy([numbering()], { learningRate: 1 });
    const gradients = tf.tidy(() => ({ b: tf.scalar(1), a: tf.tensor1d([1, 1]) }));
    optimizer.applyGradients(gradients);
    // a was made before b: 1 is taken off its gradient, 1.1 off that of b.
    expect([await read(a), await read(b)]).toEqual([[3, 4], close(1.1)]);
    optimizer.applyGradients(gradients);
    expect([await read(a), await read(b)]).toEqual([[4, 5], close(2.2)]);
    tf.dispose(gradients);
  });

  it('is asked once for all parameters that are alike, where its numbers go by the step alone', () => {
    const asked: number[] = [];
    const coefficients = (t: number): { off: number } => ({ off: asked.push(t) });
    const hook = defineHook('asking', {}, () => ({ coefficients, gradient: () => ({}) }))();
    step(heavy([hook]), a, b);
    // For both parameters, and for the optimizer itself.
    expect(asked).toEqual([1, 1]);
  });

  it('acts before coupled weight decay', async () => {
    heavy([clipping(2)], { weightDecay: 1, weightDecayMode: 'coupled', learningRate: 1 }).minimize(half(a));
    expect(await read(a)).toEqual([-2, -2]);
  });
});

/** v ← ½v + ½g², bias-corrected; p ← p·(1 − λ) by itself, then p ← p − γ·g with γ = 1/√Σv̂ from a round. */
class Rooted extends Optimizer {
  static readonly className: string = 'Rooted';

  static override readonly rule: Rule<OptimizerOptions, 'v', { correction: number }, { gamma?: number }> = {
    options: { learningRate: nullable(hyper('[0, ∞)')), ...commonOptions() },
    slots: () => ({ v: zeros }),
    coefficients: (t) => ({ correction: 1 - 0.5 ** t }),
    rounds: () => [
      round({
        observe: ({ grad }) => ({ squares: grad.square().sum() }),
        combine: ({ squares }) => ({ gamma: pow(squares.sqrt(), -1) }),
      }),
    ],
    decay: 'never',
    rateInForce: (_param, { gamma }) => gamma ?? null,
    secondMoment: ({ v }, { correction }) => v.div(correction),
    update({ param, grad, v }, { rateInForce, weightDecay }) {
      const start = param.mul(weightDecay.neg().add(1));
      return { start, param: start.sub(grad.mul(rateInForce)), v: v.add(grad.square()).div(2) };
    },
  };
}

describe('a hook that reads of the algorithm', () => {
  const rooted = (transforms: Hook[], options: OptimizerOptions = {}): Rooted => {
    const optimizer = new Rooted({ ...options, transforms });
    made.push(optimizer);
    return optimizer;
  };

  it('decays after the optimizer and before the rule, at the learning rate', async () => {
    const optimizer = heavy([shrinking()], { weightDecay: 1 });
    optimizer.minimize(half(b));
    // 1·(1 − ½)·(1 − ¼) − ½
    expect(await read(b)).toEqual([-0.125]);
    optimizer.learningRate = 0;
    step(optimizer, b);
    expect(await read(b)).toEqual([-0.125]);
  });

  it('decays at a rate that a round finds', async () => {
    rooted([shrinking()]).minimize(half(a));
    // γ = 1/5: 3·0.9 − 0.6, 4·0.9 − 0.8
    expect(await read(a)).toEqual(close(2.1, 2.8));
  });

  it('observes the second moment of this step, over all parameters', async () => {
    const optimizer = rooted([weighing()]);
    optimizer.minimize(half(a, b));
    // v̂ = g² in the first step: 9 + 16 + 1
    expect(await optimizer.readGlobals()).toEqual({ 'weighing.sum': 26 });
    expect(await read(b)).toEqual(close(1 - 26 - 1 / Math.sqrt(26)));
    tf.tidy(() => optimizer.applyGradients({ b: tf.scalar(0) }));
    // v = ¼ of 1, v̂ = ¼/¾
    expect((await optimizer.readGlobals())['weighing.sum']).toBeCloseTo(1 / 3, 6);
  });

  it('sees the step of the rule without its rounding, and without its decay', async () => {
    const optimizer = heavy([hesitating()], { learningRate: 2 ** -30, weightDecay: 2 ** 20 });
    step(optimizer, b);
    const { slots } = (await optimizer.stateDict()).parameters[0]!;
    expect([...slots['hesitating.seen']!.data]).toEqual([2 ** -30]);
    expect(await read(b)).toEqual(close(1 - 2 ** -10));

    const itself = rooted([hesitating()], { weightDecay: 0.25 });
    itself.minimize(half(a));
    // 3·¾ − ½·3/5, 4·¾ − ½·4/5
    expect(await read(a)).toEqual(close(1.95, 2.6));
  });

  it('observes the steps of all parameters, at their rates and without decay, before any is changed', async () => {
    const parameterGroups = [{ match: /^b/, learningRate: 0.25 }];
    const optimizer = heavy([sharing()], { weightDecay: 1, parameterGroups });
    optimizer.minimize(half(a, b));
    // |3| + |4| + |1| in steps of 1.5, 2 and 0.25
    expect(await optimizer.readGlobals()).toEqual({ 'sharing.length': 8 });
    expect([await read(a), await read(b)]).toEqual([close(1.5 - 1.5 / 8, 1.75), close(0.75 - 0.25 / 8)]);

    const itself = rooted([sharing()], { weightDecay: 0.25 });
    itself.minimize(half(a));
    // The gradient, whatever γ is and however much it decays.
    expect((await itself.readGlobals())['sharing.length']).toBeCloseTo(1.3125 + 1.75, 5);
  });

  it('is refused by an algorithm that cannot tell', () => {
    class Rateless extends Normed {
      static override readonly rule: typeof Normed.rule = {
        ...Normed.rule,
        options: { ...Normed.rule.options, learningRate: nullable(hyper('[0, ∞)')) },
      };
    }
    expect(() => new Rateless({ transforms: [shrinking()] })).toThrow(
      new TypeError('Normed: transforms: hook shrinking needs a learning rate, which Normed does not have'),
    );
    new Rateless({ learningRate: 1, transforms: [shrinking()] }).dispose();
    expect(() => heavy([weighing()])).toThrow(
      new TypeError('Heavy: transforms: hook weighing needs a second moment, which Heavy does not have'),
    );
  });

  it('is refused a step without any gradient when it reads second moments', () => {
    const optimizer = rooted([weighing()]);
    expect(() => optimizer.applyGradients([])).toThrow(
      new RangeError('Rooted: a step needs at least one gradient, got none'),
    );
    expect(optimizer.iterations).toBe(0);
  });
});

describe('a hook that excludes variables', () => {
  it('leaves them alone, wherever they are told apart', async () => {
    const c = variable('c', 1);
    const optimizer = heavy([shrinking({ exclude: /^[ac]/ })]);
    optimizer.minimize(half(a, b, c));
    expect(await read(a)).toEqual([1.5, 2]);
    expect([...(await read(b)), ...(await read(c))]).toEqual([0.25, 0.5]);
    c.dispose();
  });

  it('observes them all the same, and keeps slots for them', async () => {
    const parts = (): Omit<Hook, 'name'> => ({ ...largest(), ...halving(), gradient: largest().gradient! });
    const both = defineHook<{ exclude?: Match | null }>('both', { exclude: exclude() }, parts);
    const optimizer = heavy([both({ exclude: ({ name }) => name === 'a' })]);
    optimizer.minimize(half(a, b));
    expect(await read(a)).toEqual([1.5, 2]);
    expect(await read(b)).toEqual(close(1 - 0.25 / 26));
    const { globals, parameters } = await optimizer.stateDict();
    expect(globals).toEqual({ 'both.most': 26 });
    expect(parameters.map(({ slots }) => [...slots['both.count']!.data])).toEqual([[0], [1]]);
  });

  it('or matches them, and leaves the others alone', async () => {
    const optimizer = heavy([lowering({ match: /^a$/ })], { learningRate: 0 });
    optimizer.minimize(half(a, b));
    expect([await read(a), await read(b)]).toEqual([[2, 3], [1]]);
    const [{ options }] = optimizer.getConfig()['transforms'] as unknown as [HookConfig];
    expect(options).toEqual({ match: { name: '^a$', flags: '' } });
    const again = heavy([hookFromConfig({ hook: 'lowering', options })], { learningRate: 0 });
    again.minimize(half(a, b));
    expect([await read(a), await read(b)]).toEqual([[1, 2], [1]]);
  });

  it('is saved with a RegExp, not with a function', () => {
    const optimizer = heavy([shrinking({ exclude: /_bias$/i }), shrinking()]);
    const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as tf.serialization.ConfigDict;
    expect(config['transforms']).toEqual([
      { hook: 'shrinking', options: { exclude: { name: '_bias$', flags: 'i' } } },
      { hook: 'shrinking', options: {} },
    ]);
    const again = Heavy.fromConfig(Heavy as never, config);
    expect((again as Heavy).getConfig()).toEqual(optimizer.getConfig());
    made.push(again as Heavy);
    expect(() => heavy([shrinking({ exclude: () => true })]).getConfig()).toThrow(
      new TypeError('shrinking: exclude: a function cannot be saved; match by RegExp, got function exclude'),
    );
    expect(() => shrinking({ exclude: 'bias' as never })).toThrow(
      new TypeError('shrinking: exclude must be a RegExp or a function of the variable, or null, got "bias"'),
    );
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
      new TypeError(
        'Heavy: transforms: name of hook "not a name" must be letters and digits, got "not a name"',
      ),
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
      new TypeError('hook outputs: update must return expressions by name, got an object (Variable)'),
    );
    expect(failing(wide())).toThrow(
      new TypeError('Heavy.wide.observe: "grad" must be a scalar, got shape [2]'),
    );
    expect(failing(ranks())).toThrow(new TypeError('Heavy.update: sum: axis 7 is not an axis of shape [2]'));
    expect(await read(a)).toEqual([3, 4]);
    expect(made.map(({ iterations }) => iterations)).toEqual([0, 0, 0]);
  });
});
