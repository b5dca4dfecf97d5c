// SPDX-License-Identifier: Apache-2.0
// What sharpness-aware methods share: two evaluations of the loss, and a step of the base along the second gradient.

import { Optimizer, unwrap, Wrapper, type BaseOptimizer, type CommonOptions, type Entry, type Hyper, type Results, type Round } from '@optim/core/authoring';
import { where, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { hold, record, repeat } from './evaluation.js';

/** Options of every perturbation. */
export interface PerturbationOptions {
  /** Radius of the neighbourhood. */
  rho?: Hyper;
  /** Added to the norm. */
  perturbEpsilon?: number;
}

/**
 * The rule that moves parameters to the worst point nearby; its options are those of the wrapper. Sums run over all
 * elements of all parameters together.
 *
 * ```text
 * N = √(Σ (T·g)²)
 * q = p + rho·T²·g/(N + perturbEpsilon)       q = p where N = 0
 * ```
 *
 * @typeParam O - options of the wrapper
 */
export abstract class Perturbation<O extends PerturbationOptions> extends Optimizer<O & CommonOptions> {
  /** T, which shapes the neighbourhood, element by element; `null` for 1. */
  protected abstract scale(param: Expression, scalars: object): Expression | null;

  protected override rounds(): Round[] {
    return [
      {
        observe: ({ param, grad }, scalars) => ({
          squares: times(grad!, this.scale(param!, scalars)).square().sum(),
        }),
        combine: ({ squares }, scalars) => {
          const { rho, perturbEpsilon } = scalars as { rho: Expression; perturbEpsilon: number };
          const N = squares!.sqrt();
          return { stretch: where(N.greater(0), rho.div(N.add(perturbEpsilon)), 0) };
        },
      },
    ];
  }

  protected override update(tensors: object, scalars: object): Results {
    const { param, grad } = tensors as Record<'param' | 'grad', Expression>;
    const { stretch } = scalars as { stretch: Expression };
    const T = this.scale(param, scalars);
    return { param: param.add(times(times(grad, T), T).mul(stretch)) };
  }

  /** Moves parameters to q, in step `step` of the wrapper, which alone counts: going to q is no update. */
  perturb(gradients: tf.NamedTensorMap, step: number): void {
    this.iterations_ = step;
    this.applyGradients(gradients);
  }

  protected override step(entries: readonly Entry[]): void {
    super.step(entries);
    for (const parameter of this.track(entries.map(({ variable }) => variable))) parameter.updates = 0;
  }
}

function times(x: Expression, T: Expression | null): Expression {
  return T ? x.mul(T) : x;
}

/**
 * Base of wrappers that evaluate the loss at p and again at a worse point q nearby, and have the base step from p along
 * the gradient at q. The entry is `minimize`, and with it `model.fit`.
 *
 * Both evaluations are of the same closure, so of the same batch. They see the same dropout mask, and the statistics of
 * batch normalization move in the first one alone. `minimize` returns the first loss. `model.fit` and `fitDataset`
 * report the metrics of the first evaluation; `trainOnBatch` lists those of the second after them. What a loss of your
 * own keeps (`tf.keep`) in its second evaluation is freed when the next step is over. Recurrent layers with
 * `stateful: true` advance twice.
 *
 * @typeParam O - options of the wrapper
 */
export abstract class SharpnessAware<O extends PerturbationOptions> extends Wrapper<O> {
  static override readonly needs: readonly 'closure'[] = ['closure'];

  /** What the last second evaluation kept. */
  private left: tf.Tensor[] = [];

  /** @throws TypeError when `base` is not an optimizer or needs the loss itself; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: O = {} as O) {
    super(base, options);
    const closing = unwrap(base).find(({ constructor }) => {
      return (constructor as Partial<typeof BaseOptimizer>).needs?.includes('closure');
    });
    if (!closing) return;
    const name = closing.getClassName();
    throw new TypeError(
      `${this.owner}: base must step along a given gradient, but ${name} needs the loss itself`,
    );
  }

  protected abstract override readonly inner: Perturbation<O>;

  /**
   * Evaluates `f` at p and at q, and has the base step from p along the gradient at q. When anything throws, p is as
   * it was.
   *
   * @param f - the loss: no arguments, a float32 scalar; called twice
   * @param returnCost - whether to return the loss at p (the caller disposes it)
   * @param varList - the variables to train; all trainable ones when absent
   */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    this.assertUsable();
    const left: tf.Tensor[] = [];
    const evaluate = (): { value: tf.Scalar; grads: tf.NamedTensorMap } => this.computeGradients(f, varList);
    const { result: first, draws } = record(evaluate);
    let second: typeof first | undefined;
    let returned = false;
    try {
      second = this.nearby(first.grads, () => repeat(evaluate, draws, left));
      const { grads } = second;
      const named = varList && [...new Set(varList)].map(({ name }) => ({ name, tensor: grads[name] }));
      this.stepBase(named ?? grads, second.value);
      this.incrementIterations();
      returned = returnCost;
      return returnCost ? first.value : null;
    } finally {
      // Nobody reads what an earlier second evaluation kept after this step; before it, a stateful layer might.
      tf.dispose([first.grads, second, this.left]);
      this.left = left;
      if (!returned) first.value.dispose();
    }
  }

  /** Moves parameters to q, evaluates there, and moves them back whatever happens. */
  private nearby<T>(gradients: tf.NamedTensorMap, evaluate: () => T): T {
    const { registeredVariables } = tf.engine();
    const moved = Object.keys(gradients).flatMap((name) =>
      gradients[name] ? [registeredVariables[name]!] : [],
    );
    const values = moved.map(hold);
    try {
      this.inner.perturb(gradients, this.iterations);
      return evaluate();
    } finally {
      moved.forEach((variable, i) => variable.assign(values[i]!));
      tf.dispose(values);
    }
  }

  /** @throws TypeError always: a gradient alone is not enough. */
  protected step(): never {
    throw new TypeError(
      `${this.owner}: a step needs the loss itself, to evaluate it a second time; call minimize instead of applyGradients`,
    );
  }

  override dispose(): void {
    tf.dispose(this.left);
    super.dispose();
  }
}
