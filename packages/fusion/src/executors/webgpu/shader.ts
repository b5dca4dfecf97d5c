// SPDX-License-Identifier: Apache-2.0
// What is common to all shaders: bindings, uniforms, and the elementwise part of a program.

import type { OperationName } from '../../language.js';
import type { Program } from '../../program.js';
import { sizeOf, type Shape } from '../../shape.js';
import { Buffers, type Binding } from './buffers.js';
import type { Space } from '../space.js';
import { elementwise, types } from './wgsl.js';

/** A shader and what it is run with. Its text depends on the structure of the program only, not on lengths or numbers. */
export interface Shader {
  readonly code: string;
  readonly bindings: readonly Binding[];
  /** Tensors in the packed buffer, one behind the other. */
  readonly packed: readonly Binding[];
  /** The uniforms, in order: lengths, fixed numbers, and positions of host nodes. */
  readonly lengths: readonly number[];
  readonly numbers: readonly number[];
  readonly hosts: readonly number[];
  /** Workgroups that have something to do; in rows, of which the last may be incomplete. */
  readonly workgroups: number;
  /** Elements of the scratch buffer, if there is one. */
  readonly scratch: number;
  /** The text of one dispatch for so many runs of shaders of this text, each with uniforms and buffers of its own. */
  readonly joined?: (runs: number) => string;
}

/** Builds a shader over a space. */
export class ShaderBuilder {
  readonly #hosts: number[] = [];
  readonly #lengths = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  readonly buffers: Buffers;
  /** Whether an element of the space is four elements of the last axis. */
  readonly isWide: boolean;
  /** Lengths of the axes, in elements of the space. */
  readonly axes: readonly number[];
  /** Names of the coordinates of the current element. */
  readonly coordinates: readonly string[];

  /**
   * @param packed - names of tensors to be packed
   * @param index - name of the place of the current element in a tensor that spans all axes, if there is one
   * @param suffix - of the names of uniforms and buffers, where there are several shaders in a text
   */
  constructor(
    private readonly program: Program,
    readonly space: Space,
    mayBeWide: boolean,
    packed: ReadonlySet<string>,
    private readonly index: string | null,
    private readonly suffix = '',
  ) {
    const last = space.axes.at(-1);
    this.isWide = mayBeWide && last !== undefined && last.length % 4 === 0;
    this.axes = space.axes.map(({ length }, axis) =>
      this.isWide && axis === space.axes.length - 1 ? length / 4 : length,
    );
    this.coordinates = this.axes.map((_, axis) => `c${axis}`);
    this.buffers = new Buffers(packed, this.isWide, (name, value) => this.length(name, value), suffix);
  }

  /** A uniform: a length or another whole number. */
  length(name: string, value: number): string {
    this.#lengths.set(name, value);
    return `u${this.suffix}.${name}`;
  }

  /** A uniform: a number that WGSL has no constant for. */
  number(name: string, value: number): string {
    this.#numbers.set(name, value);
    return `u${this.suffix}.${name}`;
  }

  /** Binds an output, over the input it overwrites, if that is not −1. */
  output(shape: Shape, output: number, input: number): Binding {
    return this.buffers.output(output, input, sizeOf(shape), this.#isVector(shape));
  }

  /** Whether a tensor is read and written as elements of the space, not as single numbers. */
  #isVector(shape: Shape): boolean {
    return this.isWide && this.space.spans(shape).at(-1)!;
  }

  /** Where the current element is in a tensor. */
  address(shape: Shape): string {
    const axes = this.space.spans(shape).flatMap((spans, axis) => (spans ? [axis] : []));
    if (axes.length === 0) return '0';
    if (axes.length === this.axes.length && this.index !== null) return this.index;
    return axes
      .map((axis) => this.coordinates[axis]!)
      .reduce(
        (sum, coordinate, i) =>
          `(${sum}) * ${this.length(`d${axes[i]}`, this.axes[axes[i]!]!)} + ${coordinate}`,
      );
  }

  /** Splits `index` into the coordinates of some axes; gives those that stand in `lines`. */
  split(index: string, axes: readonly number[], lines: readonly string[]): string[] {
    let rest = index;
    const coordinates = [...axes].reverse().map((axis, i) => {
      const name = this.coordinates[axis]!;
      if (i === axes.length - 1) return { name, value: rest };
      const length = this.length(`d${axis}`, this.axes[axis]!);
      const value = `${rest} % ${length}`;
      rest = `${rest} / ${length}`;
      return { name, value };
    });
    const text = lines.join('\n');
    return coordinates.flatMap(({ name, value }) =>
      new RegExp(`\\b${name}\\b`).test(text) ? [`let ${name} = ${value};`] : [],
    );
  }

  /** Loads inputs and computes what `roots` need. */
  compute(roots: readonly number[]): string[] {
    const { nodes, inputs } = this.program;
    return needed(this.program, roots).flatMap((at) => {
      const { op, args, shape, host } = nodes[at]!;
      if (host || op === 'broadcast') return [];
      const operation = elementwise[op as OperationName];
      if (op !== 'input') return [`let v${at} = ${operation(...args.map((arg) => this.value(arg)))};`];
      const binding = this.buffers.input(inputs.indexOf(at), sizeOf(shape), this.#isVector(shape));
      return [`let v${at} = ${this.buffers.load(binding, this.address(shape))};`];
    });
  }

  /** The value of a node that was computed. */
  value(at: number): string {
    const { host, op, args, kind } = this.program.nodes[at]!;
    if (op === 'broadcast') return this.value(args[0]!);
    if (!host) return `v${at}`;
    if (!this.#hosts.includes(at)) this.#hosts.push(at);
    const uniform = `u${this.suffix}.h${this.#hosts.indexOf(at)}`;
    return kind === 'boolean' ? `B(${uniform} != 0)` : `F(${uniform})`;
  }

  /** The shader with the given declarations after those of bindings and uniforms. */
  build(declarations: string, workgroups: number, scratch = 0): Shader {
    const code = textOf([this], declarations);
    return {
      code,
      ...this.buffers.done(),
      lengths: [...this.#lengths.values()],
      numbers: [...this.#numbers.values()],
      hosts: this.#hosts,
      workgroups,
      scratch,
    };
  }

  /** The members of the uniforms. */
  get uniforms(): string {
    const numbers = [...this.#numbers.keys(), ...this.#hosts.map((_, i) => `h${i}`)];
    return [
      ...[...this.#lengths.keys()].map((name) => `${name}: u32`),
      ...numbers.map((name) => `${name}: f32`),
    ].join(', ');
  }

  /** The name of the uniforms. */
  get u(): string {
    return `u${this.suffix}`;
  }
}

/** The text of shaders of one structure, of which each has uniforms and buffers of its own: `declarations` say what becomes of them. */
export function textOf(shaders: readonly ShaderBuilder[], declarations: string): string {
  const [first] = shaders as readonly [ShaderBuilder];
  if (declarations.includes('u.nan')) for (const shader of shaders) shader.number('nan', Number.NaN);
  const bindings = shaders.flatMap(({ buffers }) => buffers.done().bindings);
  const uniforms = shaders.map(({ u }, i) => `@group(0) @binding(${i}) var<uniform> ${u}: Uniforms;`);
  const buffers = bindings.map(({ name, isVector, writes }, i) => {
    const access = writes ? 'read_write' : 'read';
    const type = isVector ? 'F' : 'f32';
    return `@group(0) @binding(${i + shaders.length}) var<storage, ${access}> ${name}: array<${type}>;`;
  });
  return `${types(first.isWide)}
struct Uniforms { ${first.uniforms} }
${[...uniforms, ...buffers].join('\n')}
${declarations}`;
}

/** Positions of the nodes that `roots` are computed from on the device, roots included, in order. */
function needed({ nodes }: Program, roots: readonly number[]): number[] {
  const found = new Set<number>();
  const visit = (at: number): void => {
    if (found.has(at) || nodes[at]!.host) return;
    found.add(at);
    nodes[at]!.args.forEach(visit);
  };
  roots.forEach(visit);
  return [...found].sort((a, b) => a - b);
}

/** Shapes of the inputs that `roots` are computed from. */
export function operands(program: Program, roots: readonly number[]): Shape[] {
  return needed(program, roots).flatMap((at) =>
    program.nodes[at]!.op === 'input' ? [program.nodes[at]!.shape] : [],
  );
}
