// SPDX-License-Identifier: Apache-2.0
// The base of every algorithm that is written as a rule.

import { loadExecutors, type Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import type { Entry } from '@optim/contract';
import type { CommonOptions, OptimizerOptions } from './rule/common-options.js';
import { decodeOptions, encodeOptions, optionsIn } from './rule/config.js';
import { assertGiven } from './rule/demands.js';
import type { Hook } from './rule/hook.js';
import type { Momentum, Parameter } from './state/parameters.js';
import { loadReading, readable } from '@optim/state';
import type { Checked, NamedWeight, Reading, ReadWeight, SavedState, StateDict } from '@optim/state';
import { capture, headerOf, plain } from './state/saving.js';
import { Settable } from './settable.js';
import type { Moment } from './step/engine.js';
import type { Tensors } from './step/bound-kernel.js';

/**
 * Base of every algorithm written as a {@link Rule}: the contract with TensorFlow.js around one engine that runs the rule.
 *
 * @typeParam O - its options
 */
export abstract class Optimizer<O extends CommonOptions = OptimizerOptions> extends Settable<O> {
  /** @internal The registry of TensorFlow.js calls it without `this`, with keys of its own in the configuration. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(optionsIn(cls as never, config, ['learningRateScale']) as tf.serialization.ConfigDict);
  }

  /**
   * Options as JSON, from which `fromConfig` makes an equal optimizer.
   * @throws TypeError for a plain function in place of a schedule, predicate or hook
   */
  override getConfig(): tf.serialization.ConfigDict {
    return encodeOptions(this.owner, this.settings) as tf.serialization.ConfigDict;
  }

  protected step(entries: readonly Entry[], loss?: tf.Scalar): void {
    const { needs } = this.constructor as typeof Optimizer;
    assertGiven(this.owner, needs, this.settings.transforms as readonly Hook[], entries.length, loss);
    const step = this.iterations;
    const moment: Moment = { step, loss, counts: true };
    if (entries.length > 0 && !this.engine.pauses(entries, step))
      tf.dispose(this.engine.step('', entries, moment));
    if (moment.counts) this.incrementIterations();
  }

  /**
   * Runs one of the rules by name, that of the algorithm by `''`, without counting a step.
   *
   * @returns what it gives back for each entry, which is the caller's
   */
  protected run(rule: string, entries: readonly Entry[], loss?: tf.Scalar): Tensors[] {
    return this.engine.step(rule, entries, { step: this.iterations, loss });
  }

  override programs(): Map<Program, number> {
    this.assertUsable();
    return this.engine.programs();
  }

  /**
   * Adopts variables: makes their slots, or takes over the saved ones. Done by the first step; useful before it where
   * a slot starts from the value of the parameter.
   */
  protected adopt(variables: readonly tf.Variable[]): Parameter[] {
    return this.engine.adopt(variables, this.iterations);
  }

  /** Parameters in the order in which their variables were made. */
  protected ordered(): Parameter[] {
    return this.engine.state.ordered();
  }

  /** Gives a global another value between steps. */
  protected setGlobal(name: string, value: number): void {
    this.engine.state.setGlobal(name, value);
  }

  /** The globals that are one number: those of the algorithm by name, those of a hook as `hook.name`. */
  async readGlobals(): Promise<Record<string, number>> {
    this.assertUsable();
    const captured = capture(this.engine.state);
    const { savedState, singles } = await loadReading(captured);
    return singles((await savedState(captured)).globals);
  }

  /**
   * @internal The running averages kept for the parameters adopted so far, or other slots by name or expression; `null` if no
   * parameter has such.
   */
  momentum(slots: readonly (string | RegExp)[] = this.rule.momentum ?? []): Momentum | null {
    return this.engine.state.momentum(slots);
  }

  override async capture(): Promise<StateDict> {
    const header = headerOf(this.owner, this.iterations, this.settings);
    return { ...header, ...(await plain(capture(this.engine.state))) };
  }

  override check(state: unknown, reading: Reading): Checked {
    const saved = reading.checkStateDict(this.owner, state);
    const { parameterGroups, transforms } = this.settings;
    const saves = {
      learningRateScale: 1,
      ...decodeOptions(this.owner, saved.hyperparameters),
      parameterGroups,
      transforms,
    };
    return this.#replacement(saved, this.checked({ ...this.settings, ...saves }), reading);
  }

  /** The step count, then the number of updates of each parameter, globals, and slots grouped by kind. */
  override async getWeights(): Promise<NamedWeight[]> {
    this.assertUsable();
    const { iterations: step } = this;
    const held = capture(this.engine.state, readable);
    const reading = await loadReading(held);
    const weights = reading.writeWeights(step, held);
    this.handOut(reading, weights);
    await loadExecutors(); // as in stateDict
    return weights;
  }

  override checkWeights(weights: readonly ReadWeight[], reading: Reading): Checked {
    return this.#replacement(reading.stateOfWeights(this.owner, weights), this.settings, reading);
  }

  override dispose(): void {
    this.engine.state.clear();
    super.dispose();
  }

  /** An engine with a saved state, which takes the place of the one there is. */
  #replacement(saved: SavedState, settings: Required<O>, reading: Reading): Checked {
    const engine = this.engineFor(settings);
    const variables = this.engine.state.ordered().map(({ variable }) => variable);
    const globals = engine.restore(saved, variables, reading);
    return {
      commit: () => this.replace(engine, settings, saved.step, globals),
      drop: () => engine.state.clear(),
    };
  }
}
