// SPDX-License-Identifier: Apache-2.0

/**
 * How far numbers are from others, relative to the largest of them: what is rounded is relative to the numbers that are added, and a
 * small sum of large ones keeps their error.
 */
export function offBy(found: ArrayLike<number>, want: ArrayLike<number>): number {
  const largest = Array.from(want).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
  if (found.length !== want.length) return Infinity;
  return Array.from(want).reduce((worst, x, i) => {
    const off = Math.abs(found[i]! - x) / largest;
    return Number.isNaN(off) ? Infinity : Math.max(worst, off);
  }, 0);
}

/** A record without one of its entries. */
export function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
