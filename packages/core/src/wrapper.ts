// SPDX-License-Identifier: Apache-2.0
// The base of optimizers around another optimizer.

import type { Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { BaseOptimizer, type NamedGradients } from '@optim/contract';
import { type OptionSpec, type OptionTable, resolveOptions, type Schedule, show } from '@optim/options';
import { assertOptimizer, baseFrom } from './base.js';
import { decodeOptions, encodeOptions, optionsIn } from './rule/config.js';
import type { AnyRecurrence } from './rule/rule.js';
import { capture, headerOf, plain } from './state/saving.js';
import { captureForeign, checkForeign, foreignState, loadReading, readable, saveForeign } from '@optim/state';
import type {
  Checked,
  ForeignState,
  NamedWeight,
  Reading,
  ReadWeight,
  SavedState,
  StateDict,
} from '@optim/state';
import { Engine } from './step/engine.js';

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
    assertOptimizer(this.owner, base);
    this.settings = this.checked(options);
    this.base = base;
  }

  /** The wrapper's own rules by name; their options are those of the wrapper, their slots and globals its state. */
  protected abstract readonly rules: Readonly<Record<string, AnyRecurrence>>;

  /** What runs the {@link rules}. */
  protected get engine(): Engine {
    this.made ??= this.engineFor(this.settings);
    return this.made;
  }

  private engineFor(settings: Required<O>): Engine {
    const { owner, rules } = this;
    return new Engine({ owner, table: this.table as Record<string, OptionSpec>, settings, rules });
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

  /** Multiplies the learning rates of the base by a factor, see {@link Optimizer.scaleLearningRate}. */
  scaleLearningRate(factor: number): void {
    const base = this.base as unknown as { scaleLearningRate?(factor: number): void };
    if (base.scaleLearningRate) base.scaleLearningRate(factor);
    else this.learningRate = this.learningRate * factor;
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
    const own = optionsIn(cls as never, config);
    const Cls = cls as unknown as new (base: unknown, options: object) => T;
    return new Cls(baseFrom(cls.className, config['base']), own);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { base } = this;
    return {
      base: { className: base.getClassName(), config: base.getConfig() },
      ...(encodeOptions(this.owner, this.settings) as tf.serialization.ConfigDict),
    };
  }

  override async capture(): Promise<StateDict> {
    const header = headerOf(this.owner, this.iterations, this.settings);
    const { base } = this;
    const own = capture(this.engine.state);
    const ofBase =
      base instanceof BaseOptimizer ? base.capture() : saveForeign(base.getClassName(), captureForeign(base));
    const [saved, inner] = await Promise.all([plain(own), ofBase]);
    return { ...header, ...saved, base: inner };
  }

  override check(state: unknown, reading: Reading): Checked {
    const saved = reading.checkStateDict(this.owner, state);
    const settings = this.checked({ ...this.settings, ...decodeOptions(this.owner, saved.hyperparameters) });
    return this.replacement(saved, settings, reading, this.checkBase(saved.base, reading));
  }

  private checkBase(state: StateDict | ForeignState | undefined, reading: Reading): Checked {
    const { base } = this;
    return base instanceof BaseOptimizer ? base.check(state, reading) : checkForeign(base, state);
  }

  /** An engine with a saved state of the wrapper's own, which takes the place of the one there is when the base has its own. */
  private replacement(saved: SavedState, settings: Required<O>, reading: Reading, ofBase: Checked): Checked {
    const { base } = this;
    const engine = this.engineFor(settings);
    let globals: Readonly<Record<string, number>>;
    try {
      globals = engine.restore(
        saved,
        this.engine.state.ordered().map(({ variable }) => variable),
        reading,
      );
    } catch (error) {
      ofBase.drop();
      throw error;
    }
    const commit = (): void => {
      this.engine.state.clear();
      this.settings = settings;
      this.made = engine;
      this.iterations_ = saved.step;
      this.atEvaluationPoint = base instanceof BaseOptimizer && base.atEvaluationPoint;
      this.restored(globals);
    };
    return {
      commit: () => {
        const pending = ofBase.commit();
        return pending ? pending.then(commit) : commit();
      },
      drop: () => {
        ofBase.drop();
        engine.state.clear();
      },
    };
  }

  /** The step count, the wrapper's own weights, then those of the base. */
  override async getWeights(): Promise<NamedWeight[]> {
    this.assertUsable();
    const { base, iterations: step } = this;
    // All that is asked for before the first await is of this moment.
    const held = capture(this.engine.state, readable);
    const pending = base instanceof BaseOptimizer ? base.getWeights() : captureForeign(base);
    const ofBase = await pending.catch((error: unknown) => {
      tf.dispose(held as never);
      throw error;
    });
    const reading = await loadReading([held, ofBase]);
    const own = reading.writeWeights(step, held);
    // A base of ours looks after what it hands out.
    this.handOut(reading, base instanceof BaseOptimizer ? own : [...own, ...ofBase]);
    return [...own, ...ofBase.map(({ name, tensor }) => ({ name: basePrefix + name, tensor }))];
  }

  override checkWeights(weights: readonly ReadWeight[], reading: Reading): Checked {
    const { base } = this;
    const own = weights.filter(({ name }) => !name.startsWith(basePrefix));
    const saved = reading.stateOfWeights(this.owner, own);
    const rest = weights
      .filter(({ name }) => name.startsWith(basePrefix))
      .map((weight) => ({ ...weight, name: weight.name.slice(basePrefix.length) }));
    if (rest[0]?.name !== 'iter') {
      throw new TypeError(
        `${this.owner}: weights of the base must start with the scalar "iter", got ${show(rest[0]?.name)}`,
      );
    }
    const ofBase =
      base instanceof BaseOptimizer
        ? base.checkWeights(rest, reading)
        : checkForeign(base, foreignState(base.getClassName(), rest));
    return this.replacement(saved, this.settings, reading, ofBase);
  }

  /** Frees the state of the wrapper and of the base. */
  override dispose(): void {
    this.engine.state.clear();
    this.base.dispose();
    super.dispose();
  }
}
