// SPDX-License-Identifier: Apache-2.0

import { golden, make, notSchedules } from '../../../packages/schedules/test/golden.js';
import type { Catalogue } from '../catalogue.js';
import { html, raw, type Html } from '../html.js';
import { inline } from '../markdown.js';
import type { Page } from '../page.js';

/** The curve of a schedule with the options of its first golden case. */
function thumb(name: string): Html {
  const entry = golden.find(({ schedule }) => schedule === name);
  if (!entry || notSchedules.has(name)) return html`<svg class="thumb" aria-hidden="true"></svg>`;
  const schedule = make(entry);
  const steps = entry.values.at(-1)![0] + 1;
  const values = Array.from({ length: 161 }, (_, i) => schedule((i * (steps - 1)) / 160));
  const most = Math.max(...values) || 1;
  const points = values.map(
    (value, i) => `${((i * 300) / 160).toFixed(1)} ${(104 - (96 * value) / most).toFixed(1)}`,
  );
  return raw(
    `<svg class="thumb" viewBox="0 0 300 112" preserveAspectRatio="none" aria-hidden="true"><path d="M0 104.5h300" style="stroke:var(--line)"/><path d="M${points.join('L')}"/></svg>`,
  );
}

export function schedules({ schedules: entries }: Catalogue): Page {
  const cards = entries.map(
    ({ name, summary, options }) =>
      html`<li class="card" id="${name}">
        ${thumb(name)}<strong>${name}</strong>
        <p>${inline(summary)}</p>
        ${options.map((option) => html`<code>${option.name}</code> `)}
      </li>`,
  );
  const body = html`<h1>Schedules</h1>
    <p class="lead">
      A learning rate, or any other number of an optimizer, as a function of the steps done. Compose one here,
      drag what it is made of, and take the code.
    </p>
    <div class="beside">
      <div>
        <div
          class="chart"
          id="curve"
          role="img"
          aria-label="The rate by step; the field below reads off any step"
        ></div>
        <p class="row">
          At step
          <input
            type="number"
            id="step"
            aria-label="Step to read off"
            min="0"
            value="100"
            style="width:7rem"
          />
          <output id="rate"></output>
        </p>
        <p role="alert" id="trouble" style="color:var(--warm);min-height:1.6em"></p>
        <h2>Code</h2>
        <div class="code">
          <pre tabindex="0"><code id="code"></code></pre>
        </div>
        <h3>The same as JSON</h3>
        <p>
          It is what <code>createOptimizer</code> takes as the option <code>learningRate</code>, and what is
          saved with an optimizer.
        </p>
        <div class="code">
          <pre tabindex="0"><code id="json"></code></pre>
        </div>
      </div>
      <div>
        <div id="first"></div>
        <div class="card contestant">
          <label class="field"
            ><span>warm-up before it, steps</span><input type="number" id="warmup" min="0" value="0"
          /></label>
          <label class="field"
            ><span>times a factor</span><input type="number" id="factor" min="0" step="0.1" value="1"
          /></label>
          <label class="field"
            ><span>another one from this step on; 0: none</span
            ><input type="number" id="boundary" min="0" value="0"
          /></label>
        </div>
        <div id="after" hidden></div>
      </div>
    </div>
    <h2>All of them</h2>
    <p>Each with the options of one of its tests; the height is that of its largest value.</p>
    <ul class="grid">
      ${cards}
    </ul>`;
  return {
    path: 'schedules/',
    title: 'Schedules · @optim',
    description: 'Every learning-rate schedule, composed and drawn in the page.',
    body,
    script: 'schedules',
  };
}
