// SPDX-License-Identifier: Apache-2.0
// Up to four optimizers over a landscape; all that is set stands in the address.

import { classes } from 'virtual:classes';
import { Chart } from './chart.js';
import { byId, element, short } from './dom.js';
import { formOf } from './landscape/controls.js';
import { distanceOf, problemOf } from './landscape/problems.js';
import { most, settingFrom, toAddress, type Contestant, type Setting } from './landscape/setting.js';
import { controlsByName, walkAll, withRate } from './landscape/stage.js';
import { View } from './landscape/view.js';
import type { Walk } from './landscape/walk.js';
import { sampleOf } from './theme.js';

let setting: Setting = settingFrom(new URLSearchParams(location.search), (name) => controlsByName.has(name));
let walks: readonly Walk[] = [];

const problem = byId<HTMLSelectElement>('problem');
const steps = byId<HTMLInputElement>('steps');
const at = byId<HTMLInputElement>('at');
const forms = byId('forms');
const add = byId<HTMLButtonElement>('add');
const chart = new Chart(byId('values'), { labels: ['1', '2', '3', '4'], x: 'step', y: 'height', log: true });
const view = new View(byId('picture'), (start) => change({ start }));

const step = (): number => Math.min(Number(at.value), setting.steps);

function showStep(): void {
  byId('at-number').textContent = String(step());
  view.draw(walks, step());
  const rows = walks.map(({ points, values }, i) => {
    const k = Math.min(step(), points.length - 1);
    const [point, before] = [points[k]!, points[Math.max(0, k - 1)]!];
    const moved = Math.hypot(point[0] - before[0], point[1] - before[1]);
    const cells = [
      `(${short(point[0])}, ${short(point[1])})`,
      short(values[k]!),
      short(distanceOf(setting.problem, point)),
      short(moved),
    ];
    return element(
      'tr',
      {},
      element('td', { className: 'key', innerHTML: sampleOf(i) }),
      element('th', { scope: 'row' }, setting.contestants[i]!.name),
      ...cells.map((text) => element('td', { className: 'number' }, text)),
    );
  });
  byId('numbers').replaceChildren(...rows);
}

/** The state that an optimizer has at the step shown: it walks there again. */
let asked = 0;

async function showSlots(): Promise<void> {
  const id = ++asked;
  const there = await walkAll({ ...setting, steps: Math.max(1, step()) });
  if (!there || id !== asked) return;
  const items = there.flatMap(({ slots }, i) =>
    Object.entries(slots).map(([slot, numbers]) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, setting.contestants[i]!.name),
        element('td', {}, element('code', {}, slot)),
        element(
          'td',
          { className: 'number' },
          numbers.length > 4 ? `${numbers.length} numbers` : numbers.map((x) => short(x)).join(', '),
        ),
      ),
    ),
  );
  byId('slots').replaceChildren(...items);
}

async function update(): Promise<void> {
  history.replaceState(null, '', toAddress(setting));
  view.show(setting.problem, setting.start);
  byId('about').textContent = setting.problem.text;
  byId('formula').textContent = setting.problem.formula;
  at.max = String(setting.steps);
  document.documentElement.dataset['walked'] = 'no';
  try {
    const done = await walkAll(setting);
    if (!done) return;
    walks = done;
    byId('trouble').textContent = '';
  } catch (error) {
    byId('trouble').textContent = error instanceof Error ? error.message : String(error);
    return;
  }
  const count = Math.max(...walks.map(({ values }) => values.length));
  // Two minima of the saddle lie below zero, which a logarithmic axis does not show.
  const least = Math.min(0, ...walks.flatMap(({ values }) => values.filter(Number.isFinite)));
  chart.show(
    Array.from({ length: count }, (_, i) => i),
    walks.map(({ values }) => values.map((value) => (Number.isFinite(value) ? value - least + 1e-12 : null))),
  );
  showStep();
  await showSlots();
  document.documentElement.dataset['walked'] = 'yes';
}

function change(part: Partial<Setting>): void {
  setting = { ...setting, ...part };
  void update();
}

const replaced = (i: number, contestant: Contestant): Contestant[] =>
  setting.contestants.map((own, j) => (i === j ? contestant : own));

const fresh = (name: string): Contestant => withRate({ name, options: {}, schedule: '', hooks: [] });

function showForms(): void {
  const { contestants } = setting;
  forms.replaceChildren(
    ...contestants.map((contestant, i) =>
      formOf(withRate(contestant), i, classes, {
        onChange: (changed) => change({ contestants: replaced(i, changed) }),
        onClass: (name) => setContestants(replaced(i, fresh(name))),
        onRemove:
          contestants.length > 1 ? () => setContestants(contestants.filter((_, j) => j !== i)) : undefined,
      }),
    ),
  );
  add.disabled = contestants.length >= most;
}

function setContestants(contestants: readonly Contestant[]): void {
  change({ contestants });
  showForms();
}

problem.value = setting.problem.name;
steps.value = String(setting.steps);
at.max = steps.value;
at.value = steps.value;
problem.addEventListener('change', () => {
  const next = problemOf(problem.value);
  change({ problem: next, start: next.start });
});
steps.addEventListener('change', () => {
  const count = Math.max(1, Math.min(2000, Math.round(Number(steps.value)) || 300));
  steps.value = String(count);
  at.max = steps.value;
  at.value = steps.value;
  change({ steps: count });
});
at.addEventListener('input', showStep);
at.addEventListener('change', () => void showSlots());
add.addEventListener('click', () => {
  const used = setting.contestants.map(({ name }) => name);
  const name =
    ['Muon', 'AdaBelief', 'Prodigy', 'AdamW', 'SGDW', 'Lion'].find((other) => !used.includes(other)) ??
    'AdamW';
  setContestants([...setting.contestants, fresh(name)]);
});
byId('play').addEventListener('click', () => {
  const began = performance.now();
  const frame = (now: number): void => {
    at.value = String(Math.min(setting.steps, Math.round(((now - began) / 4000) * setting.steps)));
    showStep();
    if (Number(at.value) < setting.steps) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});
byId('link').addEventListener('click', () => void navigator.clipboard.writeText(location.href));
showForms();
void update();
