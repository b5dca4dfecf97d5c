// SPDX-License-Identifier: Apache-2.0

/**
 * Tensor expressions: written once as a rule, traced once per structure and shape, run as one kernel where the
 * backend allows.
 *
 * - {@link trace} calls a rule with symbols ({@link Expression}) and records a {@link Program}: a graph in which each
 *   distinct value stands once, split into phases at its reductions, and at
 *   operations on whole tensors ({@link matMul}), which TensorFlow.js runs.
 * - {@link kernelFor} gives the program's {@link Kernel} on the active backend.
 * - {@link registerExecutor} adds a backend; without one, plain TensorFlow.js ops run the program.
 *
 * It knows nothing of optimizers.
 *
 * @packageDocumentation
 */

// In an order that packs well: bundles keep it, and `npm run size` tells.
export {
  operations,
  reductions,
  type Kind,
  type Operation,
  type OperationName,
  type ReductionName,
} from './language.js';
export { phasePrograms } from './phases.js';
export { hostValues, type Node, type Output, type Phase, type Program } from './program.js';
export { draw, type Distribution, type Key } from './random.js';
export { executorFor, loadExecutors, registerExecutor } from './registry.js';
export { broadcast, sameShape, showShape, sizeOf, type Shape } from './shape.js';
export { opsExecutor } from './executors/ops.js';
export type { Call, TensorFunction, TensorOperation } from './tensor-operations.js';
export {
  Unsupported,
  type CompileProgram,
  type Compiled,
  type Executor,
  type Kernel,
  type PhaseReport,
} from './executor.js';
export { random } from './draws.js';
export { Bounded } from './bounded.js';
export { constant, Expression, lengthOf, squareSums, where, type Operand } from './expression.js';
export { describeProgram, kernelFor } from './kernels.js';
export { defineTensorFunction, every, matMul, reshape, slice, transpose } from './tensors.js';
export { trace, type Rule } from './trace.js';
export type { NodeName } from './value.js';
export { atan2, cbrt, exp, log, pow } from './functions.js';
export { own } from './ownership.js';
