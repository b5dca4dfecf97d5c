// SPDX-License-Identifier: Apache-2.0

import { bar } from '../site/page.js';

/** The bar of the site, for a page of the API; `index` leads to the first of these pages. */
export function barFor(index: string): string {
  // Dark and light are chosen in the menu of these pages, and what they find is the API alone.
  return bar(index.replace(/index\.html$/, '../'), 'api/')
    .text.replace(/<div class="tools">[^]*<\/div>/, '')
    .replace('#main', '#tsd-search');
}
