// SPDX-License-Identifier: Apache-2.0
// What optimizers that divide by the diagonal of the Hessian share: when it is estimated, and how it reaches the rule.

import {
  assertLoss,
  assertVariables,
  choice,
  integer,
  lossOf,
  Optimizer,
  whole,
  type Entry,
  type NamedGradients,
  type OptimizerOptions,
  type OptionTable,
} from '@optim/core/authoring';
import { hutchinsonDiagonal, type HutchinsonDiagonal } from '@optim/hessian';
import * as tf from '@tensorflow/tfjs-core';

/** How the probes of an estimate are distributed. */
export type HessianDistribution = 'rademacher' | 'gaussian';

/** Options of the estimate. */
export interface DiagonalHessianOptions extends OptimizerOptions {
  /** Steps from one estimate to the next; the first step has one. @defaultValue `1` */
  updatePeriod?: number;
  /** Probes of which an estimate is the mean. @defaultValue `1` */
  numSamples?: number;
  /** Distribution of the elements of a probe. @defaultValue `'rademacher'` */
  hessianDistribution?: HessianDistribution;
  /** Seed of the probes; with the count of steps it settles them. @defaultValue `0` */
  seed?: number;
}

/** The rows of {@link DiagonalHessianOptions}, but for what every optimizer has. */
export function diagonalHessianOptions(
  updatePeriod: number,
  distribution: HessianDistribution,
): OptionTable<Omit<DiagonalHessianOptions, keyof OptimizerOptions>> {
  return {
    updatePeriod: whole(integer('[1, ∞)', updatePeriod)),
    numSamples: whole(integer('[1, 1000]', 1)),
    hessianDistribution: whole(choice(['rademacher', 'gaussian'], distribution)),
    seed: whole(integer('[0, 9007199254740991]', 0)),
  };
}

/** Whether a step, from 1, has an estimate. */
export function estimates(step: number, { updatePeriod }: { readonly updatePeriod: number }): boolean {
  return (step - 1) % updatePeriod === 0;
}

/**
 * Base of optimizers whose rule is given a `curvature` beside the gradient in each step that {@link estimates}: Hutchinson's
 * estimate of the Hessian's diagonal at the parameters before the step, of the same evaluation of the loss.
 *
 * @typeParam O - options of the algorithm
 */
export abstract class DiagonalHessian<O extends DiagonalHessianOptions> extends Optimizer<O> {
  get #estimating(): boolean {
    return estimates(this.iterations + 1, this.settings as { updatePeriod: number });
  }

  /**
   * Evaluates `f`, with the diagonal of its Hessian where one is due, and steps.
   *
   * @param f - the loss: no arguments, a float32 scalar; evaluated once
   * @param returnCost - whether to return the loss (the caller disposes it)
   * @param varList - the variables to train; all trainable ones when absent
   * @throws Error naming the operation, if the loss has one that cannot be differentiated twice
   */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    assertVariables(this.owner, varList);
    const all = varList ?? Object.values(tf.engine().registeredVariables);
    const variables = [...new Set(all)].filter(({ trainable }) => trainable).sort((a, b) => a.id - b.id);
    if (!this.#estimating || variables.length === 0) return super.minimize(f, returnCost, varList);
    this.assertStepping();
    const { value, grads, diagonal, reached } = this.evaluated(() =>
      this.#estimate(lossOf(this.owner, f), variables),
    );
    let returned = false;
    try {
      if (reached.length === 0)
        throw new RangeError(`${this.owner}: Cannot find a connection between any variable and the loss`);
      const given = reached.map((name) => ({ name, tensor: grads[name]! }));
      this.applyGradients(given, value, diagonal);
      returned = returnCost;
      return returnCost ? value : null;
    } finally {
      tf.dispose([grads, diagonal]);
      if (!returned) value.dispose();
    }
  }

  #estimate(f: () => tf.Scalar, variables: readonly tf.Variable[]): HutchinsonDiagonal {
    const { numSamples, hessianDistribution, seed } = this.settings as Required<DiagonalHessianOptions>;
    return hutchinsonDiagonal(f, variables, {
      probes: numSamples,
      distribution: hessianDistribution === 'gaussian' ? 'normal' : 'rademacher',
      seed,
      step: this.iterations,
    });
  }

  /**
   * Steps along given gradients, with a given diagonal of the Hessian.
   *
   * @param gradients - a map from variable name to gradient, or a list of `{ name, tensor }`
   * @param loss - not read
   * @param diagonal - of the Hessian, in the same form; read in the steps in which an estimate is due, of the variables that
   * have a gradient
   * @throws TypeError if a diagonal is due and there is none for a variable, RangeError for one of another shape; otherwise as
   * in every optimizer. Nothing has changed then.
   */
  override applyGradients(gradients: NamedGradients, loss?: tf.Scalar, diagonal?: NamedGradients): void {
    this.assertStepping();
    assertLoss(this.owner, loss);
    const entries = this.entriesOf(gradients);
    this.step(this.#estimating ? this.#joined(entries, diagonal) : entries, loss);
  }

  #joined(entries: readonly Entry[], diagonal: NamedGradients | undefined): Entry[] {
    const given = Array.isArray(diagonal)
      ? Object.fromEntries(diagonal.map(({ name, tensor }) => [name, tensor]))
      : ((diagonal ?? {}) as tf.NamedTensorMap);
    return entries.map(({ variable, given: tensors }) => {
      const { name, shape } = variable;
      const curvature = given[name];
      if (!curvature)
        throw new TypeError(
          `${this.owner}: this step needs the Hessian's diagonal for "${name}"; call minimize, or applyGradients(gradients, loss, diagonal)`,
        );
      if (!tf.util.arraysEqual(curvature.shape, shape))
        throw new RangeError(
          `${this.owner}: diagonal of "${name}" must have shape [${shape}], got [${curvature.shape}]`,
        );
      return { variable, given: { ...tensors, curvature } };
    });
  }
}
