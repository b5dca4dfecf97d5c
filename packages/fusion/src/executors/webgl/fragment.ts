// SPDX-License-Identifier: Apache-2.0
// The fragment programs of one value of a phase.

import type { ReductionName } from '../../language.js';
import type { Program } from '../../program.js';
import type { Shape } from '../../shape.js';
import { folds } from './glsl.js';
import { fillBeyond, locate, texelsOf } from './sampling.js';
import { Writer, type Fragment, type Kept } from './writer.js';

/** The program that computes the value at `node`. */
export function writeValue(phase: Program, node: number, kept: Kept): Fragment {
  const { shape } = phase.nodes[node]!;
  const writer = new Writer(phase, kept, shape);
  const located = locate(shape, writer.size);
  const value = writer.write(node);
  return writer.finish(shape, `${located}${writer.statements}${fillBeyond(value, shape, '0.0')}`, value);
}

/** Most texels that one run of a program goes through. */
const maxWindow = 256;

/**
 * The programs that reduce over all elements, each reading what the one before it made: four results a texel, in the end
 * one. The first computes on its way what is reduced.
 */
export function writeReduction(phase: Program, node: number, kept: Kept): Fragment[] {
  const { op, args, shape } = phase.nodes[node]!;
  const argument = phase.nodes[args[0]!]!;
  const texels = texelsOf(argument.shape);
  const stages = Math.max(1, Math.ceil(Math.log(texels) / Math.log(maxWindow)));
  // Square: processors work on neighbouring rows and columns at once.
  const side = stages === 1 ? 1 : Math.ceil(Math.sqrt(texels ** (1 - 1 / stages)));
  const made = stages === 1 ? shape : [2 * side, 2 * side];
  const stage = writeStage(phase, node, kept, made, texels, side ** 2);
  if (stages === 1) return [stage];
  const input = {
    op: 'input' as const,
    args: [],
    shape: made,
    kind: 'number' as const,
    host: false,
    phase: 0,
  };
  const rest = { ...phase, nodes: [input, { ...input, op, args: [0], shape }] };
  const handed = { ...kept, known: new Map([[0, kept.halving !== null]]) };
  return [stage, ...writeReduction(rest, 1, handed)];
}

function writeStage(
  phase: Program,
  node: number,
  kept: Kept,
  made: Shape,
  texels: number,
  left: number,
): Fragment {
  const { op, args } = phase.nodes[node]!;
  const { shape } = phase.nodes[args[0]!]!;
  const { fold, none } = folds[op as ReductionName];
  const writer = new Writer(phase, kept, shape);
  const located = locate(shape, writer.size);
  const value = writer.write(args[0]!);
  const combine = (x: string, y: string): string => writer.apply(fold, [x, y]);
  const last = `
  result = ${combine('result', 'result.zwxy')};
  result = vec4((${combine('result', 'result.yxwz')}).x, 0.0, 0.0, 0.0);`;
  // Neighbours go through neighbouring texels.
  return writer.finish(
    made,
    `
  vec4 result = vec4(${none});
  for (; index < ${writer.size(texels)}; index += ${writer.size(left)}) {${located}${writer.statements}${fillBeyond(value, shape, none)}
  result = ${combine('result', value)};
  }${left === 1 ? last : ''}`,
    'result',
  );
}
