// SPDX-License-Identifier: Apache-2.0
// The fragment program of an elementwise value of a phase.

import type { Program } from '../../program.js';
import { fillBeyond, locate } from './sampling.js';
import { Writer, type Fragment, type Kept } from './writer.js';

/** The program that computes the value at `node`. */
export function writeValue(phase: Program, node: number, kept: Kept): Fragment {
  const { shape } = phase.nodes[node]!;
  const writer = new Writer(phase, kept, shape);
  const located = locate(shape, writer.size);
  const value = writer.write(node);
  return writer.finish(shape, `${located}${writer.statements}${fillBeyond(value, shape, '0.0')}`, value);
}
