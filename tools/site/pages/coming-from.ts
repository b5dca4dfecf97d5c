// SPDX-License-Identifier: Apache-2.0
// Other libraries' names, and what is here for each.

import { cellsOf, columns, sections } from '../../coming-from/cells.js';
import { libraries, type Counterpart, type Library, type Ours } from '../../coming-from/libraries.js';
import { publishedPackages, root } from '../../workspace.js';
import type { Catalogue } from '../catalogue.js';
import { html, type Html } from '../html.js';
import { inline } from '../markdown.js';
import type { Page } from '../page.js';

/** The options of everything in the catalogue. */
export function oursOf({ classes, hooks, schedules }: Catalogue): Ours {
  const all = [...classes.map(({ description }) => description), ...hooks, ...schedules];
  const tables = new Map(
    all.map(({ name, options }) => [
      name,
      Object.fromEntries(options.map((option) => [option.name, option])),
    ]),
  );
  return (name) => tables.get(name);
}

const id = (text: string): string => text.replaceAll(/\W/g, '-');

export function comingFrom(catalogue: Catalogue): Page {
  const all = libraries(root, publishedPackages());
  const ours = oursOf(catalogue);
  const pages = new Set(catalogue.classes.map(({ description }) => description.name));

  function target({ here, without = '' }: Counterpart): Html {
    if (here === undefined) return html`<em>not here</em>: ${inline(without)}`;
    return pages.has(here)
      ? html`<a href="../optimizers/${here}/index.html">${here}</a>`
      : html`<code>${here}</code>`;
  }

  function rowOf(library: Library, row: Counterpart): Html {
    const { name, options, differs, epsilon } = cellsOf(library, row, ours);
    return html`<tr>
      <th scope="row"><code>${name}</code></th>
      <td>${target(row)}</td>
      <td>${inline(options)}</td>
      <td>${inline(differs)}</td>
      <td>${inline(epsilon)}</td>
    </tr>`;
  }

  const tableOf = (library: Library, [title, rows]: readonly [string, readonly Counterpart[]]): Html =>
    html`<h3>${title}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="${title} of ${library.library}">
        <table class="wide">
          <thead>
            <tr>
              ${columns.map((column) => html`<th scope="col">${column}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => rowOf(library, row))}
          </tbody>
        </table>
      </div>`;

  function section(library: Library): Html {
    const { library: name, version, date, address, notes } = library;
    return html`<section>
      <h2 id="${id(name)}">${name}</h2>
      <p><a href="${address}">${name}</a> ${version}, read on ${date}.</p>
      <ul>
        ${notes.map((note) => html`<li>${inline(note)}</li>`)}
      </ul>
      ${sections(library).map((each) => tableOf(library, each))}
    </section>`;
  }

  const body = html`<h1>Coming from</h1>
    <p class="lead">
      What is called what, which defaults differ, and where ε sits. A name that has nothing here says why.
    </p>
    <p class="row">
      ${all.map(({ library }) => html`<a class="badge" href="#${id(library)}">${library}</a>`)}
    </p>
    ${all.map(section)}`;
  return {
    path: 'coming-from/',
    title: 'Coming from · @optim',
    description: 'From tf.train, Keras, torch, optax, timm and pytorch_optimizer.',
    body,
  };
}
