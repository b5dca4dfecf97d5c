// SPDX-License-Identifier: Apache-2.0

import { resolveOptions, wrongType, type OptionTable } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { checkShape, checkTensor } from '../checks.js';
import type { Matrix } from '../host/matrix.js';
import type { Shape } from '../shape.js';

/**
 * A function of matrices that are tensors, computed on the host in float64. Leading axes are a batch: each
 * matrix of it is taken by itself. Results are float32 tensors. It has no gradient.
 *
 * The call reads its tensors back at once: a copy on cpu and wasm, a wait for the GPU on webgl. On webgpu it
 * throws, since TensorFlow.js' synchronous way there, through a canvas, may lose the device; `async` reads
 * everywhere, and what runs on the device needs no reading. The call and `shapes` are what a function of
 * tensors inside a traced rule consists of.
 */
export interface HostFunction<Options> {
  (inputs: tf.Tensor | readonly tf.Tensor[], ...options: Given<Options>): tf.Tensor[];
  /**
   * The same, reading back asynchronously: for webgpu. The inputs may be disposed as soon as this has
   * returned.
   */
  async(inputs: tf.Tensor | readonly tf.Tensor[], ...options: Given<Options>): Promise<tf.Tensor[]>;
  /** Shapes of the results for shapes of the inputs; throws what a call would throw. */
  shapes(inputs: readonly Shape[], ...options: Given<Options>): number[][];
}

/** Options as the last argument, which may be left out where none is required. */
type Given<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options];

/** What a {@link HostFunction} is made of. */
interface Definition<Options extends object> {
  name: string;
  options: OptionTable<Options>;
  /** Number of tensors it takes. */
  inputs: number;
  /** Shapes of the results for one matrix each; may throw. */
  shapes(inputs: [rows: number, columns: number][], options: Required<Options>): number[][];
  /** Numbers of the results for one matrix each. */
  compute(inputs: Matrix[], options: Required<Options>): Float64Array[];
}

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

const show = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Makes a {@link HostFunction}. */
export function onHost<Options extends object>(definition: Definition<Options>): HostFunction<Options> {
  const { name, inputs } = definition;

  const resolved = (options: object = {}): Required<Options> =>
    resolveOptions(name, definition.options, options);

  function shapes(given: readonly Shape[], options?: Options): number[][] {
    if (!Array.isArray(given)) throw wrongType(name, 'shapes', 'a list of shapes', given);
    return checkedShapes(given, resolved(options));
  }

  function checkedShapes(given: readonly Shape[], options: Required<Options>): number[][] {
    if (given.length !== inputs) {
      throw new RangeError(`${name}: tensors: ${inputs} wanted, got ${given.length}`);
    }
    for (const shape of given) checkShape(name, shape);
    const batch = given[0]!.slice(0, -2);
    for (const shape of given) {
      if (shape.length < 2) throw new RangeError(`${name}: a matrix is wanted, got shape ${show(shape)}`);
      if (show(shape.slice(0, -2)) !== show(batch)) {
        throw new RangeError(`${name}: leading axes must be the same, got ${given.map(show).join(' and ')}`);
      }
    }
    const sizes = given.map((shape) => shape.slice(-2) as [number, number]);
    return definition.shapes(sizes, options).map((shape) => [...batch, ...shape]);
  }

  /** Checks everything before anything is read; then makes results of the numbers that were read. */
  function prepare(
    given: tf.Tensor | readonly tf.Tensor[],
    options?: Options,
  ): [readonly tf.Tensor[], (numbers: ArrayLike<number>[]) => tf.Tensor[]] {
    const tensors = Array.isArray(given) ? (given as readonly tf.Tensor[]) : [given as tf.Tensor];
    Array.from(tensors).forEach((each, i) => checkTensor(name, `tensors[${i}]`, each));
    const from = tensors.map(({ shape }) => shape);
    const known = resolved(options);
    const to = checkedShapes(from, known);
    const finish = (numbers: ArrayLike<number>[]): tf.Tensor[] => {
      const results = to.map((shape) => new Float32Array(sizeOf(shape)));
      for (let i = 0; i < sizeOf(from[0]!.slice(0, -2)); i++) {
        const matrices = from.map((shape, at): Matrix => {
          const [rows, columns] = shape.slice(-2) as [number, number];
          const size = rows * columns;
          const all = numbers[at] as Float32Array;
          return { rows, columns, data: new Float64Array(all.subarray(i * size, (i + 1) * size)) };
        });
        const computed = definition.compute(matrices, known);
        for (const [at, data] of computed.entries()) results[at]!.set(data, i * data.length);
      }
      return to.map((shape, at) => tf.tensor(results[at]!, shape, 'float32'));
    };
    return [tensors, finish];
  }

  function run(given: tf.Tensor | readonly tf.Tensor[], options?: Options): tf.Tensor[] {
    const [tensors, finish] = prepare(given, options);
    if (tf.getBackend() === 'webgpu') {
      throw new Error(`${name}: webgpu cannot read back at once; await ${name}.async(…) instead`);
    }
    return finish(tensors.map((tensor) => tensor.dataSync()));
  }

  async function runAsync(given: tf.Tensor | readonly tf.Tensor[], options?: Options): Promise<tf.Tensor[]> {
    const [tensors, finish] = prepare(given, options);
    return finish(await Promise.all(tensors.map(async (tensor) => tensor.data())));
  }

  return Object.assign(run, { async: runAsync, shapes }) as HostFunction<Options>;
}
