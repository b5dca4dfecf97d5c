// SPDX-License-Identifier: Apache-2.0
// What an algorithm says of itself.

import type { Expression } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';
import { BaseOptimizer } from './base.js';
import { decayed, type CommonOptions, type DecayScalars, type OptimizerOptions } from './common-options.js';
import { decodeOptions, encodeOptions } from './config.js';
import type { Pair, Resolved, Results, Round, SlotInit } from './rule.js';
import { isSchedule } from './schedule.js';

/** The part of {@link Optimizer} that an author overrides. */
export abstract class Algorithm<O extends CommonOptions> extends BaseOptimizer {
  /** Default, range and check of every option. */
  static readonly options: object;
  /** Slots, by name or pattern, that are a running average of gradients or updates; wrappers may reset or average them. */
  static readonly momentumSlots: readonly (string | RegExp)[] = [];

  /** Options in force, defaults filled in. */
  protected settings!: Required<O>;

  /** @internal The registry of TensorFlow.js calls it without `this`, with keys of its own in the configuration. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const known = Object.keys((cls as unknown as typeof Algorithm).options);
    const own = Object.fromEntries(Object.entries(config).filter(([name]) => known.includes(name)));
    return new cls(decodeOptions(own) as tf.serialization.ConfigDict);
  }

  /**
   * Options as JSON, from which `fromConfig` makes an equal optimizer.
   * @throws TypeError for a plain function in place of a schedule, predicate or hook
   */
  override getConfig(): tf.serialization.ConfigDict {
    return encodeOptions(this.owner, this.settings) as tf.serialization.ConfigDict;
  }

  /** Checks that involve more than one option; throws a RangeError made by `outOfRange`. */
  protected validate(_options: Required<O>): void {}

  /** Tensors kept per parameter, each with its first value. */
  protected slots(_options: Required<O>): Record<string, SlotInit> {
    return {};
  }

  /** Scalars kept for the optimizer as a whole, each with its first value. */
  protected globals(_options: Required<O>): Record<string, number> {
    return {};
  }

  /**
   * Numbers a step needs, in float64 and once per step; {@link update} may branch on booleans, and on strings, such as the
   * name of the slot whose turn it is. The first argument, t, is the number of this update of the parameter, from 1; in
   * `combine` the number of the step.
   */
  protected coefficients(_t: number, _hyper: Resolved<O>): Record<string, number | boolean | string> {
    return {};
  }

  /** What must be known across all parameters before the update, in order. */
  protected rounds(_options: Required<O>): Round[] {
    return [];
  }

  /** Weight decay, traced before everything else; overridden where a paper has its own. */
  protected decay(pair: Pair, scalars: DecayScalars): Pair {
    return decayed(pair, this.rateInForce(pair.param, scalars), scalars);
  }

  /**
   * The rate by which decoupled decay and hooks go; overridden where it is not the option `learningRate`. `null` in a round
   * that has yet to find it: nothing decays by it then.
   */
  protected rateInForce(_param: Expression, { learningRate }: DecayScalars): Expression | null {
    return learningRate;
  }

  /**
   * The bias-corrected second moment that this step divides by, of the parameter's shape, from the slots after the update;
   * for hooks that read it. `null` for an algorithm that keeps none.
   */
  protected secondMoment(_slots: object, _scalars: object): Expression | null {
    return null;
  }

  /**
   * The recurrence: new `param` and slots. What is not returned stays as it is. A rule that decays by itself also returns
   * `start`, the parameter with the decay alone, so that a hook can tell the step from the decay.
   */
  protected abstract update(tensors: object, scalars: object): Results;

  /** The rate of the next step; NaN for an algorithm that has none to tell. */
  protected rate(): number {
    const { learningRate } = this.settings as OptimizerOptions;
    return isSchedule(learningRate) ? learningRate(this.iterations) : (learningRate ?? Number.NaN);
  }

  /** Told of the globals in a state that was taken over, for an algorithm that goes by one of them on the host. */
  protected restored(_globals: Readonly<Record<string, number>>): void {}
}
