// SPDX-License-Identifier: Apache-2.0
// What the API has, for the search of the site: everything that is exported, and the members that a class or function's options
// have of their own.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReflectionKind, type DeclarationReflection, type ProjectReflection, type Router } from 'typedoc';
import type { Found } from '../site/search.js';

/** How the search calls a kind of thing; a kind that is not listed is not found. */
const kinds = new Map<ReflectionKind, string>([
  [ReflectionKind.Module, 'package'],
  [ReflectionKind.Class, 'API class'],
  [ReflectionKind.Function, 'function'],
  [ReflectionKind.Interface, 'interface'],
  [ReflectionKind.TypeAlias, 'type'],
  [ReflectionKind.Variable, 'variable'],
  [ReflectionKind.Method, 'method'],
  [ReflectionKind.Accessor, 'property'],
  [ReflectionKind.Property, 'property'],
]);

const members = ReflectionKind.Method | ReflectionKind.Accessor | ReflectionKind.Property;

/** The first sentence of the comment, as plain text. */
function sentence(reflection: DeclarationReflection): string {
  const { comment } = reflection.signatures?.[0] ?? reflection.getSignature ?? reflection;
  const text = (comment ?? reflection.comment)?.summary.map((part) => part.text).join('') ?? '';
  return text
    .split('\n\n')[0]!
    .replaceAll(/[`\n]/g, (letter) => (letter === '\n' ? ' ' : ''))
    .replace(/(?<=\.) .*$/, '')
    .replace(/^(.{159}).{2,}$/, '$1…');
}

/** Everything with an address of its own; a member that is inherited is found where it is from. */
export function symbolsOf(project: ProjectReflection, router: Router): Found[] {
  const all = project.getReflectionsByKind(ReflectionKind.All) as DeclarationReflection[];
  return all.flatMap((reflection): Found[] => {
    const kind = kinds.get(reflection.kind);
    if (!kind || reflection.inheritedFrom || reflection.overwrites || !router.hasUrl(reflection)) return [];
    const isMember = reflection.kindOf(members);
    if (isMember && !reflection.parent?.kindOf(ReflectionKind.ClassOrInterface)) return [];
    const name = isMember ? `${reflection.parent!.name}.${reflection.name}` : reflection.name;
    const text = sentence(reflection);
    // Every class has the same few members of TensorFlow.js, of which nothing is said.
    return isMember && text === '' ? [] : [[name, kind, text, `api/${router.getFullUrl(reflection)}`]];
  });
}

/** Adds them to what the site finds, in place of those of an earlier run; what is wrong with those that lead nowhere. */
export function addSymbols(site: string, symbols: readonly Found[]): string[] {
  const file = join(site, 'assets', 'search.json');
  const found = JSON.parse(readFileSync(file, 'utf8')) as Found[];
  const others = found.filter(([, , , address]) => !address.startsWith('api/'));
  writeFileSync(file, JSON.stringify([...others, ...symbols]));
  const texts = new Map<string, string>();
  return symbols.flatMap(([name, , , address]) => {
    const [path, id] = address.split('#') as [string, string?];
    const page = join(site, path);
    if (!texts.has(path)) texts.set(path, existsSync(page) ? readFileSync(page, 'utf8') : '');
    const text = texts.get(path)!;
    const isThere = text !== '' && (id === undefined || text.includes(`id="${id}"`));
    return isThere ? [] : [`${name}: ${address} does not exist`];
  });
}
