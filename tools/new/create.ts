// SPDX-License-Identifier: Apache-2.0
// All of `pnpm new` but its command line.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { kindOf, licenceText } from '../licences/policy.js';
import { families, readManifest, workspacePackages } from '../workspace.js';
import { manifest, source, test, type Choice } from './template.js';

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
    throw new TypeError('new: a package name is required: pnpm new NAME --family FAMILY');
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
  const files = {
    'package.json': `${JSON.stringify(manifest(choice), undefined, 2)}\n`,
    'src/index.ts': source(choice),
    [`test/${name}.test.ts`]: test(choice),
    ...(license !== readManifest(root).license && { LICENSE: licenceText(license)! }),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true });
    writeFileSync(join(root, folder, path), text);
  }
  return {
    files: Object.keys(files).map((path) => `${folder}/${path}`),
    next: nextSteps(folder, className, license),
  };
}

function nextSteps(folder: string, className: string, license: string): string {
  const umbrella =
    kindOf(license) === 'permissive'
      ? `packages/all: add it, unless the licence of the official code is copyleft or non-commercial.`
      : `${license} is not permissive: no other package may depend on this one.`;
  return `Next:
  1. pnpm install --no-frozen-lockfile
  2. ${folder}/package.json: description, paper, official code with its licence, seed name.
  3. packages/testing/golden/${className}.json: numbers of an implementation that is not ours.
  4. ${folder}/src/index.ts: header, options, doc comment with the recurrence and @see, rule.
     A wrapper extends Wrapper instead of Optimizer; packages/wrappers/lookahead is an example.
  5. ${umbrella}
  6. pnpm readme && pnpm licences && pnpm changeset
  7. npx vitest run --project cpu ${folder}`;
}
