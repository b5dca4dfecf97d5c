// SPDX-License-Identifier: Apache-2.0
// Defazio et al., "Smoothing DiLoCo with Primal Averaging for Faster Training of LLMs", arXiv:2512.17131
// Checked against the authors' GPAAdamW, where that has no weight decay.

import {
  movable,
  real,
  register,
  steady,
  type Entry,
  type NamedGradients,
  type OptionTable,
} from '@optim/core/authoring';
import { assertFollows, assertOnePoint, hasStepped, stepFrom, Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { interpolate, type GPAOptions } from './rules.js';

export type { GPAOptions } from './rules.js';

/**
 * Generalized primal averaging: any optimizer steps z, an average x follows it and is what the model is, and gradients are
 * taken at y between the two. Schedule-Free with a constant share, and a smooth form of DiLoCo on one machine.
 *
 * ```text
 * g = ∇f(y)
 * z ← step of the base from z along g
 * x ← μx·x + (1 − μx)·z                  x = y = z at first
 * y ← μy·x + (1 − μy)·z
 * ```
 *
 * There are **two points**: the variables are at y while training; `useEvaluationWeights()` moves them to x for evaluation and
 * saving, and `useTrainingWeights()` back. A step at x is an error. x is not kept, since y and z give it.
 *
 * Learning rate, weight decay, hooks and momentum are those of the base and act at z: any `tf.Optimizer` without an evaluation
 * point of its own that steps along given gradients. In a call in which the base only gathers gradients or leaves the step out
 * nothing moves, and a variable that has not stepped stays. μx = 0 is the base alone.
 *
 * Slots, of the parameter's shape: `z` (at first the parameter before its first step). Globals: `evaluating` (1 at x).
 * Statistics of batch normalization belong to y.
 *
 * Differs from the authors' GPAAdamW with weight decay: there z shrinks without y, which moves x away from zero in that step;
 * here the equations are followed. It also begins at x and has to be switched to training. Relation to Schedule-Free: 1 − μx is
 * its c, and μy its β₁; to DiLoCo with H inner steps and outer momentum m: μx = m^(1/H).
 *
 * **When to use:** in long trainings, in place of an average kept beside them, at the same memory. **When not:** where nobody
 * can call `useEvaluationWeights()`, or in a few hundred steps. **Hint:** learning rate and schedule that the base has alone;
 * `evalInterpolation` 0.9934 to 0.9984 for long trainings, 0.9 to 0.99 for short ones.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { GPA } from '@optim/gpa';
 *
 * const optimizer = new GPA(new AdamW(), { evalInterpolation: 0.99 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * // after every model.fit:
 * optimizer.useEvaluationWeights(); // for model.evaluate, model.predict, model.save
 * optimizer.useTrainingWeights(); // for the next model.fit
 * ```
 * @see https://arxiv.org/abs/2512.17131
 */
export class GPA extends Wrapper<GPAOptions> {
  static readonly className: string = 'GPA';

  static override readonly options: OptionTable<GPAOptions> = {
    trainInterpolation: real('(0, 1]', 0.7),
    evalInterpolation: real('[0, 1)', 0.9967),
  };

  static override readonly looksAhead: boolean = true;

  protected readonly rules: { interpolate: typeof interpolate } = { interpolate };

  /**
   * @throws TypeError when `base` is not an optimizer, needs the loss itself, or has an evaluation point of its own; TypeError or
   * RangeError for a wrong option
   */
  constructor(base: tf.Optimizer, options: GPAOptions = {}) {
    super(base, options);
    assertFollows('GPA', base);
    assertOnePoint('GPA', base);
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    const { engine, iterations: step } = this;
    const stepped = tf.tidy(() => {
      const gradients = steady(given);
      const variables = entries.map(({ variable }) => variable);
      engine.adopt(variables, step);
      return stepFrom(
        engine,
        'z',
        () => hasStepped(this.base, () => this.stepBase(gradients, loss)),
        (moved) => engine.step('interpolate', moved, { step }),
      );
    });
    if (stepped) this.incrementIterations();
  }

  protected override toEvaluationPoint(variables: readonly tf.Variable[]): boolean {
    const { state } = this.engine;
    if (state.ordered().length === 0 && state.waiting.length === 0) return false;
    this.#move(variables, 1 - 1 / this.settings.trainInterpolation);
    this.engine.state.setGlobal('evaluating', 1);
    return true;
  }

  protected override toTrainingPoint(variables: readonly tf.Variable[]): void {
    this.#move(variables, 1 - this.settings.trainInterpolation);
    this.engine.state.setGlobal('evaluating', 0);
  }

  /** Moves the variables a share of the way to z. */
  #move(variables: readonly tf.Variable[], share: number): void {
    tf.tidy(() => {
      for (const { variable, slots } of movable('GPA', this.engine, variables, this.iterations))
        variable.assign(tf.add(variable, tf.mul(tf.sub(slots['z']!, variable), share)));
    });
  }

  protected override restored({ evaluating }: Readonly<Record<string, number>>): void {
    this.atEvaluationPoint = evaluating === 1;
  }
}

register(GPA);
