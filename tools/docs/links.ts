// SPDX-License-Identifier: Apache-2.0
// Links of the site: those of its texts to a package's folder lead to its page, and none leads nowhere.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Mends the links of the front page and the documents of the API. */
export function mendLinks(site: string): void {
  const documents = join(site, 'documents');
  const names = existsSync(documents) ? readdirSync(documents) : [];
  const files = [join(site, 'index.html'), ...names.map((name) => join(documents, name))];
  for (const file of files) {
    const folder = dirname(file);
    // TypeDoc takes a folder for a file to copy, and copies none.
    const text = readFileSync(file, 'utf8').replaceAll(
      /href="(?:\.\.\/)?media\/([a-z0-9-]+)"/g,
      (link, name: string) => {
        const page = join(site, 'modules', `_optim_${name}.html`);
        return existsSync(page) ? `href="${relative(folder, page).replaceAll('\\', '/')}"` : link;
      },
    );
    writeFileSync(file, text);
  }
}

/** What is wrong with the links of all pages in a folder. */
export function deadLinks(site: string): string[] {
  const pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.html'),
  );
  return pages.flatMap((page) => {
    const text = readFileSync(join(site, page), 'utf8').replaceAll(/<script\b[^]*?<\/script>/g, '');
    const links = new Set([...text.matchAll(/(?:href|src)="([^"#?]+)[^"]*"/g)].map(([, link]) => link!));
    return [...links]
      .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(site, dirname(page), decodeURI(link))))
      .map((link) => `${page}: ${link} does not exist`);
  });
}
