// SPDX-License-Identifier: Apache-2.0
// Gradients of several micro-batches make one step; the scheme is that of optax' MultiSteps.
// Checked against optax.MultiSteps and Keras' gradient_accumulation_steps.

import {
  atStep,
  choice,
  flag,
  hyper,
  integer,
  namesOf,
  register,
  type Entry,
  type Hyper,
  type NamedGradients,
  type OptionTable,
  type Recurrence,
} from '@optim/core/authoring';
import { assertGradientsOnly, Wrapper } from '@optim/wrapper';
import { zeros } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link GradientAccumulation}. */
export interface GradientAccumulationOptions {
  /** Calls with gradients for one step of the base; a schedule gives it for the number of steps done. @defaultValue `1` */
  every?: Hyper;
  /** What the base is given of the gradients gathered: their mean or their sum. @defaultValue `'mean'` */
  reduce?: 'mean' | 'sum';
  /**
   * Leave out a call of whose gradients any element is NaN or infinite; it is not counted. Reads a number back in every call,
   * which webgpu cannot. @defaultValue `false`
   */
  skipNonFinite?: boolean;
}

const calls = integer('[1, ∞)');

/** Gathers gradients; n is kept for being saved. */
const gather: Recurrence<GradientAccumulationOptions, 'S'> = {
  slots: () => ({ S: zeros }),
  globals: () => ({ n: 0 }),
  update: ({ grad, S }) => ({ S: S.add(grad) }),
};

/**
 * Lets the base step once for several calls, with the mean of their gradients: a large batch in the memory of a small one.
 *
 * ```text
 * S ← S + g,  n ← n + 1
 * if n = every:
 *   p ← step of the base along S/n     (along S with 'sum')
 *   S ← 0,  n ← 0
 * ```
 *
 * The base sees nothing of the calls between: its step count, schedules, bias correction, decay, hooks and averages go by
 * steps. `iterations` counts these too, and {@link microStep} the calls since the last. In `model.fit` nothing changes but
 * that `every` batches make a step.
 *
 * A variable without a gradient in some call counts as having one of 0 there, as the mean of the losses has it; without one
 * in all of them it is left alone. The mean over calls is that over all examples where the batches are of one size.
 *
 * Slots, of the parameter's shape: `S`, from the first gradient of a window to the step. Saved with them is a window that is
 * open.
 *
 * Keras reads a schedule with the number of calls, moves its averages in every call, and loses what a variable had gathered
 * when the last call has no gradient for it.
 *
 * **When to use:** when the batch you want does not fit into memory. **When not:** where it fits; batch normalization sees the
 * small batches in any case. **Hint:** take the learning rate of the large batch, and call {@link flush} when training ends.
 *
 * @example
 * ```ts
 * import { GradientAccumulation } from '@optim/accumulation';
 * import { AdamW } from '@optim/adamw';
 *
 * model.compile({ optimizer: new GradientAccumulation(new AdamW(), { every: 4 }), loss: 'meanSquaredError' });
 * ```
 * @see https://github.com/google-deepmind/optax
 */
export class GradientAccumulation extends Wrapper<GradientAccumulationOptions> {
  static readonly className: string = 'GradientAccumulation';

  static override readonly options: OptionTable<GradientAccumulationOptions> = {
    every: {
      ...hyper('[1, ∞)', 1),
      range: calls.range,
      allows: (every: Hyper) => typeof every !== 'number' || calls.allows(every as never),
      scheduled: calls,
    },
    reduce: choice<'mean' | 'sum'>(['mean', 'sum']),
    skipNonFinite: flag(false),
  };

  protected readonly rules: { gather: typeof gather } = { gather };
  #n = 0;
  /** Names of all variables that were given, in the order in which optimizers of TensorFlow.js know them. */
  readonly #order = new Set<string>();

  /**
   * @throws TypeError when `base` is not an optimizer, or needs more than gradients; TypeError or RangeError for a wrong option
   */
  constructor(base: tf.Optimizer, options: GradientAccumulationOptions = {}) {
    super(base, options);
    assertGradientsOnly('GradientAccumulation', base);
  }

  /** How many calls have been gathered since the last step of the base. */
  get microStep(): number {
    return this.#n;
  }

  /**
   * Gathers gradients, and steps when there are enough; as `applyGradients` of any optimizer otherwise.
   *
   * @returns whether the base has made a step
   */
  override applyGradients(gradients: NamedGradients, loss?: tf.Scalar): boolean {
    const before = this.iterations;
    super.applyGradients(gradients, loss);
    return this.iterations > before;
  }

  /**
   * Steps with what has been gathered, fewer calls than `every` as they are: the mean is over those. For the end of an epoch or
   * of training.
   *
   * @returns whether there was anything
   * @throws Error after `dispose`, at the evaluation point, or when a window that was loaded belongs to variables of other names
   */
  flush(): boolean {
    this.assertStepping();
    if (this.#n === 0) return false;
    this.whole(() => this.#close());
    return true;
  }

  protected step(entries: readonly Entry[], _loss: tf.Scalar | undefined, given: NamedGradients): void {
    if (entries.length === 0) return;
    // Before anything is counted: a schedule may give what is no number of calls.
    const { every } = atStep(this.owner, GradientAccumulation.options, this.settings, this.iterations);
    if (this.settings.skipNonFinite && !this.#areFinite(entries)) return;
    for (const name of namesOf(given)) this.#order.add(name);
    this.engine.step('gather', entries, { step: this.iterations });
    this.#n++;
    this.engine.state.setGlobal('n', this.#n);
    if (this.#n >= (every as number)) this.#close();
  }

  #areFinite(entries: readonly Entry[]): boolean {
    if (tf.getBackend() === 'webgpu')
      throw new Error(
        'GradientAccumulation: skipNonFinite reads a number in every call, which webgpu cannot; give the base the hook skipNonFinite',
      );
    // 0·g is NaN where g is not finite.
    const [sum] = tf.tidy(() =>
      tf.addN(entries.map(({ given }) => tf.sum(tf.mul(given['grad']!, 0)))).dataSync(),
    );
    return sum === 0;
  }

  /** The step of the base. */
  #close(): void {
    const { state } = this.engine;
    const { registeredVariables } = tf.engine();
    const loaded = state.waiting.map(({ name }) => registeredVariables[name]);
    tf.tidy(() => {
      this.engine.adopt(
        loaded.filter((variable) => variable !== undefined),
        this.iterations,
      );
      const scale = this.settings.reduce === 'mean' ? 1 / this.#n : 1;
      const gathered = new Map(
        state.ordered().map(({ variable, slots }) => [variable.name, tf.mul(slots['S']!, scale)]),
      );
      if (gathered.size === 0)
        throw new Error(
          'GradientAccumulation: the loaded gradients belong to other variables; make a call with gradients first',
        );
      for (const name of gathered.keys()) this.#order.add(name);
      this.stepBase([...this.#order].map((name) => ({ name, tensor: gathered.get(name) })));
    });
    state.clear();
    this.#n = 0;
    this.incrementIterations();
  }

  /** @internal */
  override resetting(keepStep: boolean): () => void {
    const reset = super.resetting(keepStep);
    return () => {
      reset();
      this.#order.clear();
    };
  }

  protected override restored({ n = 0 }: Readonly<Record<string, number>>): void {
    this.#n = n;
  }
}

register(GradientAccumulation);
