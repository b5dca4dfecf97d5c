// SPDX-License-Identifier: Apache-2.0

import type { Speed } from '../../results.js';
import { html, type Html } from '../html.js';
import type { Catalogue } from '../catalogue.js';
import type { Page } from '../page.js';
import { readResults } from '../../results.js';
import { layoutTitles } from '../../../docs/site/src/speed/layouts.js';
import { backendChoices, choicesOf } from './common.js';

function named(key: string): string {
  const [backend = '', layout = ''] = key.split(', ');
  return `${backend}, ${layoutTitles[layout] ?? layout}`;
}

/** What was measured of one class, beside `tf.train.adam`. */
export function speedRows(speed: Readonly<Record<string, Speed>>): Html {
  const rows = Object.entries(speed).map(
    ([key, { nanoseconds, timesFaster, kernels }]) =>
      html`<tr>
        <th scope="row">${named(key)}</th>
        <td class="number">${nanoseconds}</td>
        <td class="number">${kernels}</td>
        <td class="number">${timesFaster} times</td>
      </tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Recorded speed">
    <table class="wide">
      <thead>
        <tr>
          <th scope="col">Backend and parameters</th>
          <th scope="col" class="number">ns a parameter</th>
          <th scope="col" class="number">Kernels</th>
          <th scope="col" class="number">As fast as tf.train.adam</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

export function speed({ classes }: Catalogue): Page {
  const theirs = readResults().get('tf.train.adam')?.speed ?? {};
  const tables = Object.keys(theirs).map((key) => {
    const own = classes.flatMap(({ description: { name }, results }) => {
      const found = results.speed?.[key];
      return found ? [{ name, ...found }] : [];
    });
    const all = [...own, { name: 'tf.train.adam', ...theirs[key]! }].sort(
      (a, b) => a.nanoseconds - b.nanoseconds,
    );
    const slowest = Math.max(...all.map(({ nanoseconds }) => nanoseconds));
    const rows = all.map(
      ({ name, nanoseconds, kernels, timesFaster }) =>
        html`<tr class="${name === 'tf.train.adam' ? 'theirs' : ''}">
          <th scope="row">
            ${name === 'tf.train.adam' ? name : html`<a href="../optimizers/${name}/index.html">${name}</a>`}
          </th>
          <td class="number">${nanoseconds}</td>
          <td class="number">${kernels}</td>
          <td class="number">${timesFaster}</td>
          <td><span style="width:${Math.max(0.4, (100 * nanoseconds) / slowest).toFixed(1)}%"></span></td>
        </tr>`,
    );
    return html`<h3>${named(key)}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="${named(key)}">
        <table class="bars">
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col" class="number">ns a parameter</th>
              <th scope="col" class="number">Kernels a step</th>
              <th scope="col" class="number">Times as fast</th>
              <th><span class="visually-hidden">Bar: ns a parameter</span></th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`;
  });
  const body = html`<h1>Speed</h1>
    <p class="lead">
      What a step costs on your machine, on any backend that it has, and the very instructions that run there.
    </p>
    <div class="beside even">
      <section class="card" aria-labelledby="bench-title">
        <h2 id="bench-title" style="margin-top:0">On this machine</h2>
        <div class="row" role="group" aria-label="What to measure">
          <label class="row"
            >measure
            <select id="choice">
              ${choicesOf(classes, 'AdamW')}
            </select></label
          >
          <label class="row"
            >on
            <select id="backend">
              ${backendChoices}
            </select></label
          >
          <label class="row"
            >with
            <select id="layout">
              ${Object.entries(layoutTitles).map(([name, title]) => html`<option value="${name}">${title}</option>`)}
            </select></label
          >
        </div>
        <p class="row" style="margin-top:1rem">
          <button type="button" class="primary" id="start" disabled>Measure</button>
          <button type="button" id="download" disabled>Download as JSON</button>
        </p>
        <p id="status" role="status" style="min-height:3.2em;margin:0 0 0.75rem;color:var(--soft)">
          It takes a few seconds. What was measured before stays in the table.
        </p>
        <div class="scroll" tabindex="0" role="region" aria-label="Measured on this machine">
          <table class="measured race">
            <thead>
              <tr>
                <th scope="col">Optimizer</th>
                <th scope="col" class="number">ns a parameter</th>
                <th scope="col" class="number">Times as fast</th>
                <th scope="col" class="number">Kernels</th>
              </tr>
            </thead>
            <tbody id="measured">
              <tr>
                <td colspan="4" style="color:var(--soft)">Nothing yet.</td>
              </tr>
            </tbody>
          </table>
        </div>
        <p style="color:var(--soft);font-size:var(--small)">
          Bursts of steps take turns, so that a slow moment hits all of them; a ratio is the median of those
          of bursts one after the other, with <code>tf.train.adam</code> as 1. On webgl and webgpu a burst
          ends when a number has come back.
        </p>
      </section>
      <section class="card kernels" aria-labelledby="kernel-title">
        <h2 id="kernel-title" style="margin-top:0">Emitted for <span id="kernel-of">it</span></h2>
        <div class="row" role="group" aria-label="Language of the kernel">
          <button type="button" data-language="wasm" aria-pressed="true">WebAssembly</button>
          <button type="button" data-language="wgsl" aria-pressed="false">WGSL</button>
          <button type="button" data-language="glsl" aria-pressed="false">GLSL</button>
          <label class="row"
            >phase
            <select id="phase"></select
          ></label>
        </div>
        <p id="kernel-about" role="status" style="min-height:3.2em;margin:1rem 0;color:var(--soft)">
          Loading …
        </p>
        <div class="code">
          <pre tabindex="0" role="region" aria-label="Text of the kernel"><code id="kernel"></code></pre>
        </div>
      </section>
    </div>
    <h2>As recorded</h2>
    <p>
      One step of each class beside <code>tf.train.adam</code>, whose bar is hatched; shorter is faster.
      Recorded on one machine with two cores; webgl and webgpu ran in a software renderer there, so read their
      ratios only.
    </p>
    ${tables}`;
  return {
    path: 'speed/',
    title: 'Speed · @optim',
    description: 'What a step costs on your machine, by backend and size, and the kernels that run it.',
    body,
    script: 'speed',
  };
}
