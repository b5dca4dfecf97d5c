// SPDX-License-Identifier: Apache-2.0

import type { Code } from './encoder.js';

/** Primitives composed of several instructions. */
export type FunctionName = 'exp' | 'log' | 'pow' | 'cbrt' | 'atan2';

/** Writes a function of vectors in locals; gives the local of its result. */
export type Compose = (code: Code, ...args: number[]) => number;

/** What writes them; each is there once a rule has used it. */
export const composed: Map<FunctionName, Compose> = new Map();
