// SPDX-License-Identifier: Apache-2.0
// Small rules to test the protocol with, and what the tests do over and over.

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  round,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '../src/authoring.js';

export interface HeavyOptions extends OptimizerOptions {
  momentum?: Hyper;
}

/** Heavy ball: m ← μm + g; p ← p − α·m. */
export class Heavy extends Optimizer<HeavyOptions> {
  static readonly className: string = 'Heavy';

  static override readonly rule: Rule<HeavyOptions, 'm'> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.5),
      momentum: hyper('[0, 1)', 0.5),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: (param) => param.mul(0) }),
    update({ param, grad, m }, { learningRate, momentum }) {
      m = m.mul(momentum).add(grad);
      return { m, param: param.sub(m.mul(learningRate)) };
    },
  };
}

/** Normalized descent: n = ‖all gradients‖; longest ← max(longest, n); p ← p − α·g/longest. No slots. */
export class Normed extends Optimizer {
  static readonly className: string = 'Normed';

  static override readonly rule: Rule<OptimizerOptions, never, object, { longest: number }> = {
    options: { learningRate: hyper('[0, ∞)', 0.5), ...commonOptions() },
    globals: () => ({ longest: 0 }),
    rounds: () => [
      round({
        observe: ({ grad }) => ({ squares: grad.square().sum() }),
        combine: ({ squares }, { longest }) => ({ longest: squares.sqrt().maximum(longest) }),
      }),
    ],
    update: ({ param, grad }, { learningRate, longest }) => ({
      param: param.sub(grad.mul(learningRate).div(longest)),
    }),
  };
}

register(Heavy, Normed);

/** A variable from numbers. */
export function variable(name: string | undefined, values: number[] | number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values), true, name));
}

/** The elements of a tensor. */
export async function read(tensor: tf.Tensor): Promise<number[]> {
  return [...(await tensor.data())];
}

/** Numbers rounded to what float32 distinguishes, for `toEqual`. */
export function close(...numbers: number[]): number[] {
  return numbers.map((number) => expect.closeTo(number, 5) as number);
}

/** One step with a gradient of ones for each variable. */
export function step(optimizer: tf.Optimizer, ...variables: tf.Variable[]): void {
  tf.tidy(() => optimizer.applyGradients(variables.map((v) => ({ name: v.name, tensor: tf.onesLike(v) }))));
}

/** ½Σp², over all the variables: the gradient is p. */
export function half(...variables: tf.Variable[]): () => tf.Scalar {
  return () => tf.mul(tf.addN(variables.map((v) => tf.sum(tf.square(v)))), 0.5) as tf.Scalar;
}
