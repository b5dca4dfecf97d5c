// SPDX-License-Identifier: Apache-2.0
// The list of all classes and hooks.

import { kindOf } from '../../licences/policy.js';
import type { Catalogue, ClassEntry } from '../catalogue.js';
import { html, type Html } from '../html.js';
import { inline } from '../markdown.js';
import type { Page } from '../page.js';
import { bytesOf, familyTitles, licenceBadge } from './common.js';

function card(entry: ClassEntry): Html {
  const { name, summary, licence, needs } = entry.description;
  return html`<li data-name="${`${name} ${summary}`.toLowerCase()}">
    <a class="card" href="${name}/index.html"
      ><strong>${name}</strong>
      <p>${inline(summary)}</p>
      <span class="badge">${Number(bytesOf(entry).toPrecision(3))} B a parameter</span>
      ${needs.length > 0 ? html`<span class="badge">needs ${needs.join(', ')}</span> ` : ''}${kindOf(licence) === 'permissive' ? '' : licenceBadge(licence)}</a
    >
  </li>`;
}

export function optimizers({ classes, hooks }: Catalogue): Page {
  const sections = Object.entries(familyTitles).map(([family, title]) => {
    const own = classes.filter(({ description }) => description.family === family);
    return html`<section>
      <h2 id="${family}">${title} <small style="color:var(--soft);font-weight:400">${own.length}</small></h2>
      <ul class="grid list">
        ${own.map(card)}
      </ul>
    </section>`;
  });
  const body = html`<h1>Optimizers</h1>
    <p class="lead">
      ${classes.length} classes, each with its formula, its options, what it keeps, what it costs, and where
      it comes from.
    </p>
    <p>
      <label class="field" style="max-width:26rem"
        ><span>Only those that say</span
        ><input type="search" id="filter" placeholder="sign, warm-up, memory …" autocomplete="off"
      /></label>
    </p>
    <p id="found" role="status" style="min-height:1.6em;margin:0;color:var(--soft)"></p>
    ${sections}
    <h2 id="hooks">Hooks, for every optimizer</h2>
    <p>
      They go into the option <code>transforms</code> and are fused with the rule:
      <code>new AdamW({ transforms: [clipByGlobalNorm(1)] })</code>.
    </p>
    <ul class="grid list">
      ${hooks.map(
        ({ name, summary, options }) =>
          html`<li class="card" id="${name}">
            <strong>${name}</strong>
            <p>${inline(summary)}</p>
            ${options.map((option) => html`<code>${option.name}</code> `)}
          </li>`,
      )}
    </ul>`;
  return {
    path: 'optimizers/',
    title: 'Optimizers · @optim',
    description: 'Every optimizer, wrapper and hook of @optim.',
    body,
    script: 'filter',
  };
}
