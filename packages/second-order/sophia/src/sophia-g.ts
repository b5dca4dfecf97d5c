// SPDX-License-Identifier: Apache-2.0
// Liu et al., "Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training", ICLR 2024
// Checked against the authors' code.

import {
  commonOptions,
  grouped,
  hyper,
  integer,
  Optimizer,
  outOfRange,
  real,
  repeat,
  whole,
  type Hyper,
  type NamedGradients,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import type { Key } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { outputsOf, type SampledModel } from './model-outputs.js';
import { kinds, sampledLoss, type Outputs } from './sampled-loss.js';

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
  /** Steps from one sampled loss to the next. @defaultValue `10` */
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
 * The second part takes one line. With `model.fit`: `optimizer.sampleFrom(model)`, once. In a loop of your own, after each step:
 * `optimizer.sampleHessian(() => logits)`, or `updateHessian(q)` with gradients made elsewhere. Without it h stays 0, and every
 * element moves by the learning rate along the sign of m, as it does before the first update.
 *
 * Slots, of the parameter's shape, zeros: `m`, `h`.
 *
 * The paper's algorithm updates h before it is used, in steps 1, 1 + k, …; here it is after steps k, 2k, …, as in the
 * published code.
 *
 * **When to use:** pre-training of language models and classifiers with large batches. **When not:** where the loss is not a
 * likelihood whose labels can be drawn. **Hint:** ρ so that 10 to 50 % of the elements stay below the bound, a rate slightly
 * below AdamW's with a warm-up, and twice its decay.
 *
 * @example
 * ```ts
 * import { SophiaG } from '@optim/sophia';
 *
 * const optimizer = new SophiaG({ learningRate: 3e-4, batchSize: 32 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * // Of a model that ends in softmax, sampleFrom(model) is enough.
 * optimizer.sampleFrom(model, 'means');
 * ```
 * @see https://arxiv.org/abs/2305.14342
 */
export class SophiaG extends Optimizer<SophiaGOptions> {
  static readonly className: string = 'SophiaG';

  static override readonly rule: Rule<SophiaGOptions, 'm' | 'h'> = {
    options: {
      learningRate: hyper('(0, ∞)', 1e-4, '[0, ∞)'),
      beta1: hyper('[0, 1)', 0.965),
      beta2: real('[0, 1)', 0.99),
      rho: hyper('(0, ∞)', 0.04),
      batchSize: hyper('(0, ∞)', 5120),
      updatePeriod: whole(integer('[1, ∞)', 10)),
      seed: whole(integer('[0, 9007199254740991]', 0)),
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

  #source: { readonly model: SampledModel; readonly outputs: Outputs } | null = null;
  /** What the last sampled evaluation kept: `trainOnBatch` may still read it. */
  #left: tf.Tensor[] = [];

  /**
   * Has `minimize`, and with it `model.fit`, draw labels from a model and update h, after every updatePeriod-th step: the loss
   * is evaluated once more then, for its outputs alone, so that regularizers have no part in it. Statistics of batch
   * normalization do not move, dropout draws another mask, `trainOnBatch` lists the metrics a second time. It is not saved:
   * say it again after loading.
   *
   * @param model - of tfjs-layers, whose loss `minimize` is given; compiled by then
   * @param outputs - what its outputs are
   */
  sampleFrom(model: SampledModel, outputs: Outputs = 'probabilities'): void {
    this.#source = { model, outputs: this.#kind(outputs) };
  }

  /**
   * Evaluates `f`, and steps along its gradients; then, where a sample is due, updates h, see {@link sampleFrom}.
   *
   * @throws RangeError if `f` is not the loss of the model that labels are to be drawn from; otherwise as in every optimizer
   */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    const cost = super.minimize(f, returnCost, varList);
    const source = this.#source;
    if (!source || !this.#due) return cost;
    const left: tf.Tensor[] = [];
    const sample = (): tf.Tensor[] => {
      const outputs = outputsOf(source.model, f);
      if (outputs.length > 0) return outputs;
      throw outOfRange(this.owner, 'the loss', 'that of the model given to sampleFrom', f);
    };
    try {
      this.#sample(sample, source.outputs, varList, (evaluate) => repeat(evaluate, [], left));
    } catch (error) {
      cost?.dispose();
      throw error;
    } finally {
      tf.dispose(this.#left);
      this.#left = left;
    }
    return cost;
  }

  /**
   * After every updatePeriod-th step, draws labels from the model and updates h; after the others it does nothing. To be called
   * after each step of a loop of your own.
   *
   * @param output - of the model for the batch
   * @param outputs - what it is
   * @param varList - as of `minimize`
   * @returns whether h was updated
   */
  sampleHessian(output: () => tf.Tensor, outputs: Outputs = 'logits', varList?: tf.Variable[]): boolean {
    if (this.#due) this.#sample(() => [output()], this.#kind(outputs), varList);
    return this.#due;
  }

  /**
   * Folds sampled gradients into h. It is no step, and leaves m alone; before the first step it makes the state.
   *
   * @param gradients - q, of the mean loss on labels drawn from the model; they stay the caller's
   * @throws as `applyGradients`. Nothing has changed then.
   */
  updateHessian(gradients: NamedGradients): void {
    this.assertStepping();
    const entries = this.entriesOf(gradients);
    const groups = grouped(this.settings);
    tf.tidy(() => {
      this.adopt(entries.map(({ variable }) => variable)).forEach(({ slots, group }, i) => {
        const { beta2 } = groups[group]!;
        const q2 = tf.square(entries[i]!.given['grad']!);
        slots['h']!.assign(tf.add(tf.mul(slots['h']!, beta2), tf.mul(q2, 1 - beta2)));
      });
    });
  }

  get #due(): boolean {
    return this.iterations > 0 && this.iterations % this.settings.updatePeriod === 0;
  }

  #kind(outputs: Outputs): Outputs {
    if (kinds.includes(outputs)) return outputs;
    throw outOfRange(this.owner, 'outputs', `one of ${kinds.map((kind) => `'${kind}'`).join(', ')}`, outputs);
  }

  #sample(
    of: () => readonly tf.Tensor[],
    outputs: Outputs,
    varList: tf.Variable[] | undefined,
    run = <T>(evaluate: () => T): T => evaluate(),
  ): void {
    this.assertStepping();
    const key = (stream: number): Key => [this.settings.seed, this.iterations, stream];
    const loss = (): tf.Scalar =>
      of()
        .map((output, i) => sampledLoss(output, outputs, key(i)))
        .reduce((sum, each) => tf.add(sum, each));
    const { value, grads } = run(() => this.evaluated(() => this.computeGradients(loss, varList)));
    try {
      this.updateHessian(grads);
    } finally {
      tf.dispose([value, grads]);
    }
  }

  override dispose(): void {
    tf.dispose(this.#left);
    super.dispose();
  }
}
