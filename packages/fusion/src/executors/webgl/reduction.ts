// SPDX-License-Identifier: Apache-2.0
// The fragment programs of reductions. Each goes through what its result is made of and computes it on its way; where
// that is much, several programs follow each other, each reading what the one before it made.

import type { ReductionName } from '../../language.js';
import type { Node, Program } from '../../program.js';
import { sizeOf, type Shape } from '../../shape.js';
import { viewOf } from './backend.js';
import { folds } from './glsl.js';
import { fillBeyond, locate, texelsOf } from './sampling.js';
import { Writer, type Fragment, type Kept } from './writer.js';

/** Most texels that one run of a program goes through. */
const maxWindow = 256;

/** Reductions over all elements that can be made together: a texel has room for one number of each. */
export const mostTogether = 4;

/**
 * Which texels become one: those of `groups` groups, which stand one after the other, in each of them every texel that is
 * `columns` texels further than the one before, `length` of them.
 */
export interface Fold {
  /** What is reduced: everything, rows (one result a row), or columns. */
  readonly kind: 'all' | 'rows' | 'columns';
  readonly groups: number;
  readonly length: number;
  readonly columns: number;
}

/** How a tensor is reduced to another shape; `null` for axes that no program here takes. */
export function foldOf(from: Shape, to: Shape): Fold | null {
  if (sizeOf(to) === 1) return { kind: 'all', groups: 1, length: texelsOf(from), columns: 1 };
  const [matrices, rows, columns] = viewOf(from);
  const [toMatrices, toRows, toColumns] = viewOf(to);
  const [high, wide] = [Math.ceil(rows / 2), Math.ceil(columns / 2)];
  if (toMatrices === matrices && toRows === rows && toColumns === 1)
    return { kind: 'rows', groups: matrices * high, length: wide, columns: 1 };
  if (toRows !== 1 || toColumns !== columns || (toMatrices !== 1 && toMatrices !== matrices)) return null;
  const length = (matrices / toMatrices) * high;
  return { kind: 'columns', groups: toMatrices, length, columns: wide };
}

/** Whether reductions over so many texels take several programs each. */
export const isLong = ({ length }: Fold): boolean => length > maxWindow;

/** How many parts to make of each result, and their shape; `null` where the results themselves can be made. */
function partsOf(fold: Fold, from: Shape): { parts: number; shape: Shape } | null {
  if (!isLong(fold)) return null;
  const stages = Math.ceil(Math.log(fold.length) / Math.log(maxWindow));
  const side = fold.length ** (1 - 1 / stages);
  // Square: processors work on neighbouring rows and columns at once.
  const square = Math.ceil(Math.sqrt(side));
  if (fold.kind === 'all') return { parts: square ** 2, shape: [2 * square, 2 * square] };
  const parts = Math.ceil(side);
  if (fold.kind === 'rows') return { parts, shape: [...from.slice(0, -1), 2 * parts] };
  return { parts, shape: [fold.groups, 2 * parts, from.at(-1)!] };
}

/** The programs of a reduction that {@link foldOf} takes, each reading what the one before it made. */
export function writeReduction(phase: Program, node: number, kept: Kept): Fragment[] {
  const { args, shape } = phase.nodes[node]!;
  const { shape: from } = phase.nodes[args[0]!]!;
  const fold = foldOf(from, shape)!;
  const made = partsOf(fold, from);
  if (!made) return [new Stage(phase, kept, from, fold, 1).reduced(node, shape)];
  const stage = new Stage(phase, kept, from, fold, made.parts).reduced(node, made.shape);
  const { rest, handed } = after(phase, [node], kept, made.shape);
  return [stage, ...writeReduction(rest, 1, handed)];
}

/**
 * The programs of several {@link isLong} reductions over all elements of tensors of one shape: some that make parts of all,
 * side by side in a texel, and for every reduction one that joins its parts.
 */
export function writeTogether(
  phase: Program,
  reductions: readonly number[],
  kept: Kept,
): { shared: Fragment[]; own: Fragment[] } {
  const { shape } = phase.nodes[phase.nodes[reductions[0]!]!.args[0]!]!;
  const fold = foldOf(shape, [])!;
  const first = partsOf(fold, shape)!;
  const shared = [new Stage(phase, kept, shape, fold, first.parts).sideBySide(reductions, first.shape)];
  const nodes = reductions.map((_, i) => i + 1);
  for (let from = first.shape; ;) {
    const { rest, handed } = after(phase, reductions, kept, from);
    const left = foldOf(from, [])!;
    const next = partsOf(left, from);
    const stage = (parts: number): Stage => new Stage(rest, handed, from, left, parts);
    if (!next) {
      const own = reductions.map((node, i) =>
        stage(1).joined(nodes, phase.nodes[node]!.shape, texel([`result.${'xyzw'[i]}`])),
      );
      return { shared, own };
    }
    shared.push(stage(next.parts).joined(nodes, next.shape));
    from = next.shape;
  }
}

/** What is left to do with parts: the same reductions, at positions from 1, of a tensor of them. */
function after(
  phase: Program,
  reductions: readonly number[],
  kept: Kept,
  made: Shape,
): { rest: Program; handed: Kept } {
  const input: Node = { op: 'input', args: [], shape: made, kind: 'number', host: false, phase: 0 };
  const again = reductions.map((node): Node => {
    const { op, shape } = phase.nodes[node]!;
    return { ...input, op, args: [0], shape };
  });
  return {
    rest: { ...phase, nodes: [input, ...again] },
    handed: { ...kept, known: new Map([[0, kept.halving !== null]]) },
  };
}

/** A texel of up to four numbers. */
function texel(numbers: readonly string[]): string {
  return `vec4(${Array.from({ length: 4 }, (_, i) => numbers[i] ?? '0.0').join(', ')})`;
}

/** A program that reduces texels to parts of results, or to results where there is one part of each. */
class Stage {
  readonly #writer: Writer;

  constructor(
    private readonly phase: Program,
    kept: Kept,
    private readonly from: Shape,
    private readonly fold: Fold,
    private readonly parts: number,
  ) {
    this.#writer = new Writer(phase, kept, from);
  }

  /** Of one reduction, four numbers a texel. */
  reduced(node: number, made: Shape): Fragment {
    const { none } = this.#row(node);
    const value = this.#argument(node);
    const step = fillBeyond(value, this.from, none) + this.#put('result', node, value);
    const end = this.parts > 1 ? '' : this.#folded('result', node, this.fold.kind) + this.#cleared(made);
    return this.#finish([['result', `vec4(${none})`]], step, end, made, 'result');
  }

  /** Of several, one number of each a texel. */
  sideBySide(nodes: readonly number[], made: Shape): Fragment {
    const values = nodes.map((node) => this.#argument(node));
    const names = nodes.map((_, i) => `result${i}`);
    const steps = nodes.map(
      (node, i) =>
        fillBeyond(values[i]!, this.from, this.#row(node).none) + this.#put(names[i]!, node, values[i]!),
    );
    const ends = nodes.map((node, i) => this.#folded(names[i]!, node, 'all'));
    const results = nodes.map((node, i) => [names[i]!, `vec4(${this.#row(node).none})`] as const);
    return this.#finish(
      results,
      steps.join(''),
      ends.join(''),
      made,
      texel(names.map((name) => `${name}.x`)),
    );
  }

  /**
   * Of several that stand side by side in texels.
   *
   * @param value - what is made of `result`
   */
  joined(nodes: readonly number[], made: Shape, value = 'result'): Fragment {
    const read = this.#argument(nodes[0]!);
    const all = nodes.map((node, i) => `(${this.#apply(node, 'result', read)}).${'xyzw'[i]}`);
    const none = texel(nodes.map((node) => this.#row(node).none));
    return this.#finish([['result', none]], `\n  result = ${texel(all)};`, '', made, value);
  }

  #row(node: number): (typeof folds)[ReductionName] {
    return folds[this.phase.nodes[node]!.op as ReductionName];
  }

  #argument(node: number): string {
    return this.#writer.write(this.phase.nodes[node]!.args[0]!);
  }

  #apply(node: number, x: string, y: string): string {
    return this.#writer.apply(this.#row(node).fold, [x, y]);
  }

  /** A statement that adds to what there is. */
  #put(name: string, node: number, value: string): string {
    return `\n  ${name} = ${this.#apply(node, name, value)};`;
  }

  /** Statements that reduce the numbers of a texel among themselves. */
  #folded(name: string, node: number, kind: Fold['kind']): string {
    const across = kind === 'rows' ? '' : this.#put(name, node, `${name}.zwxy`);
    return kind === 'columns' ? across : across + this.#put(name, node, `${name}.yxwz`);
  }

  /** Statements that leave nothing in a texel beyond the result. */
  #cleared(made: Shape): string {
    return `\n  index = place;${locate(made, this.#writer.size)}${fillBeyond('result', made, '0.0')}`;
  }

  /** Neighbours go through neighbouring texels. */
  #finish(
    results: readonly (readonly [name: string, none: string])[],
    step: string,
    end: string,
    made: Shape,
    value: string,
  ): Fragment {
    const { size, statements } = this.#writer;
    const { length, columns } = this.fold;
    const [stride, parts] = [size(columns), size(this.parts)];
    return this.#writer.finish(
      made,
      `${results.map(([name, none]) => `\n  vec4 ${name} = ${none};`).join('')}
  int place = index;
  int block = divide(index, ${stride});
  int group = divide(block, ${parts});
  int begin = group * ${size(length * columns)};
  int end = begin + ${size(length * columns)};
  index = begin + place - group * ${parts} * ${stride};
  for (; index < end; index += ${size(this.parts * columns)}) {${locate(this.from, size)}${statements}${step}
  }${end}`,
      value,
    );
  }
}
