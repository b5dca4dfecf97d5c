// SPDX-License-Identifier: Apache-2.0

/**
 * The state of an optimizer as plain data: its form and the checks of it, how it finds its variables again, and its bytes in
 * the safetensors layout. `@optim/state/node` writes them to files.
 *
 * @packageDocumentation
 */

export type { Checked } from './checked.js';
export { assignRate, captureForeign, checkForeign, foreignState, saveForeign } from './foreign.js';
export { readState } from './form.js';
export type { HandedOut } from './handed-out.js';
export { held, readable, type HeldState } from './held.js';
export { parseJson } from './json.js';
export { headerEnd } from './layout.js';
export { loadReading, type Reading } from './load-reading.js';
export { decodeState, encodeState } from './safetensors.js';
export type {
  ForeignState,
  GlobalValue,
  SavedParameter,
  SavedState,
  SavedTensor,
  SavedWeight,
  StateDict,
} from './state-dict.js';
export { readTensors, type NamedWeight, type ReadWeight } from './weights.js';
