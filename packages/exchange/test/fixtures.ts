// SPDX-License-Identifier: Apache-2.0
// Trainings that PyTorch and Keras have recorded, and how one goes on here.

import { readFileSync } from 'node:fs';
import type { BaseOptimizer, StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { fromTorchLayout, type Block } from '../src/layout.js';
import { offBy } from './numbers.js';

export interface Recording {
  readonly optimizer: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly variables?: readonly string[];
  readonly names: readonly string[];
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly start: Readonly<Record<string, readonly number[]>>;
  readonly gradients: readonly Readonly<Record<string, readonly number[]>>[];
  readonly after: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

const read = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

export function bytesIn(name: string): Uint8Array {
  return new Uint8Array(read(name));
}

export function recordingIn(name: string): Recording {
  return JSON.parse(read(`${name}.json`).toString()) as Recording;
}

/** The variable of each parameter. */
export const variableOf = (name: string): string => `mine/${name.replace(/[./]/g, '/')}`;

export const tableOf = ({ names }: Recording): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, variableOf(name)]));

const axes = (isTorch: boolean) => ({ layout: isTorch ? 'kernel' : 'same', multiplier: 1 }) as const;

/** Numbers of the recording as a block of TensorFlow.js. */
function blockOf({ shapes }: Recording, name: string, numbers: readonly number[], isTorch: boolean): Block {
  return fromTorchLayout('test', { shape: shapes[name]!, data: Float32Array.from(numbers) }, axes(isTorch));
}

/** Trains from one step to another with the gradients of the recording; gives back the parameters and the state. */
export async function goOn(
  recording: Recording,
  optimizer: BaseOptimizer,
  {
    from,
    to,
    isTorch,
    names = recording.names,
  }: { from: number; to: number; isTorch: boolean; names?: readonly string[] },
): Promise<{ found: Record<string, Float32Array>; state: StateDict }> {
  const first = from === 0 ? recording.start : recording.after[from]!;
  const tensorOf = (name: string, numbers: readonly number[]): tf.Tensor => {
    const { shape, data } = blockOf(recording, name, numbers, isTorch);
    return tf.tensor(data, [...shape]);
  };
  const variables = names.map((name) =>
    tf.tidy(() => tf.variable(tensorOf(name, first[name]!), true, variableOf(name))),
  );
  for (let step = from; step < to; step++) {
    const gradients = names.map((name, i) => ({
      name: variables[i]!.name,
      tensor: tensorOf(name, recording.gradients[step]![name]!),
    }));
    optimizer.applyGradients(gradients);
    tf.dispose(gradients.map(({ tensor }) => tensor));
  }
  const found = Object.fromEntries(
    await Promise.all(names.map(async (name, i) => [name, Float32Array.from(await variables[i]!.data())])),
  ) as Record<string, Float32Array>;
  const state = await optimizer.stateDict();
  tf.dispose(variables);
  optimizer.dispose();
  return { found, state };
}

/** The largest deviation of parameters from those of the recording after a step. */
export function deviation(
  recording: Recording,
  found: Readonly<Record<string, Float32Array>>,
  step: number,
  isTorch: boolean,
): number {
  const after = recording.after[step]!;
  return Math.max(
    ...Object.entries(found).map(([name, numbers]) =>
      offBy(numbers, blockOf(recording, name, after[name]!, isTorch).data),
    ),
  );
}

/** The header of a safetensors file. */
export function headerOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(8, 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)));
}
