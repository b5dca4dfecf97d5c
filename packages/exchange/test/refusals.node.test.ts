// SPDX-License-Identifier: Apache-2.0
// States that cannot be exchanged are refused, and the message says why and what to do.

import { AdaFactor } from '@optim/adafactor';
import { Adam, AdamW } from '@optim/adamw';
import { Lion } from '@optim/lion';
import { SGDW } from '@optim/sgdw';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  fromKeras,
  fromTorch,
  kerasEpsilon,
  readNpz,
  readSafetensors,
  toKeras,
  toTorch,
  writeNpz,
  writeSafetensors,
  type FileTensor,
} from '../src/index.js';
import { bytesIn, recordingIn, tableOf } from './fixtures.js';
import { without } from './numbers.js';

const recording = recordingIn('torch-AdamW');
const parameters = tableOf(recording);
const bytes = bytesIn('torch-AdamW.safetensors');

/** The file with something else in it. */
function edited(change: {
  tensors?: (tensors: Map<string, FileTensor>) => void;
  metadata?: Record<string, string | undefined>;
  group?: Record<string, unknown>;
  groups?: (groups: Record<string, unknown>[]) => void;
}): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  const all = new Map(tensors);
  change.tensors?.(all);
  const groups = JSON.parse(metadata['param_groups']!) as Record<string, unknown>[];
  Object.assign(groups[0]!, change.group);
  change.groups?.(groups);
  const own = { ...metadata, param_groups: JSON.stringify(groups), ...change.metadata };
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return writeSafetensors({ tensors: all, metadata: Object.fromEntries(given) as Record<string, string> });
}

const scalar = (value: number): FileTensor => ({ dtype: 'F32', shape: [], data: Float32Array.of(value) });
const set = (key: string, tensor: FileTensor) => ({
  tensors: (all: Map<string, FileTensor>) => void all.set(key, tensor),
});

it('a string of 20 million letters in a file is a string', () => {
  for (const end of ['"]', ''])
    expect(() =>
      fromTorch(edited({ metadata: { names: `["${'x'.repeat(2e7)}${end}` } }), AdamW, { parameters }),
    ).toThrow(/^fromTorch: the metadata "names" must .{1,100}$/);
});

describe('fromTorch refuses', () => {
  it.each<[string, Parameters<typeof edited>[0], string]>([
    [
      'a count that is no number',
      set('state.0.step', scalar(NaN)),
      'step must be an integer in [0, 2^31), got NaN',
    ],
    [
      'a count that is negative',
      set('state.0.step', scalar(-1)),
      'step must be an integer in [0, 2^31), got -1',
    ],
    ['a count that is no integer', set('state.0.step', scalar(1.5)), 'step must be an integer'],
    [
      'a count of several',
      set('state.0.step', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }),
      'step must be a scalar, got [2]',
    ],
    ['no count', { tensors: (all) => void all.delete('state.0.step') }, 'the state has no "step"'],
    [
      'a slot that is missing',
      { tensors: (all) => void all.delete('state.1.exp_avg') },
      'fromTorch: "dense.weight": the state has no "exp_avg"',
    ],
    [
      'a slot too many',
      set('state.1.momentum_buffer', scalar(1)),
      '"dense.weight": the state has "momentum_buffer", which no slot',
    ],
    [
      'another shape',
      set('state.1.exp_avg', { dtype: 'F32', shape: [5, 3], data: new Float32Array(15) }),
      'must have one shape',
    ],
    ['an index of nobody', set('state.9.exp_avg', scalar(1)), 'tensor "state.9.exp_avg" must be named'],
    ['another name', set('weights', scalar(1)), 'tensor "weights" must be named "state.INDEX.KEY"'],
    [
      'another optimizer',
      { metadata: { optimizer: 'SGD' } },
      'the optimizer of the file must be Adam or AdamW for AdamW, got "SGD"',
    ],
    ['no groups', { metadata: { param_groups: undefined } }, 'docs/exchange.md'],
    [
      'groups that are no list',
      { metadata: { param_groups: '{}' } },
      '"param_groups" must be a list of groups',
    ],
    [
      'a parameter in two groups',
      { groups: ([, second]) => void (second!['params'] = [1, 2]) },
      'must name each parameter once, got 1',
    ],
    [
      'a name twice',
      { metadata: { names: '["a","a","b","c"]' } },
      '"names" must be a list of names, each once',
    ],
    ['too few names', { metadata: { names: '["a"]' } }, 'must name 4 parameters'],
    [
      'maximize',
      { group: { maximize: true } },
      'param_groups[0].maximize must be false, since there is no such option here, got true',
    ],
    ['a rate that is no number', { group: { lr: null } }, 'param_groups[0].lr must be a number, got null'],
    ['one beta', { group: { betas: [0.9] } }, 'param_groups[0].betas must be two numbers'],
    ['an option that nobody knows', { group: { nesterov: true } }, 'param_groups[0].nesterov must be absent'],
  ])('%s', (_, change, message) => {
    expect(() => fromTorch(edited(change), AdamW, { parameters })).toThrow(message);
  });

  it('a table that does not fit', () => {
    const others = without(parameters, 'conv.weight');
    expect(() => fromTorch(bytes, AdamW, { parameters: others })).toThrow(
      'fromTorch: parameters must name every parameter of the file, or null for it, got "conv.weight"',
    );
    expect(() => fromTorch(bytes, AdamW, { parameters: { ...parameters, other: 'x' } })).toThrow(
      'parameters must name parameters of the file, "conv.weight", "dense.weight", "conv.bias", "dense.bias", got "other"',
    );
    expect(() =>
      fromTorch(bytes, AdamW, { parameters: { ...parameters, 'conv.bias': 'mine/dense/bias' } }),
    ).toThrow('parameters must name each variable once, got "mine/dense/bias"');
    expect(() =>
      fromTorch(bytes, AdamW, {
        parameters: { ...parameters, 'conv.bias': { name: 'x', layout: 'no' as never } },
      }),
    ).toThrow(`parameters["conv.bias"].layout must be 'kernel', 'depthwise' or 'same', got "no"`);
    expect(() => fromTorch(bytes, AdamW, { parameters: [] as never })).toThrow(TypeError);
  });

  it('a class that it does not know', () => {
    expect(() => fromTorch(bytes, 'Yogi', { parameters })).toThrow(
      'the class must be one of OptimAdam, AdamW,',
    );
    expect(() => fromTorch(bytes, 7 as never, { parameters })).toThrow(TypeError);
    expect(() => fromTorch(bytes, '__proto__', { parameters })).toThrow(
      'fromTorch: the class must be one of',
    );
  });

  it('momenta of other options than those of the file', () => {
    const nadam = readSafetensors(bytesIn('torch-NAdam.safetensors'));
    const tensors = new Map(nadam.tensors).set('state.0.mu_product', scalar(0.5));
    const table = tableOf(recordingIn('torch-NAdam'));
    expect(() => fromTorch(writeSafetensors({ ...nadam, tensors }), 'NAdam', { parameters: table })).toThrow(
      'fromTorch: "conv.weight": mu_product must be 0.0',
    );
  });
});

it('fromTorch leaves out what the table gives null for, and takes other counts of steps', () => {
  const { state } = fromTorch(bytes, AdamW, {
    parameters: { ...parameters, 'conv.weight': null },
    step: 100,
  });
  expect(state.parameters.map(({ name }) => name)).toEqual([
    'mine/dense/weight',
    'mine/conv/bias',
    'mine/dense/bias',
  ]);
  expect(state.step).toBe(100);
  expect(state.parameters.map(({ updates }) => updates)).toEqual([6, 6, 6]);
});

it('fromTorch takes what schedulers add, what later versions leave off, and files without names of AdamW', () => {
  const file = edited({ group: { initial_lr: 1, soon: false, decoupled_weight_decay: undefined } });
  expect(fromTorch(file, AdamW, { parameters }).state).toEqual(fromTorch(bytes, AdamW, { parameters }).state);
});

it('many names of a group make several expressions, each short enough to be read from a file again', () => {
  const names = Array.from({ length: 200 }, (_, i) => `block.${i}.weight (x)`);
  const table = Object.fromEntries(names.map((name) => [name, `model/${name}`]));
  const group = JSON.parse(readSafetensors(bytes).metadata['param_groups']!) as Record<string, unknown>[];
  const groups = [
    { ...group[0], params: [0] },
    { ...group[1], params: names.slice(1).map((_, i) => i + 1) },
  ];
  const metadata = { optimizer: 'AdamW', param_groups: JSON.stringify(groups), names: JSON.stringify(names) };
  const file = writeSafetensors({ tensors: new Map(), metadata });
  const { options } = fromTorch(file, AdamW, { parameters: table });
  const matches = options.parameterGroups!.map(({ match }) => match as RegExp);
  expect(matches.length).toBeGreaterThan(1);
  for (const name of names)
    expect(matches.filter((match) => match.test(`model/${name}`)).length).toBe(name === names[0] ? 0 : 1);
  const optimizer = new AdamW(options as never);
  const again = AdamW.fromConfig(AdamW as never, optimizer.getConfig()) as AdamW;
  expect(again.getConfig()).toEqual(optimizer.getConfig());
  // They are one group again.
  const { state } = fromTorch(file, AdamW, { parameters: table });
  const back = toTorch(state, { parameters: table, parameterGroups: options.parameterGroups! });
  const written = JSON.parse(readSafetensors(back).metadata['param_groups']!) as { params: number[] }[];
  expect(written.map(({ params }) => params.length)).toEqual([1, 199]);
  for (const each of [optimizer, again]) each.dispose();
});

describe('toTorch refuses', () => {
  const { state } = fromTorch(bytes, AdamW, { parameters });
  const having = (options: object): typeof state => ({
    ...state,
    hyperparameters: { ...state.hyperparameters, ...options },
  });
  it.each<[string, object, string]>([
    [
      'a decay of another mode',
      { weightDecayMode: 'independent' },
      `weightDecayMode must be 'decoupled' or 'coupled': there is no such option in PyTorch, got "independent"`,
    ],
    ['AdamD', { adamD: true }, 'adamD must be false: there is no such option in the file, got true'],
    [
      'an epsilon that changes',
      { epsilon: kerasEpsilon({ epsilon: 1e-7, beta2: 0.999 }).config },
      'epsilon must be a number',
    ],
  ])('%s', (_, options, message) => {
    expect(() => toTorch(having(options), { parameters })).toThrow(message);
  });

  it('slots and globals that PyTorch does not have', () => {
    const [first, ...others] = state.parameters;
    const slots = { ...first!.slots, 'ema.average': first!.slots['m']! };
    expect(() =>
      toTorch({ ...state, parameters: [{ ...first!, slots }, ...others] }, { parameters }),
    ).toThrow('toTorch: "conv.weight": slot "ema.average" has no counterpart in PyTorch');
    expect(() => toTorch({ ...state, globals: { 'clip.x': 1 } }, { parameters })).toThrow(
      '"clip.x" of the state',
    );
  });

  it('variables that the table does not name, and indices that leave holes', () => {
    const others = without(parameters, 'conv.weight');
    expect(() => toTorch(state, { parameters: others })).toThrow('among them "mine/conv/weight"');
    const numbered = Object.fromEntries(Object.values(parameters).map((variable, i) => [i + 1, variable]));
    expect(() => toTorch(state, { parameters: numbered })).toThrow(
      'parameters must have indices from 0 to 3',
    );
    expect(() => toTorch({} as never, { parameters })).toThrow(TypeError);
  });
});

it('toTorch writes a schedule as its value at the step, and the factor on the rate with it', () => {
  const { state } = fromTorch(bytes, AdamW, { parameters });
  const learningRate = kerasEpsilon({ epsilon: 1, beta2: 0.75 }).config;
  const hyperparameters = { ...state.hyperparameters, learningRate, learningRateScale: 0.5 };
  const file = toTorch({ ...state, step: 0, hyperparameters }, { parameters });
  const groups = JSON.parse(readSafetensors(file).metadata['param_groups']!) as { lr: number }[];
  expect(groups.map(({ lr }) => lr)).toEqual([1]);
});

it('toTorch takes factors on the rates of groups, with and without a rate of their own', () => {
  const { state } = fromTorch(bytes, AdamW, { parameters });
  const hyperparameters = { ...state.hyperparameters, learningRate: 0.5, learningRateScale: 0.5 };
  const parameterGroups = [
    { match: /conv\/weight/, learningRateScale: 0.25 },
    { match: /conv\/bias/, learningRateScale: 0.25, learningRate: 8 },
  ];
  const file = toTorch({ ...state, hyperparameters }, { parameters, parameterGroups });
  const groups = JSON.parse(readSafetensors(file).metadata['param_groups']!) as { lr: number }[];
  expect(groups.map(({ lr }) => lr)).toEqual([0.25, 0.0625, 1]);
  const without = { ...state, hyperparameters: { ...hyperparameters, learningRate: null } };
  expect(() => toTorch(without, { parameters })).toThrow(
    'toTorch: learningRateScale must be 1 where there is no learningRate, got 0.5',
  );
});

describe('fromKeras refuses', () => {
  const adam = recordingIn('keras-Adam');
  const table = tableOf(adam);
  const own = { parameters: table, config: adam.config!, variables: adam.variables! };
  const file = bytesIn('keras-Adam.npz');
  it.each<[string, object, string]>([
    [
      'clipping',
      { clipnorm: 1 },
      'fromKeras: config.clipnorm must be null, since there is no such option here, got 1',
    ],
    ['an average of the weights', { use_ema: true }, 'config.use_ema must be false'],
    ['an option that nobody knows', { rectify: true }, 'config.rectify must be absent'],
    ['a beta that is no number', { beta_1: null }, 'config.beta_1 must be a number, got null'],
    [
      'a slot more than there is',
      { amsgrad: true },
      'the file has no variable "10", the velocity_hat of "conv/kernel"',
    ],
  ])('%s', (_, change, message) => {
    expect(() => fromKeras(file, Adam, { ...own, config: { ...own.config, ...change } })).toThrow(message);
  });

  it('variables in another order than the table', () => {
    const turned = Object.fromEntries(Object.entries(table).reverse());
    expect(() => fromKeras(file, Adam, { ...own, parameters: turned })).toThrow(
      'variables[2] must end with "dense_bias_momentum", the momentum of "dense/bias", by the table and the configuration, got "adam/conv_kernel_momentum"',
    );
    expect(() => fromKeras(file, Adam, { ...own, variables: ['iteration'] })).toThrow(
      'name as many as the file has, 10',
    );
  });

  it('too few rows, a count that is none, a rate of zero where one divides by it', () => {
    const others = without(table, 'dense/bias');
    expect(() => fromKeras(file, Adam, { config: own.config, parameters: others })).toThrow(
      'the file must have 8 variables, by the table and the configuration, got 10',
    );
    const nan = writeNpz(new Map(readNpz(file)).set('0', scalar(NaN)));
    expect(() => fromKeras(nan, Adam, own)).toThrow('the iteration must be an integer in [0, 2^31), got NaN');
    const sgd = recordingIn('keras-SGD');
    const still = writeNpz(new Map(readNpz(bytesIn('keras-SGD.npz'))).set('1', scalar(0)));
    expect(() => fromKeras(still, SGDW, { parameters: tableOf(sgd), config: sgd.config! })).toThrow(
      'config.learning_rate must be a number above 0 for this class, got 0',
    );
  });

  it('a learning rate that is a schedule only where it is needed', () => {
    const config = { ...own.config, learning_rate: { class_name: 'CosineDecay' } };
    const arrays = [...readNpz(file).values()].filter((_, i) => i !== 1);
    const short = writeNpz(new Map(arrays.map((tensor, i) => [String(i), tensor])));
    const { options, state } = fromKeras(short, Adam, { parameters: table, config });
    expect('learningRate' in options).toBe(false);
    expect(state.step).toBe(6);
  });
});

describe('toKeras refuses', () => {
  const adam = recordingIn('keras-Adam');
  const table = tableOf(adam);
  const { state } = fromKeras(bytesIn('keras-Adam.npz'), Adam, { parameters: table, config: adam.config! });

  it('an epsilon of its own place', () => {
    const hyperparameters = { ...state.hyperparameters, epsilon: 1e-8 };
    expect(() => toKeras({ ...state, hyperparameters }, { parameters: table })).toThrow(
      'toKeras: epsilon must be kerasEpsilon({ epsilon, beta2 }), or 0',
    );
    const none = toKeras(
      { ...state, hyperparameters: { ...hyperparameters, epsilon: 0 } },
      { parameters: table },
    );
    expect(none.config['epsilon']).toBe(0);
  });

  it('counts that differ, and parameters without state', () => {
    expect(() => toKeras({ ...state, step: 7 }, { parameters: table })).toThrow(
      'toKeras: "conv/kernel": the updates must be as many as the steps, 7, since Keras counts them together, got 6',
    );
    expect(() => toKeras(state, { parameters: { ...table, more: 'more' } })).toThrow(
      'parameters["more"] must be a variable of the state',
    );
  });

  it('a coupled decay, but not where there is none', () => {
    const coupled = { ...state.hyperparameters, weightDecayMode: 'coupled' };
    expect(() => toKeras({ ...state, hyperparameters: coupled }, { parameters: table })).not.toThrow();
    const decaying = { ...coupled, weightDecay: 0.1 };
    expect(() => toKeras({ ...state, hyperparameters: decaying }, { parameters: table })).toThrow(
      'weightDecayMode must be "decoupled"',
    );
  });
});

it('the shape of a variable that differs is refused when the state is loaded', async () => {
  const table = { ...parameters, 'dense.weight': 'wide/kernel' };
  const { options, state } = fromTorch(bytes, AdamW, { parameters: table });
  const optimizer = new AdamW(options as never);
  const variable = tf.tidy(() => tf.variable(tf.zeros([5, 4]), true, 'wide/kernel'));
  tf.tidy(() => optimizer.applyGradients({ 'wide/kernel': tf.ones([5, 4]) } as never));
  const refusal = await optimizer.loadStateDict(state).catch((error: unknown) => error);
  tf.dispose(variable);
  optimizer.dispose();
  expect(String(refusal)).toContain('"wide/kernel" has shape [5,3], variable "wide/kernel" has [5,4]');
});

it('Lion and AdaFactor of other packages say what they are not', () => {
  const metadata = {
    optimizer: 'Adafactor',
    param_groups: '[{"lr":0.01,"beta2_decay":-0.8,"params":[0]}]',
    names: '["w"]',
  };
  const torchs = writeSafetensors({ tensors: new Map(), metadata });
  expect(() => fromTorch(torchs, AdaFactor, { parameters: { w: 'w' } })).toThrow(
    'param_groups[0].beta2_decay must be absent: the Adafactor of PyTorch itself is another rule',
  );
  expect(() => fromTorch(torchs, Lion, { parameters: { w: 'w' } })).toThrow(
    'must be Lion for Lion, got "Adafactor"',
  );
});
