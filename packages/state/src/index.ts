// SPDX-License-Identifier: Apache-2.0

/**
 * The state of an optimizer as plain data: its form and the checks of it, how it finds its variables again, and its bytes in
 * the safetensors layout. `@optim/state/node` writes them to files.
 *
 * @packageDocumentation
 */

export { assertSomeMatched, matchSaved } from './matching.js';
export type { Checked } from './checked.js';
export { assertSlots, checkStateDict, sameNames } from './checks.js';
export { captureForeign, checkForeign, foreignState, saveForeign } from './foreign.js';
export { HandedOut } from './handed-out.js';
export { held, readable, savedState, type HeldState } from './held.js';
export { decodeState, encodeState } from './safetensors.js';
export type {
  ForeignState,
  SavedParameter,
  SavedState,
  SavedTensor,
  SavedWeight,
  StateDict,
} from './state-dict.js';
export { readTensors, stateOfWeights, writeWeights, type NamedWeight, type ReadWeight } from './weights.js';
