// SPDX-License-Identifier: Apache-2.0
// The whole site: bundle, data files, pages.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.js';
import { readCatalogue, type Catalogue } from './catalogue.js';
import { packedDigits } from './digits.js';
import { render, type Page } from './page.js';
import { comingFrom } from './pages/coming-from.js';
import { cookbook } from './pages/cookbook.js';
import { home } from './pages/home.js';
import { inspector } from './pages/inspector.js';
import { landscape } from './pages/landscape.js';
import { optimizerPages } from './pages/optimizer.js';
import { optimizers } from './pages/optimizers.js';
import { schedules } from './pages/schedules.js';
import { speed } from './pages/speed.js';
import { whichOne } from './pages/which-one.js';
import { searchList } from './search.js';

/** Every page but those of the API. */
export function pagesOf(catalogue: Catalogue): Page[] {
  return [
    home(catalogue),
    landscape(),
    whichOne(catalogue),
    optimizers(catalogue),
    ...optimizerPages(catalogue),
    schedules(catalogue),
    comingFrom(catalogue),
    ...cookbook(),
    speed(catalogue),
    inspector(),
  ];
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
