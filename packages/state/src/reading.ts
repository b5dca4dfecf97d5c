// SPDX-License-Identifier: Apache-2.0
// What takes states and weights from outside, and lists weights for those who save them.

export { assertSlots, checkGlobals, checkStateDict } from './checks.js';
export { assertSomeMatched, matchSaved } from './matching.js';
export { HandedOut } from './handed-out.js';
export { savedState, singles } from './saved-state.js';
export { stateOfWeights } from './read-weights.js';
export { writeWeights } from './write-weights.js';
