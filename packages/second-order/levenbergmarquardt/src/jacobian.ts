// SPDX-License-Identifier: Apache-2.0
// Residuals and their Jacobian, one gradient for each residual.

import { record, repeat } from '@optim/core/authoring';
import { concatenated } from '@optim/full-batch';
import * as tf from '@tensorflow/tfjs-core';
import type { Linearized } from './options.js';

/** The most bytes of a Jacobian. */
const mostBytes = 2 ** 28;

/** A closure, and the random numbers that its first evaluation drew. */
export interface Drawn {
  readonly residuals: tf.Tensor;
  readonly draws: readonly number[];
}

/** @throws TypeError for anything but residuals */
export function assertResiduals(residuals: unknown): asserts residuals is tf.Tensor {
  const shown = residuals instanceof tf.Tensor ? `shape [${residuals.shape}]` : typeof residuals;
  if (!(residuals instanceof tf.Tensor) || residuals.rank === 0)
    throw new TypeError(
      `LevenbergMarquardt: f must return the residuals, a tensor of at least one axis, and not their loss; got ${shown}`,
    );
}

/** Evaluates once, and remembers what was drawn. */
export function drawn(f: () => tf.Tensor): Drawn {
  const { result: residuals, draws } = record(() =>
    tf.tidy(() => {
      const residuals = f();
      assertResiduals(residuals);
      return tf.clone(residuals);
    }),
  );
  return { residuals, draws };
}

/** The trainable variables that residuals depend on. */
export function variablesOf(f: () => tf.Tensor): tf.Variable[] {
  const names = tf.tidy(() => {
    const { grads } = tf.variableGrads(() => tf.sum(f()));
    return Object.keys(grads) as never;
  }) as string[];
  const found = names.map((name) => tf.engine().registeredVariables[name]!);
  return found.sort((a, b) => a.id - b.id);
}

/** @throws RangeError for a Jacobian that is too large */
export function assertFits(residuals: number, parameters: number): void {
  if (4 * residuals * parameters <= mostBytes) return;
  throw new RangeError(
    `LevenbergMarquardt: the Jacobian of ${residuals} residuals and ${parameters} parameters takes more than 256 MB; use less of one`,
  );
}

/** The Jacobian, row by row: as many evaluations as residuals. */
export function byRows(
  f: () => tf.Tensor,
  { residuals, draws }: Drawn,
  variables: readonly tf.Variable[],
  left: tf.Tensor[],
): Linearized {
  const count = residuals.size;
  const jacobian = tf.tidy(() => {
    const rows = Array.from({ length: count }, (_, m) =>
      repeat(
        () =>
          tf.tidy(() => {
            const along = (): tf.Scalar => tf.sum(tf.slice(tf.reshape(f(), [count]), m, 1));
            const { grads } = tf.variableGrads(along, [...variables]);
            return concatenated(variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable)));
          }),
        draws,
        left,
      ),
    );
    return tf.stack(rows) as tf.Tensor2D;
  });
  return { residuals, jacobian };
}
