// SPDX-License-Identifier: Apache-2.0
// Other libraries' names, and what is here for each: tables kept as data in docs/site/data/coming-from.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../workspace.js';
import type { Catalogue } from '../catalogue.js';
import { html, type Html } from '../html.js';
import { inline } from '../markdown.js';
import type { Page } from '../page.js';

/** A class of another library. */
export interface Counterpart {
  readonly name: string;
  /** The class here; `without` says why there is none. */
  readonly here?: string;
  readonly without?: string;
  /** Options whose name is another one, beyond those of the whole library. */
  readonly options?: Readonly<Record<string, string>>;
  readonly differs?: string;
  /** Where ε sits there. */
  readonly epsilon?: string;
}

export interface Library {
  readonly library: string;
  readonly version: string;
  /** When the table was compared with that version. */
  readonly date: string;
  readonly address: string;
  readonly options: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly classes: readonly Counterpart[];
}

const order = ['tf-train', 'keras', 'torch', 'optax', 'timm', 'pytorch-optimizer'];

/** The tables; the classes of pytorch_optimizer are those that package.json files name. */
export function libraries({ classes }: Pick<Catalogue, 'classes'>): Library[] {
  const folder = join(root, 'docs', 'site', 'data', 'coming-from');
  const names = readdirSync(folder).map((file) => file.replace('.json', ''));
  return names
    .sort((a, b) => order.indexOf(a) - order.indexOf(b))
    .map((name) => {
      const library = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Library;
      if (name !== 'pytorch-optimizer') return library;
      const found = classes.flatMap(({ algorithm, description }) =>
        algorithm.seed ? [{ name: algorithm.seed, here: description.name }] : [],
      );
      return { ...library, classes: found.sort((a, b) => a.name.localeCompare(b.name)) };
    });
}

const pairs = (options: Readonly<Record<string, string>> = {}): Html[] =>
  Object.entries(options).map(([there, here]) => html`<code>${there}</code> → <code>${here}</code><br />`);

function rowOf({ name, here, without, options, differs = '', epsilon = '' }: Counterpart): Html {
  const target = here
    ? html`<a href="../optimizers/${here}/index.html">${here}</a>`
    : html`<em>not here</em>: ${inline(without ?? '')}`;
  return html`<tr>
    <th scope="row"><code>${name}</code></th>
    <td>${target}</td>
    <td>${pairs(options)}</td>
    <td>${inline(differs)}</td>
    <td>${epsilon}</td>
  </tr>`;
}

function section({ library, version, date, address, options, notes, classes }: Library): Html {
  const id = library.replaceAll(/\W/g, '-');
  return html`<section>
    <h2 id="${id}">${library}</h2>
    <p><a href="${address}">${library}</a> ${version}, compared on ${date}.</p>
    <h3>Options everywhere</h3>
    <p>${pairs(options)}</p>
    <ul>
      ${notes.map((note) => html`<li>${inline(note)}</li>`)}
    </ul>
    <div class="scroll" tabindex="0" role="region" aria-label="Classes of ${library}">
      <table class="wide">
        <thead>
          <tr>
            <th scope="col">There</th>
            <th scope="col">Here</th>
            <th scope="col">Options</th>
            <th scope="col">What differs</th>
            <th scope="col">Its ε</th>
          </tr>
        </thead>
        <tbody>
          ${classes.map(rowOf)}
        </tbody>
      </table>
    </div>
  </section>`;
}

export function comingFrom(catalogue: Catalogue): Page {
  const all = libraries(catalogue);
  const body = html`<h1>Coming from</h1>
    <p class="lead">
      What is called what, which defaults differ, and where ε sits. A name that has nothing here says why.
    </p>
    <p class="row">
      ${all.map(({ library }) => html`<a class="badge" href="#${library.replaceAll(/\W/g, '-')}">${library}</a>`)}
    </p>
    ${all.map(section)}`;
  return {
    path: 'coming-from/',
    title: 'Coming from · @optim',
    description: 'From tf.train, Keras, torch, optax, timm and pytorch_optimizer.',
    body,
  };
}
