// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733
// What the five classes share: the estimate of d and the limit of its growth, λ, and what becomes of both in a step that
// does not count.

import {
  hyper,
  real,
  round,
  whole,
  type CommonOptions,
  type Hyper,
  type OptionTable,
  type Results,
  type Round,
} from '@optim/core/authoring';
import { where, type Expression } from '@optim/fusion';

/** Options of every class. */
export interface DAdaptOptions extends CommonOptions {
  /** Factor on the estimated rate; leave it at 1, schedules multiply it. @defaultValue `1` */
  learningRate?: Hyper;
  /** First estimate of the distance d. @defaultValue `1e-6` */
  d0?: number;
}

/** Options of the classes whose estimate can be held back. */
export interface GrowingOptions extends DAdaptOptions {
  /** The estimate may grow by at most this factor per step. @defaultValue `Infinity` */
  growthRate?: number;
}

/** The rows of {@link GrowingOptions} that are not common to all algorithms. */
export function growingOptions(): OptionTable<Omit<GrowingOptions, keyof CommonOptions>> {
  return {
    learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
    d0: whole(real('(0, ∞)', 1e-6)),
    growthRate: whole(real('[1, ∞]', Infinity)),
  };
}

/** The global d; once the step has found a new one, λ for a learningRate of 1 as it was before, and whether it counts. */
export type Estimated = { d: number; unit?: number; counts?: number };

/** What the estimate reads of what a rule knows. */
interface EstimateKnown {
  readonly d: Expression;
  readonly learningRate: Expression;
  readonly unit?: Expression | undefined;
  readonly growthRate?: number;
}

/** λ = d·learningRate, in all of a step with the d of the step before; `null` until the round has been. */
export const rateInForce = (_param: Expression, { unit, learningRate }: EstimateKnown): Expression | null =>
  unit ? unit.mul(learningRate) : null;

/**
 * The round that improves d, which never falls. A step in which there was nothing to measure changes no global.
 *
 * @typeParam N - names of the sums; `length` among them is 0 in a step that does not count
 */
export function estimation<T, K extends EstimateKnown, N extends string>({
  unit: unitOf = ({ d }: K) => d,
  observe,
  estimate,
}: {
  /** λ for a learningRate of 1, from the d of the step before; d itself when absent. */
  unit?(known: K): Expression;
  /** Sums over all parameters. */
  observe(tensors: T, known: K, lambda: Expression): Readonly<Record<N | 'length', Expression>>;
  /** The distance found in these sums as `d`, and new values of the other globals. */
  estimate(sums: Readonly<Record<N | 'length', Expression>>, known: K): Results & { readonly d: Expression };
}): Round<T, K> {
  return round({
    observe: (tensors: T, known: K) =>
      observe(tensors, known, (known.unit ?? unitOf(known)).mul(known.learningRate)),
    combine(sums, known: K): Results {
      const { d, unit = unitOf(known), growthRate = Infinity } = known;
      const { d: found, ...kept } = estimate(sums, known);
      const limited = growthRate === Infinity ? found : found.minimum(d.mul(growthRate));
      const counts = sums.length.greater(0);
      const before = known as unknown as Results;
      const settled = Object.entries({ ...kept, d: d.maximum(limited) }).map(
        ([name, value]): [string, Expression] => [name, where(counts, value, before[name]!)],
      );
      return { ...Object.fromEntries(settled), unit, counts: where(counts, 1, 0) };
    },
  });
}
