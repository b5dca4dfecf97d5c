// SPDX-License-Identifier: Apache-2.0

export { averageWeights, outerStep, type Averaged } from './outer-step.js';
export { onParametersReplaced, type OnReplaced } from './parameters-replaced.js';
