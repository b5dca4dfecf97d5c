// SPDX-License-Identifier: Apache-2.0
// How each primitive of the language reads in WebAssembly, once for four lanes and once for a single element.

import type { OperationName } from '../../language.js';
import type { FunctionName } from './composed.js';

/** A row: the SIMD instruction, and the scalar one. */
export interface Instruction {
  readonly lanes: number;
  readonly single: number;
}

/** Primitives that are one instruction. Conditions are masks in lanes, and 0 or 1 singly. */
export const instructions: Readonly<Record<Exclude<OperationName, FunctionName>, Instruction>> = {
  neg: { lanes: 0xe1, single: 0x8c },
  abs: { lanes: 0xe0, single: 0x8b },
  sqrt: { lanes: 0xe3, single: 0x91 },
  add: { lanes: 0xe4, single: 0x92 },
  sub: { lanes: 0xe5, single: 0x93 },
  mul: { lanes: 0xe6, single: 0x94 },
  div: { lanes: 0xe7, single: 0x95 },
  minimum: { lanes: 0xe8, single: 0x96 },
  maximum: { lanes: 0xe9, single: 0x97 },
  less: { lanes: 0x43, single: 0x5d },
  lessEqual: { lanes: 0x45, single: 0x5f },
  equal: { lanes: 0x41, single: 0x5b },
  and: { lanes: 0x4e, single: 0x71 },
  not: { lanes: 0x4d, single: 0x45 },
  where: { lanes: 0x52, single: 0x1b },
};
