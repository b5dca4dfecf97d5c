// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733
// What the five classes share: the estimate of d and the limit of its growth, λ, and what becomes of both in a step that
// does not count.

import { hyper, Optimizer, real, type CommonOptions, type DecayScalars, type Entry, type Hyper, type OptionTable, type Results, type Round, type Scalars } from '@optim/core/authoring';
import { where, type Expression } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';

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
    d0: real('(0, ∞)', 1e-6),
    growthRate: real('[1, ∞]', Infinity),
  };
}

/** What a rule knows; `unit` and `counts` once the estimate of the step has been made. */
export type DAdaptScalars<O, Known = unknown> = Scalars<
  O,
  Known & { d: number; unit?: number; counts?: number }
>;

/** What λ is made of. */
type LambdaScalars = Pick<DAdaptScalars<DAdaptOptions>, 'd' | 'unit' | 'learningRate'>;

type CombineScalars = LambdaScalars & Readonly<Record<string, Expression>> & { readonly growthRate?: number };

/** Base of the five: a global d, one round over all parameters that improves it, and λ = d·learningRate. */
export abstract class DAdaptation<O extends DAdaptOptions> extends Optimizer<O> {
  /** Sums over all parameters, by name; `length` among them is 0 in a step that does not count. */
  protected abstract observe(tensors: object, scalars: object): Results & { length: Expression };

  /** The distance found in these sums as `d`, and new values of the other globals. */
  protected abstract estimate(sums: object, scalars: object): Results & { d: Expression };

  protected override rounds(): Round[] {
    return [
      {
        observe: (tensors, scalars) => this.observe(tensors, scalars),
        combine: (sums, scalars) => this.combine(sums, scalars as CombineScalars),
      },
    ];
  }

  /** λ for a learningRate of 1, as long as d is that of the step before. */
  protected unit({ d }: LambdaScalars): Expression {
    return d;
  }

  /** λ = d·learningRate, in all of a step with the d of the step before. */
  protected lambda(scalars: LambdaScalars): Expression {
    return (scalars.unit ?? this.unit(scalars)).mul(scalars.learningRate);
  }

  /** d never falls; a step in which there was nothing to measure changes no global. */
  private combine(sums: Results, scalars: CombineScalars): Results {
    const { d, growthRate = Infinity } = scalars;
    const { d: found, ...kept } = this.estimate(sums, scalars);
    const limited = growthRate === Infinity ? found : found.minimum(d.mul(growthRate));
    const next = { ...kept, d: d.maximum(limited) };
    const counts = sums['length']!.greater(0);
    const settled = Object.entries(next).map(([name, value]) => [
      name,
      where(counts, value, scalars[name]!),
    ]) as [string, Expression][];
    return {
      ...Object.fromEntries(settled),
      unit: scalars.unit ?? this.unit(scalars),
      counts: where(counts, 1, 0),
    };
  }

  protected override rateInForce(
    _param: Expression,
    scalars: DecayScalars & LambdaScalars,
  ): Expression | null {
    return scalars.unit ? this.lambda(scalars) : null;
  }

  /** Whether a step with a scheduled learningRate of 0 is none. */
  protected pauses(): boolean {
    return true;
  }

  protected override step(entries: readonly Entry[], loss?: tf.Scalar): void {
    if (this.learningRate === 0 && this.pauses()) this.incrementIterations();
    else super.step(entries, loss);
  }
}
