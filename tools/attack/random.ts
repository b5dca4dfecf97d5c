// SPDX-License-Identifier: Apache-2.0

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Some of a list, each at most once, in no order; all of it where there are no more. */
  some<T>(list: readonly T[], count: number): T[] {
    const left = [...list];
    if (left.length <= count) return left;
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0]!);
  }
}
