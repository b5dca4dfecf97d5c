// SPDX-License-Identifier: Apache-2.0
// What guards have in common: a step left out is counted, on the device, and may be no step for the optimizer.

import type { Hook } from '@optim/core/authoring';
import { where, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Backends that have their numbers in the memory of the host. */
const atHand: readonly string[] = ['cpu', 'wasm', 'tensorflow'];

/** Whether the counter of skipped steps stays as it is. */
function counted(name: string): NonNullable<Hook['counted']> {
  return (globals, key) => {
    const backend = tf.getBackend();
    if (!atHand.includes(backend))
      throw new RangeError(
        `${name}: countSkipped must be true on backend ${backend}, which would have to be waited for in every step, got false`,
      );
    const skipped = (): number => globals.get(`${key}.skipped`)!.dataSync()[0]!;
    const before = skipped();
    return () => skipped() === before;
  };
}

/**
 * A hook that leaves out whole steps, and counts them in the global `skipped`.
 *
 * @param observe - scalars of one gradient
 * @param isFine - whether a step is taken, from their sums
 */
export function leavingOut(
  name: string,
  { countSkipped }: { readonly countSkipped: boolean },
  observe: (grad: Expression) => Record<string, Expression>,
  isFine: (sums: Record<string, Expression>) => Expression,
): Omit<Hook, 'name'> {
  return {
    globals: { skipped: 0 },
    observe: ({ grad }) => observe(grad!),
    combine: (sums, { skipped }) => {
      const fine = where(isFine(sums), 1, 0);
      return { fine, skipped: skipped!.add(fine.complement()) };
    },
    guard: ({ fine }) => fine!.greater(0),
    // What is decomposed on the host would refuse the step.
    gradient: ({ grad }, { fine }) => ({ grad: where(fine!.greater(0), grad!, 0) }),
    ...(!countSkipped && { counted: counted(name) }),
  };
}
