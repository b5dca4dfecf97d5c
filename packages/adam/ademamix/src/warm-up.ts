// SPDX-License-Identifier: Apache-2.0

/**
 * A decay whose memory, in proportion to 1/ln β, grows along a straight line from one decay to another.
 *
 * ```text
 * β = exp(1/[(1 − t/T)/ln(from + 1e-8) + (t/T)/ln(to + 1e-8)])         for t < T, then `to`
 * ```
 *
 * @param T - steps of the warm-up; `null`: none
 */
export function warmed(t: number, T: number | null, from: number, to: number): number {
  if (T === null || t >= T) return to;
  const memory = (beta: number): number => 1 / Math.log(beta + 1e-8);
  return Math.exp(1 / ((1 - t / T) * memory(from) + (t / T) * memory(to)));
}
