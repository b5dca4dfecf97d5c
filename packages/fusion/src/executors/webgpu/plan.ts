// SPDX-License-Identifier: Apache-2.0
// Which shaders compute a phase, and in which order.

import { Unsupported } from '../../executor.js';
import type { ReductionName } from '../../language.js';
import type { Output, Program } from '../../program.js';
import { sizeOf } from '../../shape.js';
import type { Device } from './device.js';
import { elementwiseShader } from './elementwise.js';
import { reductionShaders } from './reductions.js';
import type { Shader } from './shader.js';
import { reduction } from './wgsl.js';

/**
 * The shaders of a phase, to be run in order: reductions first, for what is reduced may be overwritten after them.
 * Outputs that have no elements, or that reduce none, need no shader.
 *
 * @throws Unsupported when the device does not take them
 */
export function shadersOf(program: Program, limits: Device['limits']): Shader[] {
  const { nodes } = program;
  const computed = program.outputs.filter((output) => fixedValue(program, output) === null);
  const isReduction = ({ node }: Output): boolean => nodes[node]!.axes !== undefined;
  const groups = new Map<string, Output[]>();
  for (const output of computed.filter(isReduction)) {
    const { axes, args } = nodes[output.node]!;
    const key = `${nodes[args[0]!]!.shape}|${axes ?? 'all'}`;
    groups.set(key, [...(groups.get(key) ?? []), output]);
  }
  const elementwise = computed.filter((output) => !isReduction(output));
  const most = limits.maxStorageBuffersPerShaderStage;
  const shaders = [...groups.values()].flatMap((group) =>
    fitting(most, (packed) => reductionShaders(program, group, packed)),
  );
  if (elementwise.length > 0)
    shaders.push(...fitting(most, (packed) => [elementwiseShader(program, elementwise, packed)]));

  const sizes = [
    ...nodes.map(({ shape }) => sizeOf(shape)),
    ...shaders.flatMap(({ scratch, packed }) => [scratch, packed.reduce((sum, { size }) => sum + size, 0)]),
  ];
  const [bytes, limit] = [4 * Math.max(...sizes), limits.maxStorageBufferBindingSize];
  if (bytes > limit) throw new Unsupported(`a buffer of ${bytes} bytes; the device binds ${limit}`);
  return shaders;
}

/** Shaders that bind at most so many buffers: the smallest tensors are packed into one as far as it takes. */
function fitting(most: number, make: (packed: ReadonlySet<string>) => Shader[]): Shader[] {
  const shaders = make(new Set());
  const packed = new Set<string>();
  for (const { bindings } of shaders) {
    if (bindings.length <= most) continue;
    const movable = bindings
      .filter(({ input, output }) => Math.min(input, output) < 0 && Math.max(input, output) >= 0)
      .sort((a, b) => a.size - b.size);
    const names = movable.slice(0, bindings.length - most + 1).map(({ name }) => name);
    if (bindings.length - names.length + 1 > most) {
      throw new Unsupported(
        `${bindings.length - movable.length} tensors in place; the device binds ${most} buffers`,
      );
    }
    for (const name of names) packed.add(name);
  }
  return packed.size > 0 ? make(packed) : shaders;
}

/** The value of all elements of an output where it is known beforehand, for want of anything to compute it from. */
export function fixedValue({ nodes }: Program, { node }: Output): number | null {
  const { op, args, shape, axes } = nodes[node]!;
  if (sizeOf(shape) === 0) return 0;
  if (axes === undefined || sizeOf(nodes[args[0]!]!.shape) > 0) return null;
  return reduction[op as ReductionName].none;
}
