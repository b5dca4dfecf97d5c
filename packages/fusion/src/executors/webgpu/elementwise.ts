// SPDX-License-Identifier: Apache-2.0
// The shader of all elementwise outputs of a phase.

import { Unsupported } from '../../executor.js';
import type { Output, Program } from '../../program.js';
import { broadcast, sizeOf } from '../../shape.js';
import { operands, ShaderBuilder, textOf, type Shader } from './shader.js';
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
  const { shader, body, n } = written(program, outputs, packed, '');
  const built = shader.build(
    `${calledBy(body)}@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * ${workgroupSize} + id.x;
  if (i >= ${n}) { return; }
${body}
}
`,
    Math.ceil(sizeOf(shader.axes) / workgroupSize),
  );
  if (packed.size > 0) return built;
  return { ...built, joined: (runs) => joined(program, outputs, runs) };
}

/** What one invocation does. */
function written(
  program: Program,
  outputs: readonly Output[],
  packed: ReadonlySet<string>,
  suffix: string,
): { shader: ShaderBuilder; body: string; n: string } {
  const shapeOf = ({ node }: Output): readonly number[] => program.nodes[node]!.shape;
  const shape = broadcast(outputs.map(shapeOf));
  if (!shape) throw new Unsupported(`outputs of shapes ${outputs.map((output) => `[${shapeOf(output)}]`)}`);
  const roots = outputs.map(({ node }) => node);
  const space = spaceOf(shape, new Set(), [...operands(program, roots), ...outputs.map(shapeOf)]);
  const shader = new ShaderBuilder(program, space, true, packed, 'i', suffix);

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
  return { shader, body, n };
}

/** The text for several runs: the workgroups of the first come first. */
function joined(program: Program, outputs: readonly Output[], runs: number): string {
  const parts = Array.from({ length: runs }, (_, run) =>
    written(program, outputs, new Set(), run === 0 ? '' : `_${run}`),
  );
  const functions = parts.map(
    ({ body, n }, run) => `fn run${run}(i: u32) {
  if (i >= ${n}) { return; }
${body}
}
`,
  );
  const calls = parts.map(({ n }, run) => {
    const call = `run${run}(group * ${workgroupSize} + local);`;
    if (run === runs - 1) return `  ${call}\n`;
    const groups = `(${n} + ${workgroupSize - 1}) / ${workgroupSize}`;
    return `  let groups${run} = ${groups};
  if (group < groups${run}) { ${call} return; }
  group -= groups${run};
`;
  });
  return textOf(
    parts.map(({ shader }) => shader),
    `${calledBy(parts[0]!.body)}${functions.join('')}@compute @workgroup_size(${workgroupSize})
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) size: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  var group = id.y * size.x + id.x;
${calls.join('')}}
`,
  );
}
