// SPDX-License-Identifier: Apache-2.0
// First velocities given as an option: by name of the variable, and as data that can be saved with the optimizer.

import { sameShape, showShape } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** The first velocity of one variable, as it is saved. TensorFlow.js' loading leaves strings under `name` as they are. */
export interface SavedVelocity {
  readonly name: string;
  /** Of the tensor that was given; `null` for elements alone. */
  readonly shape: readonly number[] | null;
  readonly values: readonly number[];
}

/** First velocities by name of the variable, or in the form in which they are saved. */
export type InitialVelocity =
  | Readonly<Record<string, ArrayLike<number> | tf.Tensor>>
  | readonly SavedVelocity[];

const isNumbers = (value: unknown): boolean =>
  (Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array) &&
  [...value].every(Number.isFinite);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isSaved = (value: unknown): value is SavedVelocity =>
  isRecord(value) && typeof value['name'] === 'string' && 'shape' in value && isNumbers(value['values']);

/** Whether a value is an {@link InitialVelocity} or `null`. */
export function isInitialVelocity(value: unknown): value is InitialVelocity | null {
  if (value === null) return true;
  if (Array.isArray(value)) return value.every(isSaved);
  return (
    isRecord(value) && Object.values(value).every((given) => given instanceof tf.Tensor || isNumbers(given))
  );
}

function saved(given: InitialVelocity): readonly SavedVelocity[] {
  if (Array.isArray(given)) return given as readonly SavedVelocity[];
  return Object.entries(given as Record<string, ArrayLike<number> | tf.Tensor>).map(([name, value]) =>
    value instanceof tf.Tensor
      ? { name, shape: value.shape, values: [...value.dataSync()] }
      : { name, shape: null, values: Array.from(value) },
  );
}

/** Options whose first velocities are numbers that can be saved; wrong ones are left for the option table to refuse. */
export function asData<O extends { readonly initialVelocity?: InitialVelocity | null }>(options: O): O {
  const given = isRecord(options) ? options.initialVelocity : null;
  return given && isInitialVelocity(given) ? { ...options, initialVelocity: saved(given) } : options;
}

/**
 * The first velocity of a variable.
 *
 * @param isFirst - in the first step, every name must be that of a variable
 * @throws RangeError when names or shapes do not match
 */
export function velocityOf(
  variable: tf.Variable,
  initialVelocity: InitialVelocity,
  isFirst: boolean,
): readonly number[] {
  const refused = (problem: string): RangeError => new RangeError(`Gravity: initialVelocity ${problem}`);
  const all = saved(initialVelocity);
  const stranger = isFirst && all.find(({ name }) => !tf.engine().registeredVariables[name]);
  if (stranger) throw refused(`of "${stranger.name}": no variable has that name`);
  const given = all.find(({ name }) => name === variable.name);
  if (!given) throw refused(`must be given for "${variable.name}" too`);
  const { shape, values } = given;
  if (shape && !sameShape(shape, variable.shape))
    throw refused(
      `of "${variable.name}" must have shape ${showShape(variable.shape)}, got ${showShape(shape)}`,
    );
  if (values.length !== variable.size)
    throw refused(`of "${variable.name}" must be ${variable.size} numbers, got ${values.length}`);
  return values;
}
