// SPDX-License-Identifier: Apache-2.0
// The program of a reduction over some axes, of a tensor that is there.

import type { ReductionName } from '../../language.js';
import type { Program } from '../../program.js';
import { sizeOf, type Shape } from '../../shape.js';
import { viewOf } from './backend.js';
import { folds } from './glsl.js';
import { locate, type Uniform } from './sampling.js';
import { Writer, type Fragment, type Kept } from './writer.js';

/** Reduces the argument of `node` over its axes; every thread goes through what its four results are made of. */
export function writeAlong(phase: Program, node: number, kept: Kept): Fragment {
  const { op, args, axes, shape } = phase.nodes[node]!;
  const { shape: from } = phase.nodes[args[0]!]!;
  const { fold, none } = folds[op as ReductionName];
  const writer = new Writer(phase, kept, shape);
  const located = locate(shape, writer.size);
  const [, rows, columns] = viewOf(shape).map(writer.size);
  const reduced = from.map((length, axis) => (axes!.includes(axis) ? length : 1));
  const [name, isPair] = writer.texture(args[0]!);
  const result = writer.apply(fold, ['result', 'vec4(value)']);
  return writer.finish(
    shape,
    `${located}
  vec4 results = vec4(0.0);
  for (int corner = 0; corner < 4; corner++) {
    int y = 2 * row + corner / 2;
    int x = 2 * column + corner % 2;
    if (y >= ${rows} || x >= ${columns}) continue;
    int place = (matrix * ${rows} + y) * ${columns} + x;
    int start = ${offset('place', shape, from, writer.size)};
    vec4 result = vec4(${none});
    for (int i = 0; i < ${writer.size(sizeOf(reduced))}; i++) {
      int element = start + ${offset('i', reduced, from, writer.size)};${texelOf(from, writer.size)}
      float value = ${isPair ? 'whole' : 'at'}(${name}, texel)[column % 2 + 2 * (line % 2)];
      result = ${result};
    }
    results[corner] = result.x;
  }`,
    'results',
  );
}

/** Where element `at` of a tensor of shape `part` stands in one of shape `whole`, of which it has some of the axes. */
function offset(at: string, part: Shape, whole: Shape, uniform: Uniform): string {
  const terms = whole.flatMap((length, axis) => {
    if (part[axis] !== length || length === 1) return [];
    const inner = sizeOf(part.slice(axis + 1));
    const outer = inner === 1 ? at : `divide(${at}, ${uniform(inner)})`;
    return [`modulo(${outer}, ${uniform(length)}) * ${uniform(sizeOf(whole.slice(axis + 1)))}`];
  });
  return terms.join(' + ') || '0';
}

/** Statements that find the texel of an element. */
function texelOf(shape: Shape, uniform: Uniform): string {
  const [, rows, columns] = viewOf(shape);
  return `
      int line = divide(element, ${uniform(columns!)});
      int column = element - line * ${uniform(columns!)};
      int matrix = divide(line, ${uniform(rows!)});
      line -= matrix * ${uniform(rows!)};
      int texel = (matrix * ${uniform(Math.ceil(rows! / 2))} + line / 2) * ${uniform(Math.ceil(columns! / 2))} + column / 2;`;
}
