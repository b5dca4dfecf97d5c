// SPDX-License-Identifier: Apache-2.0
// What callers may give.

import { integer, real, show, wrongType, type OptionSpec } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';

/** @throws TypeError for what is no tensor of numbers that has not been disposed */
export function checkTensor(caller: string, name: string, value: unknown): asserts value is tf.Tensor {
  if (value instanceof tf.Tensor && value.isDisposed === false && /^(float|int)32$/.test(value.dtype)) return;
  const given =
    value instanceof tf.Tensor
      ? value.isDisposed
        ? 'a disposed tensor'
        : `a tensor of ${value.dtype}`
      : show(value);
  throw new TypeError(`${caller}: ${name} must be a tensor of numbers, got ${given}`);
}

/** More than that would be no tensor. */
const mostAxes = 100;
const isLength = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** @throws TypeError for what is no list of lengths */
export function checkShape(caller: string, value: unknown, name = 'shape'): void {
  if (Array.isArray(value) && value.length <= mostAxes && Array.from(value as unknown[]).every(isLength))
    return;
  throw wrongType(caller, name, `a list of at most ${mostAxes} whole numbers >= 0`, value);
}

/** Steps or iterations: more than that is a mistake, and would take for ever. */
export function count(value?: number): OptionSpec {
  return integer('[1, 1000]', value);
}

/** What is added to something positive. */
export function ridge(value: number): OptionSpec {
  return real('[0, ∞)', value);
}

/** One of another realm is one. */
const isFloat64 = (value: unknown): value is Float64Array =>
  Object.prototype.toString.call(value) === '[object Float64Array]' && ArrayBuffer.isView(value);

/** @throws TypeError for what is no matrix of float64 numbers */
export function checkHostMatrix(caller: string, name: string, value: unknown): void {
  const { rows, columns, data } = Object(value) as { rows?: number; columns?: number; data?: unknown };
  const isMatrix = isLength(rows) && isLength(columns) && isFloat64(data) && data.length === rows! * columns!;
  if (isMatrix) return;
  throw wrongType(
    caller,
    name,
    'a matrix { rows, columns, data }, data a Float64Array of rows x columns',
    value,
  );
}
