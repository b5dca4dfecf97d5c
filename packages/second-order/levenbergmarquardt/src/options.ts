// SPDX-License-Identifier: Apache-2.0

import {
  choice,
  custom,
  hyper,
  integer,
  outOfRange,
  plainDecayOptions,
  real,
  type CommonOptions,
  type Hyper,
  type OptionTable,
} from '@optim/core/authoring';
import type * as tf from '@tensorflow/tfjs-core';

/** Residuals, and the derivative of each of them (row) by each element of the variables (column). */
export interface Linearized {
  readonly residuals: tf.Tensor;
  /** [M, P]; columns in the order of the variables, row-major. */
  readonly jacobian: tf.Tensor2D;
}

/** Options of {@link LevenbergMarquardt}. */
export interface LevenbergMarquardtOptions extends CommonOptions {
  /** Factor on the solved step. @defaultValue `1` */
  learningRate?: Hyper;
  /** The damping λ to begin with. @defaultValue `1e-3` */
  damping?: number;
  /** Factor of λ after an attempt that failed. @defaultValue `10` */
  dampingUp?: number;
  /** Factor of λ after one that was accepted. @defaultValue `0.1` */
  dampingDown?: number;
  /** Smallest λ; 1e-4 is advised where residuals are not small. @defaultValue `1e-10` */
  dampingMin?: number;
  /** Largest λ. @defaultValue `1e10` */
  dampingMax?: number;
  /** What λ multiplies: `'identity'`, or the diagonal of JᵀJ, as Marquardt has it. @defaultValue `'identity'` */
  scaling?: 'identity' | 'diagonal';
  /** Attempts in one call. @defaultValue `10` */
  maxAttempts?: number;
  /** Strength w, a number: ½w·Σ p² is part of what is minimized. @defaultValue `0` */
  weightDecay?: number;
  /** Always part of what is minimized. @defaultValue `'coupled'` */
  weightDecayMode?: 'coupled';
  /**
   * Where J is from: `'rows'`, a gradient for each residual; `'layers'`, a pass for each output, which is for
   * {@link fitLeastSquares} and models of Dense and Activation layers; `'auto'`, layers where that is possible, else rows; or a function
   * that returns residuals and J where the variables are. A function cannot be saved. @defaultValue `'auto'`
   */
  jacobian?: 'auto' | 'rows' | 'layers' | (() => Linearized);
}

const ways = ['auto', 'rows', 'layers'];

/** The rows of {@link LevenbergMarquardtOptions}. */
export const rows: OptionTable<LevenbergMarquardtOptions> = {
  learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
  damping: real('(0, ∞)', 1e-3),
  dampingUp: real('(1, ∞)', 10),
  dampingDown: real('(0, 1)', 0.1),
  dampingMin: real('(0, ∞)', 1e-10),
  dampingMax: real('(0, ∞)', 1e10),
  scaling: choice(['identity', 'diagonal']),
  maxAttempts: integer('[1, ∞)', 10),
  ...(plainDecayOptions(0, 'coupled', ['coupled']) as OptionTable<
    Pick<LevenbergMarquardtOptions, 'weightDecayMode' | 'parameterGroups' | 'transforms'>
  >),
  weightDecay: real('[0, ∞)', 0),
  jacobian: custom(
    `one of 'auto', 'rows', 'layers', or a function`,
    (value) => typeof value === 'function' || ways.includes(value as string),
    'auto',
  ),
};

/** @throws RangeError for limits of the damping that exclude each other, groups, and hooks */
export function assertServed(options: Required<LevenbergMarquardtOptions>): void {
  const { dampingMin, dampingMax, parameterGroups, transforms } = options;
  if (dampingMin > dampingMax)
    throw outOfRange('LevenbergMarquardt', 'dampingMin', `at most dampingMax, ${dampingMax}`, dampingMin);
  if (parameterGroups.length > 0)
    throw outOfRange('LevenbergMarquardt', 'parameterGroups', 'empty', parameterGroups.length);
  if (transforms.length > 0)
    throw outOfRange('LevenbergMarquardt', 'transforms', 'empty', transforms[0]!.name);
}
