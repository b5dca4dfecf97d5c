// SPDX-License-Identifier: Apache-2.0
// What callers may give.

import * as tf from '@tensorflow/tfjs-core';

/** How a received value appears in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (value instanceof tf.Tensor)
    return value.isDisposed === false ? `a tensor of ${value.dtype}` : 'a disposed tensor';
  if (Array.isArray(value)) {
    const isPlain = value.length <= 9 && value.every((each) => typeof each === 'number' || each === null);
    return isPlain ? JSON.stringify(value) : 'an array';
  }
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** @throws TypeError for what is no tensor of numbers that has not been disposed */
export function checkTensor(caller: string, name: string, value: unknown): asserts value is tf.Tensor {
  if (value instanceof tf.Tensor && value.isDisposed === false && /^(float|int)32$/.test(value.dtype)) return;
  throw new TypeError(`${caller}: ${name} must be a tensor of numbers, got ${shown(value)}`);
}

/** @throws TypeError for what is no object of options */
export function checkOptions(caller: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new TypeError(`${caller}: options must be an object, got ${shown(value)}`);
}

/** @throws TypeError for a choice that is no boolean; one that is missing has its default */
export function checkFlag(caller: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new TypeError(`${caller}: ${name} must be true or false, got ${shown(value)}`);
}

/** More than that would be no tensor. */
const mostAxes = 100;
/** More than that is a mistake, and would take for ever. */
const mostSteps = 1000;

const isLength = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** @throws TypeError for what is no list of lengths */
export function checkShape(caller: string, value: unknown, name = 'shape'): void {
  if (Array.isArray(value) && value.length <= mostAxes && Array.from(value as unknown[]).every(isLength))
    return;
  throw new TypeError(
    `${caller}: ${name} must be a list of at most ${mostAxes} whole numbers >= 0, got ${shown(value)}`,
  );
}

/** @throws RangeError for what is no number of steps or iterations */
export function checkCount(caller: string, option: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= mostSteps) return;
  throw new RangeError(`${caller}: ${option} must be an integer in [1, ${mostSteps}], got ${shown(value)}`);
}

/** One of another realm is one. */
const isFloat64 = (value: unknown): value is Float64Array =>
  Object.prototype.toString.call(value) === '[object Float64Array]' && ArrayBuffer.isView(value);

/** @throws TypeError for what is no matrix of float64 numbers */
export function checkHostMatrix(caller: string, name: string, value: unknown): void {
  const { rows, columns, data } = Object(value) as { rows?: number; columns?: number; data?: unknown };
  const isMatrix = isLength(rows) && isLength(columns) && isFloat64(data) && data.length === rows! * columns!;
  if (isMatrix) return;
  throw new TypeError(
    `${caller}: ${name} must be a matrix { rows, columns, data }, data a Float64Array of rows x columns, got ${shown(value)}`,
  );
}
