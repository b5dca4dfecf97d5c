// SPDX-License-Identifier: Apache-2.0

/**
 * `from + (to - from) * x`, arranged so that x = 0 gives `from` and x = 1 gives `to` to the last bit, and so
 * that no rounding makes a rate negative.
 */
export function mix(from: number, to: number, x: number): number {
  return from * (1 - x) + to * x;
}

/** Half a cosine wave: 1 at x = 0, 0 at x = 1. */
export function cosine(x: number): number {
  return (1 + Math.cos(Math.PI * x)) / 2;
}

/** The linear warm-up every schedule shares: w steps from `initial` towards `peak`, then `after(t)`. */
export function warmUp(
  initial: number,
  peak: number,
  w: number,
  after: (t: number) => number,
): (t: number) => number {
  return (t) => (t < w ? mix(initial, peak, t / w) : after(t));
}

/** The cycle that step t falls into: its number c, its length L, and the steps u done in it. */
interface Cycle {
  readonly c: number;
  readonly L: number;
  readonly u: number;
}

/**
 * Finds the cycle of step t by adding up lengths; a quotient of logarithms, the closed form, lands in the
 * wrong cycle at some restarts. Once the length no longer changes, a remainder does the rest.
 */
export function cycleAt(t: number, firstLength: number, nextLength: (L: number) => number): Cycle {
  let c = 0;
  let s = 0;
  let L = firstLength;
  while (s + L <= t) {
    const next = nextLength(L);
    if (next === L) {
      const u = (t - s) % L;
      return { c: c + Math.round((t - s - u) / L), L, u };
    }
    s += L;
    c += 1;
    L = next;
  }
  return { c, L, u: t - s };
}
