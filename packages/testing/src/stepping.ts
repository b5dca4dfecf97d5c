// SPDX-License-Identifier: Apache-2.0

import type { SavedParameter, StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject } from 'vitest';
import { expectClose } from './golden.js';
import { loss, train, trajectory, valuesOf, variable, withOptimizer, type Check } from './subject.js';

/** The parameters in a state and in those of its bases. */
function savedParameters(state: StateDict): SavedParameter[] {
  const { base } = state;
  return [...state.parameters, ...(base && 'parameters' in base ? savedParameters(base) : [])];
}

/** Names and shapes of all slots, globals and parameters in a state. */
function layoutOf(state: StateDict): unknown {
  const parameters = savedParameters(state).map(({ name, shape, slots }) => ({
    name,
    shape,
    slots: Object.entries(slots).map(([slot, saved]) => [slot, saved.shape]),
  }));
  return { parameters, globals: Object.keys(state.globals) };
}

/** How many updates each parameter has had from the rule that steps: that of the innermost base. */
function updatesOf({ base, parameters }: StateDict): number[] {
  if (base) return 'parameters' in base ? updatesOf(base) : [];
  return parameters.map(({ updates }) => updates);
}

export const steppingChecks: readonly Check[] = [
  {
    name: 'is deterministic',
    everywhere: true,
    run: async (subject) => expect(await trajectory(subject)).toEqual(await trajectory(subject)),
  },
  {
    name: 'moves every parameter, and keeps the layout of its state',
    everywhere: true,
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        const before = await valuesOf(variables);
        train(optimizer, variables, 1, 1);
        const layout = layoutOf(await optimizer.stateDict());
        train(optimizer, variables, 2, 6);
        const state = await optimizer.stateDict();
        expect(layoutOf(state)).toEqual(layout);
        expect(state.step).toBe(6);
        expect(optimizer.iterations).toBe(6);
        expect(updatesOf(state).every((updates) => updates === 6)).toBe(true);
        const after = await valuesOf(variables);
        variables.forEach(({ name }, i) => expect(after[i], name).not.toEqual(before[i]));
      }),
  },
  {
    name: 'takes gradients of zero, also between others',
    everywhere: true,
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        const flat = (): tf.Scalar => tf.mul(loss(variables, 1), 0) as tf.Scalar;
        for (const t of [1, 2]) {
          optimizer.minimize(flat, false, variables);
          optimizer.minimize(flat, false, variables);
          train(optimizer, variables, t, t);
        }
        const numbers = (await valuesOf(variables)).flatMap((values) => [...values]);
        expect(numbers.filter((number) => !Number.isFinite(number))).toEqual([]);
      }),
  },
  {
    name: 'leaves a variable without a gradient and its state alone',
    everywhere: true,
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        const [passed] = variables;
        const seen = async (): Promise<unknown> => {
          const saved = savedParameters(await optimizer.stateDict()).filter(
            ({ name }) => name === passed!.name,
          );
          return { saved, values: await valuesOf([passed!]) };
        };
        const without = (count: number): void => {
          for (let t = 0; t < count; t++)
            optimizer.minimize(() => loss(variables.slice(1), t), false, variables);
        };
        train(optimizer, variables, 1, 2);
        // A wrapper that gathers its variables every few steps has yet to gather this one.
        const steps = 'base' in optimizer ? 10 : 1;
        if (steps > 1) without(steps);
        const before = await seen();
        const { iterations } = optimizer;
        without(steps);
        expect(await seen()).toEqual(before);
        expect(optimizer.iterations).toBe(iterations + steps);
      }),
  },
  {
    name: 'reads gradients that are the variables themselves before it changes those',
    everywhere: true,
    applies: ({ needs }) => !needs.includes('closure'),
    run: async (subject) => {
      const stepped = (grad: (variable: tf.Variable, others: tf.Variable[]) => tf.Tensor): Promise<unknown> =>
        withOptimizer(subject, {}, async (optimizer, variables) => {
          const twin = variable('twin', [4, 3], (i) => 0.5 - 0.1 * i);
          const all = [...variables, twin];
          for (let t = 0; t < 2; t++) {
            tf.tidy(() => {
              const gradients = all.map((each) => ({ name: each.name, tensor: grad(each, all) }));
              // Some are given the Hessian's diagonal too.
              const given: unknown[] = [gradients, tf.scalar(1), gradients];
              Reflect.apply(optimizer.applyGradients, optimizer, given);
            });
          }
          const values = await valuesOf(all);
          twin.dispose();
          return values;
        });
      // The variable that comes before in the step, if it has that shape; else its own value.
      const other = (each: tf.Variable, all: tf.Variable[]): tf.Variable =>
        each.name === 'twin' ? all.find(({ name }) => name === 'kernel')! : each;
      const want = await stepped((each, all) => tf.add(other(each, all), 0));
      expect(await stepped(other)).toEqual(want);
    },
  },
  {
    name: 'gives the same whatever the order of the variables',
    run: async (subject) => {
      const want = await trajectory(subject);
      const got = await withOptimizer(subject, {}, (optimizer, variables) => {
        train(optimizer, [...variables].reverse(), 1, 4);
        return valuesOf(variables);
      });
      // Sums over all parameters are taken in another order: a rounding each, never more.
      got.forEach((values, i) => expectClose(`variable ${i}`, values, [...want[i]!], 1e-4));
    },
  },
  {
    name: 'leaks no tensor',
    everywhere: true,
    run: (subject) =>
      withOptimizer(subject, {}, (optimizer, variables) => {
        const [, ...few] = variables.slice(0, 3);
        // A leak shows in every step; browsers render in software and get fewer of them.
        const steps = inject('backend').startsWith('web') ? 12 : 200;
        train(optimizer, few, 1, 7);
        const { numTensors } = tf.memory();
        train(optimizer, few, 8, 7 + steps);
        expect(tf.memory().numTensors).toBe(numTensors);
      }),
  },
];
