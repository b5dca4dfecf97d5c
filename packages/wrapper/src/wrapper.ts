// SPDX-License-Identifier: Apache-2.0
// The base of optimizers around another optimizer.

import { BaseOptimizer, unwrap, type NamedGradients } from '@optim/contract';
import { capture, decodeOptions, encodeOptions, headerOf, optionsIn, plain } from '@optim/core/engine';
import type { Program } from '@optim/fusion';
import { loadReading, readable } from '@optim/state';
import type {
  Checked,
  GlobalValue,
  NamedWeight,
  Reading,
  ReadWeight,
  SavedState,
  StateDict,
} from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';
import { baseFrom } from './base.js';
import {
  captureInside,
  checkInside,
  checkWeightsInside,
  namedOutside,
  weightsInside,
  weightsOutside,
} from './inside.js';
import { Settable } from './settable.js';

/**
 * Base of optimizers that let another one do the step: the contract with TensorFlow.js, a base, and an engine that runs the
 * wrapper's own rules. The base may be any `tf.Optimizer`; learning rate, saving and loading go through to it.
 *
 * @typeParam O - options of the wrapper itself
 */
export abstract class Wrapper<O extends object> extends Settable<O> {
  /** How often optimizers of TensorFlow.js inside have changed anything. */
  #foreignSteps = 0;

  /** As of any optimizer; see {@link whole} for what fails half way. */
  override applyGradients(gradients: NamedGradients, loss?: tf.Scalar): void {
    this.whole(() => super.applyGradients(gradients, loss));
  }

  /**
   * Makes a step. Where it throws when something that is kept has changed, the wrapper says so from then on, until a state
   * is loaded.
   */
  protected whole<T>(step: () => T): T {
    const { state } = this.engine;
    state.assertWhole();
    const before = this.#progress();
    try {
      return step();
    } catch (error) {
      if (this.#progress().some((count, i) => count !== before[i])) state.torn ??= error;
      throw error;
    }
  }

  /** What counts up whenever something that is kept has changed. */
  #progress(): number[] {
    const ofInside = this.inside().flatMap(unwrap);
    return [
      this.engine.writes,
      this.#foreignSteps,
      ...ofInside.map((optimizer) => (optimizer instanceof BaseOptimizer ? optimizer.iterations : 0)),
    ];
  }

  /** Lets the base step along gradients, in the form they came: a TensorFlow.js optimizer matches them by position. */
  protected stepBase(gradients: NamedGradients, loss?: tf.Scalar): void {
    this.stepOne(this.base, gradients, loss);
  }

  /** Lets an optimizer inside step. */
  protected stepOne(optimizer: tf.Optimizer, gradients: NamedGradients, loss?: tf.Scalar): void {
    const step = (): void => (optimizer as BaseOptimizer).applyGradients(gradients, loss);
    if (optimizer instanceof BaseOptimizer) return step();
    const kept = Object.values(tf.engine().registeredVariables).map(
      (variable) => [variable, variable.dataId] as const,
    );
    try {
      step();
      this.#foreignSteps++;
    } catch (error) {
      if (kept.some(([variable, dataId]) => variable.dataId !== dataId)) this.#foreignSteps++;
      throw error;
    }
  }

  /** @internal Those of the wrapper's own rules. */
  override programs(): Map<Program, number> {
    this.assertUsable();
    return this.engine.programs();
  }

  /** The point of a wrapper that has none of its own is that of what is inside. */
  protected override toEvaluationPoint(variables: readonly tf.Variable[]): boolean {
    return this.#eachOfOurs((optimizer, own) => optimizer.useEvaluationWeights(own), variables);
  }

  protected override toTrainingPoint(variables: readonly tf.Variable[]): void {
    this.#eachOfOurs((optimizer, own) => optimizer.useTrainingWeights(own), variables);
  }

  /** Calls for every optimizer inside that is one of ours, with its variables; whether there is any. */
  #eachOfOurs(
    call: (optimizer: BaseOptimizer, own: readonly tf.Variable[]) => void,
    variables: readonly tf.Variable[],
  ): boolean {
    const ours = this.inside().filter((optimizer) => optimizer instanceof BaseOptimizer);
    for (const optimizer of ours)
      call(
        optimizer,
        variables.filter((variable) => this.optimizerOf(variable) === optimizer),
      );
    return ours.length > 0;
  }

  /** @internal The registry of TensorFlow.js calls it without `this`. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const own = optionsIn(cls as never, config);
    const Cls = cls as unknown as new (base: unknown, options: object) => T;
    const base = baseFrom(cls.className, config['base']);
    try {
      return new Cls(base, own);
    } catch (error) {
      // Those of TensorFlow.js keep tensors from the beginning.
      base.dispose();
      throw error;
    }
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
    const own = capture(this.engine.state);
    const ofInside = captureInside(this.inside());
    const [saved, [base, ...others]] = await Promise.all([plain(own), ofInside]);
    return { ...header, ...saved, base, ...(others.length > 0 && { others }) } as StateDict;
  }

  override check(state: unknown, reading: Reading): Checked {
    const saved = reading.checkStateDict(this.owner, state);
    const settings = this.checked({ ...this.settings, ...decodeOptions(this.owner, saved.hyperparameters) });
    const { others = [] } = saved;
    if (others.length !== this.others.length)
      throw new RangeError(
        `${this.owner}: state dict: others must be ${this.others.length} states, got ${others.length}`,
      );
    const ofInside = checkInside(this.inside(), [saved.base, ...others], reading);
    return this.#replacement(saved, settings, reading, ofInside);
  }

  /** An engine with a saved state of the wrapper's own, which takes the place of the one there is when what is inside has its own. */
  #replacement(saved: SavedState, settings: Required<O>, reading: Reading, ofInside: Checked): Checked {
    const engine = this.engineFor(settings);
    let globals: Readonly<Record<string, GlobalValue>>;
    try {
      globals = engine.restore(
        saved,
        this.engine.state.ordered().map(({ variable }) => variable),
        reading,
      );
    } catch (error) {
      ofInside.drop();
      throw error;
    }
    const commit = (): void => {
      this.atEvaluationPoint = this.inside().some(
        (optimizer) => optimizer instanceof BaseOptimizer && optimizer.atEvaluationPoint,
      );
      this.replace(engine, settings, saved.step, globals);
    };
    return {
      commit: () => {
        const pending = ofInside.commit();
        return pending ? pending.then(commit) : commit();
      },
      drop: () => {
        ofInside.drop();
        engine.state.clear();
      },
    };
  }

  /** The step count, the wrapper's own weights, then those of what is inside. */
  override async getWeights(): Promise<NamedWeight[]> {
    this.assertUsable();
    const { iterations: step } = this;
    // All that is asked for before the first await is of this moment.
    const held = capture(this.engine.state, readable);
    const { foreign, prefixed } = await weightsInside(this.inside()).catch((error: unknown) => {
      tf.dispose(held as never);
      throw error;
    });
    const reading = await loadReading([held, prefixed]);
    const own = reading.writeWeights(step, held);
    // Those of ours look after what they hand out.
    this.handOut(reading, [...own, ...foreign]);
    return [...namedOutside(this.inside(), own), ...prefixed];
  }

  override checkWeights(weights: readonly ReadWeight[], reading: Reading): Checked {
    const saved = reading.stateOfWeights(this.owner, weightsOutside(this.inside(), weights));
    const ofInside = checkWeightsInside(this.owner, this.inside(), weights, reading);
    return this.#replacement(saved, this.settings, reading, ofInside);
  }

  /** Frees the state of the wrapper and of what is inside. */
  override dispose(): void {
    this.engine.state.clear();
    for (const optimizer of this.inside()) optimizer.dispose();
    super.dispose();
  }
}
