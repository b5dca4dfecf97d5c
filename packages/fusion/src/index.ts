// SPDX-License-Identifier: Apache-2.0

/**
 * Tensor expressions: written once as a rule, traced once per structure and shape, run as one kernel where the
 * backend allows.
 *
 * - {@link trace} calls a rule with symbols ({@link Expression}) and records a {@link Program}: a graph in which each
 *   distinct value stands once, split into phases at its reductions.
 * - {@link kernelFor} gives the program's {@link Kernel} on the active backend.
 * - {@link registerExecutor} adds a backend; without one, plain TensorFlow.js ops run the program.
 *
 * It knows nothing of optimizers.
 *
 * @packageDocumentation
 */

export { constant, Expression, where, type NodeName, type Operand } from './expression.js';
export { Unsupported, type Executor, type Kernel } from './executor.js';
export { opsExecutor } from './executors/ops.js';
export {
  describeProgram,
  executorFor,
  kernelFor,
  loadExecutors,
  registerExecutor,
  type PhaseReport,
} from './kernels.js';
export {
  operations,
  reductions,
  type Kind,
  type Operation,
  type OperationName,
  type ReductionName,
} from './language.js';
export { phasePrograms, type Phase } from './phases.js';
export { hostValues, trace, type Node, type Output, type Program, type Rule } from './program.js';
export { broadcast, sameShape, showShape, sizeOf, type Shape } from './shape.js';
