// SPDX-License-Identifier: Apache-2.0
// The part of TensorFlow.js' engine that records gradients. It is not in the documented API: this file and tape.ts
// are the only ones that know it.

import * as tf from '@tensorflow/tfjs-core';

/** Derivatives with respect to inputs, by the input's name, each computed when it is asked for. */
export type InputGradients = Record<string, () => tf.Tensor>;

/** One operation on the tape. */
export interface TapeNode {
  readonly kernelName: string;
  readonly inputs: tf.NamedTensorMap;
  readonly outputs: readonly tf.Tensor[];
  readonly saved: readonly tf.Tensor[];
  gradient?: (dys: tf.Tensor[]) => InputGradients;
}

/** An operation given by functions, as `tf.customGrad` makes it. */
export interface CustomOperation {
  readonly forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => tf.Tensor;
  readonly backwardsFunc: GradientFunction;
  readonly inputs: tf.NamedTensorMap;
}

/** The gradient of an operation: the derivatives by its inputs from that by its output, and what was saved. */
export type GradientFunction = (
  dy: tf.Tensor,
  saved: readonly tf.Tensor[],
  attrs: Readonly<Record<string, unknown>>,
) => InputGradients;

/** What is used of the engine. */
export interface Engine {
  readonly state: {
    activeTape: TapeNode[] | null;
    readonly gradientDepth: number;
    readonly activeScope: { readonly name: string } | null;
  };
  isTapeOn(): boolean;
  startTape(): void;
  endTape(): void;
  getTensorsForGradient(
    kernelName: string,
    inputs: tf.NamedTensorMap,
    outputs: tf.Tensor[],
  ): readonly tf.Tensor[];
  addTapeNode(
    kernelName: string,
    inputs: tf.NamedTensorMap,
    outputs: readonly tf.Tensor[],
    gradient: GradientFunction | null,
    saved: readonly tf.Tensor[],
    attrs?: Readonly<Record<string, unknown>>,
  ): void;
  runKernelFunc(operation: CustomOperation | { kernelName: string }): tf.Tensor | tf.Tensor[];
  readSync(dataId: object): unknown;
  keep<T extends tf.Tensor>(tensor: T): T;
}

const methods = [
  'isTapeOn',
  'startTape',
  'endTape',
  'getTensorsForGradient',
  'addTapeNode',
  'runKernelFunc',
  'readSync',
  'keep',
] as const;

/**
 * The engine of TensorFlow.js.
 *
 * @throws Error if it is not built as that of TensorFlow.js 4.22.
 */
export function theEngine(): Engine {
  const engine = tf.engine() as unknown as Engine;
  const missing = methods.filter((name) => typeof engine[name] !== 'function');
  if (missing.length > 0 || typeof engine.state?.gradientDepth !== 'number') {
    throw new Error(
      `hessian: this version of TensorFlow.js (${tf.version_core}) records gradients in another way than 4.22` +
        ` (its engine lacks ${missing.join(', ') || 'its state'})`,
    );
  }
  return engine;
}

/** Replaces methods of the engine. The function returned puts back what was there. */
export function override(engine: Engine, methods: Partial<Engine>): () => void {
  const before = Object.keys(methods).map(
    (name) => [name, Object.getOwnPropertyDescriptor(engine, name)] as const,
  );
  Object.assign(engine, methods);
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(engine, name, descriptor);
      else Reflect.deleteProperty(engine, name);
    }
  };
}
