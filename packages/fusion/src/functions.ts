// SPDX-License-Identifier: Apache-2.0
// Elementwise functions that processors have no instruction for. Each brings what writes it in WebAssembly, so that a page
// without it does not ship that.

import { writeAtan2, writeCbrt, writeExp, writeLog, writePow } from './executors/wasm/functions.js';
import { composed, type Compose, type FunctionName } from './executors/wasm/composed.js';
import { apply, type Expression, type Operand } from './expression.js';

function applied(name: FunctionName, write: Compose, ...operands: readonly Operand[]): Expression {
  composed.set(name, write);
  return apply(name, ...operands);
}

/** eˣ */
export function exp(x: Operand): Expression {
  return applied('exp', writeExp, x);
}

/** Natural logarithm of x. */
export function log(x: Operand): Expression {
  return applied('log', writeLog, x);
}

/** xʸ; NaN for negative x and a fractional y. */
export function pow(x: Operand, y: Operand): Expression {
  return applied('pow', writePow, x, y);
}

/** The real cube root of x, also of a negative one. */
export function cbrt(x: Operand): Expression {
  return applied('cbrt', writeCbrt, x);
}

/** The angle from −π to π of the point at height y and `x` to the right. */
export function atan2(y: Operand, x: Operand): Expression {
  return applied('atan2', writeAtan2, y, x);
}
