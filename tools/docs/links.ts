// SPDX-License-Identifier: Apache-2.0
// Links of the site's texts: those to a package's folder lead to its page.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Mends the links of the front page and the documents; what is wrong with those that lead nowhere all the same. */
export function mendLinks(site: string): string[] {
  const documents = join(site, 'documents');
  const names = existsSync(documents) ? readdirSync(documents) : [];
  const files = [join(site, 'index.html'), ...names.map((name) => join(documents, name))];
  return files.flatMap((file) => {
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
    return [...text.matchAll(/href="([^"#]+)[^"]*"/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(folder, decodeURI(link))))
      .map((link) => `${relative(site, file)}: ${link} does not exist`);
  });
}
