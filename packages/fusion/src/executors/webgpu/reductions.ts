// SPDX-License-Identifier: Apache-2.0
// The shaders of reductions: every workgroup reduces parts of some results; a second shader joins the parts.

import type { ReductionName } from '../../language.js';
import type { Output, Program } from '../../program.js';
import { sizeOf, type Shape } from '../../shape.js';
import { operands, ShaderBuilder, type Shader } from './shader.js';
import { spaceOf, type Space } from '../space.js';
import { calledBy, narrow, reduction } from './wgsl.js';

/** Invocations of a workgroup. */
const workgroupSize = 64;
/** Elements an invocation takes before it is worth having more of them. */
const enough = 32;
/** Workgroups that keep any device busy. */
const busy = 1024;
/** Invocations side by side that read memory well. */
const sideBySide = 16;

/** How the work is shared out. */
interface Split {
  /** Results, and elements of each. */
  readonly results: number;
  readonly count: number;
  /** Invocations of a workgroup that share a result; a power of 2. The others take the next results. */
  readonly lanes: number;
  /** Parts the elements of a result are split into, and elements of each. */
  readonly parts: number;
  readonly chunk: number;
  /** Workgroups for all results. */
  readonly tiles: number;
  /** Whether neighbouring elements belong to one result. */
  readonly alongRows: boolean;
}

function splitWork(results: number, count: number, alongRows: boolean): Split {
  const others = alongRows ? 1 : Math.min(powerOf2(results), workgroupSize);
  const most = results < busy ? workgroupSize : sideBySide;
  const lanes = Math.min(powerOf2(count), others > 1 ? workgroupSize / others : most);
  const tiles = Math.ceil(results / (workgroupSize / lanes));
  const parts = Math.max(1, Math.min(Math.ceil(count / (lanes * enough)), Math.ceil(busy / tiles)));
  return { results, count, lanes, parts, chunk: Math.ceil(count / parts), tiles, alongRows };
}

/** The next power of 2. */
function powerOf2(x: number): number {
  return 2 ** Math.ceil(Math.log2(x));
}

/**
 * Shaders of reductions of the same elements over the same axes, to be run in order.
 *
 * @param outputs - some outputs of the program, reductions of tensors of one shape, which is not empty
 * @param packed - names of tensors to be packed
 */
export function reductionShaders(
  program: Program,
  outputs: readonly Output[],
  packed: ReadonlySet<string>,
): Shader[] {
  const { nodes } = program;
  const { args, axes } = nodes[outputs[0]!.node]!;
  const roots = outputs.map(({ node }) => nodes[node]!.args[0]!);
  const { shape } = nodes[args[0]!]!;
  const space = spaceOf(shape, new Set(axes ?? shape.keys()), operands(program, roots));
  const kept = axesOf(space, false);
  const reduced = axesOf(space, true);
  const alongRows = space.axes.at(-1)?.reduced ?? true;

  const shader = new ShaderBuilder(
    program,
    space,
    alongRows,
    packed,
    kept.length === 0 && reduced.length === 1 ? 'r' : null,
  );
  const size = (axes: readonly number[]): number => sizeOf(axes.map((axis) => shader.axes[axis]!));
  const split = splitWork(size(kept), size(reduced), alongRows);
  const computed = shader.compute(roots);
  const loads = [...shader.split('k', kept, computed), ...shader.split('r', reduced, computed), ...computed];
  const values = roots.map((root) => shader.value(root));
  const ops = outputs.map(({ node }) => nodes[node]!.op as ReductionName);
  const places = outputs.map((output) => ({
    shape: nodes[output.node]!.shape,
    output: program.outputs.indexOf(output),
  }));
  const first = finish(shader, split, ops, loads, values, split.parts > 1 ? null : places);
  if (split.parts === 1) return [first];

  const again = new ShaderBuilder(program, spaceOf([], new Set(), []), false, packed, null);
  const scratch = again.buffers.scratch(false);
  const stride = again.length('stride', split.parts * split.results);
  const width = again.length('results', split.results);
  const parts = ops.map((_, j) => `F(${scratch}[${j} * ${stride} + r * ${width} + k])`);
  const whole = {
    ...splitWork(split.results, split.parts, split.results === 1),
    parts: 1,
    chunk: split.parts,
  };
  return [first, finish(again, whole, ops, [], parts, places)];
}

function axesOf(space: Space, reduced: boolean): number[] {
  return space.axes.flatMap((axis, at) => (axis.reduced === reduced ? [at] : []));
}

/**
 * The shader that reduces `values`, which `loads` compute for element `r` of result `k`.
 *
 * @param places - outputs to write results to; `null` to write parts of results to scratch
 */
function finish(
  shader: ShaderBuilder,
  split: Split,
  ops: readonly ReductionName[],
  loads: readonly string[],
  values: readonly string[],
  places: readonly { readonly shape: Shape; readonly output: number }[] | null,
): Shader {
  const scratch = places ? '' : shader.buffers.scratch(true);
  const targets = places?.map(({ shape, output }) => shader.output(shape, output, -1));
  const store = (j: number): string =>
    targets
      ? `${shader.buffers.single(targets[j]!, 'k')} = b${j};`
      : `${scratch}[(${j} * u.parts + part) * u.results + k] = b${j};`;
  const u = (name: 'results' | 'count' | 'lanes' | 'parts' | 'chunk' | 'tiles'): string =>
    shader.length(name, split[name]);
  const groups = `${workgroupSize} / ${u('lanes')}`;
  const [lane, place, step] = split.alongRows
    ? [`local % ${u('lanes')}`, `local / ${u('lanes')}`, 's']
    : [`local / (${groups})`, `local % (${groups})`, `s * (${groups})`];
  const join = ops.map((op) => reduction[op].join);
  const none = ops.map((op) => shader.number(op, reduction[op].none));
  const whole = (j: number): string =>
    shader.isWide
      ? narrow(['y', 'z', 'w'].reduce((all, part) => join[j]!(all, `a${j}.${part}`), `a${j}.x`))
      : `a${j}`;
  const each = (indent: number, line: (j: number) => string): string =>
    ops.map((_, j) => `${' '.repeat(indent)}${line(j)}\n`).join('');

  const joins = ops.map((_, j) => join[j]!('a', 'b')).join('\n');
  const called = calledBy([...loads, ...values, joins].join('\n'));
  return shader.build(
    `${each(0, (j) => `var<workgroup> t${j}: array<f32, ${workgroupSize}>;`)}${called}${narrow(calledBy(joins))}@compute @workgroup_size(${workgroupSize})
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) size: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let w = id.y * size.x + id.x;
  if (w >= ${u('tiles')} * ${u('parts')}) { return; }
  let part = w / u.tiles;
  let k = w % u.tiles * (${groups}) + ${place};
  let lane = ${lane};
${each(2, (j) => `var a${j} = F(${none[j]});`)}  if (k < ${u('results')}) {
    let end = min(${u('count')}, (part + 1) * ${u('chunk')});
    for (var r = part * u.chunk + lane; r < end; r += u.lanes) {
${loads.map((line) => `      ${line}\n`).join('')}${each(6, (j) => `a${j} = ${join[j]!(`a${j}`, values[j]!)};`)}    }
  }
${each(2, (j) => `var b${j} = ${whole(j)};`)}  if (u.lanes > 1) {
${each(4, (j) => `t${j}[local] = b${j};`)}    workgroupBarrier();
    if (lane == 0) {
      for (var s = 1u; s < u.lanes; s++) {
${each(8, (j) => `b${j} = ${narrow(join[j]!(`b${j}`, `t${j}[local + ${step}]`))};`)}      }
    }
  }
  if (lane == 0 && k < u.results) {
${each(4, store)}  }
}
`,
    split.tiles * split.parts,
    places ? 0 : ops.length * split.parts * split.results,
  );
}
