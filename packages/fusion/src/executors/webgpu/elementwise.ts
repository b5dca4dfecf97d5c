// SPDX-License-Identifier: Apache-2.0
// The shader of all elementwise outputs of a phase.

import { Unsupported } from '../../executor.js';
import type { Output, Program } from '../../program.js';
import { broadcast, sizeOf } from '../../shape.js';
import { operands, ShaderBuilder, type Shader } from './shader.js';
import { spaceOf } from '../space.js';
import { calledBy } from './wgsl.js';

const workgroupSize = 64;

/**
 * One shader for all elementwise outputs, over the shape they broadcast to. An output of that shape overwrites what it
 * replaces: only one invocation touches an element. A smaller one is written where its repeated axes begin.
 *
 * @param outputs - some outputs of the program, none of them empty
 * @param packed - names of tensors to be packed
 * @throws Unsupported when their shapes do not broadcast
 */
export function elementwiseShader(
  program: Program,
  outputs: readonly Output[],
  packed: ReadonlySet<string>,
): Shader {
  const shapeOf = ({ node }: Output): readonly number[] => program.nodes[node]!.shape;
  const shape = broadcast(outputs.map(shapeOf));
  if (!shape)
    throw new Unsupported(`outputs of shapes ${outputs.map((output) => `[${shapeOf(output)}]`).join(', ')}`);
  const roots = outputs.map(({ node }) => node);
  const space = spaceOf(shape, new Set(), [...operands(program, roots), ...outputs.map(shapeOf)]);
  const shader = new ShaderBuilder(program, space, true, packed, 'i');

  const bound = outputs.map((output) => {
    const isFull = space.spans(shapeOf(output)).every(Boolean);
    return shader.output(shapeOf(output), program.outputs.indexOf(output), isFull ? output.replaces : -1);
  });
  const computed = shader.compute(roots);
  const stores = outputs.flatMap((output, i) => {
    const lines = shader.buffers.store(bound[i]!, shader.address(shapeOf(output)), shader.value(output.node));
    const repeated = space
      .spans(shapeOf(output))
      .flatMap((spans, axis) => (spans ? [] : [shader.coordinates[axis]!]));
    if (repeated.length === 0) return lines;
    return [`if (${repeated.map((coordinate) => `${coordinate} == 0`).join(' && ')}) { ${lines.join(' ')} }`];
  });
  const n = shader.length('n', sizeOf(shader.axes));
  const lines = [...computed, ...stores];
  const body = [...shader.split('i', [...shader.axes.keys()], lines), ...lines]
    .map((line) => `  ${line}`)
    .join('\n');
  return shader.build(
    `${calledBy(body)}@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * ${workgroupSize} + id.x;
  if (i >= ${n}) { return; }
${body}
}
`,
    Math.ceil(sizeOf(shader.axes) / workgroupSize),
  );
}
