// SPDX-License-Identifier: Apache-2.0
// Nocedal, Wright, "Numerical Optimization", 2nd ed. 2006, Algorithms 3.5 and 3.6. On the host, in float64.

/** The loss along a direction. */
export interface Trial {
  /** Length of the step. */
  readonly at: number;
  /** φ, the loss there. */
  readonly value: number;
  /** φ', its derivative by the length. */
  readonly slope: number;
}

/** What a search is about. */
export interface Search {
  /** The point at 0. */
  readonly start: Trial;
  /** Length of the first trial. */
  readonly first: number;
  /** Trials after the first. */
  readonly budget: number;
  /** max |d|. */
  readonly span: number;
  /** Change of a parameter that counts as none. */
  readonly toleranceChange: number;
}

const [c1, c2] = [1e-4, 0.9];

/** A trial that is too long, where the loss or its derivative is not finite. */
function known<T extends Trial>(trial: T): T {
  const isFinite = Number.isFinite(trial.value) && Number.isFinite(trial.slope);
  return isFinite ? trial : { ...trial, value: Infinity, slope: Infinity };
}

/** The minimum of the cubic through two trials, within [low, high]. */
export function cubic(one: Trial, other: Trial, low?: number, high?: number): number {
  const [A, B] = one.at <= other.at ? [one, other] : [other, one];
  const [from, to] = [low ?? A.at, high ?? B.at];
  const z = A.slope + B.slope - (3 * (A.value - B.value)) / (A.at - B.at);
  const squared = z * z - A.slope * B.slope;
  // Also where one of them is not finite.
  if (!(squared >= 0 && squared < Infinity)) return (from + to) / 2;
  const w = Math.sqrt(squared);
  const at = B.at - (B.at - A.at) * ((B.slope + w - z) / (B.slope - A.slope + 2 * w));
  return Math.min(Math.max(at, from), to);
}

/**
 * Finds a length that satisfies the strong Wolfe conditions, or as good a one as the budget allows. Yields lengths, and is
 * given the trial at each.
 */
export function* strongWolfe<T extends Trial>(
  search: Search & { readonly start: T },
): Generator<number, T, T> {
  const { start, budget, span, toleranceChange } = search;
  const isTooHigh = ({ at, value }: Trial): boolean => value > start.value + c1 * at * start.slope;
  const isGoodEnough = ({ slope }: Trial): boolean => Math.abs(slope) <= -c2 * start.slope;

  let previous = start;
  let now = known(yield search.first);
  let i = 0;
  let ends: [T, T] | undefined;
  while (i < budget && !ends) {
    if (isTooHigh(now) || (i > 1 && now.value >= previous.value)) ends = [previous, now];
    else if (isGoodEnough(now)) return now;
    else if (now.slope >= 0) ends = [previous, now];
    else {
      const at = cubic(previous, now, now.at + 0.01 * (now.at - previous.at), 10 * now.at);
      previous = now;
      now = known(yield at);
      i++;
    }
  }
  ends ??= [start, now];

  const lower = (): 0 | 1 => (ends[0].value <= ends[1].value ? 0 : 1);
  let low = lower();
  let isStuck = false;
  while (i < budget) {
    const [a, b] = [Math.min(ends[0].at, ends[1].at), Math.max(ends[0].at, ends[1].at)];
    if ((b - a) * span < toleranceChange) break;
    let at = cubic(ends[0], ends[1]);
    const edge = 0.1 * (b - a);
    if (Math.min(b - at, at - a) < edge) {
      if (isStuck || at >= b || at <= a) {
        at = Math.abs(at - b) < Math.abs(at - a) ? b - edge : a + edge;
        isStuck = false;
      } else isStuck = true;
    } else isStuck = false;
    now = known(yield at);
    i++;
    const high = low === 0 ? 1 : 0;
    if (isTooHigh(now) || now.value >= ends[low].value) {
      ends[high] = now;
      low = lower();
      continue;
    }
    const ended = isGoodEnough(now);
    if (!ended && now.slope * (ends[high].at - ends[low].at) >= 0) ends[high] = ends[low];
    ends[low] = now;
    if (ended) break;
  }
  return ends[low];
}
