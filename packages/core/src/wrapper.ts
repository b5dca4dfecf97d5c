// SPDX-License-Identifier: Apache-2.0
// The base of optimizers around another optimizer.

import * as tf from '@tensorflow/tfjs-core';
import { BaseOptimizer, type NamedGradients, type NamedWeight } from './base.js';
import { decodeOptions, encodeOptions, encodeSavable } from './config.js';
import type { Momentum } from './optimizer-state.js';
import { Optimizer } from './optimizer.js';
import { resolveOptions, show, type OptionTable } from './options.js';
import type { Schedule } from './schedule.js';
import { checkForeignState, checkStateDict, type ForeignState, type StateDict } from './state.js';

/** First moments in the optimizers of TensorFlow.js, by class name: private fields, so looked up with care. */
const foreignMomentum: Readonly<Record<string, string>> = {
  Momentum: 'accumulations',
  Adam: 'accumulatedFirstMoment',
  Adamax: 'accumulatedFirstMoment',
  RMSProp: 'accumulatedMoments',
};

/**
 * How to get at the running averages of gradients that an optimizer keeps: those it declares in `momentumSlots`, or
 * the first moments of a TensorFlow.js optimizer, which go by position in `order`, the variables of its last step.
 * `null` when it keeps none.
 */
export function momentumOf(base: tf.Optimizer): ((order: readonly tf.Variable[]) => Momentum) | null {
  if (base instanceof Wrapper) return momentumOf(base.base);
  if (base instanceof Optimizer) return base.momentum() && (() => base.momentum()!);
  const field = foreignMomentum[base.getClassName()];
  const moments = (): unknown => field && (base as unknown as Record<string, unknown>)[field];
  if (!field || !Array.isArray(moments())) return null;
  return (order) => {
    const kept = moments() as readonly { variable: tf.Variable }[];
    return {
      names: [field],
      slots: order.flatMap((variable, i) => (kept[i] ? [[variable, [kept[i].variable]]] : [])),
    };
  };
}

/** An optimizer and, where it is a wrapper, all it wraps, from the outside in. */
export function unwrap(optimizer: tf.Optimizer): tf.Optimizer[] {
  return optimizer instanceof Wrapper ? [optimizer, ...unwrap(optimizer.base)] : [optimizer];
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
  protected settings: Required<O>;

  /** @throws TypeError when `base` is not an optimizer; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: O = {} as O) {
    super();
    if (base === null || typeof base !== 'object' || typeof base.applyGradients !== 'function') {
      throw new TypeError(`${this.owner}: base must be an optimizer, got ${show(base)}`);
    }
    this.settings = this.checked(options);
    this.base = base;
  }

  private checked(options: object): Required<O> {
    const { options: table } = this.constructor as typeof Wrapper;
    return resolveOptions<O>(this.owner, table as OptionTable<O>, options);
  }

  /** The rule that holds the wrapper's own state; its slots and globals are saved as the wrapper's. */
  protected abstract readonly inner: BaseOptimizer;

  /** Has the base step along gradients, in the form they came: a TensorFlow.js optimizer goes by position. */
  protected stepBase(gradients: NamedGradients, loss?: tf.Scalar): void {
    (this.base as BaseOptimizer).applyGradients(gradients, loss);
  }

  /** @internal The rule that holds the wrapper's own state. */
  rule(): BaseOptimizer {
    return this.inner;
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
    const inner = await this.inner.stateDict();
    return {
      ...inner,
      optimizer: this.owner,
      step: this.iterations,
      hyperparameters: encodeSavable(this.owner, this.settings),
      base: this.base instanceof BaseOptimizer ? await this.base.stateDict() : await saveForeign(this.base),
    };
  }

  override async prepare(state: unknown): Promise<() => Promise<void>> {
    this.assertUsable();
    const { step, base, hyperparameters, ...own } = checkStateDict(this.owner, state);
    const settings = this.checked({ ...this.settings, ...decodeOptions(hyperparameters) });
    const { inner } = this;
    const known = Object.keys((inner.constructor as typeof Optimizer).options);
    const shared = Object.fromEntries(
      Object.entries(hyperparameters).filter(([name]) => known.includes(name)),
    );
    const commitInner = await inner.prepare({
      ...own,
      step,
      optimizer: inner.getClassName(),
      hyperparameters: shared,
    });
    const commitBase = await this.prepareBase(base);
    return async () => {
      await commitBase();
      await commitInner();
      this.settings = settings;
      this.iterations_ = step;
    };
  }

  private async prepareBase(
    state: StateDict | ForeignState | undefined,
  ): Promise<() => void | Promise<void>> {
    const { base } = this;
    if (base instanceof BaseOptimizer) return base.prepare(state);
    const { weights } = checkForeignState(base.getClassName(), state);
    return async () => {
      const named = weights.map(({ name, dtype, tensor: { shape, data } }) => ({
        name,
        tensor: tf.tensor(data.slice(), [...shape], dtype as 'float32' | 'int32'),
      }));
      await setForeignWeights(base, named);
      tf.dispose(named.map(({ tensor }) => tensor));
    };
  }

  /** The step count, the wrapper's own weights, then those of the base. */
  override async getWeights(): Promise<NamedWeight[]> {
    this.assertUsable();
    const [, ...own] = await this.inner.getWeights();
    const step = tf.scalar(this.iterations, 'int32');
    const base = await this.base.getWeights();
    // A base of ours looks after what it hands out; one of TensorFlow.js makes a step count for every call.
    this.handOut([step, ...(this.base instanceof BaseOptimizer ? [] : madeFor(base))]);
    const prefixed = base.map(({ name, tensor }) => ({ name: basePrefix + name, tensor }));
    return [{ name: 'iter', tensor: step }, ...own, ...prefixed];
  }

  override async prepareWeights(weights: readonly NamedWeight[]): Promise<() => Promise<void>> {
    this.assertUsable();
    const { base } = this;
    const own = weights.filter(({ name }) => !name.startsWith(basePrefix));
    const commitInner = await this.inner.prepareWeights(own);
    const step = (await own[0]!.tensor.data())[0]!;
    const rest = weights
      .filter(({ name }) => name.startsWith(basePrefix))
      .map(({ name, tensor }) => ({ name: name.slice(basePrefix.length), tensor }));
    if (rest[0]?.name !== 'iter') {
      throw new TypeError(
        `${this.owner}: weights of the base must start with the scalar "iter", got ${show(rest[0]?.name)}`,
      );
    }
    const commitBase =
      base instanceof BaseOptimizer ? await base.prepareWeights(rest) : () => setForeignWeights(base, rest);
    return async () => {
      await commitBase();
      await commitInner();
      this.iterations_ = step;
    };
  }

  /** Frees the state of the wrapper and of the base. */
  override dispose(): void {
    this.inner.dispose();
    this.base.dispose();
    super.dispose();
  }
}

/** Of the weights of a TensorFlow.js optimizer those that exist only for the list; the others are its slots. */
function madeFor(weights: readonly NamedWeight[]): tf.Tensor[] {
  return weights.filter(({ name }) => name === 'iter').map(({ tensor }) => tensor);
}

async function saveForeign(base: tf.Optimizer): Promise<ForeignState> {
  const named = await base.getWeights();
  const weights = named.map(async ({ name, tensor }) => {
    const data = Float32Array.from(await tensor.data());
    return { name, dtype: tensor.dtype, tensor: { shape: tensor.shape, data } };
  });
  const saved = await Promise.all(weights);
  tf.dispose(madeFor(named));
  return { format: 1, optimizer: base.getClassName(), weights: saved };
}

/** `setWeights` of a TensorFlow.js optimizer, which forgets the slots it had without freeing them. */
async function setForeignWeights(base: tf.Optimizer, weights: NamedWeight[]): Promise<void> {
  const before = await base.getWeights();
  await base.setWeights(weights);
  tf.dispose(before.map(({ tensor }) => tensor));
}
