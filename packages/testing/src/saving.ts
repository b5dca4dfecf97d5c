// SPDX-License-Identifier: Apache-2.0

import { decodeState, encodeState, type NamedWeight } from '@optim/core';
import { defineHook, type BaseOptimizer } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import {
  assignAll,
  train,
  trajectory,
  valuesOf,
  variables,
  withOptimizer,
  type Options,
  type Subject,
  type Check,
} from './subject.js';

const identity = defineHook('identity', {}, () => ({ gradient: ({ grad }) => ({ grad: grad! }) }));

/** Ways of carrying the state of one optimizer to another. */
const ways: Readonly<Record<string, (from: BaseOptimizer) => Promise<(to: BaseOptimizer) => Promise<void>>>> =
  {
    stateDict: async (from) => {
      const state = await from.stateDict();
      return (to) => to.loadStateDict(state);
    },
    'a file': async (from) => {
      const bytes = encodeState(await from.stateDict());
      return (to) => to.loadStateDict(decodeState(bytes));
    },
    getWeights: async (from) => {
      // What is handed out belongs to the optimizer, which frees it.
      const weights = (await from.getWeights()).map(({ name, tensor }) => ({
        name,
        tensor: tf.clone(tensor),
      }));
      return async (to) => {
        await to.setWeights(weights);
        tf.dispose(weights);
      };
    },
  };

function resumes(way: string): Check {
  return {
    name: `goes on bit for bit from ${way}`,
    // The other ways bring the same numbers to the same kernels.
    everywhere: way === 'stateDict',
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        train(optimizer, variables, 1, 4);
        const values = await valuesOf(variables);
        const load = await ways[way]!(optimizer);
        train(optimizer, variables, 5, 9);
        const want = await valuesOf(variables);

        assignAll(variables, values);
        const other = subject.make({});
        try {
          await load(other);
          expect(other.iterations).toBe(4);
          train(other, variables, 5, 9);
        } finally {
          other.dispose();
        }
        expect(await valuesOf(variables)).toEqual(want);
      }),
  };
}

/** Options that leave the defaults where the class has them: a decay, a group, a hook. */
function various({ table }: Subject): Options {
  const options: Options = {};
  if ('weightDecay' in table) options['weightDecay'] = 0.1;
  if ('parameterGroups' in table) {
    const overrides = 'weightDecay' in table ? { weightDecay: 0.3 } : {};
    options['parameterGroups'] = [{ match: /^b_?ias$/i, ...overrides }];
  }
  if ('transforms' in table) options['transforms'] = [identity()];
  return options;
}

/** The numbers of weights, by name. */
async function numbersOf(
  pending: Promise<NamedWeight[]>,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const weights = (await pending).map(
    async ({ name, tensor }) => [name, [...(await tensor.data())]] as const,
  );
  return Object.fromEntries(await Promise.all(weights));
}

export const savingChecks: readonly Check[] = [
  ...Object.keys(ways).map(resumes),
  {
    name: 'goes back to an earlier state',
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        const start = await valuesOf(variables);
        const unused = await optimizer.stateDict();
        train(optimizer, variables, 1, 3);
        const want = await valuesOf(variables);
        assignAll(variables, start);
        await optimizer.loadStateDict(unused);
        expect(optimizer.iterations).toBe(0);
        train(optimizer, variables, 1, 3);
        expect(await valuesOf(variables)).toEqual(want);
      }),
  },
  {
    name: 'gives a state that later steps do not change',
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        train(optimizer, variables, 1, 3);
        const state = await optimizer.stateDict();
        const copy = structuredClone(state);
        train(optimizer, variables, 4, 6);
        expect(state).toEqual(copy);
      }),
  },
  {
    name: 'hands out weights whose numbers, once read, stay as they are',
    everywhere: true,
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        train(optimizer, variables, 1, 3);
        const weights = await optimizer.getWeights();
        const read = await Promise.all(weights.map(({ tensor }) => tensor.data()));
        const copies = read.map((values) => [...values]);
        // Nothing but the numbers is left of what was handed out.
        tf.dispose(weights.map(({ tensor }) => tensor));
        train(optimizer, variables, 4, 6);
        expect(read.map((values) => [...values])).toEqual(copies);
      }),
  },
  {
    name: 'gives the state of the moment of the call, whatever happens meanwhile',
    everywhere: true,
    run: async (subject) => {
      const optimizer = subject.make({});
      const trained = variables();
      try {
        train(optimizer, trained, 1, 3);
        const want = await optimizer.stateDict();
        const weights = await numbersOf(optimizer.getWeights());
        const pending = [optimizer.stateDict(), optimizer.stateDict()];
        const handedOut = numbersOf(optimizer.getWeights());
        train(optimizer, trained, 4, 4);
        const later = optimizer.stateDict();
        for (const state of pending) expect(await state).toEqual(want);
        expect(await handedOut).toEqual(weights);
        expect((await later).step).toBe(4);
        const last = optimizer.stateDict();
        const loading = optimizer.loadStateDict(want);
        optimizer.dispose();
        expect(await last).toEqual(await later);
        await expect(loading).rejects.toThrow(/disposed/);
      } finally {
        optimizer.dispose();
        tf.dispose(trained);
      }
    },
  },
  {
    name: 'is made again from its configuration as JSON, and trains the same',
    run: async (subject) => {
      const options = various(subject);
      const original = subject.make(options);
      const config = JSON.parse(JSON.stringify(original.getConfig())) as tf.serialization.ConfigDict;
      original.dispose();
      for (const name of Object.keys(options)) expect(config, 'what make was given').toHaveProperty(name);
      const hooks = config['transforms'] as unknown as { hook: string }[] | undefined;
      if (hooks)
        expect(
          hooks.map(({ hook }) => hook),
          'transforms that make was given',
        ).toContain('identity');

      const [cls, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[subject.name] ?? [];
      expect(cls, 'the registered class').toBe(original.constructor);
      const make = (): BaseOptimizer => fromConfig!(cls!, structuredClone(config)) as BaseOptimizer;
      const again = make();
      expect(JSON.parse(JSON.stringify(again.getConfig()))).toEqual(config);
      again.dispose();
      expect(await trajectory({ ...subject, make })).toEqual(await trajectory(subject, options));
    },
  },
];
