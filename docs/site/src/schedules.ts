// SPDX-License-Identifier: Apache-2.0
// The composer of schedules: one, or two joined; with a warm-up before, times a factor; any step read off; code and JSON.

import { schedules as described } from 'virtual:schedules';
import type { Schedule } from '@optim/core';
import * as all from '@optim/schedules';
import { Chart } from './chart.js';
import { byId, element, short } from './dom.js';

type Options = Record<string, number | string | boolean>;
type Row = (typeof described)[number]['options'][number];

const factories = all as unknown as Readonly<Record<string, (options: object) => Schedule>>;

/** First values of what must be given, for a run of 1,000 steps. */
const firsts: Readonly<Record<string, number>> = {
  learningRate: 1e-3,
  maxLearningRate: 1e-3,
  initialLearningRate: 1e-3,
  totalSteps: 1000,
  warmupSteps: 100,
  decaySteps: 200,
  stepSize: 250,
  cycleSteps: 300,
  stepSizeUp: 100,
  minLearningRate: 1e-5,
  endLearningRate: 1e-5,
  firstCycleSteps: 300,
  exploreSteps: 500,
  stableSteps: 600,
  gamma: 0.5,
  decayRate: 0.5,
  modelSize: 512,
  beta2: 0.99,
};

/** Those that are made of numbers alone, so that sliders are enough. */
export const simple = described.filter(({ options }) =>
  options.every((row) => row.default !== undefined || /^in |^an integer/.test(row.range)),
);

const first = (row: Row): number | string | boolean =>
  firsts[row.name] !== undefined && (row.default === undefined || row.name === 'warmupSteps')
    ? firsts[row.name]!
    : ((row.default as number | string | boolean | undefined) ?? 1);

/** One schedule with its sliders. */
class Part {
  readonly node: HTMLElement = element('div', { className: 'card contestant' });
  #options: Options = {};
  #name: string;
  readonly #change: () => void;

  constructor(label: string, name: string, change: () => void) {
    this.#name = name;
    this.#change = change;
    const select = element(
      'select',
      { 'aria-label': label },
      ...simple.map((entry) => element('option', {}, entry.name)),
    );
    select.value = name;
    select.addEventListener('change', () => {
      this.#name = select.value;
      this.#fill(rest);
      change();
    });
    const rest = element('div');
    this.node.append(element('div', { className: 'row' }, select), rest);
    this.#fill(rest);
  }

  make(): Schedule {
    return factories[this.#name]!(this.#options);
  }

  get code(): string {
    const given = Object.entries(this.#options).map(
      ([key, value]) => `${key}: ${typeof value === 'string' ? `'${value}'` : value}`,
    );
    return `${this.#name}({ ${given.join(', ')} })`;
  }

  get name(): string {
    return this.#name;
  }

  #fill(rest: HTMLElement): void {
    const { options, summary } = described.find(({ name }) => name === this.#name)!;
    this.#options = {};
    for (const row of options)
      if (row.default === undefined || row.name === 'warmupSteps') this.#options[row.name] = first(row);
    rest.replaceChildren(element('p', {}, summary), ...options.flatMap((row) => this.#control(row)));
  }

  #control(row: Row): HTMLElement[] {
    const value = this.#options[row.name] ?? first(row);
    const set = (next: number | string | boolean): void => {
      this.#options[row.name] = next;
      this.#change();
    };
    const choices = [...row.range.matchAll(/'([^']+)'/g)].map(([, word]) => word!);
    if (row.range.startsWith('one of')) {
      const select = element('select', {}, ...choices.map((choice) => element('option', {}, choice)));
      select.value = String(value);
      select.addEventListener('change', () => set(select.value));
      return [
        element('label', { className: 'field', title: row.meaning }, element('span', {}, row.name), select),
      ];
    }
    if (typeof value === 'boolean') {
      const box = element('input', { type: 'checkbox', checked: value });
      box.addEventListener('change', () => set(box.checked));
      return [element('label', { title: row.meaning }, box, ` ${row.name}`)];
    }
    if (typeof value !== 'number') return [];
    return [slider(row, value, set)];
  }
}

function slider({ name, range, meaning }: Row, value: number, set: (value: number) => void): HTMLElement {
  const isInteger = range.startsWith('an integer');
  const most = /1[)\]]/.test(range) ? 1 : Math.max(isInteger ? 1000 : 0, 4 * value) || 1e-3;
  const output = element('output', {}, short(value));
  const step = isInteger ? 1 : most / 200;
  const input = element('input', {
    type: 'range',
    min: String(isInteger ? 1 : most / 200),
    max: String(most),
    step: String(step),
    title: meaning,
  });
  input.value = String(value);
  input.addEventListener('input', () => {
    const next = Number(Number(input.value).toPrecision(4));
    output.textContent = short(next);
    set(next);
  });
  return element('label', { className: 'field' }, element('span', {}, name, output), input);
}

const chart = new Chart(byId('curve'), {
  labels: ['rate'],
  x: 'step',
  y: 'rate',
  onPoint: (index) => {
    if (index !== null) read(index);
  },
});
const at = byId<HTMLInputElement>('step');
const warmup = byId<HTMLInputElement>('warmup');
const boundary = byId<HTMLInputElement>('boundary');
const factor = byId<HTMLInputElement>('factor');
const asked = new URLSearchParams(location.search).get('schedule');
const start = simple.some(({ name }) => name === asked) ? asked! : 'cosineWithWarmup';
const parts = [new Part('Schedule', start, update), new Part('The schedule after it', 'linear', update)];
let current: Schedule = () => 0;

/** The schedule, and the code that makes it. */
function composed(): { schedule: Schedule; code: string; names: string[] } {
  const [one, two] = parts as [Part, Part];
  let [schedule, code, names] = [one.make(), one.code, [one.name]];
  const change = Number(boundary.value);
  if (change > 0) {
    schedule = all.join({ schedules: [schedule, two.make()], boundaries: [change] });
    code = `join({ schedules: [${code}, ${two.code}], boundaries: [${change}] })`;
    names = ['join', ...names, two.name];
  }
  const steps = Number(warmup.value);
  if (steps > 0) {
    schedule = all.withWarmup(schedule, { warmupSteps: steps });
    code = `withWarmup(${code}, { warmupSteps: ${steps} })`;
    names = ['withWarmup', ...names];
  }
  const times = Number(factor.value);
  if (times !== 1) {
    schedule = all.scale(schedule, times);
    code = `scale(${code}, ${times})`;
    names = ['scale', ...names];
  }
  return { schedule, code, names: [...new Set(names)] };
}

function read(step: number): void {
  at.value = String(step);
  byId('rate').textContent = `the rate is ${short(current(step), 6)}`;
}

function update(): void {
  byId('after').hidden = Number(boundary.value) <= 0;
  try {
    const { schedule, code, names } = composed();
    current = schedule;
    const steps = Array.from({ length: 1201 }, (_, i) => i);
    chart.show(steps, [steps.map(schedule)]);
    byId('code').textContent =
      `import { ${names.join(', ')} } from '@optim/schedules';\n\nconst learningRate = ${code};`;
    byId('json').textContent = JSON.stringify(schedule.config, null, 2);
    byId('trouble').textContent = '';
    read(Number(at.value));
  } catch (error) {
    byId('trouble').textContent = error instanceof Error ? error.message : String(error);
  }
}

byId('first').append(parts[0]!.node);
byId('after').append(parts[1]!.node);
for (const input of [warmup, boundary, factor]) input.addEventListener('input', update);
at.addEventListener('input', () => read(Math.max(0, Math.round(Number(at.value)) || 0)));
update();
document.documentElement.dataset['walked'] = 'yes';
