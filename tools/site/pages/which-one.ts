// SPDX-License-Identifier: Apache-2.0

import { questions } from '../../../docs/site/src/which-one/advice.js';
import type { Catalogue } from '../catalogue.js';
import { html, raw } from '../html.js';
import type { Page } from '../page.js';
import { bytesOf } from './common.js';

export function whichOne({ classes }: Catalogue): Page {
  const measured = Object.fromEntries(
    classes.map((entry) => {
      const { description, results } = entry;
      const speed = results.speed?.['wasm, 1M'];
      const kept = `Recorded: it keeps ${Number(bytesOf(entry).toPrecision(3))} bytes a parameter`;
      const cost = speed
        ? `, and an update on wasm takes ${speed.nanoseconds} ns a parameter, ${speed.timesFaster} times as fast as tf.train.adam`
        : '';
      const { licence, officialCode } = description;
      const authors =
        officialCode && officialCode.licence !== 'NONE'
          ? `; the authors’ own code, ${officialCode.licence}`
          : '';
      return [description.name, `${kept}${cost}. Its licence is ${licence}${authors}.`];
    }),
  );
  const fields = questions.map(
    ({ name, text, answers }) =>
      html`<fieldset class="card" style="margin-bottom:1rem">
        <legend class="visually-hidden">${text}</legend>
        <strong aria-hidden="true">${text}</strong>${Object.entries(answers).map(
          ([value, answer], i) =>
            html`<label style="display:block;margin-top:0.4rem"
              ><input type="radio" name="${name}" value="${value}" ${i === 0 && raw(' checked')} />
              ${answer}</label
            >`,
        )}
      </fieldset>`,
  );
  const body = html`<h1>Which one?</h1>
    <p class="lead">
      There is no best optimizer, and often AdamW is fine. Five questions lead to a class for a first try.
    </p>
    <div class="beside even">
      <form id="questions">${fields}</form>
      <section aria-live="polite" class="card" style="position:sticky;top:5rem">
        <h2 style="margin-top:0">Take <span id="name">AdamW</span></h2>
        <ul id="reasons" style="padding-left:1.2rem"></ul>
        <div class="code">
          <pre tabindex="0"><code id="install"></code></pre>
        </div>
        <div class="code">
          <pre tabindex="0"><code id="code"></code></pre>
        </div>
      </section>
    </div>
    <p>
      The advice is that of the papers and of the packages’ own texts; where these name no source it is our
      judgement. <a href="../api/documents/docs_choosing.html">Choosing</a> says what to change first, and
      what to do when it does not train.
    </p>
    ${raw(`<script type="application/json" id="measured">${JSON.stringify(measured).replaceAll('<', String.raw`\u003c`)}</script>`)}`;
  return {
    path: 'which-one/',
    title: 'Which one? · @optim',
    description: 'Five questions that lead to an optimizer.',
    body,
    script: 'which-one',
  };
}
