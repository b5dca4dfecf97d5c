// SPDX-License-Identifier: Apache-2.0
// Every class where textures have 16 bits, as on many phones, against float32 on cpu.

import '@tensorflow/tfjs-backend-cpu';
import { describeExecution, type BaseOptimizer } from '@optim/core';
import { executorFor, opsExecutor, registerExecutor } from '@optim/fusion';
import type { Trials } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { halvedExecutor } from '../../fusion/src/executors/webgl/halved.js';

const files = import.meta.glob<{ trials: Trials }>('../../*/*/test/trial.ts', { eager: true });
const trials: Trials = Object.assign({}, ...Object.values(files).map((file) => file.trials));

const usual = executorFor('webgl');
function useHalves(on: boolean): void {
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', on);
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', !on);
}
beforeAll(() => useHalves(true));
afterAll(() => {
  useHalves(false);
  registerExecutor('webgl', usual);
});

const steps = 12;
/**
 * Tested with a vector only. Products and decompositions of their matrices are tfjs' own, in 16 bits: with a matrix SOAP and
 * GaLore take other eigenvectors than in float32, and Kron takes a software renderer a minute.
 */
const ofVectors = ['GaLore', 'Kron', 'LBFGS', 'ScalableShampoo', 'Shampoo', 'SOAP'];

/** Sizes of gradients, whose squares 16 bits hold, hold badly, and do not hold. */
const sizes = [0, 0.5, 2 ** -5, 2 ** -8, 2 ** -11, 2 ** -14];
/** Numbers of 16 bits that change with the step, and 0 for some elements in all steps. */
const coefficients = (t: number, size: number, scale = 1): number[] =>
  Array.from(
    { length: size },
    (_, i) => scale * sizes[i % sizes.length]! * (1 + ((7 * i + 5 * t) % 11) / 16),
  );

/** The class with its defaults where it has them for all options and no base, as it is suggested for a first try elsewhere. */
function make(name: string): BaseOptimizer {
  const made = trials[name]!(steps) as BaseOptimizer;
  if ('base' in made) return made;
  const Class = made.constructor as new (options: object) => BaseOptimizer;
  try {
    return new Class(name === 'Gravity' ? { seed: 1 } : {});
  } catch {
    return trials[name]!(steps) as BaseOptimizer;
  } finally {
    made.dispose();
  }
}

interface Trained {
  readonly values: readonly number[];
  /** Whether all that was computed is ours: no matrices, no loss. */
  readonly isOurs: boolean;
}

async function train(name: string, backend: string, scale = 1): Promise<Trained> {
  await tf.setBackend(backend);
  const shape = ofVectors.includes(name) ? [6] : [4, 3];
  const variable = tf.tidy(() => tf.variable(tf.fill(shape, 0.5), true, 'kernel'));
  const optimizer = make(name);
  const { needs } = optimizer.constructor as unknown as { needs: readonly string[] };
  const usesLoss =
    'base' in optimizer ||
    needs.some((need) => need !== 'gradient') ||
    name === 'AdaHessian' ||
    name.startsWith('Sophia');
  const constants = (t: number): tf.Tensor => tf.tensor(coefficients(t, variable.size, scale), shape);
  try {
    for (let t = 0; t < steps; t++) {
      if (usesLoss)
        optimizer.minimize(() => tf.sum(tf.mul(constants(t), tf.square(variable))), false, [variable]);
      else tf.tidy(() => optimizer.applyGradients({ [variable.name]: constants(t) }));
    }
    const phases = describeExecution(optimizer);
    if (backend === 'webgl') expect(phases.filter(({ fallback }) => fallback !== undefined)).toEqual([]);
    const isOurs = !usesLoss && phases.every(({ executor }) => executor !== 'tfjs');
    return { values: [...(await variable.data())], isOurs };
  } finally {
    optimizer.dispose();
    variable.dispose();
  }
}

const executors = {
  // Programs run on the host then: plain ops would underflow.
  'before kernels are loaded': opsExecutor,
  'by kernels': halvedExecutor,
};
const cases = Object.keys(trials).flatMap((name) =>
  Object.entries(executors).map(([when, executor]) => ({ name, when, executor })),
);
it.each(cases)('$name trains as it does in float32, $when', async ({ name, executor }) => {
  const { values: want } = await train(name, 'cpu');
  registerExecutor('webgl', executor);
  const { values: got, isOurs } = await train(name, 'webgl');
  const moved = Math.max(...want.map((value) => Math.abs(value - 0.5)));
  expect(moved).toBeGreaterThan(1e-6);
  // What kernels make is that of float32 but for the last bits of roots and quotients, which add up. Losses, gradients of them
  // and products of matrices are those of TensorFlow.js, which rounds each to 11 bits; algorithms divide by some of them: AliG, which
  // divides the loss by a squared norm, is off by 3 % of the way here, all others by less than 1 %.
  const tolerance = isOurs ? 1e-5 : 5e-2;
  // Evaluating a loss rounds weights that were made on the host.
  const rounded = !isOurs && executor === opsExecutor ? steps * 2 ** -12 : 0;
  want.forEach((value, i) => {
    expect(Math.abs(got[i]! - value), `element ${i}: ${got[i]} for ${value}`).toBeLessThanOrEqual(
      tolerance * moved + rounded + 1e-7,
    );
    // No step where there is no gradient.
    if (isOurs && value === 0.5) expect(got[i]).toBe(0.5);
  });
});

it.each([
  ['LDoG', 'a first value of 1e-8', 2 ** -12, 1e-3],
  ['LBFGS', '1/s·y', 2 ** -9, 5e-2],
] as const)('%s keeps what 16 bits do not hold: %s', async (name, _, scale, tolerance) => {
  const { values: want } = await train(name, 'cpu', scale);
  registerExecutor('webgl', halvedExecutor);
  const { values: got } = await train(name, 'webgl', scale);
  const moved = Math.max(...want.map((value) => Math.abs(value - 0.5)));
  expect(moved).toBeGreaterThan(1e-6);
  want.forEach((value, i) => expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(tolerance * moved + 1e-7));
});
