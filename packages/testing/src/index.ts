// SPDX-License-Identifier: Apache-2.0

export {
  bowls,
  goldenDiagonals,
  goldenGradients,
  goldenObjective,
  goldenTensors,
  goldenVariables,
  objectiveOf,
  rosenbrock,
  type Coefficients,
} from './golden-inputs.js';
export {
  expectClose,
  expectEvaluation,
  goldenSuite,
  tolerance,
  withOps,
  type GoldenCase,
  type GoldenExtras,
  type GoldenFile,
  type GoldenMake,
  type Strayed,
} from './golden.js';
export { expectLoadsAsItself } from './foreign-model.js';
export { withGivenLoss } from './given-loss.js';
export { goldenBase, Momentum } from './golden-base.js';
export { goldenHookSuite } from './golden-hook.js';
export { withCentralization } from './centralization.js';
export { convolutionalSuite, sameMasks, withConvolutionalNetwork } from './convolutional.js';
export { checks, conformance, suite } from './conformance.js';
export { subjectOf, type Check, type Make, type Options, type Subject } from './subject.js';
export { freeOwned, own } from './own.js';
export { observedSecondMoment } from './second-moment.js';
export type { Trials } from './trials.js';
export { after, expectWalk, near, slotShapes, walk, type Walk } from './walk.js';
