// SPDX-License-Identifier: Apache-2.0

import type { Speed } from '../../results.js';
import { html, type Html } from '../html.js';
import type { Catalogue } from '../catalogue.js';
import type { Page } from '../page.js';
import { readResults } from '../../results.js';

const layouts: Readonly<Record<string, string>> = {
  '1M': 'one tensor of a million',
  '200 x 1k': '200 tensors of a thousand',
  '10M': 'one tensor of ten million',
  mobilenet: 'the tensors of MobileNet',
};

function named(key: string): string {
  const [backend = '', layout = ''] = key.split(', ');
  return `${backend}, ${layouts[layout] ?? layout}`;
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
    <table>
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
    return html`<h2>${named(key)}</h2>
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
  const body = html`<h1>Speed, as recorded</h1>
    <p class="lead">
      One step of each class beside <code>tf.train.adam</code>, whose bar is hatched; shorter is faster.
      Recorded on one machine with two cores; webgl and webgpu ran in a software renderer there, so read their
      ratios only.
    </p>
    <p>
      What a step costs on <em>your</em> machine stands on the <a href="../index.html">first page</a> while it
      trains.
    </p>
    ${tables}`;
  return {
    path: 'speed/',
    title: 'Speed · @optim',
    description: 'What a step costs, by backend and size.',
    body,
  };
}
