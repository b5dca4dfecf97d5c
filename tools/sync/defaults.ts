// SPDX-License-Identifier: Apache-2.0
// `@defaultValue` in the comments of options: an author writes a default once, in the row of the option.

import { readFileSync } from 'node:fs';
import { agrees } from './problems.js';
import type { PackageDoc } from './readme.js';
import { literal } from './text.js';
import type { Place } from './source.js';

/** The comment, indented so far, with this default; one that says the same in other words stays. */
function stated(comment: string, indent: string, value: unknown): string {
  const tag = `@defaultValue \`${literal(value)}\``;
  const there = /@defaultValue\s*(`[^`]*`|[^\s*]*)/.exec(comment);
  if (there) return agrees(there[1]!, value) ? comment : comment.replace(there[0], () => tag);
  const body = comment.replace(/\s*\*\/$/, '');
  const line = `${body} ${tag} */`;
  if (!/\n\s*\*\/$/.test(comment) && indent.length + line.length <= 110) return line;
  const text = body.replace(/^\/\*\* /, `/**\n${indent} * `);
  return `${text}\n${indent} * ${tag}\n${indent} */`;
}

interface Change extends Place {
  values: unknown[];
}

/** A comment per option of a package's own; a default for each class that has the option. */
function changes({ folder, manifest, modules, tables }: PackageDoc): Change[] {
  const found = new Map<string, Change>();
  for (const doc of modules.get(manifest.name)!.exports) {
    for (const [name, row] of Object.entries(tables.get(doc.name) ?? {})) {
      const place = doc.options.get(name)?.place;
      if (!place?.file.startsWith(`${folder}/`) || !('default' in row)) continue;
      const key = `${place.file}:${place.start}`;
      const values = [...(found.get(key)?.values ?? []), row.default];
      found.set(key, { ...place, values });
    }
  }
  // Two classes that share an option and differ in its default: no comment can say both.
  return [...found.values()].filter(({ values }) => new Set(values.map(literal)).size === 1);
}

/** The sources of a package, by path, with the defaults of its option tables. */
export function withDefaults(document: PackageDoc): Map<string, string> {
  const texts = new Map<string, string>();
  // From the end, so that places before it stay where they are.
  for (const { file, start, end, values } of changes(document).sort((a, b) => b.start - a.start)) {
    const text = texts.get(file) ?? readFileSync(file, 'utf8');
    const indent = text.slice(text.lastIndexOf('\n', start) + 1, start);
    const comment = stated(text.slice(start, end), indent, values[0]);
    texts.set(file, text.slice(0, start) + comment + text.slice(end));
  }
  return texts;
}
