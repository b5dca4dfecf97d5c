// SPDX-License-Identifier: Apache-2.0
// Speed: measures on the visitor's machine, and shows what is emitted for the class chosen.

import { layouts, reference } from '../../../tools/bench/subjects.js';
import { backendOf, useBackend, type Backend } from './backend.js';
import { byId, element, short } from './dom.js';
import { makerOf } from './home/contestants.js';
import { measure, type Row, type Subject } from './speed/bench.js';
import { showKernels } from './speed/kernels.js';
import { layoutTitles } from './speed/layouts.js';

const choice = byId<HTMLSelectElement>('choice');
const backends = byId<HTMLSelectElement>('backend');
const layout = byId<HTMLSelectElement>('layout');
const start = byId<HTMLButtonElement>('start');
const download = byId<HTMLButtonElement>('download');
const status = byId('status');
const table = byId('measured');

/** One measurement: what is downloaded. */
interface Measured {
  readonly backend: string;
  readonly layout: string;
  readonly rows: readonly Row[];
}

const all: Measured[] = [];
let isRunning = false;
let isStopped = false;

function rowOf({ name, nanoseconds, timesFaster, kernels }: Row, slowest: number): HTMLElement {
  const number = (text: string): HTMLElement => element('td', { className: 'number' }, text);
  const bar = element('span');
  bar.style.width = `${Math.max(1, (100 * nanoseconds) / slowest).toFixed(1)}%`;
  return element(
    'tr',
    { className: name === reference ? 'theirs' : '' },
    element('th', { scope: 'row' }, name, bar),
    number(short(nanoseconds, 2)),
    number(timesFaster.toFixed(1)),
    number(String(kernels)),
  );
}

/** The last measurement first. */
function show(): void {
  table.replaceChildren(
    ...[...all].reverse().flatMap(({ backend, layout: of, rows }) => {
      const slowest = Math.max(...rows.map(({ nanoseconds }) => nanoseconds));
      const title = `${backend}, ${layoutTitles[of]}`;
      const head = element('th', { scope: 'rowgroup', colSpan: 4, className: 'group' }, title);
      return [element('tr', {}, head), ...rows.map((row) => rowOf(row, slowest))];
    }),
  );
}

async function subjects(): Promise<Subject[]> {
  const { value, dataset } = choice.selectedOptions[0]!;
  const make = await makerOf(value, dataset.package!);
  return [
    { name: reference, make: await makerOf(reference, '') },
    { name: value, make },
    { name: `${value}, plain ops`, make, withOps: true },
  ];
}

async function run(): Promise<void> {
  const [backend, of] = [backends.value as Backend, layout.value];
  status.textContent = `Loading ${backend} …`;
  await useBackend(backend);
  status.textContent = `Getting ready on ${backend} …`;
  const place = all.push({ backend, layout: of, rows: [] }) - 1;
  try {
    await measure(await subjects(), layouts[of]!, (rows, done) => {
      all[place] = { backend, layout: of, rows };
      show();
      status.textContent = `Measuring on ${backend}: ${Math.round(100 * done)} %`;
      return !isStopped;
    });
  } finally {
    if (all[place]!.rows.length === 0) all.splice(place, 1);
  }
  const { rows } = all[place]!;
  const own = rows[1]!;
  status.textContent = `${own.name} on ${backend}: ${short(own.nanoseconds, 2)} ns a parameter, ${own.timesFaster.toFixed(1)} times as fast as ${reference}.`;
  document.documentElement.dataset['measured'] = String(all.length);
}

async function toggle(): Promise<void> {
  if (isRunning) {
    isStopped = true;
    return;
  }
  [isRunning, isStopped] = [true, false];
  start.textContent = 'Stop';
  choice.disabled = true;
  try {
    await run();
  } catch (error) {
    status.textContent = error instanceof Error ? error.message : String(error);
  }
  isRunning = false;
  choice.disabled = false;
  start.textContent = 'Measure';
  download.disabled = all.length === 0;
}

function save(): void {
  const { userAgent, hardwareConcurrency } = navigator;
  const content = { date: new Date().toISOString(), userAgent, hardwareConcurrency, measured: all };
  const href = URL.createObjectURL(
    new Blob([`${JSON.stringify(content, null, 2)}\n`], { type: 'application/json' }),
  );
  element('a', { href, download: 'optim-speed.json' }).click();
  URL.revokeObjectURL(href);
}

async function showChosen(): Promise<void> {
  const { value, dataset } = choice.selectedOptions[0]!;
  showKernels(value, await makerOf(value, dataset.package!));
}

backends.value = backendOf(new URL(location.href));
// Any backend has the texts; this one takes the least to load.
await useBackend('cpu');
await showChosen();
start.addEventListener('click', () => void toggle());
download.addEventListener('click', save);
choice.addEventListener('change', () => void showChosen());
start.disabled = false;
