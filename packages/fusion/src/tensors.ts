// SPDX-License-Identifier: Apache-2.0
// Operations on whole tensors, for rules.

import * as tf from '@tensorflow/tfjs-core';
import type { CompilableOperation, Made } from './executor.js';
import type { PlacedOperation } from './graph.js';
import { tensorResults, type Expression, type Operand } from './expression.js';
import { toTensor, type Value } from './executors/ops.js';
import type { Node } from './program.js';
import { compileSteps } from './run-steps.js';
import { exchange, product } from './products.js';
import { sameShape, sizeOf, type Shape } from './shape.js';
import type { TensorFunction } from './tensor-operations.js';
import { reshaped } from './views.js';

/** An operation as rules apply it. */
type Applied<A extends object> = (operands: readonly Operand[], attributes?: A) => Expression[];

let count = 0;

function applied<A extends object>(
  definition: TensorFunction<A>,
  place?: PlacedOperation['place'],
): Applied<A> {
  const own = definition as unknown as TensorFunction<object>;
  const operation: CompilableOperation & PlacedOperation = {
    ...own,
    id: count++,
    place,
    compile: compileSteps,
    evaluate,
  };
  return (operands, attributes) => tensorResults(operation, operands, attributes ?? {});
}

/**
 * Makes a function of tensors usable in rules:
 *
 * ```ts
 * const qr = defineTensorFunction({
 *   name: 'qr',
 *   shapes: ([x]) => (x.length === 2 ? [[x[0], Math.min(...x)], [Math.min(...x), x[1]]] : 'x must be a matrix'),
 *   run: ([x]) => tf.linalg.qr(x),
 * });
 * const [q, r] = qr([x]);
 * ```
 *
 * In a program, equal calls (of the same function, with the same operands and attributes) run once. `run` is called in a
 * `tf.tidy`. Attributes are plain data, as JSON has it.
 *
 * @throws TypeError naming rule, function and shapes: when used with operands that do not fit; when run, naming the
 * function, for results that are not what was declared
 */
export function defineTensorFunction<A extends object = Record<never, never>>(
  definition: TensorFunction<A>,
): (operands: readonly Operand[], attributes?: A) => Expression[] {
  const { name, run } = definition;
  return applied<A>({
    ...definition,
    run: (operands, attributes) =>
      tf.tidy(() => {
        const results = run(operands, attributes);
        const shapes = operands.map((operand) => operand.shape);
        const declared = definition.shapes(shapes, attributes) as readonly Shape[];
        const fits =
          results.length === declared.length &&
          results.every(({ shape, dtype }, i) => sameShape(shape, declared[i]!) && dtype === 'float32');
        if (!fits) {
          const show = (all: readonly Shape[]): string => all.map((shape) => `[${shape}]`).join(', ');
          const types = results.map(({ dtype }) => dtype).join(', ');
          const got = `${show(results.map(({ shape }) => shape))} (${types})`;
          throw new TypeError(
            `${name}: run must give float32 tensors of shapes ${show(declared)}, got ${got}`,
          );
        }
        return results.map((result, i) =>
          operands.includes(result) || results.indexOf(result) < i ? tf.clone(result) : result,
        );
      }),
  });
}

/** An operation with one result of one operand, which is not empty when it is run. */
function unary<A extends object>(
  name: string,
  shape: (operand: Shape, attributes: A) => Shape | string,
  run: (x: tf.Tensor, attributes: A) => tf.Tensor,
  place?: PlacedOperation['place'],
): (x: Operand, attributes: A) => Expression {
  const apply = applied<A>(
    {
      name,
      shapes: ([x], attributes) => {
        const result = shape(x!, attributes);
        return typeof result === 'string' ? result : [result];
      },
      run: ([x], attributes) => {
        const made = shape(x!.shape, attributes) as Shape;
        return [sizeOf(made) === 0 ? tf.zeros([...made]) : run(x!, attributes)];
      },
    },
    place,
  );
  return (x, attributes) => apply([x], attributes)[0]!;
}

/** Whether it is a list of lengths. */
export const isShape = (shape: unknown): shape is Shape =>
  Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length >= 0);

const exchanged = (shape: Shape): Shape => exchange(shape.length).map((axis) => shape[axis]!);

interface Transposed {
  readonly transposed: readonly [x: boolean, y: boolean];
}

function productShape([x, y]: readonly Shape[], { transposed }: Transposed): Shape | string {
  if (x!.length < 2 || y!.length < 2) return 'operands must have at least two axes';
  const [a, b] = [transposed[0] ? exchanged(x!) : x!, transposed[1] ? exchanged(y!) : y!];
  if (a.at(-1) !== b.at(-2))
    return `columns of the first matrix must be as many as rows of the second, got ${a.at(-1)} and ${b.at(-2)}`;
  const batch = (shape: Shape): string => shape.slice(0, -2).join();
  return batch(a) === batch(b) ? [...a.slice(0, -1), b.at(-1)!] : 'axes before the last two must be the same';
}

const matMuls = /* @__PURE__ */ applied<Transposed>({
  name: 'matMul',
  shapes: (operands, attributes) => {
    const shape = productShape(operands, attributes);
    return typeof shape === 'string' ? shape : [shape];
  },
  run: ([x, y], attributes) => {
    const shape = productShape([x!.shape, y!.shape], attributes) as Shape;
    const isEmpty = sizeOf(x!.shape) === 0 || sizeOf(shape) === 0;
    return [isEmpty ? tf.zeros([...shape]) : product(x!, y!, attributes.transposed)];
  },
});

/**
 * Product of matrices, which are the last two axes; the axes before them must be the same.
 *
 * @param transposeX - whether `x` is taken transposed; default false
 * @param transposeY - whether `y` is; default false
 */
export function matMul(x: Operand, y: Operand, transposeX = false, transposeY = false): Expression {
  return matMuls([x, y], { transposed: [transposeX, transposeY] })[0]!;
}

const transposes = /* @__PURE__ */ unary<{ readonly permutation?: readonly number[] }>(
  'transpose',
  (x, { permutation = exchange(Math.max(x.length, 2)) }) => {
    if (x.length < permutation.length) return 'operand must have at least two axes';
    const isPermutation = permutation.length === x.length && x.every((_, axis) => permutation.includes(axis));
    if (!isPermutation) return `permutation must have each axis once, got ${JSON.stringify(permutation)}`;
    return permutation.map((axis) => x[axis]!);
  },
  (x, { permutation = exchange(x.rank) }) => tf.transpose(x, [...permutation]),
);

/** The last two axes exchanged; or axis `permutation[i]` as the i-th. */
export function transpose(x: Operand, permutation?: readonly number[]): Expression {
  return transposes(x, permutation ? { permutation } : {});
}

const reshapes = /* @__PURE__ */ unary<{ readonly shape: Shape }>(
  'reshape',
  (x, { shape }) =>
    isShape(shape) && sizeOf(x) === sizeOf(shape)
      ? shape
      : `shape must have ${sizeOf(x)} elements, got ${JSON.stringify(shape)}`,
  (x, { shape }) => tf.reshape(x, [...shape]),
  reshaped,
);

/** The same elements, in row-major order, in another shape of as many. Takes no time. */
export function reshape(x: Expression, shape: Shape): Expression {
  const view = reshapes(x, { shape });
  return sameShape(shape, x.shape) ? x : view;
}

const slices = /* @__PURE__ */ unary<{ readonly begin: readonly number[]; readonly shape: Shape }>(
  'slice',
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
  (x, { begin, shape }) => tf.slice(x, [...begin], [...shape]),
);

/** The part that starts at the indices `begin` and is `size` long, axis by axis. */
export function slice(x: Expression, begin: readonly number[], size: Shape): Expression {
  const part = slices(x, { begin, shape: size });
  return sameShape(size, x.shape) ? x : part;
}

const everies = /* @__PURE__ */ unary<{ readonly step: number }>(
  'every',
  (x, { step }) =>
    Number.isInteger(step) && step >= 1
      ? [Math.ceil(sizeOf(x) / step)]
      : `k must be an integer in [1, ∞), got ${String(step)}`,
  (x, { step }) => tf.tidy(() => tf.stridedSlice(tf.reshape(x, [x.size]), [0], [x.size], [step])),
);

/** Elements 0, k, 2k, … in row-major order, as a tensor of rank 1. */
export function every(x: Operand, k: number): Expression {
  return everies(x, { step: k });
}

/** The value of a node by plain ops; the results of one operation are made together. */
function evaluate(node: Node, args: readonly Value[], made: Made): tf.Tensor {
  const { operation, attributes, result, key } = node.call!;
  const place = `${node.args}|${key}`;
  let results = made.get(place);
  if (!results) {
    // What takes numbers types them as it likes.
    const operands = operation.takesNumbers ? (args as unknown as tf.Tensor[]) : args.map(toTensor);
    made.set(place, (results = operation.run(operands, attributes)));
  }
  return results[result]!;
}
