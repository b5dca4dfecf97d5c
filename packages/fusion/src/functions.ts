// SPDX-License-Identifier: Apache-2.0
// Elementwise functions that processors have no instruction for. Each brings its op and what writes it in WebAssembly, so
// that a page without it does not ship that.

import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './executors/ops.js';
import { writeAtan2, writeCbrt, writeExp, writeLog, writePow } from './executors/wasm/functions.js';
import { composed, type FunctionName } from './executors/wasm/composed.js';
import { Vectors, type Wide } from './executors/wasm/vectors.js';
import { apply, type Expression, type Operand } from './expression.js';

type Op = (...args: tf.Tensor[]) => tf.Tensor;
type Write = (v: Vectors, ...args: Wide[]) => Wide;

function applied(name: FunctionName, op: Op, write: Write, ...operands: readonly Operand[]): Expression {
  elementwise[name] = op;
  composed.set(name, (code, ...args) => write(new Vectors(code), ...args));
  return apply(name, ...operands);
}

/** eˣ */
export function exp(x: Operand): Expression {
  return applied('exp', tf.exp, writeExp, x);
}

/** Natural logarithm of x. */
export function log(x: Operand): Expression {
  return applied('log', tf.log, writeLog, x);
}

/** xʸ; NaN for negative x and a fractional y. */
export function pow(x: Operand, y: Operand): Expression {
  return applied('pow', tf.pow as Op, writePow, x, y);
}

/** The real cube root of x, also of a negative one. */
export function cbrt(x: Operand): Expression {
  return applied('cbrt', cubeRoot, writeCbrt, x);
}

/** The angle from −π to π of the point at height y and `x` to the right. */
export function atan2(y: Operand, x: Operand): Expression {
  return applied('atan2', tf.atan2 as Op, writeAtan2, y, x);
}

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
