// SPDX-License-Identifier: Apache-2.0
// The frame of every page. All addresses are relative, so that the site may lie in any folder.

import { html, raw, type Html } from './html.js';

export interface Page {
  /** Where it lies: `landscape/`, `optimizers/AdamW/`; `''` for the first screen. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly body: Html;
  /** The entry of `docs/site/src` that makes it live. */
  readonly script?: string;
  /** Data that it fetches first, by its address from the root of the site. */
  readonly data?: string;
}

/** Files of the bundle that a page loads, relative to the root of the site. */
export interface Assets {
  readonly styles: readonly string[];
  /** By entry: its own file first, then what it imports. */
  readonly scripts: Readonly<Record<string, readonly string[]>>;
}

const navigation = [
  ['landscape/', 'Landscape'],
  ['which-one/', 'Which one?'],
  ['optimizers/', 'Optimizers'],
  ['schedules/', 'Schedules'],
  ['coming-from/', 'Coming from'],
  ['cookbook/', 'Cookbook'],
  ['speed/', 'Speed'],
  ['inspector/', 'Inspector'],
  ['api/', 'API'],
] as const;

/** From a page to the root of the site. */
export function rootFrom(path: string): string {
  return '../'.repeat(path.split('/').length - 1) || './';
}

/** Before anything is painted: typedoc keeps its choice under the same name. */
const theme = raw(
  `<script>{const t=(()=>{try{return localStorage.getItem('tsd-theme')}catch{}})();if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}</script>`,
);

/** The bar at the top; `root` leads to the root of the site. */
export function bar(root: string, path: string): Html {
  const links = navigation.map(([to, name]) => {
    const current = to === path ? raw(' aria-current="page"') : '';
    return html`<li><a href="${root}${to}index.html" ${current}>${name}</a></li>`;
  });
  return html`<a class="skip" href="#main">Skip to the content</a>
    <header class="bar">
      <a class="mark" href="${root}index.html"
        ><svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M3 5c2 15 7 21 13 21S27 20 29 5" />
          <circle cx="16" cy="26" r="3" /></svg
        ><span>@optim</span></a
      >
      <nav aria-label="Site">
        <ul>
          ${links}
        </ul>
      </nav>
      <div class="tools">
        <button type="button" id="search" aria-keyshortcuts="/">
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="8.5" cy="8.5" r="5.5" />
            <path d="m13 13 5 5" /></svg
          ><span>Search</span>
        </button>
        <button type="button" id="theme" aria-label="Dark or light">
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="10" cy="10" r="7.5" />
            <path class="half" d="M10 2.5a7.5 7.5 0 0 1 0 15z" />
          </svg>
        </button>
      </div>
    </header>`;
}

/** The whole file. */
export function render(
  { path, title, description, body, script, data }: Page,
  { styles, scripts }: Assets,
): string {
  const root = rootFrom(path);
  const used = [...new Set([...scripts['frame']!, ...(script ? scripts[script]! : [])])];
  const entries = new Set([scripts['frame']![0], script && scripts[script]![0]]);
  const page = html`<!doctype html>
    <html lang="en" data-root="${root}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="${description}" />
        <title>${title}</title>
        <link
          rel="icon"
          href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M3 5c2 15 7 21 13 21S27 20 29 5' fill='none' stroke='%230a7d8c' stroke-width='4'/%3E%3Ccircle cx='16' cy='26' r='4' fill='%23d55e00'/%3E%3C/svg%3E"
        />
        ${theme} ${data && html`<link rel="preload" as="fetch" crossorigin href="${root}${data}" /> `}
        ${styles.map((file) => html`<link rel="stylesheet" href="${root}${file}" /> `)}${used.map((file) =>
          entries.has(file)
            ? html`<script type="module" src="${root}${file}"></script> `
            : html`<link rel="modulepreload" href="${root}${file}" /> `,
        )}
      </head>
      <body>
        ${bar(root, path)}
        <main id="main">${body}</main>
        <footer>
          <p>
            Everything on these pages runs in your browser, on your machine. Nothing is tracked, nothing is
            sent.
          </p>
        </footer>
      </body>
    </html> `;
  return page.text;
}
