// SPDX-License-Identifier: Apache-2.0
// The licence audit: a pure function over a dependency graph, whose nodes know what is packed.

import { families, type Manifest } from '../workspace.js';
import type { Finding } from './contents.js';
import { fitsUmbrella, holdsTerms, kindOf, type Kind } from './policy.js';

/** A package of the graph. */
export interface Node {
  name: string;
  version: string;
  licence: string | undefined;
  /** Keys of the nodes it needs at run time. */
  needs: readonly string[];
  /** Names of what it needs and is not installed. */
  missing?: readonly string[];
  /** Present for a package of this workspace. */
  own?: {
    /** Its family's folder, or `packages`. */
    parent: string;
    published: boolean;
    metadata: Manifest['optim'] | undefined;
    /** The LICENSE file in its folder. */
    licenceText: string | undefined;
    /** What is wrong with the files that are packed. */
    findings: readonly Finding[];
  };
}

export interface Graph {
  /** Licence of the repository and its LICENSE file, which holds for packages without their own. */
  root: { licence: string | undefined; licenceText: string | undefined };
  nodes: ReadonlyMap<string, Node>;
}

export interface Violation {
  package: string;
  rule: string;
  /** From the package to the culprit; only the package itself when that is the culprit. */
  path: readonly string[];
  licence: string;
}

/** The violation in one line. */
export function describe({ package: name, rule, path, licence }: Violation): string {
  return `${name}: ${rule}: ${path.join(' -> ')} (${licence})`;
}

const label = (node: Node): string => (node.own ? node.name : `${node.name}@${node.version}`);

function violation(
  rule: string,
  path: readonly Node[],
  licence: string | undefined = path.at(-1)?.licence,
): Violation {
  return { package: path[0]!.name, rule, path: path.map(label), licence: licence ?? 'no licence' };
}

/** Every node that can be reached, itself first, each with a shortest path to it. */
export function reach(graph: Graph, start: string): Map<string, readonly Node[]> {
  const paths = new Map<string, readonly Node[]>([[start, [graph.nodes.get(start)!]]]);
  // A Map iterates over what is added on the way, which makes it the queue of a breadth-first walk.
  for (const path of paths.values()) {
    for (const key of path.at(-1)!.needs) {
      if (!paths.has(key)) paths.set(key, [...path, graph.nodes.get(key)!]);
    }
  }
  return paths;
}

function* checkMetadata(node: Node): Generator<Violation> {
  const { metadata, parent } = node.own!;
  const say = (rule: string): Violation => violation(rule, [node]);
  if (node.licence === undefined) yield say('package.json has no license');
  if (!metadata?.family || !Array.isArray(metadata.algorithms)) {
    yield say('package.json has no optim block with family and algorithms');
    return;
  }
  const { family, algorithms } = metadata;
  const expected = parent === 'packages' ? ['foundation', 'umbrella'] : [parent];
  if (!expected.includes(family) || !(parent === 'packages' || families.includes(parent))) {
    yield say(`family ${family} does not fit the folder ${parent}`);
  }
  if (families.includes(family) && algorithms.length === 0) yield say('optim.algorithms is empty');
  for (const [i, { class: name, paper, officialCode, seed }] of algorithms.entries()) {
    const where = name || `algorithm ${i + 1}`;
    for (const [field, value] of Object.entries({ class: name, paper })) {
      if (typeof value !== 'string' || value === '') yield say(`${where} has no ${field}`);
    }
    if (seed === undefined || seed === '') {
      yield say(`${where} has no seed (null when pytorch_optimizer has no counterpart)`);
    }
    if (officialCode === undefined) yield say(`${where} has no officialCode (null when there is none)`);
    if (!officialCode) continue;
    if (!officialCode.url) yield say(`${where} has no officialCode.url`);
    if (officialCode.license !== 'NONE' && kindOf(officialCode.license) === 'unknown') {
      yield violation(
        `the licence of the official code of ${where} is unknown`,
        [node],
        officialCode.license,
      );
    }
  }
}

function* checkText(graph: Graph, node: Node): Generator<Violation> {
  const { licence, own } = node;
  if (licence === undefined) return;
  const text = own!.licenceText ?? (licence === graph.root.licence ? graph.root.licenceText : undefined);
  if (text === undefined) yield violation('no LICENSE file', [node]);
  else if (!holdsTerms(text, licence))
    yield violation(`the LICENSE file is not the text of ${licence}`, [node]);
}

function* checkReach(graph: Graph, key: string): Generator<Violation> {
  const node = graph.nodes.get(key)!;
  const rule = (kind: Kind): string =>
    kindOf(node.licence) === 'permissive'
      ? `a permissive package reaches ${kind === 'unknown' ? 'an unknown' : `a ${kind}`} licence`
      : 'the licence of a dependency is not on the allow-list';
  for (const path of reach(graph, key).values()) {
    const end = path.at(-1)!;
    for (const name of end.missing ?? []) yield violation(`${name} is used but not installed`, path);
    const kind = kindOf(end.licence);
    const sameTerms = end.own !== undefined && end.licence === node.licence;
    if (kind !== 'permissive' && !sameTerms) yield violation(rule(kind), path);
  }
}

function* checkUmbrella(graph: Graph, key: string): Generator<Violation> {
  const umbrella = graph.nodes.get(key)!;
  if (kindOf(umbrella.licence) !== 'permissive')
    yield violation('the umbrella must be permissive', [umbrella]);
  for (const path of reach(graph, key).values()) {
    for (const { class: name, officialCode } of path.at(-1)!.own?.metadata?.algorithms ?? []) {
      if (fitsUmbrella(officialCode?.license)) continue;
      const license = officialCode!.license;
      yield violation(
        `the umbrella contains ${name}, whose official code is ${kindOf(license)}`,
        path,
        license,
      );
    }
  }
}

/** Everything wrong with the licences of a graph, nothing when all is well. */
export function audit(graph: Graph): Violation[] {
  const found: Violation[] = [];
  for (const [key, node] of graph.nodes) {
    if (!node.own?.published) continue;
    found.push(...checkMetadata(node), ...checkText(graph, node), ...checkReach(graph, key));
    found.push(...node.own.findings.map(({ rule, licence }) => violation(rule, [node], licence)));
    if (node.own.metadata?.family === 'umbrella') found.push(...checkUmbrella(graph, key));
  }
  return found;
}
