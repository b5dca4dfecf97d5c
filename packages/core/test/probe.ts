// SPDX-License-Identifier: Apache-2.0
// An algorithm of whatever parts a test gives it.

import type { Expression } from '@optim/fusion';
import {
  commonOptions,
  flag,
  hyper,
  nullable,
  Optimizer,
  type Hyper,
  type OptimizerOptions,
  type Recurrence,
  type Rule,
} from '../src/authoring.js';

export type Symbols = Record<string, Expression>;

export interface ProbeOptions extends OptimizerOptions {
  extra?: Hyper | null;
  late?: boolean;
}

/** Coefficients and globals of any name. */
type Any = Record<string, never>;

/** A class named Probe, whose rule is made of these parts; a step changes nothing unless they say so. */
export function probe<S extends string = never, C extends object = Any, G extends object = Any>(
  parts: Partial<Recurrence<ProbeOptions, S, C, G>>,
): new (options?: ProbeOptions) => Optimizer<ProbeOptions> {
  return class Probe extends Optimizer<ProbeOptions> {
    static readonly className: string = 'Probe';

    static override readonly rule: Rule<ProbeOptions, S, C, G> = {
      options: {
        learningRate: hyper('[0, ∞)', 1),
        extra: nullable(hyper('[0, ∞)')),
        late: flag(false),
        ...commonOptions(),
      },
      update: () => ({}),
      ...parts,
    };
  };
}
