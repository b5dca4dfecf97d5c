// SPDX-License-Identifier: Apache-2.0

import { html, type Html } from './html.js';

export function typeset(text: string): Html {
  return html`<pre class="formula" tabindex="0">${text}</pre>`;
}
