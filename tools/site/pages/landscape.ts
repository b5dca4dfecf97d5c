// SPDX-License-Identifier: Apache-2.0

import { problems } from '../../../docs/site/src/landscape/problems.js';
import { html } from '../html.js';
import type { Page } from '../page.js';

export function landscape(): Page {
  const body = html`<h1>Landscape</h1>
    <p class="lead">
      Up to four optimizers over a function of two numbers. Drag the start or move it with the arrow keys;
      drag any option. The address holds all that is set.
    </p>
    <div class="beside">
      <div>
        <div class="row" style="margin-bottom:1rem">
          <label class="row"
            >over
            <select id="problem">
              ${problems.map(({ name, title }) => html`<option value="${name}">${title}</option>`)}
            </select></label
          >
          <label class="row"
            >steps <input id="steps" type="number" min="1" max="2000" value="300" style="width:6.5rem"
          /></label>
          <button type="button" id="play">Play</button>
          <button type="button" id="link">Copy the address</button>
        </div>
        <div class="landscape" id="picture"></div>
        <p style="margin:0.75rem 0 0;min-height:3.2em"><span id="about"></span> <code id="formula"></code></p>
        <label class="field"
          ><span>Step <output id="at-number">300</output></span
          ><input type="range" id="at" min="0" max="300" value="300"
        /></label>
        <p role="alert" id="trouble" style="color:var(--warm);min-height:1.6em;margin:0"></p>
        <div class="scroll" tabindex="0" role="region" aria-label="Where they are">
          <table>
            <thead>
              <tr>
                <th><span class="visually-hidden">Line</span></th>
                <th scope="col">Optimizer</th>
                <th scope="col" class="number">Point</th>
                <th scope="col" class="number">Height</th>
                <th scope="col" class="number">From the minimum</th>
                <th scope="col" class="number">Length of the step</th>
              </tr>
            </thead>
            <tbody id="numbers"></tbody>
          </table>
        </div>
      </div>
      <div>
        <div id="forms"></div>
        <button type="button" id="add">Add an optimizer</button>
      </div>
    </div>
    <h2>Height by step</h2>
    <div
      class="chart"
      id="values"
      role="img"
      aria-label="Height of each optimizer by step; the table above has the numbers at the step chosen"
    ></div>
    <h2>What each keeps at this step</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Slots">
      <table>
        <thead>
          <tr>
            <th scope="col">Optimizer</th>
            <th scope="col">Slot</th>
            <th scope="col" class="number">Numbers</th>
          </tr>
        </thead>
        <tbody id="slots"></tbody>
      </table>
    </div>
    <p>
      Learning rates start where a search over nine of them, from 0.001 to 1, came lowest on the valley and
      the ravine. It goes no higher than 0.1 for Adam and its kin, wrappers and sharpness-aware classes, and
      0.05 for momentum and signs: higher rates come low too, but jump across the picture first. A picture of
      two numbers shows how a rule moves. It says little about networks, where there are millions of them and
      gradients are noisy.
    </p>`;
  return {
    path: 'landscape/',
    title: 'Landscape · @optim',
    description: 'Up to four optimizers over a function of two numbers, with every option to drag.',
    body,
    script: 'landscape',
  };
}
