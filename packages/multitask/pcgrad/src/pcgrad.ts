// SPDX-License-Identifier: Apache-2.0

import {
  choice,
  integer,
  isArrayOf,
  isCallable,
  nullable,
  record,
  register,
  replay,
  show,
  total,
  undisturbed,
  untrained,
  type OptionTable,
} from '@optim/core/authoring';
import { assertFollows, movedBy, Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { checkOrder, randomOrder, type TaskOrder } from './order.js';
import { gradientOf, surgery, type PCGradOptions, type Reduction } from './surgery.js';

export type { PCGradOptions } from './surgery.js';

type Loss = () => tf.Scalar;

interface Task {
  readonly value: tf.Scalar;
  readonly grads: tf.NamedTensorMap;
}

/**
 * Projecting conflicting gradients: trains on several losses at once. Where the gradients of two tasks point against each
 * other, what conflicts is projected away before they are added up.
 *
 * ```text
 * gᵢ = ∇fᵢ(p) for each of K tasks
 * vᵢ = gᵢ, then for every other task j, in random order:
 *   vᵢ ← vᵢ − gⱼ·(Σ vᵢ·gⱼ)/(Σ gⱼ²)      where Σ vᵢ·gⱼ < 0       Σ over all elements of all shared parameters
 * p ← step of the base from p along Σᵢ vᵢ      divided by K with reduction 'mean'
 * ```
 *
 * Shared parameters are those that get a gradient from every task; the others, such as the heads of a network, get the plain
 * sum of theirs. Learning rate, weight decay and the like are those of the base, which may be any `tf.Optimizer` that
 * steps along given gradients. Keeps nothing between steps.
 *
 * `minimize` takes the list of losses; with one, as in `model.fit`, it is the base alone. {@link taskLosses} makes the list
 * from a model with several outputs. All losses are evaluated at the same p, with the same random numbers (dropout masks); the
 * statistics of a batch normalization move in the first evaluation that reaches it alone.
 *
 * Differs from the authors' code, whose order is the same in every step because the result of its shuffle is dropped, and
 * from PyTorch ports, which let parameters of single tasks into the products.
 *
 * **When to use:** where several losses share a network and one of them suffers from the others. **When not:** for losses that
 * agree, or with many tasks, for every one costs an evaluation. **Hint:** bring the losses to a similar size first; conflicts
 * of size stay.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { PCGrad } from '@optim/pcgrad';
 * import type * as tf from '@tensorflow/tfjs-core';
 *
 * const optimizer = new PCGrad(new AdamW());
 *
 * function step(batch: tf.Tensor, tasks: ((prediction: tf.Tensor) => tf.Scalar)[]): void {
 *   const predict = () => model.apply(batch, { training: true }) as tf.Tensor;
 *   optimizer.minimize(tasks.map((loss) => () => loss(predict())));
 * }
 * ```
 * @see https://arxiv.org/abs/2001.06782
 */
export class PCGrad extends Wrapper<PCGradOptions> {
  static readonly className: string = 'PCGrad';

  static override readonly options: OptionTable<PCGradOptions> = {
    reduction: choice<Reduction>(['sum', 'mean']),
    seed: nullable(integer('[0, ∞)')),
  };

  static override readonly needs: readonly 'closure'[] = ['closure'];

  /** That of the step at hand. */
  #order: TaskOrder = [];

  protected readonly rules: { surgery: ReturnType<typeof surgery> } = { surgery: surgery(() => this.#order) };

  /** @throws TypeError when `base` is not an optimizer or needs the loss itself; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: PCGradOptions = {}) {
    super(base, options);
    assertFollows('PCGrad', base);
  }

  /** With one loss, a step of the base. */
  override minimize(f: Loss, returnCost?: boolean, varList?: tf.Variable[]): tf.Scalar | null;
  /**
   * Evaluates all losses, and lets the base step along their gradients without what conflicts.
   *
   * @param losses - one a task: no arguments, a float32 scalar
   * @param returnCost - whether to return the losses (the caller disposes them)
   * @param varList - the variables to train; all trainable ones when absent
   * @param options.order - for every task the others, by index, in the order in which it meets them; random when absent
   * @throws RangeError for an empty list, or an order that does not fit it
   */
  override minimize(
    losses: readonly Loss[],
    returnCost?: boolean,
    varList?: tf.Variable[],
    options?: { order?: TaskOrder },
  ): tf.Scalar[] | null;
  override minimize(
    given: Loss | readonly Loss[],
    returnCost = false,
    varList?: tf.Variable[],
    options: { order?: TaskOrder } = {},
  ): tf.Scalar | tf.Scalar[] | null {
    return this.whole(() => this.#stepped(given, returnCost, varList, options));
  }

  #stepped(
    given: Loss | readonly Loss[],
    returnCost: boolean,
    varList: tf.Variable[] | undefined,
    { order }: { order?: TaskOrder },
  ): tf.Scalar | tf.Scalar[] | null {
    this.assertStepping();
    const losses = typeof given === 'function' ? [given] : given;
    if (!isArrayOf(losses, isCallable))
      throw new TypeError(`PCGrad: losses must be a function or an array of functions, got ${show(given)}`);
    if (losses.length === 0) throw new RangeError('PCGrad: losses must be at least one, got none');
    if (order) checkOrder(order, losses.length);
    this.#order = order ?? randomOrder(losses.length, this.settings.seed, this.iterations);
    const tasks = this.#tasks(losses, varList);
    const values = tasks.map(({ value }) => value);
    let returned = false;
    try {
      tf.tidy(() => {
        const merged = this.#merged(tasks.map(({ grads }) => grads));
        const named = varList && [...new Set(varList)].map(({ name }) => ({ name, tensor: merged[name] }));
        this.stepBase(named ?? merged, total(values));
      });
      this.incrementIterations();
      returned = returnCost;
      return returnCost ? (typeof given === 'function' ? values[0]! : values) : null;
    } finally {
      tf.dispose(tasks.map(({ grads }) => grads));
      if (!returned) tf.dispose(values);
    }
  }

  /** Losses and gradients of all tasks, as if the network had been evaluated once. */
  #tasks(losses: readonly Loss[], varList?: tf.Variable[]): Task[] {
    const tasks: Task[] = [];
    const moved = new Set<tf.Variable>();
    let draws: readonly number[] | undefined;
    try {
      for (const f of losses) {
        const evaluate = (): Task => this.evaluated(() => this.computeGradients(f, varList));
        const before = untrained().map((variable) => [variable, variable.dataId] as const);
        tasks.push(
          undisturbed([...moved], () => {
            if (draws) return replay(evaluate, draws);
            const first = record(evaluate);
            draws = first.draws;
            return first.result;
          }),
        );
        for (const [variable, dataId] of before) if (variable.dataId !== dataId) moved.add(variable);
      }
      return tasks;
    } catch (error) {
      tf.dispose(tasks.map(({ value, grads }) => [value, grads]));
      throw error;
    }
  }

  /** The gradient of the base. */
  #merged(grads: readonly tf.NamedTensorMap[]): tf.NamedTensorMap {
    const [first] = grads;
    if (grads.length === 1) return first!;
    const names = [...new Set(grads.flatMap((of) => Object.keys(of)))];
    const reached = names.map((name) => [name, grads.flatMap((of) => of[name] ?? [])] as const);
    const variableOf = (name: string): tf.Variable => tf.engine().registeredVariables[name]!;
    const moved = movedBy(this, names.map(variableOf));
    const isShared = ([name, all]: (typeof reached)[number]): boolean =>
      all.length === grads.length && moved.has(variableOf(name));
    const shared = reached.filter(isShared);
    const own = reached.filter((each) => each[1].length > 0 && !isShared(each));
    const entries = shared.map(([name, all]) => ({
      variable: variableOf(name),
      given: Object.fromEntries(all.map((grad, task) => [gradientOf(task), grad])),
    }));
    const results = entries.length > 0 ? this.engine.step('surgery', entries, { step: this.iterations }) : [];
    return Object.fromEntries([
      ...entries.map(({ variable }, i) => [variable.name, results[i]!['merged']!]),
      ...own.map(([name, all]) => [name, all.reduce((sum, grad) => tf.add(sum, grad))]),
    ]);
  }

  /** @throws TypeError always: one gradient is not enough. */
  protected step(): never {
    throw new TypeError(
      'PCGrad: a step needs the losses themselves, for a gradient of each; call minimize instead of applyGradients',
    );
  }
}

register(PCGrad);
