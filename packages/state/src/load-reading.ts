// SPDX-License-Identifier: Apache-2.0

import type * as reading from './reading.js';

/** What checks states and weights that come from outside, and finds the variables they belong to. */
export type Reading = typeof reading;

/** Loads it: code of its own, which a page that only trains does not download. */
export function loadReading(): Promise<Reading> {
  return import('./reading.js');
}
