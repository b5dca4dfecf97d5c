// SPDX-License-Identifier: Apache-2.0
// A CycloneDX 1.6 bill of materials per package, from the audited graph. That of pnpm would leave out the peer
// dependencies, which every user of a package gets as well.

import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import parse from 'spdx-expression-parse';
import { reach, type Graph, type Node } from './audit.js';

interface Component {
  type: 'library';
  'bom-ref': string;
  group?: string;
  name: string;
  version: string;
  licenses: [{ license: { id: string } } | { expression: string }];
  purl: string;
}

export interface Bom {
  $schema: string;
  bomFormat: 'CycloneDX';
  specVersion: '1.6';
  serialNumber: string;
  version: 1;
  metadata: { timestamp: string; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const purl = ({ name, version }: Node): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

function component(node: Node): Component {
  const [, group, name] = /^(?:(@[^/]+)\/)?(.+)$/.exec(node.name)!;
  const licence = node.licence!;
  return {
    type: 'library',
    'bom-ref': purl(node),
    ...(group !== undefined && { group }),
    name: name!,
    version: node.version,
    licenses: ['license' in parse(licence) ? { license: { id: licence } } : { expression: licence }],
    purl: purl(node),
  };
}

/** The bill of one package of a graph that passed the audit. */
export function bill(graph: Graph, key: string, timestamp: Date = new Date()): Bom {
  const nodes = [...reach(graph, key).values()].map((path) => path.at(-1)!);
  const [first, ...rest] = nodes.map(component);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${randomUUID()}`,
    version: 1,
    metadata: { timestamp: timestamp.toISOString(), component: first! },
    components: rest,
    dependencies: nodes.map((node) => ({
      ref: purl(node),
      dependsOn: node.needs.map((need) => purl(graph.nodes.get(need)!)),
    })),
  };
}

/** Writes a bill for every package of the workspace to `folder`. */
export function writeBills(graph: Graph, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [key, { name, own }] of graph.nodes) {
    if (!own) continue;
    const file = join(folder, `${name.replace('@optim/', '')}.cdx.json`);
    writeFileSync(file, `${JSON.stringify(bill(graph, key), undefined, 2)}\n`);
  }
}
