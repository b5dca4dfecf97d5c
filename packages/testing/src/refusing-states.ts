// SPDX-License-Identifier: Apache-2.0

import type { StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { refuses, type Wrong } from './refusal.js';
import { train, withOptimizer, type Check } from './subject.js';

/** A state with another shape of the first slot, or `undefined` where no parameter has a slot. */
function misshapen(state: StateDict): StateDict | undefined {
  const parameters = state.parameters.map((parameter) => ({ ...parameter, slots: { ...parameter.slots } }));
  for (const { slots } of parameters) {
    const [slot] = Object.keys(slots);
    if (slot === undefined) continue;
    slots[slot] = { shape: [7, 9], data: new Float32Array(63) };
    return { ...state, parameters };
  }
  return state.base && 'parameters' in state.base
    ? ((base) => base && { ...state, base })(misshapen(state.base))
    : undefined;
}

export const refusingStateChecks: readonly Check[] = [
  {
    name: 'refuses states that are not its own, and nothing has changed',
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        const { name } = subject;
        train(optimizer, variables, 1, 2);
        const state = await optimizer.stateDict();
        const load = (given: unknown) => () => optimizer.loadStateDict(given as StateDict);
        const weights = await optimizer.getWeights();
        const infinity = tf.scalar(Infinity);
        const other = state.parameters.map((parameter) => ({
          ...parameter,
          slots: { ...parameter.slots, other: { shape: [], data: Float32Array.of(1) } },
        }));
        const calls: Wrong[] = [
          ['nothing', load(null), TypeError, `${name}: state dict: must be an object, got null`],
          [
            'another version',
            load({ ...state, format: 2 }),
            RangeError,
            `${name}: state dict: format must be 1, got 2`,
          ],
          [
            'another optimizer',
            load({ ...state, optimizer: 'Other' }),
            RangeError,
            `${name}: state dict: optimizer must be "${name}", got "Other"`,
          ],
          [
            'a step',
            load({ ...state, step: -1 }),
            TypeError,
            `${name}: state dict: step must be an integer in [0, 2^31), got -1`,
          ],
          [
            'no parameters',
            load({ ...state, parameters: undefined }),
            TypeError,
            `${name}: state dict: parameters must be an array, got undefined`,
          ],
          [
            'an option',
            load({ ...state, hyperparameters: { zzzzzzzz: 1 } }),
            TypeError,
            `${name}: unknown option "zzzzzzzz"`,
          ],
          [
            'no weights',
            () => optimizer.setWeights([]),
            TypeError,
            `${name}: weights must start with the scalar "iter", got undefined`,
          ],
        ];
        for (const global of Object.keys(state.globals)) {
          const others = weights.filter(({ name: weight }) => weight !== `#${global}`);
          const must = `${name}: state dict: globals.${global} must be a finite float32 number`;
          calls.push(
            [
              `${global} beyond float32`,
              load({ ...state, globals: { ...state.globals, [global]: 1e308 } }),
              RangeError,
              `${must}, got 1e+308`,
            ],
            [
              `${global} infinite in weights`,
              () => optimizer.setWeights([...others, { name: `#${global}`, tensor: infinity }]),
              RangeError,
              `${must}, got Infinity`,
            ],
          );
        }
        if (other.length > 0)
          calls.push([
            'another slot',
            load({ ...state, parameters: other }),
            RangeError,
            /: slots of "\w+" must be of \[.*\], got \[.*other\]$/,
          ]);
        const bent = misshapen(state);
        if (bent)
          calls.push([
            'another shape',
            load(bent),
            RangeError,
            /: saved slot \S+ of "\w+" must have shape \[[\d,]*\], got \[7,9\]$/,
          ]);
        if (state.base)
          calls.push([
            'no base',
            load({ ...state, base: undefined }),
            TypeError,
            /: state dict: .*must be .*, got undefined$/,
          ]);
        try {
          await refuses(optimizer, variables, calls);
        } finally {
          infinity.dispose();
        }
        train(optimizer, variables, 3, 3);
      }),
  },
  {
    name: 'says so when it is used after dispose',
    run: async (subject) => {
      const message = `${subject.name}: the optimizer was disposed; make a new one`;
      await withOptimizer(subject, {}, async (optimizer, variables) => {
        train(optimizer, variables, 1, 2);
        const state = await optimizer.stateDict();
        optimizer.dispose();
        optimizer.dispose();
        expect(() => train(optimizer, variables, 3, 3)).toThrow(new Error(message));
        expect(() => optimizer.applyGradients({})).toThrow(new Error(message));
        await expect(optimizer.stateDict()).rejects.toThrow(new Error(message));
        await expect(optimizer.loadStateDict(state)).rejects.toThrow(new Error(message));
        await expect(optimizer.getWeights()).rejects.toThrow(new Error(message));
        await expect(optimizer.setWeights([])).rejects.toThrow(new Error(message));
      });
    },
  },
];
