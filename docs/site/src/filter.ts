// SPDX-License-Identifier: Apache-2.0
// Shows only the cards that have all the words typed.

import { byId } from './dom.js';

const input = byId<HTMLInputElement>('filter');
const cards = [...document.querySelectorAll<HTMLElement>('[data-name]')];

input.addEventListener('input', () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const card of cards) card.hidden = !words.every((word) => card.dataset['name']!.includes(word));
  for (const section of document.querySelectorAll<HTMLElement>('main section'))
    section.hidden = section.querySelector('[data-name]:not([hidden])') === null;
  byId('found').textContent =
    words.length === 0 ? '' : `${cards.filter(({ hidden }) => !hidden).length} found`;
});
