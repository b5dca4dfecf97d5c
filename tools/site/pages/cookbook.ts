// SPDX-License-Identifier: Apache-2.0
// Recipes: docs/site/cookbook, a file each. Every program in them is run by a test.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../workspace.js';
import { html } from '../html.js';
import { fromMarkdown, inline } from '../markdown.js';
import type { Page } from '../page.js';

export interface Recipe {
  readonly name: string;
  readonly title: string;
  /** Markdown after the title. */
  readonly text: string;
  /** The program in it. */
  readonly code: string;
}

export function recipes(): Recipe[] {
  const folder = join(root, 'docs', 'site', 'cookbook');
  return readdirSync(folder).map((file) => {
    const [, title = '', text = ''] =
      /^# (.*)\n+([^]*)$/.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
    const [, code = ''] = /^```ts\n([^]*?)^```$/m.exec(text) ?? [];
    return { name: file.replace('.md', ''), title, text, code };
  });
}

/** The first sentence of a recipe. */
const leadOf = ({ text }: Recipe): string =>
  text
    .split('\n\n')[0]!
    .replaceAll('\n', ' ')
    .replace(/(?<=\.) .*$/, '');

export function cookbook(): Page[] {
  const all = recipes();
  const cards = all.map(
    (recipe) =>
      html`<li>
        <a class="card" href="${recipe.name}/index.html"
          ><strong>${recipe.title}</strong>
          <p>${inline(leadOf(recipe))}</p></a
        >
      </li>`,
  );
  const body = html`<h1>Cookbook</h1>
    <p class="lead">Programs for what comes up in training. Each runs as it stands, and a test runs it.</p>
    <ul class="grid list">
      ${cards}
    </ul>`;
  return [
    {
      path: 'cookbook/',
      title: 'Cookbook · @optim',
      description: 'Programs for what comes up in training.',
      body,
    },
    ...all.map((recipe) => ({
      path: `cookbook/${recipe.name}/`,
      title: `${recipe.title} · @optim`,
      description: leadOf(recipe).replaceAll('`', ''),
      body: html`<p><a href="../index.html">Cookbook</a></p>
        <h1>${recipe.title}</h1>
        ${fromMarkdown(recipe.text)}`,
    })),
  ];
}
