// SPDX-License-Identifier: Apache-2.0

import {
  apart,
  outOfRange,
  register,
  total,
  type Entry,
  type NamedGradients,
  type OptionTable,
} from '@optim/core/authoring';
import { assertFollows, resetting, Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { handedBack, nothing, release, summed, type Differentiated, type Found } from './backward.js';
import { rotationOf } from './homogenize.js';
import { Learned } from './learned.js';
import { assertTasks, rows, type RotoGradOptions, type Tasks } from './options.js';

/**
 * Homogenizes the gradients of several tasks on one backbone: every task sees the features through a rotation of its own,
 * learned so that the gradients of all tasks point the same way, and their sizes are made equal.
 *
 * ```text
 * z = backbone, rₖ = z·Rₖᵀ, Rₖ = R⁰ₖ·exp(Aₖ), Aₖ = lower(Pₖ) − lower(Pₖ)ᵀ       for each of K tasks, with B rows
 * g̃ₖ = ∂Lₖ/∂rₖ, gₖ = g̃ₖ·Rₖ
 * ḡ = Σ gₖ/K, V = Σ gₖ·(‖ḡ‖/‖gₖ‖)/K
 * ∂Pₖ of Σ over rows n of ‖Rₖ·Vₙ − g̃ₖₙ‖²
 * VanillaMTL, RotateOnly: Z = Σ gₖ
 * RotoGrad:     nₖ = ‖gₖ‖, aₖ = nₖ/n⁰ₖ/Σ n/n⁰, Z = (Σ aₖ·nₖ)·Σ gₖ/nₖ
 * RotoGradNorm: wₖ = K·softmax(ω)ₖ, Z = Σ wₖ·gₖ,
 *               ω descends on Σ |wₖ·‖gₖ‖ − ‖Z/K‖·(xₖ/x̄)^alpha|, xₖ = Lₖ/L⁰ₖ
 * p ← step of the base: the backbone along Z, carried back through it, heads along the gradients of their losses
 * P, ω ← step of rotationOptimizer
 * ```
 *
 * L⁰ and n⁰ are those of the first step, and from step `burnInPeriod` on those of that one. With `normalizeLosses` Lₖ/L⁰ₖ
 * is used instead of Lₖ in gradients.
 *
 * `minimize` takes {@link Tasks}; with one loss, as in `model.fit`, it is the base alone. {@link RotoGrad.rotate} rotates for
 * inference. Slots of P [d, d]: `value` (P itself), `start` (R⁰), `loss` (L⁰), `size` (n⁰); of ω [K]: `value`. The state of
 * `rotationOptimizer` is saved by itself. Without one the base steps rotations too, weight decay included.
 *
 * Sizes are of all columns, also beyond `latentSize`. On webgpu, which cannot read back in a step, a reference loss of 0 gives
 * numbers that are not finite, no error. PyTorch ports average the aim of rotations over the rows; their burn-in is always 20.
 *
 * **When to use:** where tasks share one vector of features and one of them learns at the cost of others. **When not:** for tasks
 * without a shared vector; PCGrad needs none. **Hint:** rotations at a tenth of the learning rate or less, decaying faster.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { RotoGrad } from '@optim/rotograd';
 * import type * as tf from '@tensorflow/tfjs-core';
 *
 * const optimizer = new RotoGrad(new AdamW(), {}, new AdamW({ learningRate: 1e-4, weightDecay: 0 }));
 *
 * function step(batch: tf.Tensor, heads: ((features: tf.Tensor2D) => tf.Scalar)[]): void {
 *   const features = () => model.apply(batch, { training: true }) as tf.Tensor;
 *   optimizer.minimize({ features, losses: heads });
 * }
 * ```
 * @see https://arxiv.org/abs/2103.02631
 */
export class RotoGrad extends Wrapper<RotoGradOptions> {
  static readonly className: string = 'RotoGrad';

  static override readonly options: OptionTable<RotoGradOptions> = rows;

  readonly #learned = new Learned((variables) => this.engine.adopt(variables, this.iterations));

  protected readonly rules: { keep: Learned['rule'] } = { keep: this.#learned.rule };

  /**
   * @param rotationOptimizer - steps rotations and weights of tasks, where the base is not to
   * @throws TypeError when `base` is not an optimizer or needs the loss itself; TypeError or RangeError for a wrong option
   */
  constructor(
    base: tf.Optimizer,
    options: RotoGradOptions = {},
    readonly rotationOptimizer: tf.Optimizer | null = null,
  ) {
    super(base, options);
    assertFollows('RotoGrad', base);
    if (rotationOptimizer) assertFollows('RotoGrad', rotationOptimizer);
  }

  protected override validate({ method, alpha }: Required<RotoGradOptions>): void {
    if (method === 'RotoGradNorm' && alpha === null)
      throw outOfRange('RotoGrad', 'alpha', "a number with method 'RotoGradNorm'", alpha);
  }

  /** With one loss, a step of the base. */
  override minimize(f: () => tf.Scalar, returnCost?: boolean, varList?: tf.Variable[]): tf.Scalar | null;
  /**
   * Evaluates backbone and heads, and steps all of them and the rotations.
   *
   * @param tasks - backbone and heads
   * @param returnCost - whether to return the losses of the tasks (the caller disposes them)
   * @param varList - the variables to train; all trainable ones when absent
   * @throws RangeError for no losses, another number of them than before, features narrower than `latentSize`, or a loss of 0
   * that others are to be compared with; TypeError for features that are no matrix
   */
  override minimize(tasks: Tasks, returnCost?: boolean, varList?: tf.Variable[]): tf.Scalar[] | null;
  override minimize(
    given: Tasks | (() => tf.Scalar),
    returnCost = false,
    varList?: tf.Variable[],
  ): tf.Scalar | tf.Scalar[] | null {
    if (typeof given === 'function') return super.minimize(given, returnCost, varList);
    return this.whole(() => this.#stepped(given, returnCost, varList));
  }

  #stepped(given: Tasks, returnCost: boolean, varList?: tf.Variable[]): tf.Scalar[] | null {
    this.assertStepping();
    assertTasks(given);
    const found = nothing();
    let backbone: ReturnType<tf.Optimizer['computeGradients']> | undefined;
    let returned = false;
    try {
      backbone = this.evaluated(() =>
        this.computeGradients(() => this.#descent(given, found, varList), varList),
      );
      tf.tidy(() => this.#move(backbone!.grads, found, varList));
      this.incrementIterations();
      returned = returnCost;
      return returnCost ? found.losses : null;
    } finally {
      release(found, returned);
      tf.dispose(backbone && [backbone.value, backbone.grads]);
    }
  }

  /** A scalar whose gradient with respect to the features is Z. */
  #descent({ features, losses, backboneLoss }: Tasks, found: Found, varList?: tf.Variable[]): tf.Scalar {
    const z = features();
    if (z.rank !== 2) throw new TypeError(`RotoGrad: features must be a matrix, got shape [${z.shape}]`);
    const carry = tf.customGrad((x, save) => {
      (save as tf.GradSaveFunc)([x as tf.Tensor]);
      const gradFunc = (_: tf.Tensor, [at]: tf.Tensor[]): tf.Tensor =>
        apart(() => this.#homogenized(at as tf.Tensor2D, losses, found, varList));
      return { value: tf.scalar(0), gradFunc };
    });
    const carried = carry(z) as tf.Scalar;
    return backboneLoss ? tf.add(carried, backboneLoss(z as tf.Tensor2D)) : carried;
  }

  #homogenized(z: tf.Tensor2D, losses: Tasks['losses'], found: Found, varList?: tf.Variable[]): tf.Tensor {
    const { iterations, settings } = this;
    const learned = this.#learned;
    learned.prepare(settings, losses.length, z.shape[1]);
    const scene = {
      settings,
      parameters: learned.parameters(),
      omega: learned.omega,
      compares: iterations === 0 || iterations === settings.burnInPeriod,
      differentiate: (f: Tasks['losses'][number], features: tf.Tensor2D) =>
        this.#differentiated(f, features, varList),
    };
    return handedBack(z, losses, scene, found);
  }

  #differentiated(
    f: Tasks['losses'][number],
    features: tf.Tensor2D,
    varList?: tf.Variable[],
  ): Differentiated {
    const point = tf.variable(features);
    try {
      const loss = (): tf.Scalar => f(tf.clone(point) as tf.Tensor2D);
      const { value, grads } = this.computeGradients(loss, varList && [point, ...varList]);
      const { [point.name]: at = tf.zerosLike(features), ...others } = grads;
      const reached = Object.entries(others).filter(([, gradient]) => gradient != null);
      return { loss: value, at, grads: Object.fromEntries(reached) };
    } finally {
      point.dispose();
    }
  }

  /** Steps of base and rotation optimizer; then what is kept follows. */
  #move(backbone: tf.NamedTensorMap, found: Found, varList?: tf.Variable[]): void {
    const { rotationOptimizer } = this;
    const own = rotationOptimizer ? {} : found.learned;
    const merged = summed(own, backbone, found.heads);
    const names = varList && new Set([...varList.map(({ name }) => name), ...Object.keys(own)]);
    const listed = names && [...names].map((name) => ({ name, tensor: merged[name] }));
    this.stepBase(listed ?? merged, total(found.losses));
    if (rotationOptimizer && Object.keys(found.learned).length > 0)
      this.stepOne(rotationOptimizer, found.learned);
    this.#learned.keep(found.references);
  }

  protected step(_entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    this.stepBase(given, loss);
    this.incrementIterations();
  }

  /**
   * Features as the rotation of a task leaves them, for inference.
   *
   * @param features - [rows, width]
   * @param task - index of the task
   * @throws RangeError for a task that there is not, as before the first step
   */
  rotate(features: tf.Tensor2D, task: number): tf.Tensor2D {
    const { settings, engine } = this;
    const learned = this.#learned;
    const [, width] = features.shape;
    const waiting = engine.state.waiting.filter(({ shape }) => shape?.length === 2).length;
    if (waiting > 0) learned.prepare(settings, waiting, width);
    const known = learned.rotations.length;
    if (!(task in learned.rotations))
      throw new RangeError(`RotoGrad: task must be one of ${known} that have been trained, got ${task}`);
    if (settings.method === 'VanillaMTL') return tf.clone(features);
    const { variable, slots } = learned.parameters()[task]!;
    return tf.tidy(() => tf.matMul(features, rotationOf(variable, slots['start']!, width), false, true));
  }

  /** @internal Losses are compared by its own step count, which begins at 0 also with `keepStep`. */
  override resetting(keepStep: boolean): () => void {
    const { rotationOptimizer, owner } = this;
    const ofRotations = rotationOptimizer && resetting(owner, rotationOptimizer, keepStep);
    const reset = super.resetting(keepStep);
    return () => {
      this.#learned.dispose();
      ofRotations?.();
      reset();
      this.iterations_ = 0;
    };
  }

  protected override restored(): void {
    this.#learned.follow();
  }

  /** @throws TypeError with a rotation optimizer */
  override getConfig(): tf.serialization.ConfigDict {
    if (!this.rotationOptimizer) return super.getConfig();
    throw new TypeError('RotoGrad: rotationOptimizer cannot be saved with a model; save stateDict() of both');
  }

  /** Frees the state, that of the base, and that of the rotation optimizer. */
  override dispose(): void {
    super.dispose();
    this.#learned.dispose();
    this.rotationOptimizer?.dispose();
  }
}

register(RotoGrad);
