// SPDX-License-Identifier: Apache-2.0
// The two points of an optimizer: where gradients are taken, and where the model is evaluated.

import { isArrayOf, wrongType } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';

/** An optimizer whose variables stand at one of two points, and move while no loss is being evaluated. */
export abstract class TwoPoints extends tf.Optimizer {
  protected disposed = false;
  /** Whether a loss is being evaluated, or a step made. */
  #busy = false;
  #evaluating = false;

  /** The class name, as errors and saved models carry it. */
  protected get owner(): string {
    return this.getClassName();
  }

  /** Runs the evaluation of a loss, during which no variable may be moved. */
  protected evaluated<T>(evaluate: () => T): T {
    this.#busy = true;
    try {
      return evaluate();
    } finally {
      this.#busy = false;
    }
  }

  /** Whether the variables are at the evaluation point, see {@link useEvaluationWeights}; set with a state taken over. */
  get atEvaluationPoint(): boolean {
    return this.#evaluating;
  }

  protected set atEvaluationPoint(evaluating: boolean) {
    this.#evaluating = evaluating;
  }

  /**
   * Moves the variables to the point at which the model is to be evaluated, used and saved: the average of Schedule-Free,
   * the slow weights of Lookahead. Steps have to wait for {@link useTrainingWeights}. For most optimizers both points are
   * one, and nothing happens; nor does it before the first step.
   *
   * @param variables - variables of the model, where the optimizer has just been loaded and has not stepped yet: it
   * does not know them before
   * @throws Error while a loss is being evaluated, or when a loaded optimizer knows no variables; TypeError for what is no list of
   * variables
   */
  useEvaluationWeights(variables: readonly tf.Variable[] = []): void {
    this.#assertMovable(variables);
    if (!this.#evaluating) this.#evaluating = this.toEvaluationPoint(variables);
  }

  /**
   * Moves the variables back to the point at which gradients are taken.
   *
   * @param variables - as of {@link useEvaluationWeights}
   * @throws Error, TypeError as {@link useEvaluationWeights}
   */
  useTrainingWeights(variables: readonly tf.Variable[] = []): void {
    this.#assertMovable(variables);
    if (this.#evaluating) this.toTrainingPoint(variables);
    this.#evaluating = false;
  }

  /** Moves the variables to the evaluation point; `false` where that is the point of training. */
  protected toEvaluationPoint(_variables: readonly tf.Variable[]): boolean {
    return false;
  }

  /** Moves the variables back from the evaluation point. */
  protected toTrainingPoint(_variables: readonly tf.Variable[]): void {}

  #assertMovable(variables: unknown): void {
    this.assertAlive();
    if (!isArrayOf(variables, (each) => each instanceof tf.Variable))
      throw wrongType(this.owner, 'variables', 'an array of variables', variables);
    if (!this.#busy) return;
    throw new Error(`${this.owner}: the loss is being evaluated; wait for it`);
  }

  /** @throws Error after `dispose` */
  protected assertAlive(): void {
    if (this.disposed) throw new Error(`${this.owner}: the optimizer was disposed; make a new one`);
  }
}
