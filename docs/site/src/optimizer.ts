// SPDX-License-Identifier: Apache-2.0
// The page of a class: its landscape is loaded when it comes into view.

import { byId } from './dom.js';

const holder = byId('picture');
const observer = new IntersectionObserver(async ([entry]) => {
  if (!entry?.isIntersecting) return;
  observer.disconnect();
  const { showSmall } = await import('./landscape/small.js');
  showSmall(holder);
});
observer.observe(holder);
