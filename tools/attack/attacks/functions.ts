// SPDX-License-Identifier: Apache-2.0
// Schedules, hooks, and what makes optimizers by name.

import { logOptimizer, readOptimizer } from '../../../packages/callbacks/src/index.js';
import { describeExecution, hookFromConfig, scheduleFromConfig } from '@optim/core';
import * as hooks from '@optim/hooks';
import * as schedules from '@optim/schedules';
import type * as tf from '@tensorflow/tfjs-core';
import { createOptimizer, loadOptimizer } from '../../../packages/all/src/index.js';
import { hostile, type Hostile } from '../hostile.js';
import { Wrong, type Judge } from '../judge.js';
import type { Random } from '../random.js';
import { stepOnce } from '../subjects.js';

type Factory = (...given: unknown[]) => unknown;

// What reads norms asynchronously makes no hook.
const { readNorms, ...hookFactories } = hooks;

/** Values of which some are right for any option. */
const right: readonly unknown[] = [
  0.1,
  10,
  100,
  0.9,
  [10, 20],
  [0.1, 0.2],
  [0.1, 0.2, 0.3],
  () => 0.1,
  [() => 0.1, () => 0.2],
  'linear',
  3,
];

/** Options with which a factory makes something, found by what it says is missing; `null` where none are. */
function optionsFor(factory: Factory): Record<string, unknown> | null {
  const options: Record<string, unknown> = {};
  const next: Record<string, number> = {};
  for (let tries = 0; tries < 300; tries++) {
    try {
      factory({ ...options });
      return options;
    } catch (error) {
      const [, name] = /: (\w+) (?:is required|must)/.exec((error as Error).message) ?? [];
      if (name === undefined) return null;
      next[name] = (next[name] ?? -1) + 1;
      if (next[name] >= right.length) return null;
      options[name] = right[next[name]];
    }
  }
  return null;
}

const factoriesOf = (module: object): [string, Factory][] =>
  Object.entries(module).filter(
    ([name, value]) => typeof value === 'function' && !/^[A-Z]|^register/.test(name),
  );

function asked(result: unknown, step: unknown): void {
  if (typeof result !== 'function') return;
  const value = (result as Factory)(step);
  if (typeof step === 'number' && step >= 0 && typeof value !== 'number')
    throw new Wrong(`gives ${typeof value}`);
}

/** A hook is tried in a step; its variables must be as they were where it is refused. */
function stepped(hook: unknown): void {
  const AdamW = loadOptimizer('AdamW');
  stepOnce(new AdamW({ transforms: [hook as never] }));
}

/** Schedules, hooks and `createOptimizer`, with anything in place of each of their options. */
export async function attackFunctions(judge: Judge, random: Random, tries: number): Promise<void> {
  const calls: {
    attack: string;
    what: string;
    names: string[];
    call: () => unknown;
    taken?: (x: unknown) => void;
  }[] = [];
  for (const [attack, module] of Object.entries({ schedules, hookFactories })) {
    for (const [name, factory] of factoriesOf(module)) {
      const options = optionsFor(factory);
      const names = [name.replace(/Factory$/, '')];
      const taken = attack === 'schedules' ? (x: unknown) => asked(x, 3) : stepped;
      for (const [what, value] of hostile()) {
        calls.push({ attack, what: `${name}: ${what}`, names, call: () => factory(value), taken });
        calls.push({ attack, what: `${name}: ${what}, {}`, names, call: () => factory(value, {}), taken });
        for (const option of Object.keys(options ?? {}))
          calls.push({
            attack,
            what: `${name}: ${option}: ${what}`,
            names,
            call: () => factory({ ...options, [option]: value }),
            taken,
          });
        if (options && attack === 'schedules')
          calls.push({
            attack,
            what: `${name} at ${what}`,
            names,
            call: () => asked(factory(options), value),
          });
      }
    }
  }
  // The parts of a hook of one's own, and what they give.
  for (const part of [
    'gradient',
    'decay',
    'update',
    'guard',
    'observe',
    'combine',
    'slots',
    'globals',
    'reads',
    'name',
  ]) {
    for (const [what, value] of hostile()) {
      const hook = { name: 'own', gradient: ({ grad }: { grad: unknown }) => ({ grad }) };
      const add = (kind: string, given: unknown): number =>
        calls.push({
          attack: "hooks of one's own",
          what: `${part} ${kind}${what}`,
          names: ['AdamW', 'own'],
          call: () => ({ ...hook, [part]: given }),
          taken: stepped,
        });
      add('', value);
      add('gives ', () => value);
      add('gives by name ', () => ({ [part === 'gradient' ? 'grad' : 'param']: value }));
    }
  }
  for (const [name, call] of Object.entries({ readNorms, describeExecution, readOptimizer, logOptimizer }))
    for (const [what, value] of hostile())
      calls.push({
        attack: 'around an optimizer',
        what: `${name}: ${what}`,
        names: [name],
        call: () => (call as Factory)(value),
      });
  const create = createOptimizer as Factory;
  const others: readonly (readonly [string, Factory, string[]])[] = [
    ['createOptimizer', create, ['createOptimizer', '@optim/all']],
    ['createOptimizer AdamW', (value) => create('AdamW', value), ['AdamW']],
    ['createOptimizer SAM', (value) => create('SAM', value), ['SAM']],
    ['scheduleFromConfig', scheduleFromConfig as Factory, ['schedule']],
    ['hookFromConfig', hookFromConfig as Factory, ['hook']],
    [
      'a schedule by config',
      (value) => scheduleFromConfig({ schedule: value, options: {} } as never),
      ['schedule'],
    ],
    ['a hook by config', (value) => hookFromConfig({ hook: value, options: {} } as never), ['hook']],
    [
      'options by config',
      (value) => scheduleFromConfig({ schedule: 'constant', options: value } as never),
      ['schedule', 'constant'],
    ],
  ];
  for (const [name, call, names] of others) {
    for (const [what, value] of hostile() as readonly Hostile[])
      calls.push({
        attack: 'by name',
        what: `${name}: ${what}`,
        names,
        call: () => call(value),
        taken: (x) => (x as Partial<tf.Optimizer>).dispose?.(),
      });
  }
  for (const each of random.some(calls, tries)) await judge.judge(each);
}
