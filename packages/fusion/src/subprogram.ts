// SPDX-License-Identifier: Apache-2.0
// Parts of a program as programs of their own.

import { phaseOf, type Node, type Program } from './program.js';
import { resultKey } from './tensor-operations.js';

/** Names what one part of a program hands on to others, among inputs and outputs. */
export type Naming = (at: number) => string;
/** What a phase hands on to later ones. */
export const intermediate: Naming = (at) => `#${at}`;
/** What a step hands on to later ones, which have phases of their own. */
export const handed: Naming = (at) => `$${at}`;

/** A program but for its phases, and where nodes of the whole stand in it. */
export interface Part extends Omit<Program, 'phases'> {
  readonly positions: ReadonlyMap<number, number>;
}

/**
 * The part of a program that computes some nodes.
 *
 * @param results - names and nodes of its outputs, with the name of what they replace unless it is their own
 * @param made - nodes that come in as inputs
 * @param nameOf - names these
 */
export function extract(
  program: Pick<Program, 'nodes'>,
  name: string,
  results: readonly {
    readonly name: string;
    readonly node: number;
    readonly replaced?: string | undefined;
  }[],
  made: ReadonlySet<number>,
  nameOf: Naming,
): Part {
  const nodes: Node[] = [];
  const positions = new Map<number, number>();
  const take = (at: number): number => {
    const known = positions.get(at);
    if (known !== undefined) return known;
    const node = program.nodes[at]!;
    let part: Node;
    if (made.has(at)) {
      const { shape, kind } = node;
      part = { op: 'input', args: [], shape, kind, host: false, name: nameOf(at), phase: 0 };
    } else {
      const args = node.args.map(take);
      part = { ...node, args, phase: phaseOf(node.op, args, nodes) };
    }
    positions.set(at, nodes.push(part) - 1);
    return nodes.length - 1;
  };
  const taken = results.map((result) => take(result.node));
  const inputs = nodes.flatMap((node, at) => (node.op === 'input' ? [at] : []));
  return {
    name,
    nodes,
    inputs,
    scalars: nodes.flatMap((node) => (node.op === 'scalar' ? [node.name!] : [])),
    outputs: results.map(({ name: own, replaced = own }, i) => ({
      name: own,
      node: taken[i]!,
      replaces: inputs.findIndex((at) => nodes[at]!.name === replaced),
    })),
    positions,
  };
}

/** Text that is equal for programs that compute the same, whatever names they use. */
export function structureOf({ nodes, outputs }: Program): string {
  const described = nodes.map(({ op, args, shape, value, axes, call }) => {
    const number = Object.is(value, -0) ? '-0' : value;
    return `${op}|${args}|${shape}|${number}|${axes}|${resultKey(call)}`;
  });
  return [...described, ...outputs.map(({ node, replaces }) => `${node}>${replaces}`)].join('\n');
}
