// SPDX-License-Identifier: Apache-2.0
// Variables in whose place the base steps.

import { isAlive } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';

/** How many optimizers use a stand-in: those around the same variable, of the same rank, share one, which is 0 between steps. */
const users = new WeakMap<tf.Variable, number>();

/** The stand-ins of one optimizer by the variable that they stand for. */
export class StandIns {
  readonly #all = new Map<tf.Variable, tf.Variable>();

  /**
   * The one of a variable, of value 0. Its name begins and ends as that of the variable, so that groups find it, and states do in a
   * second model, whose names end in another way.
   */
  of(variable: tf.Variable, shape: readonly number[]): tf.Variable {
    for (const [other, z] of this.#all)
      if (!isAlive(other) || !isAlive(z)) {
        this.#all.delete(other);
        release(z);
      }
    const known = this.#all.get(variable);
    if (known && known.shape.join() === shape.join()) return known;
    // A state of another rank was loaded.
    if (known) release(known);
    const name = variable.name.replace(/[^/]*$/, `${shape.join('x')}/$&`);
    const z =
      tf.engine().registeredVariables[name] ?? tf.tidy(() => tf.variable(tf.zeros([...shape]), false, name));
    users.set(z, (users.get(z) ?? 0) + 1);
    this.#all.set(variable, z);
    return z;
  }

  /** Lets go of all. */
  clear(): void {
    for (const z of this.#all.values()) release(z);
    this.#all.clear();
  }
}

function release(z: tf.Variable): void {
  const left = (users.get(z) ?? 1) - 1;
  users.set(z, left);
  if (left === 0 && isAlive(z)) z.dispose();
}
