// SPDX-License-Identifier: Apache-2.0
// The options that Muon and its kin share.

import {
  commonOptions,
  custom,
  flag,
  hyper,
  integer,
  isCallable,
  real,
  type Hyper,
  type OptimizerOptions,
  type OptionTable,
} from '@optim/core/authoring';
import { newtonSchulzSteps, type NewtonSchulzCoefficients } from '@optim/linalg';

/** Whether a variable is a matrix, by its name and shape. */
export type UseMuon = (name: string, shape: readonly number[]) => boolean;

/** Options of every class whose matrices move by orthogonalized momentum, and whose other variables are AdamW's. */
export interface MatrixOptions extends OptimizerOptions {
  /** Step size of the matrices. */
  learningRate?: Hyper;
  /** Decay μ of the momentum. @defaultValue `0.95` */
  momentum?: Hyper;
  /** Nesterov's momentum. @defaultValue `true` */
  nesterov?: boolean;
  /** Newton–Schulz steps. @defaultValue `5` */
  nsSteps?: number;
  /**
   * Their coefficients a, b, c: by name, `'original'` (3.4445, −4.775, 2.0315), `'quintic'` or `'polarExpress'` (numbers:
   * `newtonSchulzPresets` of `@optim/linalg`); three for all steps; or a list of three for each, the last of which serves all
   * further steps. @defaultValue `'original'`
   */
  coefficients?: NewtonSchulzCoefficients;
  /** Added to the norm of the matrix. @defaultValue `1e-7` */
  epsilon?: number;
  /**
   * Which variables are matrices, by name and shape; the others are AdamW's. `null`: those of rank 2 and more. It cannot be
   * saved. @defaultValue `null`
   */
  useMuon?: UseMuon | null;
  /** Step size of the other variables. @defaultValue `3e-4` */
  adamwLearningRate?: Hyper;
  /** Decay of their first moment. @defaultValue `0.9` */
  adamwBeta1?: Hyper;
  /** Decay of their second moment. @defaultValue `0.95` */
  adamwBeta2?: Hyper;
  /** Added to √v̂. @defaultValue `1e-10` */
  adamwEpsilon?: Hyper;
  /** Strength of their weight decay, in the mode of the matrices, but decoupled where that is `'corrected'`. @defaultValue `0` */
  adamwWeightDecay?: Hyper;
}

/** The rows of {@link MatrixOptions}. */
export function matrixOptions(learningRate: number): OptionTable<MatrixOptions> {
  return {
    learningRate: hyper('(0, ∞)', learningRate, '[0, ∞)'),
    momentum: hyper('[0, 1)', 0.95),
    nesterov: flag(true),
    nsSteps: integer('[1, 100]', 5),
    coefficients: custom('three numbers, a list of such, or a name of them', isCoefficients, 'original'),
    epsilon: real('[0, ∞)', 1e-7),
    useMuon: custom('a function of name and shape, or null', (f) => f === null || isCallable(f), null),
    adamwLearningRate: hyper('(0, ∞)', 3e-4, '[0, ∞)'),
    adamwBeta1: hyper('[0, 1)', 0.9),
    adamwBeta2: hyper('[0, 1)', 0.95),
    adamwEpsilon: hyper('[0, ∞)', 1e-10),
    adamwWeightDecay: hyper('[0, ∞)', 0),
    ...commonOptions(),
  };
}

/** Whether `newtonSchulzSteps` takes it. */
function isCoefficients(value: unknown): boolean {
  try {
    return newtonSchulzSteps(value as never).steps.length > 0;
  } catch {
    return false;
  }
}
