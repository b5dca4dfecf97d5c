// SPDX-License-Identifier: Apache-2.0
// The base of optimizers around another optimizer.

import type { Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { BaseOptimizer } from './contract.js';
import { foreignMomentum, loadForeign, madeFor, saveForeign, setForeignWeights } from './foreign.js';
import type { NamedGradients } from './gradients.js';
import { Optimizer } from './optimizer.js';
import { type OptionSpec, type OptionTable, resolveOptions, type Schedule, show } from '@optim/options';
import { decodeOptions, encodeOptions, encodeSavable } from './rule/config.js';
import type { AnyRecurrence } from './rule/rule.js';
import type { Momentum, SavedState } from './state/parameters.js';
import { saveState } from './state/saving.js';
import { checkForeignState, checkStateDict, type ForeignState, type StateDict } from '@optim/state';
import { readWeights, writeWeights, type NamedWeight } from './state/weights.js';
import { Engine } from './step/engine.js';

/**
 * How to get at the running averages of gradients that an optimizer keeps: those its rule declares as `momentum`, or
 * the first moments of a TensorFlow.js optimizer, which match `order`, the variables of its last step, by position.
 * `null` when it keeps none.
 */
export function momentumOf(base: tf.Optimizer): ((order: readonly tf.Variable[]) => Momentum) | null {
  if (base instanceof Wrapper) return momentumOf(base.base);
  if (base instanceof Optimizer) return base.momentum() && (() => base.momentum()!);
  return foreignMomentum(base);
}

/** An optimizer and, where it is a wrapper, all it wraps, from the outside in. */
export function unwrap(optimizer: tf.Optimizer): tf.Optimizer[] {
  return optimizer instanceof Wrapper ? [optimizer, ...unwrap(optimizer.base)] : [optimizer];
}

const basePrefix = 'base/';

/**
 * Base of optimizers that let another one do the step: the contract with TensorFlow.js, a base, and an engine that runs the
 * wrapper's own rules. The base may be any `tf.Optimizer`; learning rate, saving and loading go through to it.
 *
 * @typeParam O - options of the wrapper itself
 */
export abstract class Wrapper<O extends object> extends BaseOptimizer {
  /** Default, range and check of every option. */
  static readonly options: object;

  /** The wrapped optimizer. */
  readonly base: tf.Optimizer;
  /** Options in force, defaults filled in. */
  protected settings: Required<O>;
  private made: Engine | undefined;

  /** @throws TypeError when `base` is not an optimizer; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: O = {} as O) {
    super();
    if (base === null || typeof base !== 'object' || typeof base.applyGradients !== 'function') {
      throw new TypeError(`${this.owner}: base must be an optimizer, got ${show(base)}`);
    }
    this.settings = this.checked(options);
    this.base = base;
  }

  /** The wrapper's own rules by name; their options are those of the wrapper, their slots and globals its state. */
  protected abstract readonly rules: Readonly<Record<string, AnyRecurrence>>;

  /** What runs the {@link rules}. */
  protected get engine(): Engine {
    const { owner, settings, rules } = this;
    this.made ??= new Engine({ owner, table: this.table as Record<string, OptionSpec>, settings, rules });
    return this.made;
  }

  private get table(): OptionTable<O> {
    return (this.constructor as typeof Wrapper).options as OptionTable<O>;
  }

  private checked(options: object): Required<O> {
    return resolveOptions<O>(this.owner, this.table, options);
  }

  /** Lets the base step along gradients, in the form they came: a TensorFlow.js optimizer matches them by position. */
  protected stepBase(gradients: NamedGradients, loss?: tf.Scalar): void {
    (this.base as BaseOptimizer).applyGradients(gradients, loss);
  }

  /** @internal Programs of the wrapper's own rules in the last step. */
  programs(): Map<Program, number> {
    this.assertUsable();
    return this.engine.programs();
  }

  /** The learning rate of the base. */
  get learningRate(): number {
    return (this.base as unknown as { learningRate: number }).learningRate;
  }

  set learningRate(rate: number | Schedule) {
    const { base } = this;
    if (base instanceof BaseOptimizer) base.learningRate = rate;
    else if (typeof rate !== 'number') {
      throw new TypeError(
        `${this.owner}: learningRate of the base ${base.getClassName()} must be a number, got ${show(rate)}`,
      );
    } else if ('setLearningRate' in base) (base as tf.SGDOptimizer).setLearningRate(rate);
    else (base as unknown as { learningRate: number }).learningRate = rate;
  }

  /** The point of a wrapper that has none of its own is that of its base. */
  protected override toEvaluationPoint(variables: readonly tf.Variable[]): boolean {
    if (!(this.base instanceof BaseOptimizer)) return false;
    this.base.useEvaluationWeights(variables);
    return true;
  }

  protected override toTrainingPoint(variables: readonly tf.Variable[]): void {
    if (this.base instanceof BaseOptimizer) this.base.useTrainingWeights(variables);
  }

  /** @internal The registry of TensorFlow.js calls it without `this`. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { className, config: inside } = config['base'] as {
      className: string;
      config: tf.serialization.ConfigDict;
    };
    const known = Object.keys((cls as unknown as typeof Wrapper).options);
    const own = Object.fromEntries(Object.entries(config).filter(([name]) => known.includes(name)));
    const found = tf.serialization.SerializationMap.getMap().classNameMap[className];
    if (!found)
      throw new RangeError(`optimizer "${className}" is not registered; import its package before loading`);
    const [baseClass, fromConfig] = found;
    const Cls = cls as unknown as new (base: unknown, options: object) => T;
    return new Cls(fromConfig(baseClass, inside), decodeOptions(own));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { base } = this;
    return {
      base: { className: base.getClassName(), config: base.getConfig() },
      ...(encodeOptions(this.owner, this.settings) as tf.serialization.ConfigDict),
    };
  }

  override async stateDict(): Promise<StateDict> {
    this.assertUsable();
    return {
      format: 1,
      optimizer: this.owner,
      step: this.iterations,
      hyperparameters: encodeSavable(this.owner, this.settings),
      ...(await saveState(this.engine.state)),
      base: this.base instanceof BaseOptimizer ? await this.base.stateDict() : await saveForeign(this.base),
    };
  }

  override async check(state: unknown): Promise<() => Promise<void>> {
    this.assertUsable();
    const { slots, globals } = this.engine.state.names();
    const saved = checkStateDict(this.owner, state, slots, globals);
    const settings = this.checked({ ...this.settings, ...decodeOptions(saved.hyperparameters) });
    const commitOwn = this.committing(saved, settings);
    const { base } = this;
    const commitBase = await this.checkBase(saved.base);
    return async () => {
      await commitBase();
      commitOwn();
      this.atEvaluationPoint = base instanceof BaseOptimizer && base.atEvaluationPoint;
    };
  }

  private async checkBase(state: StateDict | ForeignState | undefined): Promise<() => void | Promise<void>> {
    const { base } = this;
    if (base instanceof BaseOptimizer) return base.check(state);
    const foreign = checkForeignState(base.getClassName(), state);
    return () => loadForeign(base, foreign);
  }

  /** Refuses what does not fit the parameters already adopted; otherwise gives back what replaces all of its own state. */
  private committing(saved: SavedState, settings: Required<O>): () => void {
    const variables = this.engine.state.fitting(saved);
    return () => {
      this.engine.state.clear();
      this.made = undefined;
      this.settings = settings;
      this.iterations_ = saved.step;
      this.engine.state.restore(saved);
      if (variables.length > 0) tf.tidy(() => void this.engine.adopt(variables, saved.step));
    };
  }

  /** The step count, the wrapper's own weights, then those of the base. */
  override async getWeights(): Promise<NamedWeight[]> {
    this.assertUsable();
    const { made, weights } = writeWeights(this.iterations, this.engine.state);
    const base = await this.base.getWeights();
    // A base of ours looks after what it hands out; one of TensorFlow.js makes a step count for every call.
    this.handOut([...made, ...(this.base instanceof BaseOptimizer ? [] : madeFor(base))]);
    return [...weights, ...base.map(({ name, tensor }) => ({ name: basePrefix + name, tensor }))];
  }

  override async checkWeights(weights: readonly NamedWeight[]): Promise<() => Promise<void>> {
    this.assertUsable();
    const { base } = this;
    const { slots, globals } = this.engine.state.names();
    const own = weights.filter(({ name }) => !name.startsWith(basePrefix));
    const commitOwn = this.committing(await readWeights(this.owner, own, slots, globals), this.settings);
    const rest = weights
      .filter(({ name }) => name.startsWith(basePrefix))
      .map(({ name, tensor }) => ({ name: name.slice(basePrefix.length), tensor }));
    if (rest[0]?.name !== 'iter') {
      throw new TypeError(
        `${this.owner}: weights of the base must start with the scalar "iter", got ${show(rest[0]?.name)}`,
      );
    }
    const commitBase =
      base instanceof BaseOptimizer ? await base.checkWeights(rest) : () => setForeignWeights(base, rest);
    return async () => {
      await commitBase();
      commitOwn();
      this.atEvaluationPoint = base instanceof BaseOptimizer && base.atEvaluationPoint;
    };
  }

  /** Frees the state of the wrapper and of the base. */
  override dispose(): void {
    this.engine.state.clear();
    this.base.dispose();
    super.dispose();
  }
}
