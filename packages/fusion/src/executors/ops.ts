// SPDX-License-Identifier: Apache-2.0
// The reference executor: every node one TensorFlow.js op. Runs on any backend, also while a gradient is recorded.

import * as tf from '@tensorflow/tfjs-core';
import type { CompilableOperation, Executor, Kernel, Made } from '../executor.js';
import type { OperationName, ReductionName } from '../language.js';
import { hostValues, type Node, type Program } from '../program.js';
import { sizeOf } from '../shape.js';
import { isHalved } from './precision.js';

/** What a node is worth in a run. */
export type Value = tf.Tensor | number | boolean;

/** In 16 bits a small divisor is 0, and what TensorFlow.js makes of 0/0 is 1: there nothing is divided by 0. */
const divide: typeof tf.div = (x, y) => (isHalved() ? tf.divNoNan : tf.div)(x, y);

/** One row per elementwise primitive; those of functions are there once a rule has used them. */
export const elementwise = {
  neg: tf.neg,
  abs: tf.abs,
  sqrt: tf.sqrt,
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: divide,
  minimum: tf.minimum,
  maximum: tf.maximum,
  less: tf.less,
  lessEqual: tf.lessEqual,
  equal: tf.equal,
  and: tf.logicalAnd,
  not: tf.logicalNot,
  where: tf.where,
} as Record<OperationName, (...args: tf.Tensor[]) => tf.Tensor>;

/** One row per reduction: the op, and the value over no elements. */
const reduction: Record<ReductionName, { op: Reduce; none: number }> = {
  sum: { op: tf.sum, none: 0 },
  max: { op: tf.max, none: -Infinity },
  min: { op: tf.min, none: Infinity },
};

type Reduce = (x: tf.Tensor, axes: number[] | undefined, keep: boolean) => tf.Tensor;

/** A value as ops take it. */
export function toTensor(value: Value): tf.Tensor {
  return value instanceof tf.Tensor
    ? value
    : tf.scalar(value, typeof value === 'boolean' ? 'bool' : 'float32');
}

function evaluate(node: Node, args: Value[], made: Made): Value {
  const shape = [...node.shape];
  if (node.call) return (node.call.operation as CompilableOperation).evaluate(node, args, made);
  // What TensorFlow.js does to and from tensors without elements differs between backends, and is wrong on most.
  if (sizeOf(shape) === 0) return tf.zeros(shape, node.kind === 'boolean' ? 'bool' : 'float32');
  if (node.op in reduction) {
    const { op, none } = reduction[node.op as ReductionName];
    const x = toTensor(args[0]!);
    const axes = node.axes ? [...node.axes] : undefined;
    return x.size === 0 ? tf.fill(shape, none) : op(x, axes, axes !== undefined);
  }
  if (node.op === 'broadcast') return tf.broadcastTo(toTensor(args[0]!), shape);
  if (node.op === 'where' && typeof args[0] === 'boolean') {
    return tf.broadcastTo(toTensor(args[0] ? args[1]! : args[2]!), shape);
  }
  return elementwise[node.op as OperationName](...args.map(toTensor));
}

/** Plain TensorFlow.js ops: the reference, and the executor of every backend that has none of its own. */
export const opsExecutor: Executor = {
  name: 'ops',
  compile(program: Program): Kernel {
    return {
      executor: 'ops',
      run: (inputs, scalars) =>
        tf.tidy(() => {
          const values: (Value | undefined)[] = hostValues(program, scalars);
          program.inputs.forEach((at, i) => (values[at] = inputs[i]!));
          const made: Made = new Map();
          program.nodes.forEach((node, at) => {
            values[at] ??= evaluate(
              node,
              node.args.map((arg) => values[arg]!),
              made,
            );
          });
          const taken = new Set<tf.Tensor>(inputs);
          return program.outputs.map(({ node }) => {
            const value = toTensor(values[node]!);
            const own = taken.has(value) ? tf.clone(value) : value;
            taken.add(own);
            return own;
          });
        }),
    };
  },
};
