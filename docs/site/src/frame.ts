// SPDX-License-Identifier: Apache-2.0
// What every page has: dark and light, the search, buttons that copy code.

import '../style/index.css';
import { byId, element } from './dom.js';
import { openSearch } from './search.js';
import { toggleTheme } from './theme.js';

byId('theme').addEventListener('click', toggleTheme);
byId('search').addEventListener('click', openSearch);

addEventListener('keydown', (event) => {
  const { target, key, ctrlKey, metaKey } = event;
  const types = target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable]');
  if ((key === '/' && !types) || (key === 'k' && (ctrlKey || metaKey))) {
    event.preventDefault();
    openSearch();
  }
});

for (const block of document.querySelectorAll<HTMLElement>('.code')) {
  const button = element('button', { type: 'button', textContent: 'Copy' });
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('code')!.textContent!);
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy'), 1500);
  });
  block.append(button);
}

document.querySelector('.bar [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
