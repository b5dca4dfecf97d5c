// SPDX-License-Identifier: Apache-2.0
// The reference executor: every node one TensorFlow.js op. Runs on any backend, also while a gradient is recorded.

import * as tf from '@tensorflow/tfjs-core';
import type { Executor, Kernel } from '../executor.js';
import type { OperationName, ReductionName } from '../language.js';
import { hostValues, type Node, type Program } from '../program.js';
import { sizeOf } from '../shape.js';
import type { Call } from '../tensor-operations.js';

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

/** Whether tensors are rounded to 16 bits, on webgl; it knows from its first texture on. */
export const isHalved = (): boolean => tf.env().getFlags()['WEBGL_RENDER_FLOAT32_ENABLED'] === false;

/** In 16 bits a small divisor is 0, and what TensorFlow.js makes of 0/0 is 1: there nothing is divided by 0. */
const divide: typeof tf.div = (x, y) => (isHalved() ? tf.divNoNan : tf.div)(x, y);

/** One row per elementwise primitive. */
const elementwise = {
  neg: tf.neg,
  abs: tf.abs,
  sqrt: tf.sqrt,
  exp: tf.exp,
  log: tf.log,
  cbrt: cubeRoot,
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: divide,
  pow: tf.pow,
  atan2: tf.atan2,
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

function toTensor(value: Value): tf.Tensor {
  return value instanceof tf.Tensor
    ? value
    : tf.scalar(value, typeof value === 'boolean' ? 'bool' : 'float32');
}

/** What tensor operations made in a run, by operation and operands. */
type Made = Map<string, tf.Tensor[]>;

function operate(call: Call, positions: readonly number[], args: Value[], made: Made): tf.Tensor {
  const { operation, attributes, result, key } = call;
  const place = `${positions}|${key}`;
  let results = made.get(place);
  if (!results) {
    // What takes numbers types them as it likes.
    const operands = operation.takesNumbers ? (args as unknown as tf.Tensor[]) : args.map(toTensor);
    made.set(place, (results = operation.run(operands, attributes)));
  }
  return results[result]!;
}

function evaluate(node: Node, args: Value[], made: Made): Value {
  const shape = [...node.shape];
  if (node.call) return operate(node.call, node.args, args, made);
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
