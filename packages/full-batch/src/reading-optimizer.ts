// SPDX-License-Identifier: Apache-2.0
// The base of algorithms whose host decides by numbers of every evaluation.

import { Optimizer, type CommonOptions, type OptimizerOptions } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';
import { assertReadsAtOnce, readAtOnce, readInTime, type Work } from './work.js';

/**
 * An {@link Optimizer} whose call may need numbers from the device on its way, and may evaluate more than once: `minimize`
 * reads at once, `minimizeAsync` as the backend answers.
 *
 * @typeParam O - its options
 */
export abstract class ReadingOptimizer<O extends CommonOptions = OptimizerOptions> extends Optimizer<O> {
  #pending = false;
  #left: tf.Tensor[] = [];

  /** Whether a call needs numbers. */
  protected abstract readonly reads: boolean;

  /** One call; gives back what is minimized, at its start. When it throws, all must be as it was. */
  protected abstract call(f: () => tf.Tensor, varList?: tf.Variable[]): Work<tf.Scalar>;

  /**
   * Makes one call.
   *
   * @param f - evaluated once or more: no arguments
   * @param returnCost - whether to return what is minimized, at the start of the call (the caller disposes it)
   * @param varList - the variables to train; all trainable ones when absent
   * @throws Error naming {@link minimizeAsync} where numbers are needed and cannot be read at once
   */
  override minimize(f: () => tf.Tensor, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    this.assertStepping();
    if (this.reads) assertReadsAtOnce(this.owner);
    const loss = readAtOnce(this.owner, this.call(f, varList));
    if (returnCost) return loss;
    loss.dispose();
    return null;
  }

  /**
   * {@link minimize}, reading as the backend answers. While numbers are waited for, variables are where the last step that
   * was accepted left them, and the optimizer can neither step, be saved, loaded nor disposed.
   *
   * @returns what is minimized, at the start of the call
   * @throws as {@link minimize}, as a rejection
   */
  async minimizeAsync(f: () => tf.Tensor, varList?: tf.Variable[]): Promise<number> {
    this.assertStepping();
    this.#pending = true;
    try {
      const loss = await readInTime(this.call(f, varList));
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    } finally {
      this.#pending = false;
    }
  }

  /**
   * Takes what evaluations after the first have kept, to be freed with the next call: nobody reads it then; before, a stateful
   * layer might.
   */
  protected leave(left: tf.Tensor[]): void {
    tf.dispose(this.#left);
    this.#left = left;
  }

  /**
   * Does what follows when something that is kept has gone on already: where it throws, the optimizer says so from then on,
   * until a state is loaded.
   */
  protected goOn(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.engine.state.torn = error;
      throw error;
    }
  }

  /** @throws Error while a call of {@link minimizeAsync} is pending */
  protected override assertUsable(): void {
    super.assertUsable();
    this.#assertIdle();
  }

  #assertIdle(): void {
    if (this.#pending) throw new Error(`${this.owner}: a call of minimizeAsync is pending; await it first`);
  }

  /** @throws Error while a call of {@link minimizeAsync} is pending */
  override dispose(): void {
    this.#assertIdle();
    super.dispose();
    this.leave([]);
  }
}
