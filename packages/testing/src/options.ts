// SPDX-License-Identifier: Apache-2.0

import { defineHook } from '@optim/core/authoring';
import { zero } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import {
  train,
  trajectory,
  valuesOf,
  variables,
  withOptimizer,
  type Options,
  type Subject,
  type Check,
} from './subject.js';

/** Values of many kinds; every row refuses some of them for their type, and every range some for their value. */
const candidates: readonly unknown[] = [
  'nonsense',
  true,
  {},
  Symbol('s'),
  null,
  NaN,
  -Infinity,
  -1,
  0,
  0.5,
  2,
  1e9,
  Infinity,
];

function refused(subject: Subject, options: Options, type: new () => Error, message: string): void {
  let error: unknown;
  try {
    subject.make(options).dispose();
  } catch (thrown) {
    error = thrown;
  }
  expect(error, `the refusal of ${JSON.stringify(Object.keys(options))}`).toBeInstanceOf(type);
  expect((error as Error).constructor, (error as Error).message).toBe(type);
  expect((error as Error).message).toContain(message);
  expect((error as Error).message.startsWith(`${subject.name}: `)).toBe(true);
}

/** A gradient against which coupled decay also turns the sign: opposite to the parameter, and shorter. */
async function decayed(subject: Subject, options: Options): Promise<Float32Array[]> {
  return withOptimizer(subject, options, async (optimizer, variables) => {
    const signs = (await valuesOf(variables)).map((values) => values.map((value) => -0.3 * Math.sign(value)));
    const along = (p: tf.Tensor, i: number): tf.Scalar => tf.sum(tf.mul(p, tf.tensor(signs[i]!, p.shape)));
    // The constant keeps the loss above zero, where rules that use its value move.
    const f = (): tf.Scalar => tf.add(tf.addN(variables.map(along)), 100) as tf.Scalar;
    for (let t = 0; t < 3; t++) optimizer.minimize(f, false, variables);
    return valuesOf(variables);
  });
}

/** The modes of core, which act on every parameter that decays. */
const modes: readonly string[] = ['decoupled', 'coupled', 'independent', 'corrected'];

/** The modes of decay that the table names. */
const allowedModes = ({ table }: Subject): string[] =>
  (table['weightDecayMode']?.range.match(/'[^']+'/g) ?? []).map((mode) => mode.slice(1, -1));

const keepsNothing = defineHook('keepsNothing', {}, () => ({
  slots: { seen: zero },
  globals: { steps: 0 },
  observe: ({ grad }) => ({ square: grad!.square().sum() }),
  combine: ({ square }, { steps }) => ({ steps: steps!.add(square!.mul(0).add(1)) }),
  gradient: ({ grad, seen }) => ({ grad: grad!, seen: seen!.add(1) }),
  update: ({ param }) => ({ param: param! }),
}));

export const optionChecks: readonly Check[] = [
  {
    name: 'refuses an unknown option with the nearest known name',
    run: async (subject) => {
      refused(subject, { zzzzzzzz: 1 }, TypeError, `${subject.name}: unknown option "zzzzzzzz"`);
      for (const name of Object.keys(subject.table)) {
        const wrong = `${name.slice(0, -1)}_`;
        const message = `${subject.name}: unknown option "${wrong}" (did you mean "`;
        refused(subject, { [wrong]: 1 }, TypeError, message);
      }
    },
  },
  {
    name: 'refuses a wrong type and a wrong value of every option',
    run: async (subject) => {
      for (const [name, row] of Object.entries(subject.table)) {
        const wrongType = candidates.filter((value) => !row.hasType(value));
        expect(wrongType.length, `types that ${name} refuses`).toBeGreaterThan(0);
        for (const value of wrongType)
          refused(subject, { [name]: value }, TypeError, `${subject.name}: ${name} must be ${row.type}`);
        const outside = candidates.filter((value) => row.hasType(value) && !row.allows(value as never));
        if (row.hasType(0)) expect(outside.some(Number.isNaN), `whether ${name} refuses NaN`).toBe(true);
        for (const value of outside)
          refused(
            subject,
            { [name]: value },
            RangeError,
            `${subject.name}: ${name} must be ${row.range}, got `,
          );
      }
    },
  },
  {
    name: 'trains the same with constant schedules as with numbers',
    run: async (subject) => {
      const optimizer = subject.make({});
      // Those in force: a suite may choose others than the defaults.
      const inForce = optimizer.getConfig();
      optimizer.dispose();
      const numbers = Object.entries(inForce).filter(
        ([name, value]) => subject.table[name]?.symbolic && typeof value === 'number',
      );
      const schedules = Object.fromEntries(numbers.map(([name, value]) => [name, () => value]));
      expect(await trajectory(subject, schedules)).toEqual(await trajectory(subject));
    },
  },
  {
    name: 'decays weights in every mode it has',
    applies: (subject) => allowedModes(subject).length > 0,
    run: async (subject) => {
      const without = await decayed(subject, { weightDecay: 0 });
      const ranks = variables().map((variable) => (variable.dispose(), variable.rank));
      // The share of the largest rate needs a rate, which some classes find themselves.
      const rate = { corrected: { learningRate: 0.0625 } } as Readonly<Record<string, object>>;
      for (const weightDecayMode of allowedModes(subject)) {
        const options = { weightDecay: 0.9, weightDecayMode, ...rate[weightDecayMode] };
        const got = await decayed(subject, options);
        const still = rate[weightDecayMode]
          ? await decayed(subject, { ...options, weightDecay: 0 })
          : without;
        const same = got.map((values, i) => values.every((value, k) => value === still[i]![k]));
        // A mode of the paper's own may leave vectors alone.
        if (modes.includes(weightDecayMode))
          expect(same, weightDecayMode).toEqual(ranks.map((rank) => rank < subject.decaysFrom));
        else expect(same, weightDecayMode).toContain(false);
      }
    },
  },
  {
    name: 'decays by the share of the largest rate where decay is corrected',
    everywhere: true,
    applies: (subject) => allowedModes(subject).includes('corrected'),
    run: async (subject) => {
      const learningRate = 0.0625;
      // Muon and its kin: what AdamW updates has a rate of its own, and keeps its decay.
      const others = 'adamwWeightDecay' in subject.table && { adamwWeightDecay: 0 };
      const after = (options: Options): Promise<Float32Array[]> =>
        decayed(subject, { learningRate, ...others, ...options });
      const corrected = (options: Options): Promise<Float32Array[]> =>
        after({ weightDecay: 0.5, weightDecayMode: 'corrected', ...options });
      const decoupled = (weightDecay: number): Promise<Float32Array[]> =>
        after({ weightDecay, weightDecayMode: 'decoupled' });
      expect(await corrected({}), 'a number is its own peak').toEqual(await decoupled(0.5));
      expect(await corrected({ maxLearningRate: learningRate })).toEqual(await decoupled(0.5));
      // At half of the largest rate, half of the strength: with the rate itself, a quarter of the decay.
      expect(await corrected({ maxLearningRate: 2 * learningRate })).toEqual(await decoupled(0.25));
      expect(await corrected({ maxLearningRate: 8 * learningRate })).not.toEqual(await decoupled(0.5));
    },
  },
  {
    name: 'gives a group that holds every variable what it gives the option',
    applies: ({ table }) => 'parameterGroups' in table && 'weightDecay' in table,
    run: async (subject) => {
      const groups = [{ match: () => true, weightDecay: 0.3 }];
      const want = await trajectory(subject, { weightDecay: 0.3 });
      expect(await trajectory(subject, { parameterGroups: groups })).toEqual(want);
      expect(await trajectory(subject)).not.toEqual(want);
    },
  },
  {
    name: 'takes hooks; one that changes nothing changes nothing',
    applies: ({ table }) => 'transforms' in table,
    run: async (subject) => {
      const options = { transforms: [keepsNothing()] };
      expect(await trajectory(subject, options)).toEqual(await trajectory(subject));
      await withOptimizer(subject, options, async (optimizer, variables) => {
        train(optimizer, variables, 1, 3);
        const { globals, parameters } = await optimizer.stateDict();
        expect(globals['keepsNothing.steps']).toBe(3);
        for (const { slots } of parameters)
          expect(slots['keepsNothing.seen']!.data).toEqual(Float32Array.of(3));
      });
    },
  },
  {
    name: 'reads and sets its learning rate',
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        if (Number.isNaN(optimizer.learningRate)) {
          expect(() => optimizer.setLearningRate(0.1)).toThrow(TypeError);
          return;
        }
        train(optimizer, variables, 1, 2);
        optimizer.learningRate = 0.5;
        expect(optimizer.learningRate).toBe(0.5);
        optimizer.setLearningRate(0.25);
        expect(optimizer.learningRate).toBe(0.25);
        if (!('learningRate' in subject.table)) return;

        const message = `${subject.name}: learningRate must be ${subject.table['learningRate']!.range}, got -1`;
        expect(() => (optimizer.learningRate = -1)).toThrow(new RangeError(message));
        expect(optimizer.learningRate).toBe(0.25);
        optimizer.learningRate = (step) => 1 / (1 + step);
        expect(optimizer.learningRate).toBe(1 / 3);
        train(optimizer, variables, 3, 3);
        expect(optimizer.learningRate).toBe(1 / 4);
      }),
  },
  {
    name: 'steps alike with a learning rate given and one set',
    applies: ({ table }) => 'learningRate' in table,
    run: async (subject) => {
      const set = await withOptimizer(subject, {}, (optimizer, variables) => {
        optimizer.learningRate = 0.02;
        train(optimizer, variables, 1, 4);
        return valuesOf(variables);
      });
      const want = await trajectory(subject, { learningRate: 0.02 });
      expect(set).toEqual(want);
      expect(await trajectory(subject, { learningRate: 0.04 })).not.toEqual(want);
    },
  },
];
