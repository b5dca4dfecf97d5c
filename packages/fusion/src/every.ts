// SPDX-License-Identifier: Apache-2.0
// Elements at equal distances, which TensorFlow.js takes out on every backend.

import * as tf from '@tensorflow/tfjs-core';
import type { Executor, Kernel } from './executor.js';
import type { Program } from './program.js';

/** Elements 0, k, 2k, … of a tensor. */
export function everyOf(x: tf.Tensor, k: number): tf.Tensor {
  if (x.size === 0) return tf.zeros([0]);
  return tf.tidy(() => tf.stridedSlice(tf.reshape(x, [x.size]), [0], [x.size], [k]));
}

/** Compiles a phase with an executor, which does not see `every`: what it is taken of is an input, or made for it. */
export function compileWithEvery(phase: Program, executor: Executor): Kernel {
  const { nodes, inputs: positions, outputs } = phase;
  if (outputs.every(({ node }) => nodes[node]!.op !== 'every')) return executor.compile(phase);
  const takes = outputs.map(({ node }) => {
    const { op, args, step } = nodes[node]!;
    return op === 'every' ? { k: step!, of: args[0]!, input: positions.indexOf(args[0]!) } : null;
  });
  const made = outputs.flatMap((output, i) => {
    const take = takes[i];
    if (!take) return [output];
    return take.input < 0 ? [{ ...output, node: take.of, replaces: -1 }] : [];
  });
  const kernel = made.length > 0 ? executor.compile({ ...phase, outputs: made }) : null;
  return {
    executor: executor.name,
    run(inputs, scalars) {
      // Before an input is updated in place.
      const taken = takes.map((take) => take && take.input >= 0 && everyOf(inputs[take.input]!, take.k));
      const rest = kernel?.run(inputs, scalars) ?? [];
      let next = 0;
      return takes.map((take, i) => {
        if (taken[i]) return taken[i];
        const value = rest[next++]!;
        if (!take) return value;
        const chosen = everyOf(value, take.k);
        value.dispose();
        return chosen;
      });
    },
  };
}
