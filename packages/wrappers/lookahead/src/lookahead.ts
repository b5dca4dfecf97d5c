// SPDX-License-Identifier: Apache-2.0
// Zhang et al., "Lookahead Optimizer: k steps forward, 1 step back", arXiv:1907.08610
// Checked against the authors' lookahead_pytorch and optax.lookahead.

import { BaseOptimizer, choice, integer, momentumOf, outOfRange, real, unwrap, Wrapper, type Entry, type NamedGradients, type OptionTable } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';
import { SlowWeights } from './slow-weights.js';

/** What happens to the momentum of the base at a synchronization. */
export type PullbackMomentum = 'none' | 'reset' | 'pullback';

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

/** Optimizers that look ahead by themselves. */
const builtIn = ['Lookahead', 'Ranger', 'Ranger21'];

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
 * The base may be any `tf.Optimizer`; learning rate, weight decay and the like are its own. m are the running averages
 * of gradients or updates that it keeps: of the optimizers of this project those they declare, of TensorFlow.js those
 * of momentum, Adam, Adamax and RMSProp. Second moments and step counts stay as they are.
 *
 * Slots, of the parameter's shape: `slow` (φ, at first the parameter before its first step), with `'pullback'` a slow
 * copy of every m (μ, at first zeros).
 *
 * Differs from the authors' code in keeping a copy as μ (there it is the live momentum itself, from the first
 * synchronization on) and in knowing the momentum of Adam-type bases. timm starts φ at the first synchronization; optax'
 * `reset_state` clears all state of the base. PyTorch ports have alpha 0.5.
 *
 * **When to use:** around a base whose weights jump about from step to step, as a calmer version of it at the price of one
 * slot. **When not:** in runs of few steps, where the slow weights lag behind. **Hint:** k 5 and alpha 0.5 to 0.8 do almost
 * everywhere, and the base may take a somewhat larger learning rate than alone.
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
  static get className(): string {
    return 'Lookahead';
  }

  static override readonly options: OptionTable<LookaheadOptions> = {
    k: integer('[1, ∞)', 5),
    alpha: real('[0, 1]', 0.8),
    pullbackMomentum: choice<PullbackMomentum>(['none', 'reset', 'pullback']),
  };

  protected readonly inner: SlowWeights;
  private readonly momentum: ReturnType<typeof momentumOf>;
  private fast: (readonly [variable: tf.Variable, value: tf.Tensor])[] | null = null;

  /** @throws TypeError when `base` is not an optimizer or looks ahead itself; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: LookaheadOptions = {}) {
    super(base, options);
    const ahead = unwrap(base).find((inside) => builtIn.includes(inside.getClassName()));
    if (ahead) throw new TypeError(`Lookahead: base must not look ahead itself, got ${ahead.getClassName()}`);
    const { alpha, pullbackMomentum } = this.settings;
    this.momentum = momentumOf(base);
    if (pullbackMomentum !== 'none' && !this.momentum) {
      const constraint = `'none' around ${base.getClassName()}, which keeps no momentum`;
      throw outOfRange('Lookahead', 'pullbackMomentum', constraint, pullbackMomentum);
    }
    this.inner = new SlowWeights({ alpha, pullbackMomentum, momentum: this.momentum?.([]).names ?? [] });
  }

  /**
   * Puts the slow weights into the variables, to evaluate or save the model, until {@link useFastWeights}. Nothing is
   * counted; steps, and saving and loading of the optimizer, have to wait.
   *
   * @param variables - variables of the model, where the optimizer has just been loaded and has not stepped yet: it
   * does not know them before
   */
  useSlowWeights(variables: readonly tf.Variable[] = []): void {
    if (this.fast) return;
    this.assertUsable();
    this.inner.follow(variables);
    this.fast = this.inner.copies().map(([variable, slow]) => {
      const value = tf.keep(tf.clone(variable));
      variable.assign(slow);
      return [variable, value];
    });
  }

  /** Puts back the weights that {@link useSlowWeights} replaced. */
  useFastWeights(): void {
    for (const [variable, value] of this.fast ?? []) {
      if (!variable.isDisposed) variable.assign(value);
      value.dispose();
    }
    this.fast = null;
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    this.inner.follow(entries.map(({ variable }) => variable));
    this.stepBase(given, loss);
    const names = Array.isArray(given) ? given.map(({ name }: { name: string }) => name) : Object.keys(given);
    this.end(names.map((name) => tf.engine().registeredVariables[name]!));
  }

  /** Evaluates `f` and steps; a base with a way of its own to do so (SAM evaluates twice) does it that way. */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    const { base, inner } = this;
    if (
      base.minimize === BaseOptimizer.prototype.minimize ||
      base.minimize === tf.Optimizer.prototype.minimize
    ) {
      return super.minimize(f, returnCost, varList);
    }
    this.assertUsable();
    const listed = varList && [...new Set(varList)];
    const all = listed ?? Object.values(tf.engine().registeredVariables);
    // A variable made from another shares its tensor, so that nothing is copied or updated in place.
    const before = all.filter(({ trainable }) => trainable).map((p) => [p, tf.variable(p, false)] as const);
    try {
      const loss = base.minimize(f, returnCost, varList);
      // Only now it is known which variables are its own: those with another tensor than before.
      const stepped = before.filter(([variable, value]) => variable.dataId !== value.dataId);
      inner.followLate(stepped);
      this.end(listed ?? stepped.map(([variable]) => variable));
      return loss;
    } finally {
      tf.dispose(before.map(([, value]) => value));
    }
  }

  /** Counts a step of the base, whose gradients were those of `order`, and synchronizes after every k-th. */
  private end(order: readonly tf.Variable[]): void {
    this.incrementIterations();
    if (this.iterations % this.settings.k === 0) this.inner.synchronize(this.momentum?.(order) ?? null);
    this.inner.count(this.iterations);
  }

  protected override assertUsable(): void {
    super.assertUsable();
    if (this.fast) throw new Error('Lookahead: the slow weights are in place; call useFastWeights() first');
  }

  override dispose(): void {
    tf.dispose(this.fast?.map(([, value]) => value) ?? []);
    this.fast = null;
    super.dispose();
  }
}
