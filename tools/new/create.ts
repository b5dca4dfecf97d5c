// SPDX-License-Identifier: Apache-2.0
// All of `npm run new` but its command line.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { licenceText } from '../licences/policy.js';
import { families, readManifest, workspacePackages } from '../workspace.js';
import { changeset, golden, manifest, source, test, trial, type Choice } from './template.js';

export interface Request {
  name?: string | undefined;
  family?: string | undefined;
  /** Class name; by default the package's name with a capital for every part. */
  class?: string | undefined;
  /** SPDX id; that of the repository by default. */
  license?: string | undefined;
}

const pascalCase = (name: string): string =>
  name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function checked(root: string, request: Request): Choice {
  const { name, family, license = readManifest(root).license! } = request;
  if (name === undefined)
    throw new TypeError('new: a package name is required: npm run new -- NAME --family FAMILY');
  // Narrower than npm, which allows dots and underscores: a name is also a folder and an import.
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 50) {
    throw new RangeError(
      `new: name must be at most 50 lower-case letters, digits and single hyphens, from a letter on, got "${name}"`,
    );
  }
  if (family === undefined || !families.includes(family)) {
    throw new RangeError(`new: --family must be one of ${families.join(', ')}, got ${family ?? 'none'}`);
  }
  const existing = workspacePackages(root).find((entry) => entry.manifest.name === `@optim/${name}`);
  if (existing)
    throw new RangeError(`new: @optim/${name} exists already, in ${relative(root, existing.folder)}`);
  if (licenceText(license) === undefined) {
    throw new RangeError(`new: --license must be an SPDX id such as Apache-2.0, got ${license}`);
  }
  const className = request.class ?? pascalCase(name);
  if (!/^[A-Z][A-Za-z0-9]*$/.test(className)) {
    throw new RangeError(`new: --class must be a class name such as AdaBelief, got ${className}`);
  }
  return { name, family, class: className, license };
}

/**
 * Makes a package below `root`.
 * @returns the files made, relative to `root`, and what is to be done next
 * @throws TypeError, RangeError when the request is wrong; nothing has been written then
 */
export function create(root: string, request: Request): { files: string[]; next: string } {
  const choice = checked(root, request);
  const { name, family, class: className, license } = choice;
  const folder = `packages/${family}/${name}`;
  const wanted = {
    [`${folder}/package.json`]: `${JSON.stringify(manifest(choice), undefined, 2)}\n`,
    [`${folder}/src/index.ts`]: source(choice),
    [`${folder}/test/${name}.test.ts`]: test(choice),
    [`${folder}/test/trial.ts`]: trial(choice),
    ...(license !== readManifest(root).license && { [`${folder}/LICENSE`]: licenceText(license)! }),
    [`packages/testing/golden/${className}.json`]: golden(choice),
    [`.changeset/${name}.md`]: changeset(choice),
  };
  // Somebody may have the golden numbers already.
  const files = Object.entries(wanted).filter(([path]) => !existsSync(join(root, path)));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const next = `Next:
  npm test -- ${folder}
  npm run sync -- --check    lists what is missing`;
  return { files: files.map(([path]) => path), next };
}
