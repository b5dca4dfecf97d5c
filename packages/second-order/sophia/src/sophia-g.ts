// SPDX-License-Identifier: Apache-2.0
// Liu et al., "Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training", ICLR 2024
// Checked against the authors' code.

import {
  commonOptions,
  hyper,
  integer,
  Optimizer,
  real,
  register,
  type Hyper,
  type NamedGradients,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import { sampledLoss, type Likelihood } from './sampled-loss.js';

/** Options of {@link SophiaG}. */
export interface SophiaGOptions extends OptimizerOptions {
  /** Decay of the momentum. @defaultValue `0.965` */
  beta1?: Hyper;
  /** Decay of the average of squared sampled gradients. @defaultValue `0.99` */
  beta2?: number;
  /**
   * Scale of the curvature; larger, more elements move by less than the learning rate.
   * @defaultValue `0.04`
   */
  rho?: Hyper;
  /**
   * Labels that a sampled loss is the mean of: examples, or examples times length. A schedule may read it off a variable.
   * @defaultValue `5120`
   */
  batchSize?: Hyper;
  /** Steps from one sampled loss to the next, for `sampleHessian`. @defaultValue `10` */
  updatePeriod?: number;
  /** Seed of the labels drawn; with the count of steps it settles them. @defaultValue `0` */
  seed?: number;
}

/**
 * Momentum over the diagonal of the Gauss–Newton matrix, clipped element by element. The diagonal comes from gradients of a loss
 * whose labels are drawn from the model, so that first derivatives are enough.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * p ← p − learningRate·sign(m)·min(|m|/(ρ·B·h + 1e-15), 1)      B = batchSize
 *
 * q = gradient of the mean loss on labels drawn from the model  after every updatePeriod-th step
 * h ← β₂h + (1 − β₂)q²
 * ```
 *
 * One line after each step does the second part, `sampleHessian(() => logits)`; `updateHessian(q)` takes gradients made
 * elsewhere. `model.fit` has no place for that line: without it h stays 0, and every element moves by the learning rate along the
 * sign of m, as it does before the first update.
 *
 * Slots, of the parameter's shape, zeros: `m`, `h`.
 *
 * The paper's algorithm updates h before it is used, in steps 1, 1 + k, …; here it is after steps k, 2k, …, as in the
 * published code.
 *
 * **When to use:** pre-training of language models and classifiers with large batches. **When not:** where the loss is not a
 * likelihood whose labels can be drawn; with `model.fit`. **Hint:** ρ so that 10 to 50 % of the elements stay below the
 * bound, a rate slightly below AdamW's, and twice its decay.
 *
 * @example
 * ```ts
 * import { SophiaG } from '@optim/sophia';
 * import * as tf from '@tensorflow/tfjs';
 *
 * const w = tf.variable(tf.zeros([2, 3]), true, 'w');
 * const x = tf.tensor2d([[1, 2], [3, 4]]);
 * const labels = tf.oneHot([0, 2], 3);
 * const logits = () => tf.matMul(x, w);
 *
 * const optimizer = new SophiaG({ learningRate: 3e-4, batchSize: 2 });
 * for (let step = 0; step < 20; step++) {
 *   optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, logits()));
 *   optimizer.sampleHessian(logits);
 * }
 * ```
 * @see https://arxiv.org/abs/2305.14342
 */
export class SophiaG extends Optimizer<SophiaGOptions> {
  static get className(): string {
    return 'SophiaG';
  }

  static override readonly rule: Rule<SophiaGOptions, 'm' | 'h'> = {
    options: {
      learningRate: hyper('(0, ∞)', 1e-4, '[0, ∞)'),
      beta1: hyper('[0, 1)', 0.965),
      beta2: real('[0, 1)', 0.99),
      rho: hyper('(0, ∞)', 0.04),
      batchSize: hyper('(0, ∞)', 5120),
      updatePeriod: integer('[1, ∞)', 10),
      seed: integer('[0, ∞)', 0),
      ...commonOptions(0.1),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, h: zeros }),
    update({ param, grad, m, h }, { learningRate, beta1, rho, batchSize }) {
      m = ema(m, grad, beta1);
      const r = m
        .abs()
        .div(h.mul(rho.mul(batchSize)).add(1e-15))
        .minimum(1);
      return { m, param: param.sub(m.sign().mul(r).mul(learningRate)) };
    },
  };

  /**
   * Folds sampled gradients into h. It is no step, and leaves m alone; before the first step it makes the state.
   *
   * @param gradients - q, of the mean loss on labels drawn from the model; they stay the caller's
   * @throws as `applyGradients`. Nothing has changed then.
   */
  updateHessian(gradients: NamedGradients): void {
    this.assertStepping();
    const entries = this.entriesOf(gradients);
    const { beta2 } = this.settings;
    tf.tidy(() => {
      this.adopt(entries.map(({ variable }) => variable)).forEach(({ slots }, i) => {
        const q = entries[i]!.given['grad']!;
        slots['h']!.assign(tf.add(tf.mul(slots['h']!, beta2), tf.mul(tf.square(q), 1 - beta2)));
      });
    });
  }

  /**
   * After every updatePeriod-th step, draws labels from the model and updates h; after the others it does nothing. To be called
   * after each step.
   *
   * @param outputs - of the model for the batch: logits, classes along the last axis; or means of normal distributions
   * @param likelihood - `'categorical'` for cross-entropy, `'normal'` for squared errors
   * @param varList - as of `minimize`
   * @returns whether h was updated
   */
  sampleHessian(
    outputs: () => tf.Tensor,
    likelihood: Likelihood = 'categorical',
    varList?: tf.Variable[],
  ): boolean {
    const { updatePeriod, seed } = this.settings;
    if (this.iterations === 0 || this.iterations % updatePeriod !== 0) return false;
    this.assertStepping();
    const loss = (): tf.Scalar => sampledLoss(outputs(), likelihood, seed + this.iterations);
    const { value, grads } = this.evaluated(() => this.computeGradients(loss, varList));
    try {
      this.updateHessian(grads);
    } finally {
      tf.dispose([value, grads]);
    }
    return true;
  }
}

register(SophiaG);
