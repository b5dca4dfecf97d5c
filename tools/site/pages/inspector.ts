// SPDX-License-Identifier: Apache-2.0

import { html } from '../html.js';
import { codeBlock } from '../markdown.js';
import type { Page } from '../page.js';

const code = `import { AdamW } from '@optim/adamw';
import { monitor } from '@optim/hooks';
import { inspect } from '@optim/inspector';

const optimizer = new AdamW({ transforms: [monitor()] });
const inspector = inspect(document.querySelector('#panel'), optimizer);

await model.fit(x, y, { callbacks: { onBatchEnd: () => inspector.update() } });`;

export function inspector(): Page {
  const body = html`<h1>Training inspector</h1>
    <p class="lead">
      What each variable goes through while it trains: norms of its gradient, of what a step adds and of
      itself, and where the first NaN came from. This network learns digits in this tab.
    </p>
    <section class="card" aria-label="A training under inspection">
      <div class="row" role="group" aria-label="The training">
        <button type="button" class="primary" id="pause">Pause</button>
        <button type="button" id="reset">Reset</button>
        <button type="button" id="break">Put NaN into the next batch</button>
        <label class="row"><input type="checkbox" id="guard" /> guard with <code>skipNonFinite</code></label>
      </div>
      <label class="field" style="max-width:26rem;margin:0.75rem 0"
        ><span>Learning rate <output id="rate-number"></output></span
        ><input type="range" id="rate" min="-5" max="0" step="0.1" value="-3"
      /></label>
      <p id="status" style="min-height:1.6em;color:var(--soft)">Loading …</p>
      <div id="panel" style="min-height:40rem"></div>
    </section>
    <h2>On a page of your own</h2>
    <p>
      The panel is the package <code>@optim/inspector</code>. It needs no framework, works with every
      optimizer that has the hook <code>monitor</code>, and follows dark and light of the page.
    </p>
    ${codeBlock('npm install @optim/inspector @optim/hooks', 'sh')} ${codeBlock(code)}
    <p>
      A ratio of update to parameter of about 1e-3 is usual. Norms take sweeps of their own over all numbers:
      name fewer of them, or leave variables out, where the time of a step counts.
    </p>`;
  return {
    path: 'inspector/',
    title: 'Training inspector · @optim',
    description:
      'Norms of gradient, update and parameter by variable, live, and where the first NaN came from.',
    body,
    script: 'inspector',
    data: 'assets/digits.bin',
  };
}
