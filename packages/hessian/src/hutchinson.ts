// SPDX-License-Identifier: Apache-2.0
// The diagonal of a Hessian, estimated by products with random vectors.

import { integer, resolveOptions, type OptionTable } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { curvatureFor, curvatureOptions, type CurvatureOptions } from './curvature.js';
import { byName, type ByName, type Curvature } from './gradient.js';
import { probeOptions, prober, type ProbeOptions } from './probe.js';

/** How the diagonal is estimated. */
export interface HutchinsonOptions extends ProbeOptions, CurvatureOptions {
  /**
   * How many probes the estimate is the mean of; the loss is evaluated once for all; an integer in [1, 10000], default 1.
   */
  probes?: number;
}

const table: OptionTable<HutchinsonOptions> = {
  ...probeOptions,
  ...curvatureOptions,
  // More than that is a mistake, and would take for ever.
  probes: /* #__PURE__ */ integer('[1, 10000]', 1),
};

/** What `hutchinsonDiagonal` returns. */
export type HutchinsonDiagonal = {
  /** The loss. */
  value: tf.Scalar;
  /** Its gradient, by the variables' names. */
  grads: ByName;
  /** Names of the variables that the loss depends on. */
  reached: readonly string[];
  /** The estimate, by the variables' names. */
  diagonal: ByName;
};

/**
 * The loss, its gradient, and an estimate of the diagonal of its Hessian, from one evaluation of the loss.
 *
 * ```
 * diag(H) ≈ mean of z ∘ (H z),  z of independent elements with mean 0 and variance 1
 * ```
 *
 * The variance of element i with one probe is Σ_{j≠i} H_ij² (Rademacher), and 2·H_ii² more with normal probes. For a diagonal H one
 * Rademacher probe is exact.
 *
 * @param f - the loss, as for `optimizer.minimize`
 * @param variables - those whose Hessian it is, all together
 * @param options - probes, and how products are made
 * @returns value, gradient and estimate, to be disposed by the caller
 * @throws Error naming the operation, if one cannot be differentiated twice
 * @throws TypeError if the loss is no scalar
 * @throws RangeError if an option is out of range
 *
 * @example
 * ```ts
 * import { hutchinsonDiagonal } from '@optim/hessian';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const w = tf.variable(tf.tensor1d([1, 2]), true, 'w');
 * const loss = () => tf.sum(tf.exp(w)) as tf.Scalar;
 * const { diagonal } = hutchinsonDiagonal(loss, [w], { seed: 1, step: 0 });
 * ```
 */
export function hutchinsonDiagonal(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
  options: HutchinsonOptions = {},
): HutchinsonDiagonal {
  const caller = 'hutchinsonDiagonal';
  const known = resolveOptions(caller, table, options);
  const { probes, method } = known;
  const draw = prober(caller, variables, known);
  const use = ({
    value,
    grads,
    reached,
    product,
  }: Curvature): Record<string, tf.Tensor | ByName | string[]> & HutchinsonDiagonal => {
    let diagonal: ByName | undefined;
    for (let n = 0; n < probes; n++) {
      const sum = diagonal;
      diagonal = tf.tidy(() => {
        const z = draw(n);
        const hz = product(z);
        return byName(variables, ({ name }) => {
          const estimate = tf.mul(z[name]!, hz[name]!);
          return sum ? tf.add(sum[name]!, estimate) : estimate;
        });
      });
      tf.dispose(sum ?? []);
    }
    const mean = byName(variables, ({ name }) =>
      probes > 1 ? tf.div(diagonal![name]!, probes) : diagonal![name]!,
    );
    return { value, grads, reached: [...reached], diagonal: mean };
  };
  const { left } = options;
  return curvatureFor(caller, f, variables, use, { method, ...(left && { left }) });
}
