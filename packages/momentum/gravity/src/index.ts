// SPDX-License-Identifier: Apache-2.0
// Bahrami and Pouriyan Zadeh, "Gravity Optimizer: a Kinematic Approach on Optimization in Deep Learning", arXiv:2101.09192
// Checked against numbers of the authors' PyTorch version, whose code (GPL-3.0) was not looked at.

import {
  commonOptions,
  custom,
  filled,
  hyper,
  integer,
  isSchedule,
  nullable,
  Optimizer,
  outOfRange,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import { asData, isInitialVelocity, velocityOf, type InitialVelocity } from './initial-velocity.js';

export type { InitialVelocity, SavedVelocity } from './initial-velocity.js';

/** Options of {@link Gravity}. */
export interface GravityOptions extends OptimizerOptions {
  /** Size of the random first steps: v starts with a standard deviation of alpha/learningRate. @defaultValue `0.01` */
  alpha?: number;
  /** The momentum that βₜ rises to. @defaultValue `0.9` */
  beta?: Hyper;
  /** Seed of the first velocities; `null`: others in every run. @defaultValue `null` */
  seed?: number | null;
  /**
   * The first velocities themselves: by the name of the variable, its elements in row-major order or a tensor of its
   * shape, which is read at once. @defaultValue `null`
   */
  initialVelocity?: InitialVelocity | null;
}

/**
 * Momentum on gradients that are squashed smoothly, relative to the largest entry of each tensor: steep entries move
 * less than moderate ones.
 *
 * ```text
 * M = max|g|                               over the whole tensor
 * ζ = g/(1 + (g·M)²)
 * v ← βₜv + (1 − βₜ)ζ                      βₜ = (β·t + 1)/(t + 2)
 * p ← p − learningRate·v
 * ```
 *
 * ζ is largest where |g|·M is 1. βₜ rises from (β + 1)/3 towards β; t counts the steps of the optimizer, from 1. The paper
 * divides by 1/M, which is 0/0 for a gradient of zero; here ζ is 0 then, and v moves p on.
 *
 * Slot: `v`, of the parameter's shape. It starts at a normal draw, made with `seed` and the order in which the variables
 * were made; with `alpha` 0 at zero, or at `initialVelocity`.
 *
 * The authors' Keras version counts t from 0. They have no weight decay.
 *
 * **When to use:** convolutional networks whose gradients have outliers that dominate the step. **When not:** where the
 * gradient starts out long, along which it hardly moves; where tensors are split, since M is that of the whole.
 * **Hint:** a learning rate of 0.1 as published; the random part of the first step is about 0.6·alpha per element at any
 * rate, and `alpha` 0 leaves it out, for fine-tuning.
 *
 * @example
 * ```ts
 * import { Gravity } from '@optim/gravity';
 *
 * model.compile({ optimizer: new Gravity({ learningRate: 0.1, seed: 1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2101.09192
 */
export class Gravity extends Optimizer<GravityOptions> {
  static readonly className: string = 'Gravity';

  static override readonly rule: Rule<GravityOptions, 'v', { betaT: number }> = {
    options: {
      learningRate: hyper('(0, ∞)', 0.1, '[0, ∞)'),
      alpha: real('[0, ∞)', 0.01),
      beta: hyper('[0, 1]', 0.9),
      seed: nullable(integer('(-∞, ∞)')),
      initialVelocity: custom('numbers or tensors by name of the variable, or null', isInitialVelocity, null),
      ...commonOptions(),
    },
    momentum: ['v'],
    slots({ learningRate, alpha, seed, initialVelocity }) {
      if (initialVelocity)
        return { v: filled((variable, { step }) => velocityOf(variable, initialVelocity, step === 0)) };
      if (alpha === 0) return { v: zeros };
      const drawn = filled(({ size }, { step, order }) => {
        const rate = isSchedule(learningRate) ? learningRate(step) : learningRate;
        if (!(rate > 0))
          throw outOfRange('Gravity', `learningRate at step ${step}`, 'in (0, ∞) unless alpha is 0', rate);
        // A fraction for every variable: TensorFlow.js hashes its seeds, and takes 0 for none.
        const own = seed === null ? undefined : seed + (order + 1) / 2 ** 20;
        return tf.tidy(() => tf.randomNormal([size], 0, alpha / rate, 'float32', own).dataSync());
      });
      return { v: drawn };
    },
    coefficients: (_t, { beta }, t) => ({ betaT: (beta * t + 1) / (t + 2) }),
    update({ param, grad, v }, { learningRate, betaT }) {
      const M = grad.abs().max();
      const zeta = grad.div(grad.mul(M).square().add(1));
      v = ema(v, zeta, betaT);
      return { v, param: param.sub(v.mul(learningRate)) };
    },
  };

  constructor(options: GravityOptions = {}) {
    super(asData(options));
  }
}

register(Gravity);
