// SPDX-License-Identifier: Apache-2.0
// Derivatives by inputs, to any order: what differential equations ask of a network.

import { check, integer, show, wrongType } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { checkFunction, isTensor } from './checks.js';
import { higherOrder, isRecording, recorded, recording } from './tape.js';

/** A function of tensors. */
export type TensorFunction = (...xs: tf.Tensor[]) => tf.Tensor;

/**
 * The derivative of a function by one of its arguments, a function of the same arguments: of the sum of all elements of its result,
 * by each element of the argument. For a network that maps rows to rows, that is row by row.
 *
 * Apply it again for higher derivatives, and use it in a loss: the gradient of that loss is right, with any optimizer.
 * (`tf.grad` of `tf.grad` is not, through tanh and others.) Where the function does not depend on the argument the derivative
 * is zero.
 *
 * @param f - made of TensorFlow.js ops
 * @param argument - by which one; default the first
 * @throws Error naming the operation, if one cannot be differentiated as often
 * @throws RangeError if there is no such argument
 *
 * @example
 * ```ts
 * import { derivative } from '@optim/hessian';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const a = tf.variable(tf.scalar(0.5));
 * const u = (x: tf.Tensor) => tf.tanh(tf.mul(a, x));
 * const x = tf.tensor2d([[0], [1], [2]]);
 * // How far u is from a solution of u″ = −u.
 * const loss = () => tf.mean(tf.square(tf.add(derivative(derivative(u))(x), u(x)))) as tf.Scalar;
 * tf.train.adam(0.01).minimize(loss);
 * ```
 */
export function derivative(f: TensorFunction, argument = 0): TensorFunction {
  checkFunction('derivative', 'f', f);
  check('derivative', 'argument', integer('[0, ∞)'), argument);
  return (...xs) => {
    if (argument >= xs.length) {
      throw new RangeError(
        `derivative: argument must be one of the function's ${xs.length}, from 0, got ${argument}`,
      );
    }
    xs.forEach((each, i) => {
      if (!isTensor(each)) throw wrongType('derivative', `argument ${i} of the function`, 'a tensor', each);
    });
    return isRecording()
      ? higherOrder(() => of(f, xs, argument))
      : recording(() => recorded((pause) => of(f, xs, argument, pause)));
  };
}

/** A copy of the argument stands for it: what `f` has of x by another way is a constant. */
function place(xs: readonly tf.Tensor[], argument: number): tf.Tensor[] {
  return xs.map((x, i) => (i === argument ? tf.clone(x) : x));
}

function of(f: TensorFunction, xs: readonly tf.Tensor[], argument: number, done?: () => void): tf.Tensor {
  const inputs = place(xs, argument);
  const x = inputs[argument]!;
  const y = (): tf.Tensor => {
    const result = f(...inputs);
    if (!isTensor(result)) throw new TypeError(`derivative: f must return a tensor, got ${show(result)}`);
    done?.();
    return result;
  };
  return tf.engine().gradients(y, [x], undefined, true).grads[0] ?? tf.zerosLike(x);
}
