// SPDX-License-Identifier: Apache-2.0

import type { Code } from './encoder.js';

/** Primitives composed of several instructions. */
export type FunctionName = 'exp' | 'log' | 'pow' | 'cbrt' | 'atan2';

/** Writes a function of vectors in locals, of some side by side; gives the locals of its results. */
export type Compose = (code: Code, ...args: (readonly number[])[]) => readonly number[];

/** What writes them; each is there once a rule has used it. */
export const composed: Map<FunctionName, Compose> = new Map();
