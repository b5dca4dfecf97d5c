// SPDX-License-Identifier: Apache-2.0

import { assertOptimizer, BaseOptimizer, unwrap } from '@optim/contract';
import { describeProgram, type PhaseReport } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';

/** How one phase of a step runs, for all parameters that share its kernel. */
export interface ExecutionReport extends PhaseReport {
  /** Class name of the optimizer; in a wrapper there is more than one. */
  readonly optimizer: string;
  /** Number of kernels run in a step: one per parameter of the shape it was traced for. */
  readonly count: number;
}

/**
 * Says how the last step ran: for each phase the executor, the number of fused operations, bytes read and written, and
 * why plain ops ran it where they did. Empty before the first step, and for optimizers of TensorFlow.js.
 *
 * @param optimizer - an optimizer; of a wrapper, what is inside is described
 * @throws TypeError for what is no optimizer
 */
export function describeExecution(optimizer: tf.Optimizer): ExecutionReport[] {
  assertOptimizer('describeExecution', optimizer);
  return unwrap(optimizer).flatMap((inside) => {
    const programs = inside instanceof BaseOptimizer ? inside.programs?.() : undefined;
    return [...(programs ?? [])].flatMap(([program, count]) =>
      describeProgram(program).map((phase) => ({ optimizer: inside.getClassName(), count, ...phase })),
    );
  });
}
