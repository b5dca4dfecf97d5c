// SPDX-License-Identifier: Apache-2.0
// One search over pages, classes, hooks, schedules and the API; its list is fetched when it is first opened.

import { element, root } from './dom.js';

/** What can be found: name, what kind of thing it is, a sentence, and its address from the root of the site. */
type Entry = readonly [name: string, kind: string, text: string, address: string];

/** How well an entry fits; 0 where it does not. */
function score([name, , text]: Entry, words: readonly string[]): number {
  const [lower, rest] = [name.toLowerCase(), text.toLowerCase()];
  let sum = 0;
  for (const word of words) {
    const at = lower.indexOf(word);
    const inText = rest.includes(word);
    if (at < 0 && !inText) return 0;
    sum += lower === word ? 100 : at === 0 ? 50 - lower.length / 10 : at > 0 ? 20 - lower.length / 10 : 3;
  }
  return sum;
}

let dialog: HTMLDialogElement | undefined;

function makeDialog(): HTMLDialogElement {
  const input = element('input', {
    type: 'search',
    placeholder: 'Search classes, options, recipes, API',
    autocomplete: 'off',
    'aria-label': 'Search',
  });
  const list = element('ul');
  const status = element('p', { className: 'visually-hidden', role: 'status' });
  const made = element('dialog', { className: 'search', 'aria-label': 'Search' }, input, list, status);
  let entries: Entry[] = [];
  const show = (): void => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = entries
      .map((entry) => ({ entry, fit: score(entry, words) }))
      .filter(({ fit }) => words.length > 0 && fit > 0)
      .sort((a, b) => b.fit - a.fit)
      .slice(0, 30);
    status.textContent = words.length > 0 ? `${found.length} found` : '';
    list.replaceChildren(
      ...found.map(({ entry: [name, kind, text, address] }) =>
        element(
          'li',
          {},
          element(
            'a',
            { href: root + address },
            element('strong', {}, name),
            element('span', { className: 'badge' }, kind),
            element('small', {}, text),
          ),
        ),
      ),
    );
  };
  const load = async (): Promise<void> => {
    const answer = await fetch(`${root}assets/search.json`);
    entries = (await answer.json()) as Entry[];
    show();
  };
  void load();
  input.addEventListener('input', show);
  made.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const links = [...list.querySelectorAll('a')];
    const at =
      links.indexOf(document.activeElement as HTMLAnchorElement) + (event.key === 'ArrowDown' ? 1 : -1);
    (at < 0 ? input : links[Math.min(at, links.length - 1)])?.focus();
  });
  input.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') list.querySelector('a')?.click();
  });
  made.addEventListener('click', (event) => {
    if (event.target === made) made.close();
  });
  document.body.append(made);
  return made;
}

export function openSearch(): void {
  dialog ??= makeDialog();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('input')!.select();
}
