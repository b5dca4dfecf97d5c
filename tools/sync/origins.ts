// SPDX-License-Identifier: Apache-2.0
// Where the numbers of golden files come from, as the files say themselves.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Algorithm } from '../workspace.js';

/** An implementation that a golden file compares, as it stands there. */
export interface Origin {
  name: string;
  version: string;
  license: string;
  /** "source of the numbers …", or how far it agrees with them. */
  role: string;
}

/** Whether this project wrote it, in the words of the golden files. */
const isOwn = ({ name }: Origin): boolean => /^(?:own|independent|second|float64|numpy)\b/.test(name);

/** The implementations that the numbers of an algorithm were computed with. */
export function originsOf(root: string, { class: name, golden = name }: Algorithm): Origin[] {
  const file = join(root, 'packages', 'testing', 'golden', `${golden}.json`);
  if (!existsSync(file)) return [];
  const { references = [] } = JSON.parse(readFileSync(file, 'utf8')) as { references?: Origin[] };
  return references.filter(({ role = '' }) => /\bsource of\b/.test(role));
}

/** One implementation: name, version, licence, and for which cases or with what changes. */
export function described(origin: Origin): string {
  const { name, version, license, role } = origin;
  // What comes after a semicolon compares it with others.
  const note = role
    .replace(/^source of(?: the (?:numbers|cases))?:? ?/, '')
    .replace(/;.*$/s, '')
    .replace(/^[ ,]+|agrees .*$/g, '')
    .replace(/^for: /, 'for the cases ');
  const suffix = note === '' ? '' : `, ${note.replace(/^\((.*)\)$/, '$1')}`;
  if (isOwn(origin)) return `our own float64 code, from the published formulas${suffix}`;
  return `${name} [${[version, license].filter((text) => /\w/.test(text)).join('; ')}]${suffix}`;
}

/** A few words for a table: whose code it is. */
function label(origin: Origin, { officialCode }: Algorithm): string {
  const { name, role } = origin;
  if (isOwn(origin)) return 'own';
  const repository = /^[\w.-]+\/[\w.-]+/.exec(name)?.[0];
  const isOfficial = repository !== undefined && officialCode?.url.endsWith(`github.com/${repository}`);
  if (isOfficial || /^authors|\(authors?\b|by the first author|the authors' TF1/.test(name)) {
    return /\bwith \w+ corrections?\b/.test(`${name} ${role}`) ? 'authors, corrected' : 'authors';
  }
  if (/^(?:PyTorch|torch)\b/.test(name)) return 'PyTorch';
  return repository ?? name.split(/[\s.,(]/)[0]!;
}

/** Whose code the numbers of an algorithm come from: "authors", or the names of others. */
export function labels(root: string, algorithm: Algorithm): string {
  const found = originsOf(root, algorithm)
    .filter(({ name }) => !name.startsWith('same repository'))
    .map((origin) => label(origin, algorithm));
  return [...new Set(found)].join('; ');
}
