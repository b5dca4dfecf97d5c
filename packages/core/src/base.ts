// SPDX-License-Identifier: Apache-2.0
// What an optimizer of this project is to TensorFlow.js, whatever it does in a step.

import { loadExecutors, sameShape, showShape } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import type { Schedule } from './schedule.js';
import type { StateDict } from './state.js';

/** Gradients by variable name, or as a list; entries without a tensor are passed over. */
export type NamedGradients =
  | tf.NamedTensorMap
  | readonly { name: string; tensor: tf.Tensor | null | undefined }[];

/** A variable and its gradient, checked to fit. */
export interface Entry {
  readonly variable: tf.Variable;
  readonly grad: tf.Tensor;
}

/** A weight of an optimizer, as `model.save` writes it. */
export interface NamedWeight {
  name: string;
  tensor: tf.Tensor;
}

/**
 * The TensorFlow.js contract, common to rules ({@link Optimizer}) and wrappers ({@link Wrapper}): `minimize`,
 * `applyGradients` in both forms, `getWeights` and `setWeights`, `dispose`, state dict.
 */
export abstract class BaseOptimizer extends tf.Optimizer {
  static {
    // TensorFlow.js' own test takes any object with three methods for an instance of every optimizer class.
    Object.defineProperty(this, Symbol.hasInstance, { value: Function.prototype[Symbol.hasInstance] });
  }

  /** What a step cannot do without: the loss' value, at least one gradient, the loss itself to evaluate again. */
  static readonly needs: readonly ('loss' | 'gradient' | 'closure')[] = [];

  private disposed = false;
  private readonly handedOut: tf.Tensor[] = [];

  constructor() {
    super();
    void loadExecutors();
  }

  /** The class name, as errors and saved models carry it. */
  protected get owner(): string {
    return this.getClassName();
  }

  /** The learning rate of the next step; a number or a {@link Schedule} can be set at any time. */
  abstract get learningRate(): number;
  abstract set learningRate(rate: number | Schedule);

  /** Same as setting {@link learningRate}. */
  setLearningRate(rate: number | Schedule): void {
    this.learningRate = rate;
  }

  /**
   * Evaluates `f`, and steps along its gradients.
   *
   * @param f - the loss: no arguments, a float32 scalar
   * @param returnCost - whether to return the loss (the caller disposes it)
   * @param varList - the variables to train; all trainable ones when absent
   * @throws Error after {@link dispose}; TypeError and RangeError as {@link applyGradients}
   */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    this.assertUsable();
    const { value, grads } = this.computeGradients(f, varList);
    let returned = false;
    try {
      // Models that share a layer list its weights more than once.
      const named = varList && [...new Set(varList)].map(({ name }) => ({ name, tensor: grads[name] }));
      this.applyGradients(named ?? grads, value);
      returned = returnCost;
      return returnCost ? value : null;
    } finally {
      tf.dispose(grads);
      if (!returned) value.dispose();
    }
  }

  /** As in TensorFlow.js; when `f` throws, nothing that was recorded until then stays in memory. */
  override computeGradients(
    f: () => tf.Scalar,
    varList?: tf.Variable[],
  ): { value: tf.Scalar; grads: tf.NamedTensorMap } {
    try {
      return tf.tidy(() => super.computeGradients(f, varList));
    } catch (error) {
      releaseTape();
      throw error;
    }
  }

  /**
   * Steps along given gradients. Variables are looked up by name; one without a gradient keeps its value and state.
   *
   * @param gradients - a map from variable name to gradient, or a list of `{ name, tensor }`
   * @param loss - the loss the gradients belong to, for algorithms that use its value
   * @throws RangeError for an unknown or disposed variable, two gradients of one, or a gradient of another shape;
   * TypeError for a gradient or variable that is not float32; Error after {@link dispose}. Nothing has changed then.
   */
  override applyGradients(gradients: NamedGradients, loss?: tf.Scalar): void {
    this.assertUsable();
    this.step(this.entriesOf(gradients), loss, gradients);
  }

  /** Variables with their gradients, checked as {@link applyGradients} does. */
  protected entriesOf(gradients: NamedGradients): Entry[] {
    const list = Array.isArray(gradients)
      ? (gradients as { name: string; tensor?: tf.Tensor | null }[])
      : Object.entries(gradients as tf.NamedTensorMap).map(([name, tensor]) => ({ name, tensor }));
    const entries: Entry[] = [];
    const seen = new Set<string>();
    for (const { name, tensor } of list) {
      if (tensor == null) continue;
      if (seen.has(name))
        throw new RangeError(`${this.owner}: variable "${name}" has two gradients; add them up first`);
      seen.add(name);
      entries.push(this.entry(name, tensor));
    }
    return entries;
  }

  /** One update of the variables that have a gradient; `given` is all that was given. Gradients stay the caller's. */
  protected abstract step(
    entries: readonly Entry[],
    loss: tf.Scalar | undefined,
    given: NamedGradients,
  ): void;

  /** Everything needed to go on later, as plain data. */
  abstract stateDict(): Promise<StateDict>;

  /**
   * Takes over a state dict. All of it is checked first; when anything is wrong nothing changes.
   * @throws TypeError or RangeError (as a rejection) saying what does not fit.
   */
  async loadStateDict(state: StateDict): Promise<void> {
    const commit = await this.prepare(state);
    await loadExecutors();
    await commit();
  }

  /** Checks a state dict, changing nothing, and gives back what takes it over. */
  abstract prepare(state: unknown): Promise<() => void | Promise<void>>;

  /**
   * Takes over what `getWeights` gave, of this or of an earlier run; the tensors stay the caller's. All of it is checked
   * first; when anything is wrong nothing changes.
   * @throws RangeError or TypeError (as a rejection) when they are not the weights of such an optimizer
   */
  override async setWeights(weights: NamedWeight[]): Promise<void> {
    const commit = await this.prepareWeights(weights);
    await loadExecutors();
    await commit();
  }

  /** Checks weights, changing nothing, and gives back what takes them over. */
  abstract prepareWeights(weights: readonly NamedWeight[]): Promise<() => void | Promise<void>>;

  /** Frees all state. Using the optimizer afterwards is an error. */
  override dispose(): void {
    tf.dispose(this.handedOut);
    this.handedOut.length = 0;
    this.disposed = true;
  }

  /** @throws Error after {@link dispose}. */
  protected assertUsable(): void {
    if (this.disposed) throw new Error(`${this.owner}: the optimizer was disposed; make a new one`);
  }

  /**
   * Marks tensors that `getWeights` made only to hand them out. TensorFlow.js never disposes what it saves, so they
   * are freed at the next call, or with the optimizer.
   */
  protected handOut(tensors: readonly tf.Tensor[]): void {
    tf.dispose(this.handedOut);
    this.handedOut.length = 0;
    this.handedOut.push(...tensors.map((tensor) => tf.keep(tensor)));
  }

  private entry(name: string, grad: tf.Tensor): Entry {
    const variable = tf.engine().registeredVariables[name];
    if (!variable)
      throw new RangeError(`${this.owner}: no variable is named "${name}"; it was disposed or never made`);
    if (variable.dtype !== 'float32') {
      throw new TypeError(
        `${this.owner}: variable "${name}" must be float32 to be trained, got ${variable.dtype}`,
      );
    }
    if (grad.dtype !== 'float32') {
      throw new TypeError(`${this.owner}: gradient of "${name}" must be float32, got ${grad.dtype}`);
    }
    if (!sameShape(grad.shape, variable.shape)) {
      throw new RangeError(
        `${this.owner}: gradient of "${name}" must have shape ${showShape(variable.shape)}, got ${showShape(grad.shape)}`,
      );
    }
    if (grad.isDisposed)
      throw new RangeError(`${this.owner}: gradient of "${name}" was disposed before the step`);
    return { variable, grad };
  }
}

/**
 * TensorFlow.js keeps the tensors that a gradient will need on its tape, and forgets them there when the loss throws.
 * The tape is not public: where there is none of this form, nothing happens.
 */
function releaseTape(): void {
  const { state } = tf.engine() as unknown as {
    state?: { gradientDepth?: number; activeTape?: { saved?: tf.Tensor[] }[] | null };
  };
  if (state?.gradientDepth !== 0 || !Array.isArray(state.activeTape)) return;
  for (const { saved } of state.activeTape) tf.dispose(saved ?? []);
  state.activeTape = null;
}

/**
 * Makes classes known to TensorFlow.js by their `className`, so that a model saved with the optimizer can be loaded.
 * Packages call it for their own classes when they are imported.
 */
export function register(...classes: (abstract new (...args: never[]) => BaseOptimizer)[]): void {
  for (const cls of classes)
    tf.serialization.registerClass(cls as unknown as Parameters<typeof tf.serialization.registerClass>[0]);
}
