// SPDX-License-Identifier: Apache-2.0
// How each primitive of the language reads in WebAssembly, for four lanes.

import type { OperationName } from '../../language.js';
import type { FunctionName } from './composed.js';

/** Primitives that are one instruction. Conditions are masks. */
export const instructions: Readonly<Record<Exclude<OperationName, FunctionName>, number>> = {
  neg: 0xe1,
  abs: 0xe0,
  sqrt: 0xe3,
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  minimum: 0xea,
  maximum: 0xeb,
  less: 0x43,
  lessEqual: 0x45,
  equal: 0x41,
  and: 0x4e,
  not: 0x4d,
  where: 0x52,
};
