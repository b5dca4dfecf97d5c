// SPDX-License-Identifier: Apache-2.0
// Packages for the tests of the audit.

import type { Algorithm, Manifest } from '../workspace.js';
import { audit, describe, type Graph, type Node } from './audit.js';
import { licenceText } from './policy.js';

export const apache: string = licenceText('Apache-2.0')!;
export const nonCommercial: string = licenceText('CC-BY-NC-SA-4.0')!;

export const yogi: Algorithm = {
  class: 'Yogi',
  paper: 'https://example.org/yogi.pdf',
  officialCode: { url: 'https://example.org/yogi', license: 'Apache-2.0' },
  seed: 'Yogi',
};
const foundation: Manifest['optim'] = { family: 'foundation', algorithms: [] };

interface Shape extends Partial<Omit<Node, 'own'>> {
  own?: Partial<Node['own']>;
}

/** A published package of the workspace: a permissive foundation unless something else is asked for. */
export function own(name: string, { own: details, ...shape }: Shape = {}): [string, Node] {
  const base = {
    parent: 'packages',
    published: true,
    metadata: foundation,
    licenceText: undefined,
    findings: [],
  };
  return [
    name,
    { name, version: '1.0.0', licence: 'Apache-2.0', needs: [], ...shape, own: { ...base, ...details } },
  ];
}

export function installed(name: string, licence: string | undefined, needs: string[] = []): [string, Node] {
  return [name, { name, version: '2.0.0', licence, needs }];
}

export const algorithm = (name: string, entry: Partial<Algorithm>, shape: Shape = {}): [string, Node] =>
  own(name, {
    ...shape,
    own: {
      parent: 'adam',
      ...shape.own,
      metadata: { family: 'adam', algorithms: [{ ...yogi, ...entry }] },
    },
  });

export const fromage: [string, Node] = own('@optim/fromage', {
  licence: 'CC-BY-NC-SA-4.0',
  own: { licenceText: nonCommercial },
});

export const umbrella = (needs: string[]): [string, Node] =>
  own('@optim/all', { needs, own: { metadata: { family: 'umbrella', algorithms: [] } } });

export function graph(...nodes: [string, Node][]): Graph {
  return { root: { licence: 'Apache-2.0', licenceText: apache }, nodes: new Map(nodes) };
}

export const problems = (...nodes: [string, Node][]): string[] => audit(graph(...nodes)).map(describe);
