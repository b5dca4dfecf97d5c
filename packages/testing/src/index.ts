// SPDX-License-Identifier: Apache-2.0

export { expectClose, goldenGradients, goldenObjective, goldenSuite, goldenVariables, tolerance, type GoldenCase, type GoldenFile } from './golden.js';
export { goldenHookSuite } from './golden-hook.js';
