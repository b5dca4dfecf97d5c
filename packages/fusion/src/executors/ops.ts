// SPDX-License-Identifier: Apache-2.0
// The reference executor: every node one TensorFlow.js op. Runs on any backend, also while a gradient is recorded.

import * as tf from '@tensorflow/tfjs-core';
import type { Executor, Kernel } from '../executor.js';
import type { OperationName, ReductionName } from '../language.js';
import { hostValues, type Node, type Program } from '../program.js';
import { sizeOf } from '../shape.js';
import {
  operationKey,
  isTensorOperation,
  tensorOperations,
  type TensorOperationName,
} from '../tensor-operations.js';

type Value = tf.Tensor | number | boolean;

/** A power, and a step of Newton's for what float32 loses in it. */
function cubeRoot(x: tf.Tensor): tf.Tensor {
  const size = tf.abs(x);
  const isOrdinary = tf.logicalAnd(tf.greater(size, 0), tf.less(size, Infinity));
  const safe = tf.where(isOrdinary, size, tf.onesLike(size));
  const rough = tf.pow(safe, 1 / 3);
  const off = tf.sub(rough, tf.div(safe, tf.square(rough)));
  const root = tf.sub(rough, tf.div(off, 3));
  return tf.where(isOrdinary, tf.where(tf.less(x, 0), tf.neg(root), root), x);
}

/** One row per elementwise primitive. */
const elementwise: Record<OperationName, (...args: tf.Tensor[]) => tf.Tensor> = {
  neg: (x) => tf.neg(x!),
  abs: (x) => tf.abs(x!),
  sqrt: (x) => tf.sqrt(x!),
  exp: (x) => tf.exp(x!),
  log: (x) => tf.log(x!),
  cbrt: (x) => cubeRoot(x!),
  add: (x, y) => tf.add(x!, y!),
  sub: (x, y) => tf.sub(x!, y!),
  mul: (x, y) => tf.mul(x!, y!),
  div: (x, y) => tf.div(x!, y!),
  pow: (x, y) => tf.pow(x!, y!),
  atan2: (y, x) => tf.atan2(y!, x!),
  minimum: (x, y) => tf.minimum(x!, y!),
  maximum: (x, y) => tf.maximum(x!, y!),
  less: (x, y) => tf.less(x!, y!),
  lessEqual: (x, y) => tf.lessEqual(x!, y!),
  equal: (x, y) => tf.equal(x!, y!),
  and: (x, y) => tf.logicalAnd(x!, y!),
  not: (x) => tf.logicalNot(x!),
  where: (condition, x, y) => tf.where(condition!, x!, y!),
};

/** One row per reduction: the op, and the value over no elements. */
const reduction: Record<ReductionName, { op: Reduce; none: number }> = {
  sum: { op: tf.sum, none: 0 },
  max: { op: tf.max, none: -Infinity },
  min: { op: tf.min, none: Infinity },
};

type Reduce = (x: tf.Tensor, axes: number[] | undefined, keep: boolean) => tf.Tensor;

function toTensor(value: Value): tf.Tensor {
  return value instanceof tf.Tensor
    ? value
    : tf.scalar(value, typeof value === 'boolean' ? 'bool' : 'float32');
}

/** What tensor operations with several results made in a run, by operation and operands. */
type Made = Map<string, tf.Tensor[]>;

function operate({ op, args: positions, attributes = {} }: Node, args: Value[], made: Made): tf.Tensor {
  const { run } = tensorOperations[op as TensorOperationName];
  const make = (): tf.Tensor[] =>
    run(attributes.call?.takesNumbers ? args.map(Number) : args.map(toTensor), attributes);
  if (attributes.result === undefined) return make()[0]!;
  const key = `${positions}|${operationKey(attributes)}`;
  if (!made.has(key)) made.set(key, make());
  return made.get(key)![attributes.result]!;
}

function evaluate(node: Node, args: Value[], made: Made): Value {
  const shape = [...node.shape];
  if (isTensorOperation(node.op)) return operate(node, args, made);
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
