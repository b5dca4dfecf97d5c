// SPDX-License-Identifier: Apache-2.0

import { resolveOptions, type OptionTable } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { count, ridge } from '../checks.js';
import { coefficientsRow, stepsOf, type NewtonSchulzCoefficients } from '../coefficients.js';
import { checkMatrix, norm } from './matrices.js';

/** Options of {@link newtonSchulz}. */
export interface NewtonSchulzOptions {
  /**
   * Coefficients of the steps.
   * @defaultValue 'original'
   */
  coefficients?: NewtonSchulzCoefficients;
  /**
   * Number of steps.
   * @defaultValue 5
   */
  steps?: number;
  /**
   * Added to the norm.
   * @defaultValue 1e-7
   */
  epsilon?: number;
}

const table: OptionTable<NewtonSchulzOptions> = {
  coefficients: /* #__PURE__ */ coefficientsRow(),
  steps: /* #__PURE__ */ count(5),
  epsilon: /* #__PURE__ */ ridge(1e-7),
};

/**
 * Brings the singular values of a matrix near 1 and leaves its singular vectors: about the nearest orthogonal
 * matrix, by matrix products alone.
 *
 * ```text
 * X ← X/(safety·‖X‖ + epsilon),  then for each step (a, b, c):  A = X·Xᵀ,  X ← a·X + (b·A + c·A²)·X
 * ```
 *
 * A tall matrix takes A = XᵀX and multiplies from the right, which is the same with smaller products and
 * without transposing. With `polarExpress` and eight steps it is the orthogonal factor of the polar
 * decomposition. A matrix of zeros stays zero.
 * @param x - [..., m, n]; leading axes are a batch
 */
export function newtonSchulz(x: tf.Tensor, options: NewtonSchulzOptions = {}): tf.Tensor {
  const [rows, columns] = checkMatrix('newtonSchulz', x, false);
  const { coefficients, steps, epsilon } = resolveOptions('newtonSchulz', table, options);
  const { steps: triples, safety } = stepsOf(coefficients, steps);
  const isTall = rows > columns;
  return tf.tidy(() => {
    let y: tf.Tensor = tf.divNoNan(x, tf.add(tf.mul(norm(x), safety), epsilon));
    for (const [a, b, c] of triples) {
      const square = tf.matMul(y, y, isTall, !isTall);
      const polynomial = tf.add(tf.mul(square, b), tf.mul(tf.matMul(square, square), c));
      const product = isTall ? tf.matMul(y, polynomial) : tf.matMul(polynomial, y);
      y = tf.add(tf.mul(y, a), product);
    }
    return y;
  });
}
