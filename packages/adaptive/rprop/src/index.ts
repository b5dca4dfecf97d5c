// SPDX-License-Identifier: Apache-2.0
// Riedmiller and Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", 1993; this
// variant: Igel and Hüsken, "Empirical Evaluation of the Improved Rprop Learning Algorithms", Neurocomputing 50, 2003
// Checked against torch.optim.Rprop.

import {
  commonOptions,
  filled,
  Optimizer,
  outOfRange,
  real,
  register,
  type PeakOptions,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { constant, where } from '@optim/fusion';

/** Options of {@link Rprop}. */
export interface RpropOptions extends PeakOptions {
  /** First step size of every element, a number; not used afterwards, but by decoupled decay. @defaultValue `0.01` */
  learningRate?: number;
  /** Factor of a step size after a change of sign. @defaultValue `0.5` */
  etaMinus?: number;
  /** Factor of a step size while the sign stays. @defaultValue `1.2` */
  etaPlus?: number;
  /** Smallest step size. @defaultValue `1e-6` */
  minStepSize?: number;
  /** Largest step size. @defaultValue `50` */
  maxStepSize?: number;
  /** `'coupled'`: the penalty takes part in the sign; the others as everywhere. @defaultValue `'coupled'` */
  weightDecayMode?: WeightDecayMode;
}

/**
 * Uses the sign of the gradient alone. Every element owns a step size, which grows while the sign stays and shrinks when it
 * flips: for training on all data at once, where no learning rate has to be found.
 *
 * ```text
 * a = sign(g)·d
 * Δ ← Δ·η⁺ if a > 0, Δ·η⁻ if a < 0;        in [minStepSize, maxStepSize]
 * d ← 0 if a < 0, else sign(g)
 * p ← p − Δ·d
 * ```
 *
 * This is iRprop⁻: after a flip the element rests for a step, and nothing is taken back. The size of the loss has no
 * influence, nor has clipping by norm. A new `learningRate` acts on parameters that have not been seen yet; a schedule could do
 * nothing, and is refused.
 *
 * Slots, of the parameter's shape: `delta` (Δ), which starts at learningRate, and `d`, the sign of the last move.
 *
 * PyTorch multiplies two gradients in place of their signs, which underflows in float32. optax hands out the step of the call
 * before. The first paper takes the last step back after a flip.
 *
 * **When to use:** small networks and fits with the whole data set in every step. **When not:** with mini-batches: signs flip
 * at random, and the steps collapse. **Hint:** leave the factors; set `maxStepSize` to 1 if the loss jumps.
 *
 * @example
 * ```ts
 * import { Rprop } from '@optim/rprop';
 *
 * model.compile({ optimizer: new Rprop({ maxStepSize: 1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://doi.org/10.1109/ICNN.1993.298623
 */
export class Rprop extends Optimizer<RpropOptions> {
  static readonly className: string = 'Rprop';

  static override readonly rule: Rule<RpropOptions, 'delta' | 'd'> = {
    options: {
      learningRate: real('(0, ∞)', 1e-2),
      etaMinus: real('(0, 1)', 0.5),
      etaPlus: real('(1, ∞)', 1.2),
      minStepSize: real('[0, ∞)', 1e-6),
      maxStepSize: real('[0, ∞)', 50),
      ...commonOptions(0, 'coupled'),
    },
    validate({ minStepSize, maxStepSize }) {
      if (maxStepSize < minStepSize)
        throw outOfRange('Rprop', 'maxStepSize', `at least minStepSize, ${minStepSize}`, maxStepSize);
    },
    slots: ({ learningRate }) => ({
      delta: filled(({ size }) => new Float32Array(size).fill(learningRate)),
      d: zeros,
    }),
    // Of a number that is no hyper-parameter, core cannot know the rate.
    rateInForce: (_param, { learningRate }) => constant(learningRate),
    update({ param, grad, delta, d }, { etaMinus, etaPlus, minStepSize, maxStepSize }) {
      const sign = grad.sign();
      const a = sign.mul(d);
      const eta = where(a.greater(0), etaPlus, where(a.less(0), etaMinus, 1));
      delta = delta.mul(eta).clip(minStepSize, maxStepSize);
      d = where(a.less(0), 0, sign);
      return { delta, d, param: param.sub(delta.mul(d)) };
    },
  };
}

register(Rprop);
