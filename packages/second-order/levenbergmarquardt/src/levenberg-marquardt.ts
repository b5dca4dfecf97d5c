// SPDX-License-Identifier: Apache-2.0

import { register, repeat, total, type Parameter, type Rule } from '@optim/core/authoring';
import { concatenated, moveAlong, parted, ReadingOptimizer, type Work } from '@optim/full-batch';
import * as tf from '@tensorflow/tfjs-core';
import { assertResiduals } from './jacobian.js';
import { assertServed, rows, type LevenbergMarquardtOptions } from './options.js';
import { started, type Start } from './start.js';
import { solved, systemOf, type System } from './system.js';

/**
 * Damped Gauss–Newton steps for least squares: solves for the step from the Jacobian of all residuals, and damps it until
 * the sum of squares falls.
 *
 * ```text
 * r = f(v), J = ∂r/∂v [M, P], F = ½·Σ r² + ½·w·Σ v²       v all parameters, w = weightDecay
 * A = JᵀJ + w·I, b = Jᵀr + w·v
 * (A + λ·D)·δ = −b                                       D = I, or the diagonal of A, at least 1e-6 of its largest
 * v' = v + learningRate·δ
 * F(v') < F: v ← v', λ ← max(λ·dampingDown, dampingMin)
 * else:      λ ← min(λ·dampingUp, dampingMax), and again, maxAttempts times in all
 * ```
 *
 * `f` returns the residuals, a tensor of any shape but a scalar, not their loss. A call evaluates it once for F, once for each attempt, and for J
 * as often as there are residuals; {@link fitLeastSquares} needs only a pass for each output of a model of dense layers. `minimize`
 * returns F at the start; {@link LevenbergMarquardt.stalled} says whether no attempt was accepted.
 *
 * The system is read from the device and solved on the host in float64: P equations, or M where there are fewer residuals than
 * parameters, without decay and with `scaling: 'identity'`. `minimize` reads at once and again after every attempt; on webgpu
 * `await minimizeAsync(f)`, which is the same everywhere. A call from `model.fit`, gradients alone, hooks and groups are refused.
 *
 * Globals: `damping` (λ) and `evaluations`. scipy's `least_squares` goes by a trust region and other scaling to the same minimum.
 *
 * **When to use:** for regression by small networks, up to about a thousand parameters or residuals, all data at once.
 * **When not:** for classification, for large models, and for batches smaller than a few times P. **Hint:** tanh, inputs and targets
 * of about ±1, `dampingMin: 1e-4`; 20 to 100 calls, until λ climbs.
 *
 * @example
 * ```ts
 * import { LevenbergMarquardt } from '@optim/levenbergmarquardt';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * // Fits scale·exp(−rate·t).
 * async function fit(times: tf.Tensor, measured: tf.Tensor) {
 *   const [rate, scale] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
 *   const residuals = () => tf.sub(tf.mul(scale, tf.exp(tf.neg(tf.mul(rate, times)))), measured);
 *   const optimizer = new LevenbergMarquardt();
 *   for (let call = 0; call < 20; call++) await optimizer.minimizeAsync(residuals, [rate, scale]);
 *   return [rate, scale];
 * }
 * ```
 * @see https://doi.org/10.1137/0111030
 */
export class LevenbergMarquardt extends ReadingOptimizer<LevenbergMarquardtOptions> {
  static readonly className: string = 'LevenbergMarquardt';

  static override readonly rule: Rule<
    LevenbergMarquardtOptions,
    never,
    object,
    { damping: number; evaluations: number }
  > = {
    options: rows,
    decay: 'never',
    globals: ({ damping }) => ({ damping, evaluations: 0 }),
    update: () => ({}),
  };

  static override get needs(): readonly 'closure'[] {
    return ['closure'];
  }

  protected readonly reads: boolean = true;
  #damping: number;
  #count = 0;
  #hasStalled = false;

  /** @throws TypeError or RangeError for a wrong option, groups, hooks */
  constructor(options: LevenbergMarquardtOptions = {}) {
    super(options);
    assertServed(this.settings);
    this.#damping = Math.fround(this.settings.damping);
  }

  /** Whether no attempt of the last call was accepted. */
  get stalled(): boolean {
    return this.#hasStalled;
  }

  protected *call(f: () => tf.Tensor, varList?: tf.Variable[]): Work<tf.Scalar> {
    const left: tf.Tensor[] = [];
    const owned: tf.Tensor[] = [];
    let cost: tf.Scalar | undefined;
    try {
      const evaluate = <T>(body: () => T): T => this.evaluated(body);
      const start = started(f, varList, { way: this.settings.jacobian, evaluate, left, owned });
      cost = this.#costOf(start.residuals, start.variables);
      const { value, steepest, system, dual } = yield* this.equations(start, cost);
      if (!Number.isFinite(value) || !Number.isFinite(steepest))
        throw new RangeError(
          `LevenbergMarquardt: residuals and their derivatives must be finite, got ${value} for half of their squares`,
        );
      const tried = (x: Float64Array): Work<boolean> => this.tried(f, x, value, { start, dual, left });
      const { damping, isAccepted, evaluations } = yield* this.attempts(system, steepest, tried);
      this.#finish(start.variables, damping, evaluations + 1);
      this.#hasStalled = !isAccepted;
      return cost;
    } catch (error) {
      cost?.dispose();
      throw error;
    } finally {
      tf.dispose(owned);
      this.leave(left);
    }
  }

  /** Rule 2, and what it comes to at the start: F, and max |b|. */
  private *equations(
    { residuals, jacobian, variables }: Start,
    cost: tf.Scalar,
  ): Work<{ value: number; steepest: number; system: System; dual: boolean }> {
    const { scaling, weightDecay } = this.settings;
    const [rows, columns] = jacobian.shape;
    const dual = columns > rows && scaling === 'identity' && weightDecay === 0;
    const asked = tf.tidy(() => {
      const r = tf.reshape(residuals, [rows, 1]);
      const b = tf.matMul(jacobian, r, true);
      const steep =
        weightDecay === 0
          ? b
          : tf.add(b, tf.mul(tf.reshape(concatenated(variables), [columns, 1]), weightDecay));
      const products = dual
        ? tf.matMul(jacobian, jacobian, false, true)
        : tf.matMul(jacobian, jacobian, true);
      return concatenated([cost, tf.max(tf.abs(steep)), dual ? r : steep, products]);
    });
    const read = yield asked;
    const end = 2 + (dual ? rows : columns);
    const system = systemOf(read.subarray(end), read.subarray(2, end), weightDecay, scaling);
    return { value: read[0]!, steepest: read[1]!, system, dual };
  }

  /** Rule 3. */
  private *attempts(
    system: System,
    steepest: number,
    tried: (solution: Float64Array) => Work<boolean>,
  ): Work<{ damping: number; isAccepted: boolean; evaluations: number }> {
    const { maxAttempts, dampingUp, dampingDown, dampingMin, dampingMax } = this.settings;
    let damping = this.#damping;
    let evaluations = 0;
    const most = steepest > 0 ? maxAttempts : 0;
    for (let attempt = 0; attempt < most; attempt++) {
      const solution = solved(system, damping);
      if (solution) evaluations++;
      if (solution && (yield* tried(solution)))
        return { damping: Math.max(damping * dampingDown, dampingMin), isAccepted: true, evaluations };
      damping = Math.min(damping * dampingUp, dampingMax);
    }
    return { damping, isAccepted: false, evaluations };
  }

  /** Whether F falls at the end of a step; then it is made. While F is waited for, variables are at the start. */
  private *tried(
    f: () => tf.Tensor,
    solution: Float64Array,
    value: number,
    { start, dual, left }: { start: Start; dual: boolean; left: tf.Tensor[] },
  ): Work<boolean> {
    const { variables, points, jacobian, draws } = start;
    const directions = tf.tidy(() => {
      const x = tf.tensor2d(Float32Array.from(solution), [solution.length, 1]);
      return parted(tf.reshape(dual ? tf.matMul(jacobian, x, true) : x, [-1]), variables);
    });
    const { learningRate } = this;
    try {
      let cost: tf.Scalar;
      try {
        moveAlong(variables, points, directions, learningRate);
        cost = this.evaluated(() =>
          repeat(
            () =>
              tf.tidy(() => {
                const residuals = f();
                assertResiduals(residuals);
                return this.#costOf(residuals, variables);
              }),
            draws,
            left,
          ),
        );
      } finally {
        variables.forEach((variable, i) => variable.assign(points[i]!));
      }
      const [reached] = yield cost;
      const isLess = reached! < value;
      if (isLess) moveAlong(variables, points, directions, learningRate);
      return isLess;
    } finally {
      tf.dispose(directions);
    }
  }

  /** F. */
  #costOf(residuals: tf.Tensor, variables: readonly tf.Variable[]): tf.Scalar {
    const { weightDecay } = this.settings;
    const squares = (x: tf.Tensor): tf.Scalar => tf.mul(tf.sum(tf.square(x)), 0.5);
    return tf.tidy(() => {
      const own = squares(residuals);
      return weightDecay === 0 ? own : tf.add(own, tf.mul(total(variables.map(squares)), weightDecay));
    });
  }

  #finish(variables: readonly tf.Variable[], damping: number, evaluations: number): void {
    for (const parameter of tf.tidy(() => this.adopt(variables) as never) as Parameter[]) parameter.updates++;
    // What is saved is float32, and those who resume go on with it.
    this.#damping = Math.fround(damping);
    this.#count += evaluations;
    this.setGlobal('damping', this.#damping);
    this.setGlobal('evaluations', this.#count);
    this.incrementIterations();
  }

  protected override restored({ damping, evaluations }: Readonly<Record<string, number>>): void {
    this.#damping = damping!;
    this.#count = evaluations!;
  }

  protected override step(): never {
    throw new TypeError(
      'LevenbergMarquardt: a step needs the residuals; call minimize with a function that returns them instead of applyGradients',
    );
  }
}

register(LevenbergMarquardt);
