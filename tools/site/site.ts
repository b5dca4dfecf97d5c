// SPDX-License-Identifier: Apache-2.0
// The whole site: bundle, data files, pages.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.js';
import { readCatalogue, type Catalogue } from './catalogue.js';
import { packedDigits } from './digits.js';
import { render, type Page } from './page.js';
import { home } from './pages/home.js';
import { searchList } from './search.js';

/** Every page but those of the API. */
export function pagesOf(catalogue: Catalogue): Page[] {
  return [home(catalogue)];
}

/** Writes the site into a folder, but for `api/`, which typedoc writes. */
export async function buildSite(folder: string): Promise<Page[]> {
  const catalogue = readCatalogue();
  rmSync(join(folder, 'assets'), { recursive: true, force: true });
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const assets = await bundle(catalogue, folder);
  write('assets/digits.bin', packedDigits());
  const pages = pagesOf(catalogue);
  write('assets/search.json', JSON.stringify(searchList(catalogue, pages)));
  for (const page of pages) write(`${page.path}index.html`, render(page, assets));
  return pages;
}
