// SPDX-License-Identifier: Apache-2.0

/**
 * Saving optimizer state to disk in Node.
 *
 * @packageDocumentation
 */

export { loadStateFile, saveStateFile } from '@optim/state/node';
