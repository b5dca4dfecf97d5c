// SPDX-License-Identifier: Apache-2.0
// Checked against PyTorch optimizers side by side; the purpose is that of optax.partition and Keras' MultiOptimizer.

import {
  custom,
  namesOf,
  register,
  show,
  unshared,
  type Entry,
  type NamedGradients,
  type OptionTable,
  type Schedule,
} from '@optim/core/authoring';
import { assertGradientsOnly, hasStepped, scaleRate, Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { optimizerFor, readGroups, saveGroups, type Group, type SplitGroup } from './groups.js';

/** Options of {@link Split}. */
export interface SplitOptions {
  /**
   * Variables with the optimizers they go to; the first group that matches a variable has it, and the base what matches none.
   * @defaultValue `[]`
   */
  groups?: readonly SplitGroup[];
}

/**
 * Gives some variables to other optimizers: Muon for the hidden matrices and AdamW for the rest, a rate of its own for the head.
 *
 * ```text
 * at first sight:  a variable belongs to the first group that matches it, else to the base, for good
 * every step:      each optimizer steps along the gradients of its own variables
 * ```
 *
 * Each optimizer keeps its own hyper-parameters, schedule, decay, hooks and step count, and sees its own variables alone: norms and
 * sums over all parameters are over these. One without any gradient in a call does not step; `iterations` counts calls in which
 * any has stepped. One state holds them all.
 *
 * `learningRate` is that of the base. Setting it multiplies those of all others by the same factor, so that a rate finder or
 * `reduceOnPlateau` keeps their proportions; a schedule belongs to one optimizer and cannot be set here. Evaluation points go to
 * every optimizer that has one. {@link describe} lists who has what. The same optimizer may stand in several groups.
 *
 * Keeps nothing itself. Groups are those of the constructor, also when a state is loaded.
 *
 * optax' `partition` labels all variables; Keras' MultiOptimizer refuses a variable that two patterns match. Options alone, without
 * another class, are what `parameterGroups` change.
 *
 * **When to use:** where parts of a model want different algorithms. **When not:** for other options of one algorithm: take
 * `parameterGroups`. **Hint:** hidden matrices to Muon or Lion, embeddings, norms, biases and the head to AdamW; schedules of one
 * shape for all.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { Lion } from '@optim/lion';
 * import { Split } from '@optim/split';
 *
 * const groups = [{ match: /kernel/, optimizer: new Lion() }];
 * model.compile({ optimizer: new Split(new AdamW(), { groups }), loss: 'meanSquaredError' });
 * ```
 * @see https://optax.readthedocs.io/en/latest/api/combining_optimizers.html
 */
export class Split extends Wrapper<SplitOptions> {
  static readonly className: string = 'Split';

  static override readonly options: OptionTable<SplitOptions> = {
    groups: custom('an array of { match, optimizer }', Array.isArray, []),
  };

  protected readonly rules: Record<string, never> = {};
  readonly #groups: readonly Group[];
  override readonly others: readonly tf.Optimizer[];
  /** Variables of each optimizer in the order in which they came, by which those of TensorFlow.js know them. */
  readonly #variables: ReadonlyMap<tf.Optimizer, Set<tf.Variable>>;
  #optimizers = new WeakMap<tf.Variable, tf.Optimizer>();

  /**
   * @param base - has the variables that match no group
   * @throws TypeError when any is not an optimizer or needs more than gradients, or for what is no match; TypeError or RangeError
   * for a wrong option
   */
  constructor(base: tf.Optimizer, options: SplitOptions = {}) {
    // Optimizers are no options that a state could hold.
    super(base, Array.isArray(options?.groups) ? { ...options, groups: [] } : options);
    assertGradientsOnly('Split', base);
    this.#groups = readGroups(base, options.groups ?? []);
    const optimizers = new Set([base, ...this.#groups.map(({ optimizer }) => optimizer)]);
    this.#variables = new Map([...optimizers].map((optimizer) => [optimizer, new Set()]));
    optimizers.delete(base);
    this.others = [...optimizers];
  }

  /** Every optimizer, the base first, with the names of the variables that it has so far. */
  describe(): { readonly optimizer: string; readonly variables: readonly string[] }[] {
    return [...this.#variables].map(([optimizer, variables]) => ({
      optimizer: optimizer.getClassName(),
      variables: Array.from(variables, ({ name }) => name),
    }));
  }

  override optimizerOf(variable: tf.Variable): tf.Optimizer {
    let optimizer = this.#optimizers.get(variable);
    if (!optimizer) {
      optimizer = optimizerFor(variable, this.base, this.#groups);
      this.#optimizers.set(variable, optimizer);
    }
    return optimizer;
  }

  override get learningRate(): number {
    return super.learningRate;
  }

  override set learningRate(rate: number | Schedule) {
    if (typeof rate !== 'number')
      throw new TypeError(
        `Split: learningRate must be a number, got ${show(rate)}; a schedule belongs to one of the optimizers`,
      );
    const rated = this.#rated;
    const before = super.learningRate;
    if (rated.length > 0 && before === 0)
      throw new RangeError('Split: learningRate of the base must not be 0, for those of others go with it');
    this.changing(() => {
      super.learningRate = rate;
      for (const optimizer of rated) scaleRate('Split', optimizer, rate / before);
    });
  }

  override scaleLearningRate(factor: number): void {
    this.changing(() => {
      for (const optimizer of [this.base, ...this.#rated]) scaleRate('Split', optimizer, factor);
    });
  }

  /** The others that have a rate. */
  get #rated(): tf.Optimizer[] {
    return this.others.filter(
      (optimizer) => !Number.isNaN((optimizer as unknown as { learningRate: number }).learningRate),
    );
  }

  protected override setInside(options: Readonly<Record<string, unknown>>): void {
    const { learningRate, ...others } = options;
    if ('learningRate' in options) this.learningRate = learningRate as number;
    super.setInside(others);
  }

  override inForce(variable?: tf.Variable | null): ReturnType<Wrapper<SplitOptions>['inForce']> {
    const { ...options } = super.inForce(variable) as Record<string, unknown>;
    delete options['groups']; // optimizers are no number
    return options as ReturnType<Wrapper<SplitOptions>['inForce']>;
  }

  /** @internal */
  override resetting(keepStep: boolean): () => void {
    const reset = super.resetting(keepStep);
    return () => {
      reset();
      for (const variables of this.#variables.values()) variables.clear();
      this.#optimizers = new WeakMap();
    };
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    for (const name of namesOf(given)) {
      const variable = tf.engine().registeredVariables[name];
      if (variable) this.#variables.get(this.optimizerOf(variable))!.add(variable);
    }
    let stepped = false;
    tf.tidy(() => {
      const gradients = new Map(
        entries.map(({ variable, given: { grad } }) => [variable, unshared(grad)] as const),
      );
      for (const [optimizer, variables] of this.#variables) {
        const own = Array.from(variables, (variable) => ({
          name: variable.name,
          tensor: gradients.get(variable),
        }));
        if (own.some(({ tensor }) => tensor))
          stepped = hasStepped(optimizer, () => this.stepOne(optimizer, own, loss)) || stepped;
      }
    });
    if (stepped) this.incrementIterations();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), groups: saveGroups(this.base, this.#groups) };
  }
}

register(Split);
