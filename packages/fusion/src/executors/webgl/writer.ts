// SPDX-License-Identifier: Apache-2.0
// Collects the text of a fragment program.
//
// Numbers that are known on the host, constants too, and all sizes are uniforms: the text is the same for every value of
// a scalar and for almost every shape, and TensorFlow.js keeps one shader per text.

import type { OperationName } from '../../language.js';
import type { Program } from '../../program.js';
import type { Shape } from '../../shape.js';
import { FusedProgram, viewOf } from './backend.js';
import { functionsFor, operation } from './glsl.js';
import { position, sample, samplers, texelsOf } from './sampling.js';

/** What programs that make pairs of halves are written with. */
export interface Halving {
  /** The functions that make pairs and read them. */
  readonly functions: string;
  /** Statements that find which texel's halves to make, and which half. */
  readonly position: string;
  /** What is drawn of a value. */
  halfOf(value: string): string;
  /** The shape of the pair of a tensor with so many texels. */
  pairShape(texels: number): Shape;
}

/** Which values of a phase there are tensors of, and how tensors are kept. */
export interface Kept {
  /** Positions of the values, and whether programs read the pair of a tensor. */
  readonly known: ReadonlyMap<number, boolean>;
  /** `null` where textures hold 32 bits. */
  readonly halving: Halving | null;
}

/** A fragment program with what to give it. */
export interface Fragment {
  readonly program: FusedProgram;
  readonly shape: Shape;
  /** Positions of the tensors it reads, in order. */
  readonly tensors: readonly number[];
  /** The first uniform: sizes. */
  readonly sizes: readonly number[];
  /** Positions of the host values that fill the second uniform. */
  readonly hosts: readonly number[];
}

/** The text of a program over elements of `shape`, and what it reads. */
export class Writer {
  readonly #tensors: number[] = [];
  readonly #sizes: number[] = [];
  readonly #hosts: number[] = [];
  readonly #ops = new Set<OperationName>();
  readonly #names = new Map<number, string>();
  /** What computes the values written so far. */
  statements = '';

  constructor(
    private readonly phase: Program,
    private readonly kept: Kept,
    private readonly shape: Shape,
  ) {}

  readonly size = (value: number): string => component('size', this.#sizes.push(value) - 1);

  apply(op: OperationName, args: readonly string[]): string {
    this.#ops.add(op);
    return operation(op, args);
  }

  /** Adds what computes the value at a position, unless it is there; gives the variable's name. */
  readonly write = (at: number): string => {
    const done = this.#names.get(at);
    if (done !== undefined) return done;
    const { op, args, kind, host } = this.phase.nodes[at]!;
    let text: string;
    if (host || this.kept.known.has(at)) text = this.#read(at);
    else if (op === 'broadcast') text = this.write(args[0]!);
    else text = this.apply(op as OperationName, args.map(this.write));
    const name = `v${this.#names.size}`;
    this.#names.set(at, name);
    this.statements += `\n  ${kind === 'number' ? 'vec4' : 'bvec4'} ${name} = ${text};`;
    return name;
  };

  #read(at: number): string {
    const { host, kind, shape } = this.phase.nodes[at]!;
    if (!host) return sample(...this.texture(at), shape, this.shape, this.size);
    const value = component('host', this.#hosts.push(at) - 1);
    return kind === 'number' ? `vec4(${value})` : `bvec4(${value} != 0.0)`;
  }

  /** The texture of the value at a position, and whether it holds pairs. */
  texture(at: number): [name: string, isPair: boolean] {
    return [`t${this.#tensors.push(at) - 1}`, this.kept.known.get(at)!];
  }

  /** The program that finds its texel, does what `main` says, and draws `value`. */
  finish(shape: Shape, main: string, value: string): Fragment {
    const tensors = this.#tensors;
    const sizes = this.#sizes;
    const hosts = this.#hosts;
    const { halving } = this.kept;
    const uniforms = [
      { name: 'size', arrayIndex: Math.ceil(sizes.length / 4), type: 'ivec4' as const },
      { name: 'host', arrayIndex: Math.ceil(hosts.length / 4), type: 'vec4' as const },
    ];
    const begin = `${samplers}${functionsFor([...this.#ops])}${halving?.functions ?? ''}\nvoid main() {${position}`;
    const program = new FusedProgram(
      tensors.map((_, i) => `t${i}`),
      halving ? halving.pairShape(texelsOf(shape)) : viewOf(shape),
      `${begin}${halving?.position ?? ''}${main}\n  setOutput(${halving?.halfOf(value) ?? value});\n}`,
      uniforms.filter(({ arrayIndex }) => arrayIndex > 0),
    );
    return { program, shape, tensors, sizes, hosts };
  }
}

/** One number of a uniform array of four-vectors, of which a shader takes more than of single numbers. */
const component = (name: string, i: number): string => `${name}[${Math.floor(i / 4)}].${'xyzw'[i % 4]!}`;
