// SPDX-License-Identifier: Apache-2.0
// An algorithm whose parts a test replaces one by one.

import type { Expression } from '@optim/fusion';
import {
  commonOptions,
  flag,
  hyper,
  nullable,
  Optimizer,
  type Hyper,
  type OptimizerOptions,
  type OptionTable,
} from '../src/index.js';

export type Symbols = Record<string, Expression>;

export interface ProbeOptions extends OptimizerOptions {
  extra?: Hyper | null;
  late?: boolean;
}

/** No slots, no globals, no rule. */
export abstract class Probe extends Optimizer<ProbeOptions> {
  static get className(): string {
    return 'Probe';
  }

  static override readonly options: OptionTable<ProbeOptions> = {
    learningRate: hyper('[0, ∞)', 1),
    extra: nullable(hyper('[0, ∞)')),
    late: flag(false),
    ...commonOptions(),
  };
}
