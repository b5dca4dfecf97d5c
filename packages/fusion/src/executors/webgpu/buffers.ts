// SPDX-License-Identifier: Apache-2.0
// The storage buffers of a shader, and how its code reads and writes them.

/** A storage buffer of a shader, or a part of the packed one. */
export interface Binding {
  readonly name: string;
  /** Place among the inputs of the program, or −1. */
  readonly input: number;
  /** Place among the outputs of the program, or −1. With `input`: the output overwrites it. */
  readonly output: number;
  /** Elements; 0 of buffers that are no tensor, which have neither place. */
  readonly size: number;
  /** Whether it is bound as elements of the space, which may be four numbers, and not as single numbers. */
  readonly isVector: boolean;
  readonly writes: boolean;
}

/** Name of the buffer into and out of which tensors are copied that are too many to be bound. */
export const packedName = 'packed';
/** Name of the buffer for parts of results. */
const scratchName = 'scratch';

/** Parts of four numbers. */
const parts = ['x', 'y', 'z', 'w'] as const;

/** Collects the buffers of a shader. */
export class Buffers {
  readonly #bound: Binding[] = [];

  /**
   * @param packed - names of tensors to be packed
   * @param isWide - whether an element of the space is four numbers
   * @param uniform - declares a uniform
   * @param suffix - of all names
   */
  constructor(
    private readonly packed: ReadonlySet<string>,
    private readonly isWide: boolean,
    private readonly uniform: (name: string, value: number) => string,
    private readonly suffix: string,
  ) {}

  scratch(writes: boolean): string {
    return this.#bind({ name: scratchName, input: -1, output: -1, size: 0, isVector: false, writes }).name;
  }

  /** An output, over the input it overwrites, if that is not −1. */
  output(output: number, input: number, size: number, isVector: boolean): Binding {
    return this.#bind({
      name: (input < 0 ? `y${output}` : `x${input}`) + this.suffix,
      input,
      output,
      size,
      isVector,
      writes: true,
    });
  }

  /** An input, which may be one that is overwritten. */
  input(input: number, size: number, isVector: boolean): Binding {
    return this.#bind({ name: `x${input}${this.suffix}`, input, output: -1, size, isVector, writes: false });
  }

  #bind(binding: Binding): Binding {
    const known = this.#bound.find(({ name }) => name === binding.name);
    if (!known) this.#bound.push(binding);
    return known ?? binding;
  }

  /** The element of the space at an address. */
  load(binding: Binding, address: string): string {
    if (!this.isWide) return this.single(binding, address);
    if (!binding.isVector) return `F(${this.single(binding, address)})`;
    if (!this.packed.has(binding.name)) return `${binding.name}[${address}]`;
    return `F(${parts.map((_, i) => this.single(binding, `(${address}) * 4 + ${i}`)).join(', ')})`;
  }

  /** Lines that store `value`, of which all parts are the same where a single number is stored. */
  store(binding: Binding, address: string, value: string): string[] {
    if (!this.isWide) return [`${this.single(binding, address)} = ${value};`];
    if (!binding.isVector) return [`${this.single(binding, address)} = ${value}.x;`];
    if (!this.packed.has(binding.name)) return [`${binding.name}[${address}] = ${value};`];
    return parts.map((part, i) => `${this.single(binding, `(${address}) * 4 + ${i}`)} = ${value}.${part};`);
  }

  /** A single number of a tensor. */
  single({ name }: Binding, address: string): string {
    return this.packed.has(name)
      ? `${packedName}[${this.uniform(`at_${name}`, 0)} + ${address}]`
      : `${name}[${address}]`;
  }

  /** What is bound, and what is packed, now that everything is known. */
  done(): { bindings: Binding[]; packed: Binding[] } {
    const packed = this.#bound.filter(({ name }) => this.packed.has(name));
    let start = 0;
    for (const { name, size } of packed) {
      this.uniform(`at_${name}`, start);
      start += size;
    }
    const bindings = this.#bound.filter(({ name }) => !this.packed.has(name));
    const pack = { name: packedName, input: -1, output: -1, size: 0, isVector: false, writes: true };
    return { bindings: packed.length > 0 ? [...bindings, pack] : bindings, packed };
  }
}
