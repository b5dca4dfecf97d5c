// SPDX-License-Identifier: Apache-2.0
// What is not of the documented form is refused by function and argument.

import {
  curvature,
  derivative,
  higherOrder,
  hessianVectorProduct,
  hutchinsonDiagonal,
  randomProbe,
} from '@optim/hessian';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

it('arguments that are none', () => {
  const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), true, 'w'));
  const loss = (): tf.Scalar => tf.sum(tf.square(w));
  const cases: [() => unknown, string][] = [
    [() => curvature(5 as never, [w], () => []), 'curvature: f must be a function, got 5'],
    [() => curvature(loss, [w], null as never), 'curvature: use must be a function, got null'],
    [
      () => curvature(loss, 5 as never, () => []),
      'curvature: variables must be an array of variables, got 5',
    ],
    [
      () => curvature(loss, [w, null] as never, () => []),
      'curvature: variables[1] must be a variable, got null',
    ],
    [() => curvature(loss, [w], () => [], null as never), 'curvature: options must be an object, got null'],
    [
      () => hessianVectorProduct(loss, [w], null as never),
      'hessianVectorProduct: vectors must be tensors by the names of variables, got null',
    ],
    [
      () => hessianVectorProduct(loss, [w], { w: 5 } as never),
      'hessianVectorProduct: vectors must have a tensor for w, got 5',
    ],
    [
      () => hutchinsonDiagonal(loss, [w], { seed: 'x' } as never),
      'hutchinsonDiagonal: seed must be a number (an integer in [0, 9007199254740991], or null), got "x"',
    ],
    [() => randomProbe(null as never), 'randomProbe: variables must be an array of variables, got null'],
    [() => derivative('x' as never), 'derivative: f must be a function, got "x"'],
    [() => derivative(tf.square as never, 0.5), 'derivative: argument must be an integer in [0, ∞), got 0.5'],
    [() => higherOrder(undefined as never), 'higherOrder: fn must be a function, got undefined'],
  ];
  for (const [call, message] of cases) expect(call).toThrow(message);
  w.dispose();
});
