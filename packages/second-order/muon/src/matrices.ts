// SPDX-License-Identifier: Apache-2.0
// Which variables Muon treats as matrices, and what it takes for coefficients.

import { outOfRange } from '@optim/core/authoring';
import { newtonSchulzSteps } from '@optim/linalg';
import type * as tf from '@tensorflow/tfjs-core';

/** Whether a variable is a matrix, by its name and shape. */
export type UseMuon = (name: string, shape: readonly number[]) => boolean;

/** @throws RangeError for a variable that has no matrix in it */
export function isMatrix({ name, shape }: tf.Variable, useMuon: UseMuon | null): boolean {
  if (useMuon === null) return shape.length >= 2;
  const wanted = useMuon(name, shape);
  if (wanted && shape.length < 2)
    throw outOfRange('Muon', 'useMuon', `false for "${name}" of shape [${shape}]`, true);
  return wanted;
}

/** Whether {@link newtonSchulzSteps} takes it. */
export function isCoefficients(value: unknown): boolean {
  try {
    return newtonSchulzSteps(value as never).steps.length > 0;
  } catch {
    return false;
  }
}
