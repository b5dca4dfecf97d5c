// SPDX-License-Identifier: Apache-2.0
// Random numbers in rules.

import * as tf from '@tensorflow/tfjs-core';
import type { Expression, Operand } from './expression.js';
import { draw, type Distribution, type Key } from './random.js';
import { sizeOf, type Shape } from './shape.js';
import { defineTensorFunction, isShape } from './tensors.js';
import { misuse } from './value.js';

/** Draws on the host, in one place for all backends. */
const drawing = (distribution: Distribution): ReturnType<typeof defineTensorFunction<{ shape: Shape }>> =>
  defineTensorFunction<{ shape: Shape }>({
    name: `random ${distribution}`,
    takesNumbers: true,
    shapes: (_, { shape }) =>
      isShape(shape) ? [shape] : `shape must be a list of lengths, got ${JSON.stringify(shape)}`,
    run: (operands, { shape }) => {
      const key = operands as unknown as Key;
      const wrong = key.findIndex((number) => !Number.isSafeInteger(number));
      if (wrong >= 0) {
        const name = ['seed', 'step', 'stream'][wrong];
        throw new RangeError(`random: ${name} must be a whole number, got ${key[wrong]}`);
      }
      return [tf.tensor(draw(distribution, sizeOf(shape), key), [...shape])];
    },
  });

const distributions = {
  uniform: /* @__PURE__ */ drawing('uniform'),
  rademacher: /* @__PURE__ */ drawing('rademacher'),
  normal: /* @__PURE__ */ drawing('normal'),
};

/**
 * Random numbers, the same on every backend: each is a function of its place and of three whole numbers known on the host,
 * so that another step is another run of the same kernel. Equal keys give equal numbers.
 *
 * `stream`, 0 unless given, separates draws for different purposes in one step.
 *
 * The host draws them, in about 10 ns a number (`rademacher`: 1), and they are copied to the backend.
 *
 * @param distribution - `uniform`: in [0, 1), multiples of 2⁻²⁴; `rademacher`: −1 or 1; `normal`: of mean 0, variance 1
 * @throws RangeError when run with a key that is not whole numbers
 */
export function random(
  distribution: Distribution,
  shape: Shape,
  { seed, step, stream = 0 }: { seed: Operand; step: Operand; stream?: Operand },
): Expression {
  if (!(distribution in distributions)) {
    throw misuse(`random: distribution must be uniform, rademacher or normal, got ${String(distribution)}`);
  }
  return distributions[distribution]([seed, step, stream], { shape })[0]!;
}
