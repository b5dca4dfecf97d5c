// SPDX-License-Identifier: Apache-2.0
// What weights say.

import { show } from '@optim/options';
import type { GlobalValue, SavedParameter, SavedState, SavedTensor } from './state-dict.js';
import { mark, updatesName, type ReadWeight } from './weights.js';

/**
 * The inverse of `writeWeights`.
 * @throws TypeError or RangeError for a list that `writeWeights` would not write
 */
export function stateOfWeights(owner: string, [first, ...rest]: readonly ReadWeight[]): SavedState {
  if (first?.name !== 'iter' || first.data.length !== 1)
    throw new TypeError(`${owner}: weights must start with the scalar "iter", got ${show(first?.name)}`);
  const step = whole(owner, 'iter', first);
  let updates: number[] | undefined;
  // Maps, in which `__proto__` is a name like any other.
  const globals = new Map<string, GlobalValue>();
  const byName = new Map<string, Map<string, SavedTensor>>();
  const seen = new Set<string>();
  for (const weight of rest) {
    const { name, shape, data, dtype } = weight;
    if (seen.has(name)) throw new RangeError(`${owner}: weight ${show(name)} is listed twice`);
    seen.add(name);
    const at = name.lastIndexOf(mark);
    if (at < 0) throw new RangeError(`${owner}: ${show(name)} is not a weight of this optimizer`);
    if (name === updatesName) {
      updates = Array.from(data, (_, i) => whole(owner, name, weight, i));
      continue;
    }
    if (dtype !== 'float32')
      throw new TypeError(`${owner}: weight ${show(name)} must be float32, got ${show(dtype)}`);
    if (at > 0) {
      const parameter = name.slice(0, at);
      const slot = { shape: [...shape], data: Float32Array.from(data) };
      const slots = byName.get(parameter) ?? new Map<string, SavedTensor>();
      byName.set(parameter, slots.set(name.slice(at + 1), slot));
    } else {
      const numbers = Array.from(data);
      if (shape.length > 1 || numbers.some(Number.isNaN))
        throw new RangeError(
          `${owner}: weight ${show(name)} must be a number or a vector of numbers, got ${show(numbers)} of shape [${shape.join(', ')}]`,
        );
      globals.set(name.slice(1), shape.length === 0 ? numbers[0]! : numbers);
    }
  }
  if (updates && updates.length !== byName.size) {
    const constraint = `as many numbers as there are parameters (${byName.size})`;
    throw new RangeError(`${owner}: weight "${updatesName}" must hold ${constraint}, got ${updates.length}`);
  }
  const parameters = [...byName].map(([name, slots], i): SavedParameter => ({
    name,
    dtype: 'float32',
    updates: updates?.[i] ?? step,
    slots: Object.fromEntries(slots),
  }));
  return { step, parameters, globals: Object.fromEntries(globals) };
}

/** A count, as `writeWeights` writes it. */
function whole(owner: string, name: string, { dtype, data }: ReadWeight, at = 0): number {
  const value = data[at];
  if (dtype !== 'string' && Number.isInteger(value) && value! >= 0 && value! < 2 ** 31) return value!;
  throw new RangeError(
    `${owner}: weight ${show(name)} must be a whole number in [0, 2^31), got ${show(value)}`,
  );
}
