// SPDX-License-Identifier: Apache-2.0

import {
  AdamW,
  centralizeGradients,
  clipByGlobalNorm,
  cosineWithWarmup,
  createOptimizer,
  Lamb,
  Lookahead,
  multiply,
  normLoss,
  optimizers,
  SAM,
  specOf,
  type OptimizerSpec,
} from '@optim/all';
import type { BaseOptimizer } from '@optim/core';
import { Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { defaultsOf } from './defaults.js';

const isWrapper = (name: string): boolean =>
  optimizers[name as keyof typeof optimizers].prototype instanceof Wrapper;

const names = Object.keys(optimizers);

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Infinities as JSON has them. */
const asJson = (options: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, value === Infinity ? 'Infinity' : value]),
  );

/** With keys that no type allows. */
const create = createOptimizer as (spec: unknown, ...more: unknown[]) => BaseOptimizer;

const schedule = {
  schedule: 'cosineWithWarmup',
  options: { maxLearningRate: 1e-3, warmupSteps: 2, totalSteps: 10 },
};

/** Everything that a specification may hold. */
const full: OptimizerSpec = {
  name: 'adamw',
  options: { learningRate: schedule, weightDecay: 0.5 },
  transforms: [
    { hook: 'CentralizeGradients', options: { exclude: { name: 'embeddings', flags: 'i' } } },
    { hook: 'clipByGlobalNorm', options: { maxNorm: 1 } },
  ],
  wrap: [
    { name: 'sam', options: { rho: 0.1 } },
    { name: 'LOOKAHEAD', options: { k: 3 } },
  ],
  noDecay: ['bias$', 'gamma'],
};

/** Parameters after some steps. */
async function trained(optimizer: BaseOptimizer): Promise<number[][]> {
  const variables = ['kernel', 'bias'].map((name) =>
    tf.tidy(() => tf.variable(tf.tensor2d([1, -2, 3, 4], [2, 2]), true, `all/${name}`)),
  );
  const loss = (): tf.Scalar => tf.addN(variables.map((p) => tf.sum(tf.square(tf.sub(p, 0.3))))) as tf.Scalar;
  for (let t = 0; t < 5; t++) optimizer.minimize(loss, false, variables);
  const values = variables.map((variable) => [...variable.dataSync()]);
  optimizer.dispose();
  tf.dispose(variables);
  return values;
}

describe('every class of the umbrella', () => {
  it('has a name that no other has in another case', () => {
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it.each(names)('%s: from its name in lower case, there and back as JSON', (name) => {
    const options = asJson(defaultsOf(name));
    const wrap = isWrapper(name) ? [{ name: name.toLowerCase(), options }] : [];
    const spec: OptimizerSpec =
      wrap.length > 0
        ? { name: 'adamw', options: { weightDecay: 0 }, wrap }
        : { name: name.toLowerCase(), options };
    const made = createOptimizer(spec);
    expect(made).toBeInstanceOf(optimizers[name as keyof typeof optimizers]);
    const saved = specOf(made);
    expect(json(saved)).toEqual(saved);
    expect(saved.wrap?.at(-1)?.name ?? saved.name).toBe(name);
    const again = createOptimizer(json(saved));
    expect(again.getConfig()).toEqual(made.getConfig());
    expect(specOf(again)).toEqual(saved);
    made.dispose();
    again.dispose();
  });

  it.each(names)('%s: from its name in upper case and what its constructor takes', (name) => {
    const given = isWrapper(name) ? [new AdamW({ weightDecay: 0 }), defaultsOf(name)] : [defaultsOf(name)];
    const made = create(name.toUpperCase(), ...given);
    expect(made.constructor).toBe(optimizers[name as keyof typeof optimizers]);
    made.dispose();
  });
});

describe('a specification', () => {
  it('is typed: the class of a name in any case', () => {
    const lower: AdamW = createOptimizer('adamw', { learningRate: 0.5 });
    const upper: SAM = createOptimizer('SAM', lower, { rho: 0.2 });
    expect(lower.learningRate).toBe(0.5);
    expect(upper.base).toBe(lower);
    upper.dispose();
  });

  it('makes what constructors make, inside out', async () => {
    const made = createOptimizer(json(full)) as Lookahead;
    const groups = ['bias$', 'gamma'].map((source) => ({ match: new RegExp(source), weightDecay: 0 }));
    const same = new Lookahead(
      new SAM(
        new AdamW({
          learningRate: cosineWithWarmup({ maxLearningRate: 1e-3, warmupSteps: 2, totalSteps: 10 }),
          weightDecay: 0.5,
          transforms: [centralizeGradients({ exclude: /embeddings/i }), clipByGlobalNorm(1)],
          parameterGroups: groups,
        }),
        { rho: 0.1 },
      ),
      { k: 3 },
    );
    expect(made.getConfig()).toEqual(same.getConfig());
    expect(made.base).toBeInstanceOf(SAM);
    expect(await trained(made)).toEqual(await trained(same));
  });

  it('comes back from an optimizer, and makes the same steps', async () => {
    const made = createOptimizer(full);
    const saved = json(specOf(made));
    expect(saved).toMatchObject({
      name: 'AdamW',
      options: {
        learningRate: schedule,
        parameterGroups: [
          { match: { name: 'bias$', flags: '' }, weightDecay: 0 },
          { match: { name: 'gamma', flags: '' }, weightDecay: 0 },
        ],
      },
      transforms: [
        { hook: 'centralizeGradients', options: { exclude: { name: 'embeddings', flags: 'i' } } },
        { hook: 'clipByGlobalNorm', options: { maxNorm: 1 } },
      ],
      wrap: [
        { name: 'SAM', options: { rho: 0.1 } },
        { name: 'Lookahead', options: { k: 3 } },
      ],
    });
    expect(await trained(createOptimizer(saved))).toEqual(await trained(made));
  });

  it('holds schedules in schedules, by names in any case, and groups', () => {
    const made = createOptimizer({
      name: 'AdamW',
      options: {
        learningRate: { schedule: 'MULTIPLY', options: { schedules: [schedule, schedule] } },
        parameterGroups: [{ match: { name: 'head', flags: '' }, beta1: 0.5, learningRate: schedule }],
      },
    });
    const same = new AdamW({
      learningRate: multiply([0, 1].map(() => cosineWithWarmup(schedule.options))),
      parameterGroups: [{ match: /head/, beta1: 0.5, learningRate: cosineWithWarmup(schedule.options) }],
    });
    expect(made.getConfig()).toEqual(same.getConfig());
    made.dispose();
    same.dispose();
  });

  it('takes infinities as strings', () => {
    const made = createOptimizer({ name: 'lamb', options: { clampValue: 'Infinity' } });
    const same = new Lamb({ clampValue: Infinity });
    expect(made.getConfig()).toEqual(same.getConfig());
    made.dispose();
    same.dispose();
  });
});

describe('noDecay', () => {
  /** What is left of ones after a step without gradients, by variable. */
  function left(optimizer: BaseOptimizer): Record<string, number> {
    const variables = ['dense/kernel', 'dense/bias', 'norm/gamma'].map((name) =>
      tf.tidy(() => tf.variable(tf.ones([2, 2]), true, name)),
    );
    const zeros = variables.map(({ name }) => ({ name, tensor: tf.zeros([2, 2]) }));
    optimizer.applyGradients(zeros);
    const values = variables.map((variable) => [variable.name, variable.dataSync()[0]!] as const);
    tf.dispose([...variables, ...zeros.map(({ tensor }) => tensor)]);
    optimizer.dispose();
    return Object.fromEntries(values);
  }

  it('spares the variables it names from weight decay', () => {
    const options = { learningRate: 0.1, weightDecay: 0.5 };
    const shares = left(createOptimizer({ name: 'AdamW', options, noDecay: ['bias', '^norm/'] }));
    expect(shares['dense/kernel']).toBeCloseTo(0.95, 6);
    expect(shares).toMatchObject({ 'dense/bias': 1, 'norm/gamma': 1 });
  });

  it('spares them from every option that is a strength of decay', () => {
    const made = createOptimizer({ name: 'muon', options: { adamwWeightDecay: 0.3 }, noDecay: ['bias'] });
    expect(specOf(made).options).toMatchObject({
      parameterGroups: [{ match: { name: 'bias', flags: '' }, weightDecay: 0, adamwWeightDecay: 0 }],
    });
    made.dispose();
  });

  it('spares them from hooks that decay, unless these exclude others', () => {
    const spec = { name: 'AdamW', options: { learningRate: 0.1, weightDecay: 0 }, noDecay: ['bias'] };
    const transforms = [{ hook: 'normLoss', options: { factor: 0.1 } }];
    const decayed = left(new AdamW({ ...spec.options, transforms: [normLoss({ factor: 0.1 })] }));
    expect(decayed['dense/bias']).toBeLessThan(0.999);
    expect(left(createOptimizer({ ...spec, transforms }))).toEqual({ ...decayed, 'dense/bias': 1 });
    const own = [{ hook: 'normLoss', options: { factor: 0.1, exclude: { name: 'gamma', flags: '' } } }];
    expect(left(createOptimizer({ ...spec, transforms: own }))).toEqual({ ...decayed, 'norm/gamma': 1 });
  });
});

describe('what does not fit', () => {
  const group = { match: { name: 'x', flags: '' }, weightDecay: 0 };

  it.each<[unknown, string, string]>([
    ['Adamo', 'RangeError', 'name must be the name of an optimizer (nearest: Ada'],
    ['Adamo', 'RangeError', '), got "Adamo"'],
    ['momentum', 'RangeError', 'optimizer (did you mean SGDW with momentum?), got "momentum"'],
    ['rms_prop', 'RangeError', '(did you mean RMSProp?)'],
    ['adamw_bnb_8bit', 'RangeError', '(did you mean AdamW?)'],
    ['cautious_lion', 'RangeError', '(did you mean Lion with the hook cautious?)'],
    ['lambc', 'RangeError', "(did you mean Lamb with weightDecayMode: 'corrected'?)"],
    ['LevenbergOptimizer', 'RangeError', '(did you mean LevenbergMarquardt?)'],
    ['GradientDescentOptimizer', 'RangeError', '(did you mean SGDW?)'],
    ['fromage', 'RangeError', 'npm install @optim/fromage (CC-BY-NC-SA-4.0)'],
    [{ name: 'yogy' }, 'RangeError', '(nearest: Yogi'],
    [{ name: 'x'.repeat(500) }, 'RangeError', `got "${'x'.repeat(100)}`],
    [{ name: 'NERO' }, 'RangeError', 'got "NERO", which is in a package of its own: npm install @optim/nero'],
    [{ name: 'SAM' }, 'RangeError', 'name must be that of an optimizer, got "SAM", which goes around one'],
    [{ name: 3 }, 'TypeError', '@optim/all: name must be a string, got 3'],
    [{}, 'TypeError', '@optim/all: name is required'],
    [3, 'TypeError', '@optim/all: createOptimizer takes a name, or an object with name'],
    [[], 'TypeError', '@optim/all: createOptimizer takes a name, or an object with name'],
    [{ name: 'AdamW', option: {} }, 'TypeError', 'unknown option "option" (did you mean "options"?)'],
    [{ name: 'AdamW', options: 3 }, 'TypeError', '@optim/all: options must be an object, got 3'],
    [{ name: 'AdamW', options: { beta3: 1 } }, 'TypeError', 'AdamW: unknown option "beta3"'],
    [{ name: 'AdamW', options: { beta1: 2 } }, 'RangeError', 'AdamW: beta1 must be in [0, 1), got 2'],
    [
      { name: 'AdamW', options: { transforms: [] } },
      'TypeError',
      '@optim/all: transforms must stand beside options, got options.transforms',
    ],
    [
      { name: 'AdamW', options: { learningRate: { schedule: 'cosine', options: {} } } },
      'RangeError',
      '@optim/all: options.learningRate.schedule must be the name of a schedule (nearest: ',
    ],
    [
      { name: 'AdamW', options: { learningRate: { schedule: 'linear', options: null } } },
      'TypeError',
      '@optim/all: options.learningRate.options must be an object, got null',
    ],
    [
      { name: 'AdamW', options: { learningRate: { schedule: 4, options: {} } } },
      'TypeError',
      '@optim/all: options.learningRate.schedule must be a string, got 4',
    ],
    [
      { name: 'AdamW', options: { beta1: { entries: [null] } } },
      'TypeError',
      '@optim/all: options.beta1.entries must be objects, got [null]',
    ],
    [
      { name: 'AdamW', options: { parameterGroups: 3 } },
      'TypeError',
      'AdamW: parameterGroups must be an array of { match, … }, got 3',
    ],
    [
      { name: 'AdamW', options: { parameterGroups: [{ match: { name: '(', flags: '' } }] } },
      'RangeError',
      '@optim/all: options.parameterGroups[0].match must be a regular expression, got "("',
    ],
    [{ name: 'AdamW', options: { parameterGroups: [3] } }, 'TypeError', 'AdamW: parameterGroups[0] must'],
    [{ name: 'AdamW', transforms: {} }, 'TypeError', '@optim/all: transforms must be an array of { hook, '],
    [{ name: 'AdamW', transforms: ['cautious'] }, 'TypeError', 'transforms[0] must be an object, got "cauti'],
    ...['readNorms', 'layerConstraints'].map((hook): [object, string, string] => [
      { name: 'AdamW', transforms: [{ hook }] },
      'RangeError',
      '@optim/all: transforms[0].hook must be the name of a hook',
    ]),
    [{ name: 'AdamW', transforms: [{}] }, 'TypeError', '@optim/all: transforms[0]: hook is required'],
    [
      { name: 'AdamW', transforms: [{ hook: 'clip' }] },
      'RangeError',
      '@optim/all: transforms[0].hook must be the name of a hook (nearest: ',
    ],
    [
      { name: 'AdamW', transforms: [{ hook: 'clipByGlobalNorm', options: { maxNorm: -1 } }] },
      'RangeError',
      'clipByGlobalNorm: maxNorm must be in (0, ∞), got -1',
    ],
    [
      { name: 'AdamW', transforms: [{ hook: 'centralizeGradients', options: { exclude: 'bias' } }] },
      'TypeError',
      'centralizeGradients: exclude must be a RegExp',
    ],
    [{ name: 'AdamW', wrap: 'SAM' }, 'TypeError', '@optim/all: wrap must be an array of { name, options }'],
    [
      { name: 'AdamW', wrap: [{ name: 'sam', k: 3 }] },
      'TypeError',
      '@optim/all: wrap[0]: unknown option "k"',
    ],
    [
      { name: 'AdamW', wrap: [{ name: 'lion' }] },
      'RangeError',
      'wrap[0].name must be that of a wrapper, such',
    ],
    [{ name: 'AdamW', wrap: [{ name: 'MSAM' }] }, 'RangeError', 'npm install @optim/msam'],
    [
      { name: 'AdamW', wrap: [{ name: 'SAM' }, { name: 'Lookahead', options: { k: 0 } }] },
      'RangeError',
      'Lookahead: k must be an integer in [1, ∞), got 0',
    ],
    [{ name: 'AdamW', noDecay: 'bias' }, 'TypeError', '@optim/all: noDecay must be an array of strings, got'],
    [
      { name: 'AdamW', noDecay: [/bias/] },
      'TypeError',
      '@optim/all: noDecay must be an array of strings, got',
    ],
    [{ name: 'AdamW', noDecay: ['['] }, 'RangeError', '@optim/all: noDecay[0] must be a regular expression'],
    [
      { name: 'AdamW', noDecay: ['(a+)+'] },
      'RangeError',
      '@optim/all: noDecay[0] must be a regular expression',
    ],
    [
      { name: 'AdamW', options: { parameterGroups: [group] }, noDecay: ['bias'] },
      'RangeError',
      '@optim/all: noDecay must be empty where there are options.parameterGroups',
    ],
  ])('%j: %s', (spec, kind, message) => {
    const before = tf.memory().numTensors;
    let error: unknown;
    try {
      create(spec);
    } catch (thrown) {
      error = thrown;
    }
    expect((error as Error).name).toBe(kind);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message.length).toBeLessThan(600);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses more after a specification', () => {
    expect(() => create({ name: 'AdamW' }, {})).toThrow(
      '@optim/all: createOptimizer takes nothing after an object with name and options, got an object (Object)',
    );
  });

  it('has no JSON of what is not of @optim/all, or is a function', () => {
    const sgd = tf.train.sgd(0.1);
    expect(() => specOf(sgd as never)).toThrow(
      '@optim/all: optimizer must be one of @optim/all, got an object (SGDOptimizer)',
    );
    sgd.dispose();
    const around = new Lookahead(tf.train.sgd(0.1));
    expect(() => specOf(around)).toThrow('optimizer must be one of @optim/all');
    around.dispose();
    const plain = new AdamW({ learningRate: () => 0.1 });
    expect(() => specOf(plain)).toThrow('AdamW: learningRate: a plain function cannot be saved');
    plain.dispose();
  });
});
