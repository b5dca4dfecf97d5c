// SPDX-License-Identifier: Apache-2.0

import type { Catalogue } from './catalogue.js';
import type { Page } from './page.js';

/** Name, kind, a sentence, the address from the root of the site. */
export type Found = readonly [name: string, kind: string, text: string, address: string];

/** What the search finds. */
export function searchList({ classes, hooks, schedules }: Catalogue, pages: readonly Page[]): Found[] {
  const ofClasses = classes.map(({ description: { name, summary } }): Found => [
    name,
    'class',
    summary,
    `optimizers/${name}/index.html`,
  ]);
  const ofHooks = hooks.map(({ name, summary }): Found => [
    name,
    'hook',
    summary,
    `optimizers/index.html#${name}`,
  ]);
  const ofSchedules = schedules.map(({ name, summary }): Found => [
    name,
    'schedule',
    summary,
    `schedules/index.html#${name}`,
  ]);
  const known = new Set(ofClasses.map(([, , , address]) => address));
  const ofPages = pages
    .map(({ path, title, description }): Found => [
      title.split(' · ')[0]!,
      'page',
      description,
      `${path}index.html`,
    ])
    .filter(([, , , address]) => !known.has(address));
  return [...ofPages, ...ofClasses, ...ofHooks, ...ofSchedules];
}
