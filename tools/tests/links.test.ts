// SPDX-License-Identifier: Apache-2.0
// Whatever a text of the repository links to is there.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../workspace.js';

const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
});
const files = listed
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(root, file)));

/** The text without code, in which brackets are no links. */
const prose = (file: string): string =>
  readFileSync(join(root, file), 'utf8')
    .replaceAll(/^ *```[^]*?^ *```/gm, '')
    .replaceAll(/`[^`\n]*`/g, 'code');

/** A heading as the address of its section, as GitHub makes it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchors = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading!));

/** What is wrong with a link of a file. */
function fault(file: string, link: string): string | undefined {
  const [path = '', section] = link.split('#') as [string, string?];
  const target = path === '' ? file : join(dirname(file), decodeURI(path));
  if (!existsSync(join(root, target))) return `${file}: ${link} does not exist`;
  if (section === undefined || !target.endsWith('.md')) return undefined;
  return anchors(target).includes(section) ? undefined : `${file}: ${link} has no such section`;
}

test('every relative link leads somewhere', () => {
  const links = files.flatMap((file) =>
    [...prose(file).matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g)]
      .map((match) => match[1] ?? match[2]!)
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => ({ file, link })),
  );
  expect(links.length).toBeGreaterThan(50);
  expect(links.flatMap(({ file, link }) => fault(file, link) ?? [])).toEqual([]);
});
