// SPDX-License-Identifier: Apache-2.0
// Decompositions as functions of rules: on the host, in float64; on webgpu, which cannot be read back within a step, on the
// device by products of matrices alone.

import { defineTensorFunction, type Expression } from '@optim/fusion';
import { coupledNewtonRoot, inverseRoot, type HostFunction, type RootOptions } from '@optim/linalg';
import * as tf from '@tensorflow/tfjs-core';

/** Makes one of a function of the host, of which it takes one result. */
function decomposition<A extends object>(
  name: string,
  host: HostFunction<A>,
  result: number,
  onDevice: (x: tf.Tensor, options: A) => tf.Tensor,
): (x: Expression, options: A) => Expression {
  const apply = defineTensorFunction<A>({
    name,
    shapes: ([x], options) => [host.shapes([x!], options)[result]!],
    run([x], options) {
      if (tf.getBackend() === 'webgpu') return [onDevice(x!, options)];
      const made = host(x!, options)[result]!;
      if (Number.isNaN(made.dataSync()[0]))
        throw new RangeError(`${name}: the statistics must be finite, got NaN or infinite ones`);
      return [made];
    },
  });
  return (x, options) => apply([x], options)[0]!;
}

const roots = /* @__PURE__ */ decomposition<RootOptions>(
  'matrixRoot',
  inverseRoot,
  0,
  (x, options) => coupledNewtonRoot(x, options)[0],
);

/**
 * (A + ridge·I)^(−1/power) of statistics: of a symmetric positive semidefinite matrix A, or, element by element, of a
 * diagonal.
 *
 * @param A - `[n, n]` or `[n]`
 * @throws RangeError when run with elements that are not finite, except on webgpu
 */
export function matrixRoot(A: Expression, power: number, ridge: number): Expression {
  return A.rank === 1 ? A.add(ridge).pow(-1 / power) : roots(A, { power, ridge });
}
