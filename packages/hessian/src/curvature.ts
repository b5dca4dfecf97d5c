// SPDX-License-Identifier: Apache-2.0
// Products with the Hessian of a loss.

import { choice, custom, nullable, resolveOptions, type OptionTable } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { checkFunction, checkVariables } from './checks.js';
import { differences } from './differences.js';
import {
  byName,
  gradientOf,
  namesOf,
  partsOf,
  readsBack,
  sumOf,
  type ByName,
  type Curvature,
} from './gradient.js';
import { cut, isRecording, recorded, recording, tapeLength, unrecorded } from './tape.js';

/** How products with the Hessian are made. */
export interface CurvatureOptions {
  /**
   * `'exact'` differentiates the gradient, and names the operation where that cannot be done. `'differences'` takes
   * (∇f(p + δv) − ∇f(p − δv))/(2δ) with δ = 1e-4·(1 + ‖p‖)/‖v‖, which is good to 3 or 4 digits where no kink (relu, max
   * pooling) lies between, and costs two gradients a product. The loss must give the same value twice; random numbers of
   * TensorFlow.js' ops (dropout) are drawn again as they were; default 'exact'.
   */
  method?: 'exact' | 'differences';
  /**
   * For `'differences'`: receives what the second and later evaluations of the loss kept (`tf.keep`), such as the metrics of
   * `model.fit`, for the caller to free; default none, and they are freed at once.
   */
  left?: tf.Tensor[];
}

export const curvatureOptions: OptionTable<CurvatureOptions> = {
  method: /* #__PURE__ */ choice(['exact', 'differences']),
  left: /* #__PURE__ */ nullable(/* #__PURE__ */ custom('an array', Array.isArray)),
};

/**
 * Evaluates a loss once and hands over its value, its gradient and products with its Hessian, as many as wanted: for
 * conjugate gradients, Lanczos, power iteration, several probes.
 *
 * ```
 * Hv = d/dε ∇f(p + ε·v) at ε = 0
 * ```
 *
 * The products are exact (float32 rounding apart), linear in v and symmetric. Second derivatives of relu, max pooling, abs and the
 * like are 0, at their kinks too. The loss is evaluated once: dropout masks, moving averages of batch normalization and metrics
 * of `model.fit` are what they are with any optimizer.
 *
 * @param f - the loss, as for `optimizer.minimize`
 * @param variables - those whose Hessian it is, all together
 * @param use - what to do with it, within a `tf.tidy`; `product` may not be called afterwards
 * @param options - exact, or by difference quotients
 * @returns what `use` returns
 * @throws Error naming the operation, if one cannot be differentiated twice
 * @throws TypeError if the loss is no scalar
 * @throws RangeError if there are no variables, or one twice
 *
 * @example
 * ```ts
 * import { curvature } from '@optim/hessian';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const w = tf.variable(tf.tensor1d([1, 2]), true, 'w');
 * const loss = () => tf.sum(tf.exp(w)) as tf.Scalar;
 * // Three steps of power iteration: the largest eigenvalue of the Hessian is e².
 * const v = curvature(loss, [w], ({ product }) => {
 *   let v: tf.Tensor = tf.tensor1d([1, 1]);
 *   for (let i = 0; i < 3; i++) {
 *     const next = product({ w: v })['w']!;
 *     v = tf.div(next, tf.norm(next));
 *   }
 *   return v;
 * });
 * ```
 */
export function curvature<T extends tf.TensorContainer>(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
  use: (at: Curvature) => T,
  options: CurvatureOptions = {},
): T {
  return curvatureFor('curvature', f, variables, use, options);
}

/** `curvature` for a function of another name, which its errors say. */
export function curvatureFor<T extends tf.TensorContainer>(
  caller: string,
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
  use: (at: Curvature) => T,
  options: CurvatureOptions,
): T {
  checkFunction(caller, 'f', f);
  checkFunction(caller, 'use', use);
  checkVariables(caller, variables);
  const { method } = resolveOptions(caller, curvatureOptions, options);
  if (method === 'exact') return exact(caller, f, variables, use);
  // The caller's own list, into which it goes.
  return differences(caller, f, variables, use, options.left);
}

function exact<T extends tf.TensorContainer>(
  caller: string,
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
  use: (at: Curvature) => T,
): T {
  // Somebody who is recording may differentiate the products once more.
  const last = !isRecording();
  const aside = last ? unrecorded : <R>(fn: () => R): R => fn();

  return recording(() => {
    const { value, grads } = gradientOf(caller, f, variables);
    const end = tapeLength();

    /** The derivative of ⟨∇f, v⟩. What is differentiated is not that product: v is put in place of what it would give. */
    const product = (vectors: ByName): ByName => {
      const parts = partsOf(caller, vectors, variables);
      const reached = variables.map((_, i) => i).filter((i) => grads[i]);
      if (reached.length === 0) return byName(variables, (variable) => tf.zerosLike(variable));
      const inner = tf.customGrad((..._) => ({
        value: tf.scalar(0),
        gradFunc: () => reached.map((i) => tf.clone(parts[i]!)),
      }));
      const differentiate = (pause: () => void): ByName => {
        const y = (): tf.Tensor => {
          const seed = inner(...reached.map((i) => grads[i]!));
          if (last) pause();
          return seed;
        };
        const products = tf.engine().gradients(y, [...variables], undefined, true).grads;
        return byName(variables, (variable, i) => products[i] ?? tf.zerosLike(variable));
      };
      const products = recorded((pause) => tf.tidy(() => differentiate(pause)));
      if (last) cut(end);
      return products;
    };

    return aside(() =>
      use({
        value: tf.clone(value),
        grads: byName(variables, (variable, i) => grads[i] ?? tf.zerosLike(variable)),
        reached: namesOf(variables, grads),
        product,
      }),
    );
  });
}

/** What `hessianVectorProduct` returns. */
export type HessianVectorProduct = {
  /** The loss. */
  value: tf.Scalar;
  /** Its gradient, by the variables' names. */
  grads: ByName;
  /** H·v, by the variables' names. */
  products: ByName;
};

function checkFinite(caller: string, parts: readonly tf.Tensor[]): void {
  if (!readsBack()) return;
  const sum = tf.tidy(() => sumOf(parts.map((part) => tf.sum(tf.mul(part, 0)))).dataSync()[0]!);
  if (sum !== 0) throw new RangeError(`${caller}: vectors must be finite, got NaN or Infinity`);
}

/**
 * The loss, its gradient, and the product of its Hessian with a vector, from one evaluation of the loss: about three
 * times the work of a gradient.
 *
 * ```
 * Hv = d/dε ∇f(p + ε·v) at ε = 0
 * ```
 *
 * Variables that do not influence the loss, or linearly only, have zeros. Works in the loss closures of `model.fit`, within
 * `tf.tidy`, and where it is itself differentiated.
 *
 * @param f - the loss, as for `optimizer.minimize`
 * @param variables - those whose Hessian it is, all together
 * @param vectors - v, one tensor per variable, by name
 * @param options - exact, or by difference quotients
 * @returns value, gradient and product, to be disposed by the caller
 * @throws Error naming the operation, if one cannot be differentiated twice
 * @throws TypeError if the loss is no scalar
 * @throws RangeError if a part of v is missing, unknown, of another shape, or (except on webgpu, where nothing can be read
 * back in time, and the product is NaN) not finite
 * @see B. Pearlmutter, "Fast Exact Multiplication by the Hessian", 1994
 *
 * @example
 * ```ts
 * import { hessianVectorProduct } from '@optim/hessian';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const w = tf.variable(tf.tensor1d([1, 2]), true, 'w');
 * const loss = () => tf.sum(tf.tanh(w)) as tf.Scalar;
 * const { value, grads, products } = hessianVectorProduct(loss, [w], { w: tf.tensor1d([1, 0]) });
 * ```
 */
export function hessianVectorProduct(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
  vectors: ByName,
  options: CurvatureOptions = {},
): HessianVectorProduct {
  const caller = 'hessianVectorProduct';
  checkVariables(caller, variables);
  checkFinite(caller, partsOf(caller, vectors, variables));
  const use = ({ value, grads, product }: Curvature): HessianVectorProduct => ({
    value,
    grads,
    products: product(vectors),
  });
  return curvatureFor(caller, f, variables, use, options);
}
