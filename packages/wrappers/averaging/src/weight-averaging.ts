// SPDX-License-Identifier: Apache-2.0
// Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", arXiv:1803.05407
// Shamir, Zhang, "Stochastic Gradient Descent for Non-smooth Optimization", arXiv:1212.1824
// Checked against torch.optim.swa_utils, timm's ModelEmaV3, and DoG's averager for 'polynomial'.

import {
  exchange,
  hold,
  isAlive,
  lossOf,
  movable,
  readable,
  register,
  type Entry,
  type NamedGradients,
  type OptionTable,
} from '@optim/core/authoring';
import {
  assertOnePoint,
  evaluatesItself,
  hasStepped,
  observeMoved,
  Wrapper,
  type Moved,
} from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { assertOneKind, averageOptions, takePoint, type WeightAveragingOptions } from './average.js';

/**
 * Lets any optimizer train as ever, and keeps an average of the points it visits for evaluation: exponential (EMA), uniform
 * (SWA) or polynomial.
 *
 * ```text
 * p ← step of the base,  t ← t + 1
 * where t ≥ start and t − start is a multiple of every:
 *   x ← x + c(p − x),  n ← n + 1         from x = p, n = 0
 *
 * c = 1 − decay                                                     ema
 *     1 − min(decay, 1 − (1 + n/warmupGamma)^−warmupPower)          ema with warmup
 *     (1 − decay)/(1 − decayⁿ⁺¹)                                    ema with biasCorrection
 *     1/(n + 1)                                                     uniform
 *     (eta + 1)/(n + 1 + eta)                                       polynomial
 * ```
 *
 * There are **two points**: the variables are at p while training; `useEvaluationWeights()` moves them to the average x for
 * evaluation and saving, and `useTrainingWeights()` back. A step at x is an error. Before the first point both are p.
 * {@link averaged} gives x without moving anything. The average never changes the training.
 *
 * The base may be any `tf.Optimizer` without an evaluation point of its own. What counts are its updates: calls that only
 * gather gradients, and steps that it does not count, are no points. `iterations` counts updates. All variables that the base
 * has moved are averaged at every point, also those that it leaves alone then; one that appears late begins with its next
 * point, n being its own.
 *
 * Slots, of the parameter's shape: `average` (x, from the first point; p where the variable is at x). Globals:
 * `evaluating` (1 at x). Statistics of batch normalization belong to p: before evaluating, run a few batches forward in
 * training mode at x.
 *
 * torch's AveragedModel averages uniformly unless told otherwise. timm's ModelEmaV3 begins at the parameters before training
 * (`start: 0`). `warmupGamma: 9, warmupPower: 1` is TensorFlow's min(decay, (1 + n)/(10 + n)), one point ahead.
 *
 * **When to use:** at the end of nearly every long training: the average is often better than its last point. **When not:** for
 * a few hundred steps, or where nobody can call `useEvaluationWeights()`. **Hint:** `'ema'` with decay 0.999 and `warmup`;
 * without a falling learning rate `'uniform'` with `start` at three quarters of the training; `'polynomial'` with eta 8 for DoG.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { WeightAveraging } from '@optim/averaging';
 *
 * const optimizer = new WeightAveraging(new AdamW(), { decay: 0.999, warmup: true });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * // after every model.fit:
 * optimizer.useEvaluationWeights(); // for model.evaluate, model.predict, model.save
 * optimizer.useTrainingWeights(); // for the next model.fit
 * ```
 * @see https://arxiv.org/abs/1803.05407
 */
export class WeightAveraging extends Wrapper<WeightAveragingOptions> {
  static readonly className: string = 'WeightAveraging';

  static override readonly options: OptionTable<WeightAveragingOptions> = averageOptions;

  static override readonly looksAhead: boolean = true;

  protected readonly rules: { takePoint: typeof takePoint } = { takePoint };
  /** Variables with a gradient, or moved, since the last point. */
  readonly #met = new Set<tf.Variable>();

  /**
   * @throws TypeError when `base` is not an optimizer, or has an evaluation point of its own; TypeError or RangeError for a wrong
   * option, RangeError for one of another kind of average
   */
  constructor(base: tf.Optimizer, options: WeightAveragingOptions = {}) {
    super(base, options);
    assertOnePoint('WeightAveraging', base);
  }

  protected override validate(settings: Required<WeightAveragingOptions>): void {
    assertOneKind('WeightAveraging', settings);
  }

  /**
   * The average, without moving the variables.
   *
   * @returns tensors by name of the variable, which the caller disposes; none before the first point
   */
  averaged(): tf.NamedTensorMap {
    this.assertUsable();
    const averages = this.engine.state
      .ordered()
      .map(
        ({ variable, slots }) =>
          [variable.name, readable(this.atEvaluationPoint ? variable : slots['average']!)] as const,
      );
    return Object.fromEntries(averages);
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    const variables = entries.map(({ variable }) => variable);
    const first = this.#unmet(variables).map((variable): Moved => [variable, hold(variable)]);
    try {
      const stepped = hasStepped(this.base, () => this.stepBase(given, loss));
      this.#end(stepped, variables, first);
    } finally {
      tf.dispose(first.map(([, value]) => value));
    }
  }

  /** Evaluates `f` and steps; a base with a way of its own to do so (SAM evaluates twice) does it that way. */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    const { base } = this;
    if (!evaluatesItself(base)) return super.minimize(f, returnCost, varList);
    this.assertStepping();
    const loss = lossOf(this.owner, f);
    const step = (): tf.Scalar | null => base.minimize(() => this.evaluated(loss), returnCost, varList);
    return this.whole(() =>
      observeMoved(base, varList, step, (moved, stepped) => {
        const variables = moved.map(([variable]) => variable);
        const unmet = new Set(this.#unmet(variables));
        this.#end(
          stepped,
          variables,
          moved.filter(([variable]) => unmet.has(variable)),
        );
      }),
    );
  }

  /** Those whose value before their first step is a point. */
  #unmet(variables: readonly tf.Variable[]): readonly tf.Variable[] {
    if (this.settings.start > 0) return [];
    const followed = new Set(this.#followed());
    return variables.filter((variable) => !followed.has(variable));
  }

  #followed(): tf.Variable[] {
    return this.engine.state.ordered().map(({ variable }) => variable);
  }

  /** Counts an update of the base, and takes a point where one is due. */
  #end(stepped: boolean, variables: readonly tf.Variable[], first: readonly Moved[]): void {
    for (const variable of variables) this.#met.add(variable);
    if (!stepped) return;
    this.incrementIterations();
    this.#begin(first);
    const { iterations } = this;
    const { start, every } = this.settings;
    if (iterations < start || (iterations - start) % every !== 0) return;
    const all = new Set([...this.#followed(), ...this.#met]);
    this.#met.clear();
    const entries = [...all].filter(isAlive).map((variable) => ({ variable, given: {} }));
    if (entries.length > 0) this.engine.step('takePoint', entries, { step: iterations, counts: true });
  }

  /** Takes values before any step as points. */
  #begin(first: readonly Moved[]): void {
    tf.tidy(() => {
      const variables = first.map(([variable]) => variable);
      this.engine.adopt(variables, this.iterations).forEach((parameter, i) => {
        // Not what a loaded state has an average for.
        if (parameter.updates > 0) return;
        parameter.slots['average']!.assign(first[i]![1]);
        parameter.updates = 1;
      });
    });
  }

  protected override toEvaluationPoint(variables: readonly tf.Variable[]): boolean {
    const { state } = this.engine;
    if (state.ordered().length === 0 && state.waiting.length === 0) return false;
    this.#exchange(variables);
    state.setGlobal('evaluating', 1);
    return true;
  }

  protected override toTrainingPoint(variables: readonly tf.Variable[]): void {
    this.#exchange(variables);
    this.engine.state.setGlobal('evaluating', 0);
  }

  #exchange(variables: readonly tf.Variable[]): void {
    const { engine, iterations } = this;
    // Others have no average yet.
    const awaited = engine.state.waiting.length > 0 ? variables : [];
    for (const { variable, slots } of movable('WeightAveraging', engine, awaited, iterations))
      exchange(variable, slots['average']!);
  }

  protected override restored({ evaluating }: Readonly<Record<string, number>>): void {
    this.#met.clear();
    this.atEvaluationPoint = evaluating === 1;
  }
}

register(WeightAveraging);
