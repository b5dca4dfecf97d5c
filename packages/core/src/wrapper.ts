// SPDX-License-Identifier: Apache-2.0
// The base of optimizers around another optimizer.

import * as tf from '@tensorflow/tfjs-core';
import { BaseOptimizer, type NamedWeight } from './base.js';
import { decodeOptions, encodeOptions } from './config.js';
import { Optimizer } from './optimizer.js';
import { resolveOptions, show, type OptionTable } from './options.js';
import type { Schedule } from './schedule.js';
import { checkForeignState, checkStateDict, type ForeignState, type StateDict } from './state.js';

/** A rule inside a wrapper; its slots and globals are saved as the wrapper's own. */
type Inner = Optimizer<never>;

/** First moments in the optimizers of TensorFlow.js, by class name: private fields, so looked up with care. */
const foreignMomentum: Readonly<Record<string, string>> = {
  Momentum: 'accumulations',
  Adam: 'accumulatedFirstMoment',
  Adamax: 'accumulatedFirstMoment',
  RMSProp: 'accumulatedMoments',
};

/**
 * How to get at the running averages of gradients that an optimizer keeps: those it declares in `momentumSlots`, or
 * the first moments of a TensorFlow.js optimizer. `null` when it keeps none.
 */
export function momentumOf(base: tf.Optimizer): (() => tf.Variable[]) | null {
  if (base instanceof Wrapper) return momentumOf(base.base);
  if (base instanceof Optimizer) return base.momentum() && (() => base.momentum() ?? []);
  const field = foreignMomentum[base.getClassName()];
  if (!field || !Array.isArray((base as unknown as Record<string, unknown>)[field])) return null;
  return () => (base as unknown as Record<string, { variable: tf.Variable }[]>)[field]!.map(({ variable }) => variable);
}

const basePrefix = 'base/';

/**
 * Base of optimizers that let another one do the step. The base may be any `tf.Optimizer`; learning rate, saving and
 * loading go through to it.
 *
 * @typeParam O - options of the wrapper itself
 */
export abstract class Wrapper<O extends object> extends BaseOptimizer {
  /** Default, range and check of every option. */
  static readonly options: object;

  /** The wrapped optimizer. */
  readonly base: tf.Optimizer;
  /** Options in force, defaults filled in. */
  protected readonly settings: Required<O>;

  /** @throws TypeError when `base` is not an optimizer; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: O = {} as O) {
    super();
    const { options: table } = this.constructor as typeof Wrapper;
    if (base === null || typeof base !== 'object' || typeof base.applyGradients !== 'function') {
      throw new TypeError(`${this.owner}: base must be an optimizer, got ${show(base)}`);
    }
    this.settings = resolveOptions<O>(this.owner, table as OptionTable<O>, options);
    this.base = base;
  }

  /** The rule that holds the wrapper's own state. */
  protected abstract readonly inner: Inner;

  /** The learning rate of the base. */
  get learningRate(): number {
    return (this.base as unknown as { learningRate: number }).learningRate;
  }

  set learningRate(rate: number | Schedule) {
    const { base } = this;
    if (base instanceof BaseOptimizer) base.learningRate = rate;
    else if (typeof rate !== 'number') {
      throw new TypeError(`${this.owner}: learningRate of a ${base.getClassName()} base must be a number, got ${show(rate)}`);
    } else if (base instanceof tf.SGDOptimizer) base.setLearningRate(rate);
    else (base as unknown as { learningRate: number }).learningRate = rate;
  }

  /** @internal The registry of TensorFlow.js calls it without `this`. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { className, config: inside } = config['base'] as { className: string; config: tf.serialization.ConfigDict };
    const known = Object.keys((cls as unknown as typeof Wrapper).options);
    const own = Object.fromEntries(Object.entries(config).filter(([name]) => known.includes(name)));
    const found = tf.serialization.SerializationMap.getMap().classNameMap[className];
    if (!found) throw new RangeError(`optimizer "${className}" is not registered; import its package before loading`);
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
    const inner = await this.inner.stateDict();
    return {
      ...inner,
      optimizer: this.owner,
      step: this.iterations,
      hyperparameters: encodeOptions(this.owner, this.settings),
      base: this.base instanceof BaseOptimizer ? await this.base.stateDict() : await saveForeign(this.base),
    };
  }

  override async prepare(state: unknown): Promise<() => Promise<void>> {
    this.assertUsable();
    const { step, base, ...own } = checkStateDict(this.owner, state);
    const { inner } = this;
    const commitInner = await inner.prepare({ ...own, step, optimizer: inner.getClassName(), hyperparameters: {} });
    const commitBase = await this.prepareBase(base);
    return async () => {
      await commitBase();
      commitInner();
      this.iterations_ = step;
    };
  }

  private async prepareBase(state: StateDict | ForeignState | undefined): Promise<() => void | Promise<void>> {
    const { base } = this;
    if (base instanceof BaseOptimizer) return base.prepare(state);
    const { weights } = checkForeignState(base.getClassName(), state);
    return async () => {
      const named = weights.map(({ name, dtype, tensor: { shape, data } }) => ({
        name,
        tensor: tf.tensor(data, [...shape], dtype as 'float32' | 'int32'),
      }));
      await base.setWeights(named);
      tf.dispose(named);
    };
  }

  /** The step count, the wrapper's own weights, then those of the base. */
  override async getWeights(): Promise<NamedWeight[]> {
    this.assertUsable();
    const [innerStep, ...own] = await this.inner.getWeights();
    innerStep!.tensor.dispose();
    const step = tf.scalar(this.iterations, 'int32');
    this.handOut([step]);
    const base = await this.base.getWeights();
    const prefixed = base.map(({ name, tensor }) => ({ name: basePrefix + name, tensor }));
    return [{ name: 'iter', tensor: step }, ...own, ...prefixed];
  }

  override async setWeights(weights: NamedWeight[]): Promise<void> {
    this.assertUsable();
    const own = weights.filter(({ name }) => !name.startsWith(basePrefix));
    const base = weights.filter(({ name }) => name.startsWith(basePrefix));
    await this.inner.setWeights(own);
    await this.base.setWeights(base.map(({ name, tensor }) => ({ name: name.slice(basePrefix.length), tensor })));
    this.iterations_ = (await own[0]!.tensor.data())[0]!;
  }

  /** Frees the state of the wrapper and of the base. */
  override dispose(): void {
    this.inner.dispose();
    this.base.dispose();
    super.dispose();
  }
}

async function saveForeign(base: tf.Optimizer): Promise<ForeignState> {
  const weights = (await base.getWeights()).map(async ({ name, tensor }) => {
    const data = Float32Array.from(await tensor.data());
    if (name === 'iter') tensor.dispose();
    return { name, dtype: tensor.dtype, tensor: { shape: tensor.shape, data } };
  });
  return { format: 1, optimizer: base.getClassName(), weights: await Promise.all(weights) };
}
