// SPDX-License-Identifier: Apache-2.0
// What is seen of a history.

import type { Monitored, Norms } from '@optim/hooks';
import { decadesOf, pathOf, short } from './plot.js';
import type { History } from './history.js';
import { style } from './style.js';

const kinds: readonly Monitored[] = ['gradient', 'update', 'parameter'];
const [width, height] = [600, 160];

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<{ [name: string]: string }> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A picture of lines, each of a class; decoration, for tables have the numbers. */
function picture(box: string, classes: readonly string[]): { svg: SVGSVGElement; paths: SVGPathElement[] } {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', box);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const paths = classes.map((name) => {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('class', name);
    return path;
  });
  svg.append(...paths);
  return { svg, paths };
}

/** What stands above the chart. */
export interface Facts {
  readonly learningRate: number;
  /** Steps that guards left out; absent where there is no guard. */
  readonly skipped?: number;
}

interface Row {
  readonly row: HTMLTableRowElement;
  readonly button: HTMLButtonElement;
  readonly cells: readonly HTMLTableCellElement[];
  readonly spark: SVGPathElement;
}

const columns = ['gradient', 'update', 'parameter', 'ratio'] as const;

/** The panel in an element; it leaves no trace when it is disposed of. */
export class Panel {
  readonly #host = element('div');
  readonly #facts = new Map<string, HTMLElement>();
  readonly #fault = element('p', { class: 'fault', role: 'status' });
  readonly #title = element('strong');
  readonly #chart = picture(`0 0 ${width} ${height}`, kinds);
  readonly #labels = [element('span', { style: 'top:0' }), element('span', { style: 'top:100%' })];
  readonly #body = element('tbody');
  readonly #rows = new Map<string | null, Row>();
  #chosen: string | null = null;

  constructor(
    holder: HTMLElement,
    private readonly history: History,
  ) {
    const root = this.#host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    const facts = ['Step', 'Learning rate', 'Skipped steps', 'Update over parameter'].map((name) => {
      const value = element('dd', {}, '–');
      this.#facts.set(name, value);
      return element('div', {}, element('dt', {}, name), value);
    });
    const key = kinds.map((kind) => {
      const { svg, paths } = picture('0 0 30 10', [kind]);
      paths[0]!.setAttribute('d', 'M0 5H30');
      return element('span', {}, svg, kind);
    });
    const heads = ['Variable', ...columns].map((name) => element('th', { scope: 'col' }, name));
    root.append(
      element('dl', {}, ...facts),
      this.#fault,
      element(
        'figure',
        {},
        element('figcaption', {}, this.#title, element('span', { class: 'key' }, ...key)),
        element('div', { class: 'chart' }, this.#chart.svg, ...this.#labels),
      ),
      element(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Norms by variable' },
        element(
          'table',
          {},
          element('thead', {}, element('tr', {}, ...heads, element('th', { scope: 'col' }, 'ratio so far'))),
          this.#body,
        ),
      ),
    );
    holder.append(this.#host);
  }

  /** Shows what the history holds now. */
  show({ learningRate, skipped }: Facts): void {
    const last = this.history.readings.at(-1)!;
    const facts = {
      Step: String(last.step),
      'Learning rate': short(learningRate),
      'Skipped steps': short(skipped),
      'Update over parameter': short(last.norms.ratio),
    };
    for (const [name, text] of Object.entries(facts)) this.#facts.get(name)!.textContent = text;
    for (const variable of [null, ...this.history.variables]) this.#showRow(variable);
    this.#showFault();
    this.#showChart();
  }

  dispose(): void {
    this.#host.remove();
  }

  #choose(variable: string | null): void {
    this.#chosen = variable;
    for (const [name, { button }] of this.#rows)
      button.setAttribute('aria-pressed', String(name === variable));
    this.#showChart();
  }

  #showFault(): void {
    const { fault } = this.history;
    if (!fault || this.#fault.hasChildNodes()) return;
    const { variable, norm, value, step } = fault;
    const text = `First number that is not finite: ${value} in the ${norm} of ${variable}, step ${step}. Show it`;
    const button = element('button', { type: 'button' }, text);
    button.addEventListener('click', () => {
      this.#choose(variable);
      this.#rows.get(variable)?.button.focus();
    });
    this.#fault.append(button);
  }

  #showChart(): void {
    const norms = this.history.of(this.#chosen);
    const lines = kinds.map((kind) => norms.map((each) => each?.[kind]));
    const decades = decadesOf(lines);
    this.#title.textContent = `Norms of ${this.#chosen ?? 'all variables together'}`;
    this.#chart.paths.forEach((path, i) => path.setAttribute('d', pathOf(lines[i]!, decades, width, height)));
    this.#labels[0]!.textContent = short(10 ** decades.to);
    this.#labels[1]!.textContent = short(10 ** decades.from);
  }

  #showRow(variable: string | null): void {
    const { row, cells, spark } = this.#rows.get(variable) ?? this.#makeRow(variable);
    const norms = this.history.of(variable);
    const now: Norms = norms.at(-1) ?? {};
    columns.forEach((column, i) => (cells[i]!.textContent = short(now[column])));
    row.className = columns.some((column) => now[column] !== undefined && !Number.isFinite(now[column]))
      ? 'bad'
      : '';
    const ratios = norms.map((each) => each?.ratio);
    spark.setAttribute('d', pathOf(ratios, decadesOf([ratios]), 100, 20));
  }

  #makeRow(variable: string | null): Row {
    const button = element(
      'button',
      { type: 'button', 'aria-pressed': String(variable === this.#chosen) },
      variable ?? 'all together',
    );
    button.addEventListener('click', () => this.#choose(variable));
    const cells = columns.map(() => element('td'));
    const { svg, paths } = picture('0 0 100 20', ['gradient']);
    svg.setAttribute('class', 'spark');
    const row = element('tr', {}, element('th', { scope: 'row' }, button), ...cells, element('td', {}, svg));
    this.#body.append(row);
    const made = { row, button, cells, spark: paths[0]! };
    this.#rows.set(variable, made);
    return made;
  }
}
