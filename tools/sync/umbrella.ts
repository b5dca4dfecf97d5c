// SPDX-License-Identifier: Apache-2.0
// What `@optim/all` holds, read off the packages that are there.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitsUmbrella, kindOf } from '../licences/policy.js';
import { withBlock } from '../markdown.js';
import { families, type WorkspacePackage } from '../workspace.js';

/** Whether it is in the umbrella: a permissive package of algorithms whose authors' code is known and no less free. */
export function belongs({ parent, manifest }: WorkspacePackage): boolean {
  const isAnswered = manifest.optim!.algorithms.every(
    ({ officialCode: code }) => code !== undefined && fitsUmbrella(code?.license),
  );
  return families.includes(parent) && kindOf(manifest.license) === 'permissive' && isAnswered;
}

/** An export of several names, as the formatter wants it. */
function exportOf(names: readonly string[], from: string): string {
  const line = `export { ${names.join(', ')} } from '${from}';`;
  return line.length <= 110
    ? line
    : `export {\n${names.map((name) => `  ${name},\n`).join('')}} from '${from}';`;
}

/** Its files, by path: classes by name, the exports of all packages among its own, and what it depends on. */
export function umbrella(packages: readonly WorkspacePackage[]): Map<string, string> {
  const files = new Map<string, string>();
  const own = packages.find(({ manifest }) => manifest.optim?.family === 'umbrella');
  const index = own && join(own.folder, 'src', 'index.ts');
  if (!own || !index || !existsSync(index)) return files;

  const members = packages.filter(belongs).map(({ manifest }) => manifest);
  const classes = members.map(({ name, optim }) => {
    const names = optim!.algorithms.map((entry) => entry.class);
    return exportOf(
      names.sort((a, b) => a.localeCompare(b)),
      name,
    );
  });
  const head =
    '// SPDX-License-Identifier: Apache-2.0\n// Written by `npm run sync`: the class of every optimizer.';
  files.set(join(own.folder, 'src', 'optimizers.ts'), `${head}\n\n${classes.join('\n')}\n`);

  const all = members.map(({ name }) => `export * from '${name}';`).join('\n');
  const text = withBlock(readFileSync(index, 'utf8'), 'packages', all, ['// ', '']);
  files.set(index, text);

  const folder = join(own.folder, 'src');
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
  const texts = [text, ...sources.map((file) => readFileSync(join(folder, file), 'utf8'))];
  const imported = texts.flatMap((source) =>
    [...source.matchAll(/^(?! \*).* from '(@optim\/[^'/]+)/gm)].map(([, name]) => name!),
  );
  const dependencies = Object.fromEntries([...new Set(imported)].sort().map((name) => [name, 'workspace:^']));
  const manifest = `${JSON.stringify({ ...own.manifest, dependencies }, undefined, 2)}\n`;
  files.set(join(own.folder, 'package.json'), manifest);
  return files;
}
