// SPDX-License-Identifier: Apache-2.0

import { sampleOf } from '../../../docs/site/src/theme.js';
import type { Catalogue } from '../catalogue.js';
import { codeBlock } from '../markdown.js';
import { html, raw, type Html } from '../html.js';
import type { Page } from '../page.js';
import { backendChoices, choicesOf } from './common.js';

const row = (name: string, i: number): Html =>
  html`<tr>
    <td class="key">${raw(sampleOf(i))}</td>
    <th scope="row" data-cell="name">${name}</th>
    ${['loss', 'accuracy', 'speed', 'kernels'].map((cell) => html`<td class="number" data-cell="${cell}">–</td>`)}
  </tr>`;

const first = `import { AdamW } from '@optim/adamw';

model.compile({
  optimizer: new AdamW({ learningRate: 1e-3 }),
  loss: 'categoricalCrossentropy',
});`;

export function home({ classes, hooks, schedules }: Catalogue): Page {
  const body = html`<div class="hero">
      <div>
        <h1>Optimizers for TensorFlow.js, training in this tab</h1>
        <p class="lead">
          ${classes.length} optimizers and wrappers, ${hooks.length} hooks and ${schedules.length} schedules.
          Each reproduces, step by step, numbers that another implementation computed; each runs as fused
          kernels on cpu, wasm, webgl and webgpu.
        </p>
        ${codeBlock('npm install @optim/adamw @tensorflow/tfjs', 'sh')} ${codeBlock(first)}
        <p class="row">
          <a href="which-one/index.html">Which one should I take?</a>
          <a href="landscape/index.html">See how they move</a>
          <a href="optimizers/index.html">All ${classes.length}</a>
        </p>
      </div>
      <section class="card" aria-labelledby="race-title">
        <h2 id="race-title" style="margin-top:0">Handwritten digits, three ways</h2>
        <div class="row" role="group" aria-label="The race">
          <button type="button" class="primary" id="pause">Pause</button>
          <button type="button" id="reset">Reset</button>
          <label class="row"
            >against
            <select id="choice">
              ${choicesOf(classes, 'Lion')}
            </select></label
          >
          <label class="row"
            >on
            <select id="backend">
              ${backendChoices}
            </select></label
          >
        </div>
        <div
          class="chart"
          id="chart"
          role="img"
          aria-label="Training loss by step; the table below has the numbers"
        ></div>
        <div class="scroll" tabindex="0" role="region" aria-label="Numbers of the race">
          <table class="race">
            <thead>
              <tr>
                <th><span class="visually-hidden">Line</span></th>
                <th scope="col">Optimizer</th>
                <th scope="col" class="number">Loss</th>
                <th scope="col" class="number">Test accuracy</th>
                <th scope="col" class="number">ns a parameter</th>
                <th scope="col" class="number">Kernels a step</th>
              </tr>
            </thead>
            <tbody id="race">
              ${['AdamW', 'tf.train.adam', 'Lion'].map(row)}
            </tbody>
          </table>
        </div>
        <ul class="digits" id="digits" aria-label="Test digits, with what AdamW takes them for">
          ${Array.from({ length: 26 }, () => raw('<li><canvas width="28" height="28"></canvas><span>·</span></li>'))}
        </ul>
        <p id="status" style="margin:0.75rem 0 0;min-height:1.6em">Loading …</p>
      </section>
    </div>
    <h2>What you see</h2>
    <p>
      Three copies of one network (784 pixels, 64 hidden units, 10 digits;
      <span id="parameters">50,890</span> parameters) start from the same weights and take the same batches of
      64 out of 2,000 digits. The table has the mean of the last losses, the share of 500 test digits
      recognized, the time of the update alone, and how many kernels the backend runs for it. On webgl and
      webgpu the time includes waiting for one number, since these answer later than they are asked. Below,
      what AdamW takes 26 test digits for: a dashed frame and ✗ mark those it gets wrong.
    </p>
    <p>
      Settings are those that each package suggests for a first try; nothing is tuned for this network. It
      shows that they train and what a step costs, not which is best.
      <a href="speed/index.html">Recorded measurements</a> say more about cost.
    </p>`;
  return {
    path: '',
    title: '@optim: optimizers for TensorFlow.js, tried in the page',
    description: 'Optimizers and schedules for TensorFlow.js that train in this page, on your machine.',
    body,
    script: 'home',
    data: 'assets/digits.bin',
  };
}
