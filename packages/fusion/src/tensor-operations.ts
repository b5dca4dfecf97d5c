// SPDX-License-Identifier: Apache-2.0
// Operations on whole tensors, one row each: what an element of the result is depends on more than the elements at its
// place. TensorFlow.js runs them, between the phases of elementwise operations and reductions.

import * as tf from '@tensorflow/tfjs-core';
import { sizeOf, type Shape } from './shape.js';

/** The name of a tensor operation. */
export type TensorOperationName = 'matMul' | 'transpose' | 'reshape' | 'slice' | 'every' | 'call';

/** A function of tensors with one or more results. */
export interface TensorFunction<A extends object> {
  /** Names it in errors and reports. */
  readonly name: string;
  /** Whether operands are numbers known on the host; else they are tensors. */
  readonly takesNumbers?: boolean;
  /** Shapes of the results; or, where the operands do not fit, what must hold. */
  shapes(operands: readonly Shape[], attributes: A): readonly Shape[] | string;
  /**
   * Computes the results by TensorFlow.js: float32 tensors of these shapes, depending on nothing but operands and
   * attributes. It runs in a `tf.tidy`, and may not read tensors back.
   */
  run(operands: readonly tf.Tensor[], attributes: A): tf.Tensor[];
}

/** What a tensor operation is given besides operands: plain data. */
export interface Attributes {
  /** Of `matMul`: operands that are taken with their last two axes exchanged. */
  readonly transposed?: readonly [x: boolean, y: boolean];
  /** Of `transpose`, unless it is the last two axes. */
  readonly permutation?: readonly number[];
  /** Of `reshape` and `slice`: the shape of the result. */
  readonly shape?: Shape;
  /** Of `slice`. */
  readonly begin?: readonly number[];
  /** Of `every`. */
  readonly step?: number;
  /** Of `call`: the function, a number of its own, and its attributes. */
  readonly call?: TensorFunction<object>;
  readonly id?: number;
  readonly given?: object;
  /** Which result it is, where there are several. */
  readonly result?: number;
}

/** A row of the table. */
export interface TensorOperation {
  /** Shapes of the results, or what must hold and does not. */
  shapes(operands: readonly Shape[], attributes: Attributes): readonly Shape[] | string;
  /** Computes all results as new tensors, by TensorFlow.js. */
  run(operands: readonly (tf.Tensor | number)[], attributes: Attributes): tf.Tensor[];
}

/** A row with one result of one operand, which is not empty when it is run. */
function unary(
  shape: (operand: Shape, attributes: Attributes) => Shape | string,
  run: (x: tf.Tensor, attributes: Attributes) => tf.Tensor,
): TensorOperation {
  return {
    shapes: ([x], attributes) => {
      const result = shape(x!, attributes);
      return typeof result === 'string' ? result : [result];
    },
    run: ([operand], attributes) => {
      const x = operand as tf.Tensor;
      const made = shape(x.shape, attributes) as Shape;
      return [sizeOf(made) === 0 ? tf.zeros([...made]) : run(x, attributes)];
    },
  };
}

/** Whether it is a list of lengths. */
export const isShape = (shape: unknown): shape is Shape =>
  Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length >= 0);

/** The permutation that exchanges the last two axes. */
const exchange = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];
const exchanged = (shape: Shape): Shape => exchange(shape.length).map((axis) => shape[axis]!);

function productShape([x, y]: readonly Shape[], { transposed }: Attributes): Shape | string {
  if (x!.length < 2 || y!.length < 2) return 'operands must have at least two axes';
  const [a, b] = [transposed![0] ? exchanged(x!) : x!, transposed![1] ? exchanged(y!) : y!];
  if (a.at(-1) !== b.at(-2))
    return `columns of the first matrix must be as many as rows of the second, got ${a.at(-1)} and ${b.at(-2)}`;
  const batch = (shape: Shape): string => shape.slice(0, -2).join();
  return batch(a) === batch(b) ? [...a.slice(0, -1), b.at(-1)!] : 'axes before the last two must be the same';
}

function product(x: tf.Tensor, y: tf.Tensor, [left, right]: readonly [boolean, boolean]): tf.Tensor {
  if (tf.getBackend() !== 'wasm') return tf.matMul(x, y, left, right);
  // Its fast kernel takes two matrices, not transposed; everything else runs by one that is ten times slower.
  return tf.tidy(() => {
    const a = left ? tf.transpose(x, exchange(x.rank)) : x;
    const b = right ? tf.transpose(y, exchange(y.rank)) : y;
    if (sizeOf(a.shape.slice(0, -2)) === 1) return tf.matMul(a, b);
    const matrices = (all: tf.Tensor): tf.Tensor[] =>
      tf.unstack(tf.reshape(all, [-1, ...all.shape.slice(-2)]));
    const others = matrices(b);
    const products = matrices(a).map((one, i) => tf.matMul(one, others[i]!));
    return tf.reshape(tf.stack(products), [...a.shape.slice(0, -1), b.shape.at(-1)!]);
  });
}

/** Every tensor operation. */
export const tensorOperations: Readonly<Record<TensorOperationName, TensorOperation>> = {
  matMul: {
    shapes: (operands, attributes) => {
      const shape = productShape(operands, attributes);
      return typeof shape === 'string' ? shape : [shape];
    },
    run: (operands, attributes) => {
      const [x, y] = operands as tf.Tensor[];
      const shape = productShape([x!.shape, y!.shape], attributes) as Shape;
      return [
        sizeOf(x!.shape) > 0 && sizeOf(shape) > 0
          ? product(x!, y!, attributes.transposed!)
          : tf.zeros([...shape]),
      ];
    },
  },
  transpose: unary(
    (x, { permutation = exchange(Math.max(x.length, 2)) }) => {
      if (x.length < permutation.length) return 'operand must have at least two axes';
      const isPermutation =
        permutation.length === x.length && x.every((_, axis) => permutation.includes(axis));
      if (!isPermutation) return `permutation must have each axis once, got ${JSON.stringify(permutation)}`;
      return permutation.map((axis) => x[axis]!);
    },
    (x, { permutation = exchange(x.rank) }) => tf.transpose(x, [...permutation]),
  ),
  reshape: unary(
    (x, { shape }) =>
      isShape(shape) && sizeOf(x) === sizeOf(shape)
        ? shape
        : `shape must have ${sizeOf(x)} elements, got ${JSON.stringify(shape)}`,
    (x, { shape }) => tf.reshape(x, [...shape!]),
  ),
  slice: unary(
    (x, { begin, shape }) => {
      const fits =
        isShape(begin) &&
        isShape(shape) &&
        [begin, shape].every(({ length }) => length === x.length) &&
        x.every((length, axis) => begin[axis]! + shape[axis]! <= length);
      return fits
        ? shape
        : `begin and size must lie within the operand, got ${JSON.stringify(begin)} and ${JSON.stringify(shape)}`;
    },
    (x, { begin, shape }) => tf.slice(x, [...begin!], [...shape!]),
  ),
  every: unary(
    (x, { step }) =>
      Number.isInteger(step) && step! >= 1
        ? [Math.ceil(sizeOf(x) / step!)]
        : `k must be an integer in [1, ∞), got ${String(step)}`,
    (x, { step }) => tf.tidy(() => tf.stridedSlice(tf.reshape(x, [x.size]), [0], [x.size], [step!])),
  ),
  call: {
    shapes: (operands, { call, given }) => call!.shapes(operands, given!),
    run: (operands, { call, given }) => {
      const { name, run, shapes } = call!;
      const inputs = operands as tf.Tensor[];
      const declared = shapes(
        inputs.map(({ shape }) => shape),
        given!,
      ) as readonly Shape[];
      return tf.tidy(() => {
        const results = run(inputs, given!);
        const show = (all: readonly { readonly shape: Shape }[]): string =>
          all.map(({ shape }) => `[${shape}]`).join(', ');
        const expected = declared.map((shape) => ({ shape }));
        if (show(results) !== show(expected) || results.some(({ dtype }) => dtype !== 'float32')) {
          const types = results.map(({ dtype }) => dtype).join(', ');
          throw new TypeError(
            `${name}: run must give float32 tensors of shapes ${show(expected)}, got ${show(results)} (${types})`,
          );
        }
        return results.map((result, i) =>
          inputs.includes(result) || results.indexOf(result) < i ? tf.clone(result) : result,
        );
      });
    },
  },
};

/** Whether a node is the result of a tensor operation. */
export function isTensorOperation(op: string): op is TensorOperationName {
  return op in tensorOperations;
}

/** Text that is equal for equal attributes of two operations; which of the results is meant makes no difference. */
export function operationKey(attributes: Attributes | undefined): string {
  return attributesKey({ ...attributes, result: 0 });
}

/** Text that is equal for equal attributes of two results. */
export function attributesKey(attributes: Attributes | undefined): string {
  if (!attributes) return '';
  return JSON.stringify(attributes, (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? `#${Object.is(value, -0) ? '-0' : value}`
      : value,
  );
}
