// SPDX-License-Identifier: Apache-2.0
// Zhang et al., "Lookahead Optimizer: k steps forward, 1 step back", arXiv:1907.08610
// Checked against the authors' lookahead_pytorch and optax.lookahead.

import {
  assertVariables,
  choice,
  integer,
  lossOf,
  namesOf,
  outOfRange,
  readable,
  real,
  register,
  unwrap,
  type BaseOptimizer,
  type Entry,
  type Momentum,
  type NamedGradients,
  type OptionTable,
} from '@optim/core/authoring';
import { evaluatesItself, hasStepped, observeMoved, Wrapper, type Moved } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { momentumOf } from './momentum.js';
import { slowOf, synchronization, type PullbackMomentum, type Synchronization } from './slow-weights.js';

/** Options of {@link Lookahead}. */
export interface LookaheadOptions {
  /** Steps of the base per synchronization. @defaultValue `5` */
  k?: number;
  /** Share of the way that slow weights go towards the fast ones; 1 leaves the base as it is. @defaultValue `0.8` */
  alpha?: number;
  /**
   * Momentum of the base at a synchronization: `'none'` leaves it, `'reset'` sets it to 0, `'pullback'` averages it as
   * the weights are. @defaultValue `'none'`
   */
  pullbackMomentum?: PullbackMomentum;
}

/**
 * Slow weights that follow any optimizer: after k steps of the base they go part of the way towards its weights, and
 * the base starts again from there.
 *
 * ```text
 * p ← step of the base
 * every k steps, of all parameters:
 *   φ ← φ + alpha·(p − φ)
 *   p ← φ
 *   m ← 0                                    with 'reset'
 *   m ← alpha·m + (1 − alpha)·μ, μ ← m       with 'pullback'
 * ```
 *
 * The authors evaluate at the slow weights: `useEvaluationWeights()` moves the variables to φ, `useTrainingWeights()`
 * back.
 *
 * A call in which the base only gathers gradients (GradientAccumulation) is no step. The base may be any `tf.Optimizer`; learning rate, weight decay and the like are its own. m are the running
 * averages of gradients or updates that it keeps: of the optimizers of this project those they declare, of
 * TensorFlow.js those of momentum, Adam, Adamax and RMSProp. Second moments and step counts stay as they are.
 *
 * Slots, of the parameter's shape: `slow` (φ, at first the parameter before its first step), with `'pullback'` a slow
 * copy of every m (μ, at first zeros).
 *
 * Differs from the authors' code in keeping a copy as μ (there it is the live momentum itself, from the first
 * synchronization on) and in knowing the momentum of Adam-type bases. timm starts φ at the first synchronization; optax'
 * `reset_state` clears all state of the base. PyTorch ports have alpha 0.5.
 *
 * **When to use:** around a base whose weights jump about from step to step, as a calmer version of it at the price
 * of one slot. **When not:** in runs of few steps, where the slow weights lag behind. **Hint:** k 5 and alpha 0.5 to
 * 0.8 work well in most cases, and the base may take a somewhat larger learning rate than alone.
 *
 * @example
 * ```ts
 * import { Lookahead } from '@optim/lookahead';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * model.compile({ optimizer: new Lookahead(tf.train.adam(1e-3), { k: 5, alpha: 0.5 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1907.08610
 */
export class Lookahead extends Wrapper<LookaheadOptions> {
  static readonly className: string = 'Lookahead';

  static override readonly options: OptionTable<LookaheadOptions> = {
    k: integer('[1, ∞)', 5),
    alpha: real('[0, 1]', 0.8),
    pullbackMomentum: choice<PullbackMomentum>(['none', 'reset', 'pullback']),
  };

  static override readonly looksAhead: boolean = true;

  protected readonly rules: { synchronize: Synchronization };
  readonly #momentum: ReturnType<typeof momentumOf>;
  #fast: (readonly [variable: tf.Variable, value: tf.Tensor])[] = [];

  /** @throws TypeError when `base` is not an optimizer or looks ahead itself; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: LookaheadOptions = {}) {
    super(base, options);
    const ahead = unwrap(base).find(
      ({ constructor }) => (constructor as Partial<typeof BaseOptimizer>).looksAhead,
    );
    if (ahead) throw new TypeError(`Lookahead: base must not look ahead itself, got ${ahead.getClassName()}`);
    const { pullbackMomentum } = this.settings;
    this.#momentum = momentumOf(base);
    if (pullbackMomentum !== 'none' && !this.#momentum) {
      const constraint = `'none' around ${base.getClassName()}, which keeps no momentum`;
      throw outOfRange('Lookahead', 'pullbackMomentum', constraint, pullbackMomentum);
    }
    this.rules = { synchronize: synchronization(this.#momentum?.([]).names ?? []) };
  }

  /** Puts the slow weights into the variables; saving and loading of the optimizer have to wait. */
  protected override toEvaluationPoint(variables: readonly tf.Variable[]): boolean {
    this.#follow(variables);
    this.#fast = this.#copies().map(([variable, slow]) => {
      const value = tf.keep(tf.clone(variable));
      const copy = readable(slow);
      variable.assign(copy);
      copy.dispose();
      return [variable, value];
    });
    return true;
  }

  /** Puts back the fast weights. */
  protected override toTrainingPoint(): void {
    for (const [variable, value] of this.#fast) {
      if (!variable.isDisposed) variable.assign(value);
      value.dispose();
    }
    this.#fast = [];
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    this.#follow(entries.map(({ variable }) => variable));
    if (hasStepped(this.base, () => this.stepBase(given, loss)))
      this.#end(namesOf(given).map((name) => tf.engine().registeredVariables[name]!));
  }

  /** Evaluates `f` and steps; a base with a way of its own to do so (SAM evaluates twice) does it that way. */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    const { base } = this;
    if (!evaluatesItself(base)) return super.minimize(f, returnCost, varList);
    this.assertStepping();
    const loss = lossOf(this.owner, f);
    assertVariables(this.owner, varList);
    const listed = varList && [...new Set(varList)];
    const step = (): tf.Scalar | null => base.minimize(() => this.evaluated(loss), returnCost, varList);
    return this.whole(() =>
      observeMoved(base, listed, step, (moved, stepped) => {
        // Only now it is known which variables are its own.
        this.#followLate(moved);
        if (stepped) this.#end(listed ?? moved.map(([variable]) => variable));
      }),
    );
  }

  /** Makes the slow copies of variables that appear for the first time. */
  #follow(variables: readonly tf.Variable[]): void {
    tf.tidy(() => void this.engine.adopt(variables, this.iterations));
  }

  /** Like {@link follow}, of variables that have already stepped: `value` is that before the step. */
  #followLate(stepped: readonly Moved[]): void {
    const followed = new Set(this.#copies().map(([variable]) => variable));
    const fresh = stepped.filter(([variable]) => !followed.has(variable));
    const now = fresh.map(([variable]) => tf.clone(variable));
    for (const [variable, value] of fresh) variable.assign(value);
    this.#follow(fresh.map(([variable]) => variable));
    fresh.forEach(([variable], i) => variable.assign(now[i]!));
    tf.dispose(now);
  }

  /** The variables that are followed, each with its slow copy. */
  #copies(): (readonly [variable: tf.Variable, slow: tf.Variable])[] {
    return this.engine.state.ordered().map(({ variable, slots }) => [variable, slots['slow']!]);
  }

  /** Counts a step of the base, whose gradients were those of `order`, and synchronizes after every k-th. */
  #end(order: readonly tf.Variable[]): void {
    this.incrementIterations();
    if (this.iterations % this.settings.k !== 0) return;
    const entries = this.#copies().map(([variable]) => ({ variable, given: {} }));
    if (entries.length > 0) this.engine.step('synchronize', entries, { step: this.iterations });
    const momentum = this.#momentum?.(order);
    if (momentum) tf.tidy(() => this.#pull(momentum));
  }

  /** What becomes of the momentum of the base at a synchronization. */
  #pull({ names, slots }: Momentum): void {
    const { alpha, pullbackMomentum } = this.settings;
    if (pullbackMomentum === 'none') return;
    const followed = new Map(this.engine.state.ordered().map((parameter) => [parameter.variable, parameter]));
    for (const [variable, kept] of slots) {
      kept.forEach((m, i) => {
        if (!m) return;
        if (pullbackMomentum === 'reset') return m.assign(tf.zerosLike(m));
        const mu = followed.get(variable)?.slots[slowOf(names[i]!)];
        if (!mu) return;
        mu.assign(tf.add(mu, tf.mul(tf.sub(m, mu), alpha)));
        m.assign(mu);
      });
    }
  }

  protected override assertUsable(): void {
    super.assertUsable();
    if (this.#fast.length > 0)
      throw new Error('Lookahead: the slow weights are in place; call useTrainingWeights() first');
  }

  override dispose(): void {
    tf.dispose(this.#fast.map(([, value]) => value));
    this.#fast = [];
    super.dispose();
  }
}

register(Lookahead);
