// SPDX-License-Identifier: Apache-2.0

import { grouped, record, register, repeat, type Entry } from '@optim/core/authoring';
import { ReadingOptimizer, type Work } from '@optim/full-batch';
import * as tf from '@tensorflow/tfjs-core';
import { direction, gradient } from './direction.js';
import { iterate, type Place } from './iterate.js';
import { assertServed, readsBack, type LBFGSOptions } from './options.js';
import { Vector, type Evaluation, type Held, type Made } from './vector.js';

/**
 * L-BFGS: quasi-Newton steps from the last few differences of parameters and gradients, of fixed length or by a
 * strong-Wolfe line search. All parameters are one long vector.
 *
 * ```text
 * y = g − g of the iteration before, s = the step it made
 * kept, if y·s > 1e-10, as one of historySize pairs, with ρ = 1/(y·s), H = y·s/y·y
 * q = −g
 * aᵢ = ρᵢ·(sᵢ·q), q ← q − aᵢ·yᵢ                  from the newest pair to the oldest
 * q ← H·q
 * q ← q + (aᵢ − ρᵢ·(yᵢ·q))·sᵢ                     from the oldest pair to the newest
 * p ← p + t·q                                    t = learningRate, or as lineSearch finds
 * ```
 *
 * The first step is shortened by min(1, 1/Σ|g|). An iteration ends the call, and moves nothing, where max |g| is at most
 * `toleranceGrad`, or g·q is above −`toleranceChange`. A search tries lengths, from `learningRate` on, until the loss has
 * fallen by at least 1e-4 of what its slope promises and the slope to 0.9 of what it was.
 *
 * By default nothing is read back, and a step is one evaluation, on every backend and in `model.fit`; a gradient that is not
 * finite makes the variables NaN, and leaves the slots. With `lineSearch` or more than one iteration `minimize` reads a few
 * numbers after every evaluation, and once more before every further iteration. webgpu cannot do that: `await minimizeAsync(f)`,
 * which is the same on every backend. Each evaluation of a call sees the same dropout mask, and the statistics of batch
 * normalization move in the first one alone.
 *
 * Slots, of a vector of n elements that stands for all variables: `s` and `y` [historySize, n], `d` and `previous` [n],
 * `inverse` and `products` [historySize, historySize], `curvatures` [historySize, 1], scalars `H`, `t`, `k`, `place`; they take
 * 2·historySize + 2 times the parameters. Global: `evaluations`, of the loss so far.
 *
 * Variables must stay the same from call to call. Hooks on gradients act at every evaluation, and not with a search. Groups
 * can set `weightDecay` alone. Defaults differ from PyTorch's, which keeps 100 pairs and makes 20 iterations in a call.
 *
 * In numbers, with `lineSearch: 'strongWolfe'`, beside Adam (the best of three learning rates) with as many evaluations:
 *
 * | problem                                                                                    | evaluations | LBFGS | Adam          |
 * | ------------------------------------------------------------------------------------------ | ----------- | ----- | ------------- |
 * | loss of Rosenbrock's function in 20 dimensions, from (−1.2, 1, …)                          | 270         | 1e-8  | 7.6 after 400 |
 * | largest error of u″ = −u on [0, 2π], a tanh network and `derivative` of `@optim/hessian`   | 400         | 0.004 | 0.03          |
 *
 * **When to use:** for small models on all of their data at once: regression, curve fitting, physics-informed networks.
 * **When not:** with small batches or dropout, whose differences are mostly noise; if at all, with a `historySize` of 1 to 3.
 * **Hint:** a few hundred steps of Adam, then `lineSearch: 'strongWolfe'`, 50 to 500 calls.
 *
 * @example
 * ```ts
 * import { LBFGS } from '@optim/lbfgs';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * // Fits scale·exp(−rate·t).
 * async function fit(times: tf.Tensor, measured: tf.Tensor) {
 *   const [rate, scale] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
 *   const loss = () => {
 *     const modelled = tf.mul(scale, tf.exp(tf.neg(tf.mul(rate, times))));
 *     return tf.sum(tf.square(tf.sub(modelled, measured))) as tf.Scalar;
 *   };
 *   const optimizer = new LBFGS({ lineSearch: 'strongWolfe' });
 *   for (let call = 0; call < 50; call++) await optimizer.minimizeAsync(loss, [rate, scale]);
 *   return [rate, scale];
 * }
 * ```
 * @see https://doi.org/10.1090/S0025-5718-1980-0572855-7
 */
export class LBFGS extends ReadingOptimizer<LBFGSOptions> {
  static readonly className: string = 'LBFGS';

  static override readonly rule: typeof gradient = gradient;
  static override readonly parts: { direction: typeof direction } = { direction };

  readonly #vector = new Vector(
    () => this.engine,
    () => this.iterations,
  );
  #count = 0;

  /** @throws TypeError or RangeError for a wrong option, hooks on more than gradients, groups of more than weight decay */
  constructor(options: LBFGSOptions = {}) {
    super(options);
    assertServed(this.settings);
  }

  /**
   * Makes one call: an iteration, or as many as the options allow.
   *
   * @param f - the loss: no arguments, a float32 scalar; evaluated again by a search
   * @param returnCost - whether to return the loss at the start of the call, weight decay included (the caller disposes it)
   * @param varList - the variables to train; all trainable ones when absent
   * @throws Error naming {@link minimizeAsync} where numbers are needed and cannot be read at once; RangeError for a loss
   * or gradient that is not finite, or other variables than before. Nothing has changed then.
   */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    return super.minimize(f, returnCost, varList);
  }

  /**
   * {@link minimize}, reading as the backend answers. Meanwhile variables are at the point of the last iteration, and the
   * optimizer can neither step, be saved, loaded nor disposed.
   *
   * @returns the loss at the start of the call, weight decay included
   * @throws as {@link minimize}, as a rejection
   */
  override async minimizeAsync(f: () => tf.Scalar, varList?: tf.Variable[]): Promise<number> {
    return super.minimizeAsync(f, varList);
  }

  protected get reads(): boolean {
    return readsBack(this.settings);
  }

  protected *call(f: () => tf.Scalar, varList?: tf.Variable[]): Work<tf.Scalar> {
    if (this.reads) return yield* this.iterating(f, varList);
    const evaluation = this.#evaluate(f, varList);
    try {
      this.#follow(evaluation);
      return evaluation.loss;
    } catch (error) {
      evaluation.loss.dispose();
      throw error;
    } finally {
      evaluation.gradient.dispose();
    }
  }

  /** A call that reads. When anything throws, all is as it was. */
  private *iterating(f: () => tf.Scalar, varList?: tf.Variable[]): Work<tf.Scalar> {
    const left: tf.Tensor[] = [];
    let before: Held | undefined;
    let first: Evaluation | undefined;
    try {
      const hold = (): void => void (before = this.#vector.hold());
      const { result, draws } = record(() => this.#evaluate(f, varList, hold));
      first = result;
      const place: Place = {
        settings: this.settings,
        vector: this.#vector,
        again: () => repeat(() => this.#evaluate(f, varList), draws, left),
        direct: (evaluation) => {
          const found = this.#direct(evaluation);
          this.#vector.keepStill(evaluation.present);
          return found;
        },
      };
      this.#finish(yield* iterate(first, place), first);
      return first.loss;
    } catch (error) {
      before?.undo();
      first?.loss.dispose();
      throw error;
    } finally {
      before?.release();
      first?.gradient.dispose();
      this.leave(left);
    }
  }

  /** The loss and the gradient of all variables at where they are. */
  #evaluate(f: () => tf.Scalar, varList?: tf.Variable[], ready?: () => void): Evaluation {
    const { value, grads } = this.evaluated(() => this.computeGradients(f, varList));
    try {
      const variables = varList && [...new Set(varList)];
      const given = variables?.map(({ name }) => ({ name, tensor: grads[name] })) ?? grads;
      return this.#gathered(this.entriesOf(given), value, variables, ready);
    } finally {
      tf.dispose([value, grads]);
    }
  }

  /** @param ready - called when variables are known, and nothing has changed */
  #gathered(
    entries: readonly Entry[],
    loss: tf.Scalar | undefined,
    variables: readonly tf.Variable[] = entries.map(({ variable }) => variable),
    ready?: () => void,
  ): Evaluation {
    this.#vector.stand(variables);
    ready?.();
    const { transforms } = this.settings;
    const isPlain = transforms.length === 0 && grouped(this.settings).every((of) => of.weightDecay === 0);
    const made: Made[] = isPlain
      ? entries.map(({ given }) => ({ gradient: given['grad']! }))
      : this.run('', entries);
    try {
      return this.#vector.gathered(entries, made, loss);
    } finally {
      if (!isPlain) tf.dispose(made);
    }
  }

  /** Rules 1 to 6 from the gradient at where the variables are. */
  #direct({ gradient }: Evaluation): Record<'stride' | 'slope' | 'span', tf.Tensor> {
    const [found] = this.run('direction', [{ variable: this.#vector.variable, given: { grad: gradient } }]);
    return found as Record<'stride' | 'slope' | 'span', tf.Tensor>;
  }

  /** A step by what the device knows alone. */
  #follow(evaluation: Evaluation): void {
    const found = this.#direct(evaluation);
    try {
      // The direction has gone on.
      this.goOn(() => {
        this.#vector.keepStill(evaluation.present);
        this.#vector.move(this.#vector.variables, found.stride);
        this.#finish(1, evaluation);
      });
    } finally {
      tf.dispose(found);
    }
  }

  #finish(evaluations: number, { present }: Evaluation): void {
    this.#vector.count(present);
    this.#count += evaluations;
    this.setGlobal('evaluations', this.#count);
    this.incrementIterations();
  }

  protected override step(entries: readonly Entry[], loss?: tf.Scalar): void {
    if (this.reads)
      throw new TypeError(
        'LBFGS: a step needs the loss itself with lineSearch or maxIterations > 1; call minimize instead of applyGradients',
      );
    if (entries.length === 0) return this.incrementIterations();
    const evaluation = this.#gathered(entries, loss);
    try {
      this.#follow(evaluation);
    } finally {
      tf.dispose([evaluation.loss, evaluation.gradient]);
    }
  }

  protected override restored({ evaluations }: Readonly<Record<string, number>>): void {
    this.#count = evaluations ?? 0;
  }

  override dispose(): void {
    super.dispose();
    this.#vector.dispose();
  }
}

register(LBFGS);
