// SPDX-License-Identifier: Apache-2.0
// What sharpness-aware methods share: two evaluations of the loss, and a step of the base along the second gradient.

import { hold, record, repeat, type Entry, type NamedGradients } from '@optim/core/authoring';
import { assertFollows, movedBy, Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import type { Ascent, PerturbationOptions } from './ascent.js';
import type { Gradients } from './merge.js';

/**
 * Base of wrappers that evaluate the loss at p and again at a worse point q nearby, and let the base step from p along
 * the gradient at q. The entry is `minimize`, and with it `model.fit`.
 *
 * Both evaluations are of the same closure, so of the same batch. They see the same dropout mask, and the statistics of
 * batch normalization move in the first one alone. `minimize` returns the first loss. `model.fit` and `fitDataset`
 * report the metrics of the first evaluation; `trainOnBatch` lists those of the second after them. What a loss of your
 * own keeps (`tf.keep`) in its second evaluation is freed when the next step is over. Recurrent layers with
 * `stateful: true` advance twice.
 *
 * @typeParam O - options of the wrapper
 */
export abstract class SharpnessAware<O extends PerturbationOptions> extends Wrapper<O> {
  static override readonly needs: readonly 'closure'[] = ['closure'];

  /** The way from p to q, as `climb`, and what a method makes of the two gradients. */
  protected abstract override readonly rules: Wrapper<O>['rules'] & { readonly climb: Ascent<O> };

  /** What the last second evaluation kept. */
  #left: tf.Tensor[] = [];
  /** What the base moves in this step: nothing else is part of a norm, or elsewhere at q. */
  #moved: ReadonlySet<tf.Variable> = new Set();

  /** @throws TypeError when `base` is not an optimizer or needs the loss itself; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: O = {} as O) {
    super(base, options);
    assertFollows(this.owner, base);
  }

  /**
   * Evaluates `f` at p and at q, and lets the base step from p along the gradient at q. When anything throws, p is as
   * it was.
   *
   * @param f - the loss: no arguments, a float32 scalar; called twice
   * @param returnCost - whether to return the loss at p (the caller disposes it)
   * @param varList - the variables to train; all trainable ones when absent
   */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    return this.whole(() => this.#stepped(f, returnCost, varList));
  }

  #stepped(f: () => tf.Scalar, returnCost: boolean, varList?: tf.Variable[]): tf.Scalar | null {
    this.assertStepping();
    const left: tf.Tensor[] = [];
    const evaluate = (): { value: tf.Scalar; grads: tf.NamedTensorMap } =>
      this.evaluated(() => this.computeGradients(f, varList));
    const { result: first, draws } = record(evaluate);
    let second: typeof first | undefined;
    let returned = false;
    try {
      const entries = super.entriesOf(first.grads);
      this.#moved = movedBy(
        this,
        entries.map(({ variable }) => variable),
      );
      if (this.climbs()) second = this.#nearby(first.grads, () => repeat(evaluate, draws, left));
      const { value, grads: nearby } = second ?? first;
      this.follow({ grad: first.grads, nearby }, (grads) => {
        const named = varList && [...new Set(varList)].map(({ name }) => ({ name, tensor: grads[name] }));
        this.stepBase(named ?? grads, value);
      });
      this.incrementIterations();
      returned = returnCost;
      return returnCost ? first.value : null;
    } finally {
      // Nobody reads what an earlier second evaluation kept after this step; before it, a stateful layer might.
      tf.dispose([first.grads, second, this.#left]);
      this.#left = left;
      if (!returned) first.value.dispose();
    }
  }

  /** Whether this step evaluates the loss at q; else `nearby` are the gradients at p. */
  protected climbs(): boolean {
    return true;
  }

  /** Lets the base step once; along the gradients at q, where a method has no other way to follow them. */
  protected follow({ nearby }: Gradients, step: (gradients: tf.NamedTensorMap) => void): void {
    step(nearby);
  }

  /** Lets the base step along what a rule of the wrapper makes of the two gradients. */
  protected followMerged(
    rule: string,
    gradients: Gradients,
    step: (gradients: tf.NamedTensorMap) => void,
  ): void {
    const merged = this.combined(rule, gradients);
    try {
      step({ ...gradients.nearby, ...merged });
    } finally {
      tf.dispose(merged);
    }
  }

  /**
   * Runs a {@link Merge}; what it gives back is the caller's.
   *
   * @param more - what else the rule is given for a variable
   */
  protected combined(
    rule: string,
    { grad, nearby }: Gradients,
    more?: (variable: tf.Variable) => tf.NamedTensorMap,
  ): tf.NamedTensorMap {
    const entries = this.entriesOf(grad).map(({ variable, given }) => ({
      variable,
      given: { ...given, nearby: nearby[variable.name]!, ...more?.(variable) },
    }));
    const results = this.engine.step(rule, entries, { step: this.iterations });
    return Object.fromEntries(
      entries.flatMap(({ variable }, i) => {
        const merged = results[i]?.['merged'];
        return merged ? [[variable.name, merged]] : [];
      }),
    );
  }

  /** Variables with gradients that take part in this step's way to q. */
  protected override entriesOf(gradients: NamedGradients): Entry[] {
    return super.entriesOf(gradients).filter(({ variable }) => this.#moved.has(variable));
  }

  /** Moves parameters to q, evaluates there, and moves them back whatever happens. */
  #nearby<T>(gradients: tf.NamedTensorMap, evaluate: () => T): T {
    const entries = this.entriesOf(gradients);
    const values = entries.map(({ variable }) => hold(variable));
    const { writes } = this.engine;
    try {
      this.engine.step('climb', entries, { step: this.iterations });
      return evaluate();
    } finally {
      entries.forEach(({ variable }, i) => variable.assign(values[i]!));
      this.engine.writes = writes;
      tf.dispose(values);
    }
  }

  /** @throws TypeError always: a gradient alone is not enough. */
  protected step(): never {
    throw new TypeError(
      `${this.owner}: a step needs the loss itself, to evaluate it a second time; call minimize instead of applyGradients`,
    );
  }

  override dispose(): void {
    tf.dispose(this.#left);
    super.dispose();
  }
}
