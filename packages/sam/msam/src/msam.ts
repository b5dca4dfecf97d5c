// SPDX-License-Identifier: Apache-2.0

import {
  exchange,
  hyper,
  movable,
  register,
  steady,
  unshared,
  type Entry,
  type NamedGradients,
  type OptionTable,
} from '@optim/core/authoring';
import { assertFollows, assertOnePoint, hasStepped, stepFrom, Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { ahead, type MSAMOptions } from './rules.js';

export type { MSAMOptions } from './rules.js';

/**
 * Sharpness-aware training with one gradient a step: it is taken at a point ahead of the parameters, in the direction of
 * the last step of the base.
 *
 * ```text
 * g = ∇f(p), p the point ahead
 * w' = step of the base from w along g
 * Δ = w' − w, n = √(Σ Δ²)       Σ over all elements of all parameters
 * w ← w'
 * p ← w' + rho·Δ/n              p ← w' where n = 0
 * ```
 *
 * Gradients are taken at p, where the variables are in training; the model is w, to which `useEvaluationWeights()` moves
 * them for evaluation and saving, until `useTrainingWeights()`. In the first step p is w. A step that the base leaves out,
 * for gradients that are not finite, leaves p and w.
 *
 * Learning rate, weight decay and the like are those of the base: any `tf.Optimizer` without an evaluation point of its own
 * that steps along given gradients. Slots, of the parameter's shape: `counterpart`, the one of p and w where the variable is not;
 * globals: `evaluating`.
 *
 * For momentum without decay this is the method of the paper, p = w − rho·v/‖v‖; with Adam the paper goes along its first
 * moment, and this along the step itself, decay included.
 *
 * **When to use:** where SAM helps and a second gradient is too much. **When not:** for the last digits of convergence: it
 * does not settle closer than about rho, unless that is lowered towards the end. **Hint:** rho ten times that of SAM; move to
 * the evaluation point before you measure.
 *
 * @example
 * ```ts
 * import { MSAM } from '@optim/msam';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const optimizer = new MSAM(tf.train.momentum(0.1, 0.9), { rho: 0.3 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2401.12033
 */
export class MSAM extends Wrapper<MSAMOptions> {
  static readonly className: string = 'MSAM';

  static override readonly options: OptionTable<MSAMOptions> = { rho: hyper('[0, ∞)', 0.3) };

  static override readonly looksAhead: boolean = true;

  protected readonly rules: { ahead: typeof ahead } = { ahead };

  /** @throws TypeError when `base` is not an optimizer, needs the loss itself, or has an evaluation point of its own */
  constructor(base: tf.Optimizer, options: MSAMOptions = {}) {
    super(base, options);
    assertFollows('MSAM', base);
    assertOnePoint('MSAM', base);
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    const { engine, iterations: step } = this;
    const stepped = tf.tidy(() => {
      const gradients = steady(given);
      const grads = new Map(entries.map((entry) => [entry.variable, unshared(entry.given['grad'])]));
      engine.adopt([...grads.keys()], step);
      return stepFrom(
        engine,
        'counterpart',
        () => hasStepped(this.base, () => this.stepBase(gradients, loss)),
        (moved) => {
          const ahead = moved.map(({ variable, given: { before } }) => {
            // The base has gathered that of an earlier call, where there is none.
            const grad = grads.get(variable) ?? tf.zerosLike(variable);
            return { variable, given: { grad, before: before! } };
          });
          engine.step('ahead', ahead, { step });
        },
      );
    });
    if (stepped) this.incrementIterations();
  }

  protected override toEvaluationPoint(variables: readonly tf.Variable[]): boolean {
    const { state } = this.engine;
    if (state.ordered().length === 0 && state.waiting.length === 0) return false;
    this.#exchange(variables);
    this.engine.state.setGlobal('evaluating', 1);
    return true;
  }

  protected override toTrainingPoint(variables: readonly tf.Variable[]): void {
    this.#exchange(variables);
    this.engine.state.setGlobal('evaluating', 0);
  }

  protected override restored({ evaluating }: Readonly<Record<string, number>>): void {
    this.atEvaluationPoint = evaluating === 1;
  }

  /** Puts every variable where it is not, and keeps where it was. */
  #exchange(variables: readonly tf.Variable[]): void {
    for (const { variable, slots } of movable('MSAM', this.engine, variables, this.iterations))
      exchange(variable, slots['counterpart']!);
  }
}

register(MSAM);
