// SPDX-License-Identifier: Apache-2.0
// The part that every optimizer shares: TensorFlow.js' own interface.

import { loadExecutors, type Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { releaseTape } from '@optim/evaluation';
import { assertLoss, entriesOf, lossOf, type Entry, type NamedGradients } from './gradients.js';
import { flag, resolveOptions, type Schedule } from '@optim/options';
import { loadReading, readTensors } from '@optim/state';
import type {
  Checked,
  GlobalValue,
  HandedOut,
  NamedWeight,
  Reading,
  ReadWeight,
  StateDict,
} from '@optim/state';
import { TwoPoints } from './two-points.js';

/**
 * The TensorFlow.js contract, common to those that run a rule and those around another one: `minimize`,
 * `applyGradients` in both forms, `getWeights` and `setWeights`, `dispose`, state dict.
 */
export abstract class BaseOptimizer extends TwoPoints {
  static {
    // TensorFlow.js' own test takes any object with three methods for an instance of every optimizer class.
    Object.defineProperty(this, Symbol.hasInstance, { value: Function.prototype[Symbol.hasInstance] });
  }

  /** What every step needs: the value of the loss, at least one gradient, or the loss itself to evaluate it again. */
  static readonly needs: readonly ('loss' | 'gradient' | 'closure')[] = [];

  /** Whether it keeps weights of its own for evaluation, as Lookahead's slow ones, so that no other may be put around it. */
  static readonly looksAhead: boolean = false;

  #handedOut: HandedOut | undefined;

  constructor() {
    super();
    void loadExecutors();
  }

  /** The learning rate of the next step; a number or a {@link Schedule} can be set at any time. */
  abstract get learningRate(): number;
  abstract set learningRate(rate: number | Schedule);

  /** The learning rate of the next step for one variable, where not all have the same. */
  learningRateOf?(variable: tf.Variable): number;

  /** Gives options other values from the next step on: all of them, or when one is refused none. */
  abstract set(options: object): void;

  /** The options of the next step as they are used for a variable, schedules evaluated. */
  abstract inForce(variable?: tf.Variable | null): object;

  /**
   * Forgets all state, of a wrapper and of what is inside: averages, globals, updates of each parameter, and the step count, by
   * which schedules go. Options stay. An optimizer of TensorFlow.js inside begins anew with all that its configuration has.
   *
   * @param options - `keepStep` keeps step counts, but those of optimizers of TensorFlow.js
   * @throws Error after `dispose`, or where the variables are at the evaluation point; TypeError for another option, and for an
   * optimizer inside that cannot be made anew. Nothing has changed then
   */
  reset(options: { keepStep?: boolean } = {}): void {
    const { keepStep } = resolveOptions<{ keepStep?: boolean }>(
      this.owner,
      { keepStep: flag(false) },
      options,
    );
    this.resetting(keepStep)();
  }

  /** @internal Checks that {@link reset} is possible, and gives back what does it. */
  abstract resetting(keepStep: boolean): () => void;

  /** @internal Gives back what brings the options to what they are now. */
  abstract keepOptions(): () => void;

  /** The optimizers that a wrapper is around, which step in its place. */
  inside?(): readonly tf.Optimizer[];

  /** @internal Programs of the last step, with the number of parameters each runs for. */
  programs?(): Map<Program, number>;

  /** Sets {@link learningRate}. */
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
    this.assertStepping();
    const { value, grads } = this.evaluated(() => this.computeGradients(f, varList));
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
      return tf.tidy(() => super.computeGradients(lossOf(this.owner, f), varList));
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
    this.assertStepping();
    assertLoss(this.owner, loss);
    this.step(this.entriesOf(gradients), loss, gradients);
  }

  /** Variables with their gradients, checked as {@link applyGradients} does. */
  protected entriesOf(gradients: NamedGradients): Entry[] {
    return entriesOf(this.owner, gradients);
  }

  /** One update of the variables that have a gradient; `given` is all that was given. Gradients stay the caller's. */
  protected abstract step(
    entries: readonly Entry[],
    loss: tf.Scalar | undefined,
    given: NamedGradients,
  ): void;

  /**
   * Everything needed to go on later, as plain data: that of the moment of the call, whatever happens until the promise is
   * kept.
   * @throws Error (as a rejection) after {@link dispose}
   */
  async stateDict(): Promise<StateDict> {
    this.assertUsable();
    const state = await this.capture();
    // So that the steps after this one are the same bits as those of whoever resumes from it.
    await loadExecutors();
    return state;
  }

  /** Takes all state at once, before the first await, and gives it back as plain data. */
  abstract capture(): Promise<StateDict>;

  /**
   * Takes over a state dict. All of it is checked first; when anything is wrong nothing changes.
   *
   * The numbers of the state must stay as they are until it is taken over.
   * @throws TypeError or RangeError (as a rejection) saying what does not fit.
   */
  async loadStateDict(state: StateDict): Promise<void> {
    this.assertUsable();
    const [reading] = await Promise.all([loadReading(), loadExecutors()]);
    this.assertUsable();
    await this.check(state, reading).commit();
  }

  /** Checks a state dict, changing nothing, and gives back what commits it. */
  abstract check(state: unknown, reading: Reading): Checked;

  /**
   * Takes over what `getWeights` gave, of this or of an earlier run; the tensors stay the caller's. All of it is checked
   * first; when anything is wrong nothing changes.
   * @throws RangeError or TypeError (as a rejection) when they are not the weights of such an optimizer
   */
  override async setWeights(weights: NamedWeight[]): Promise<void> {
    this.assertUsable();
    // Read at once: what becomes of the tensors afterwards is the caller's.
    const [read, reading] = await Promise.all([
      readTensors(this.owner, weights),
      loadReading(),
      loadExecutors(),
    ]);
    this.assertUsable();
    await this.checkWeights(read, reading).commit();
  }

  /** Checks weights, changing nothing, and gives back what commits them. */
  abstract checkWeights(weights: readonly ReadWeight[], reading: Reading): Checked;

  /** Called with the globals of a state that was taken over, where one of them is also read on the host. */
  protected restored(_globals: Readonly<Record<string, GlobalValue>>): void {}

  /** Hands out weights that exist only for that; they are freed at a later call, or with the optimizer. */
  protected handOut({ HandedOut }: Reading, weights: readonly NamedWeight[]): void {
    (this.#handedOut ??= new HandedOut()).add(weights);
    if (this.disposed) this.#handedOut.dispose();
  }

  /** Frees all state. Using the optimizer afterwards is an error. */
  override dispose(): void {
    this.#handedOut?.dispose();
    this.disposed = true;
  }

  /** @throws Error after {@link dispose}; overridden where weights in place of others keep state from being read. */
  protected assertUsable(): void {
    this.assertAlive();
  }

  /** @internal @throws Error after {@link dispose}, or where the variables are at the evaluation point. */
  assertStepping(): void {
    this.assertUsable();
    if (this.atEvaluationPoint)
      throw new Error(
        `${this.owner}: the variables are at the evaluation point; call useTrainingWeights() first`,
      );
  }
}
