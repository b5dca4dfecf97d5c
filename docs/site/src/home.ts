// SPDX-License-Identifier: Apache-2.0
// The first screen: three optimizers train the same network on the same digits.

import { backendOf, useBackend, type Backend } from './backend.js';
import { Chart } from './chart.js';
import { byId, element, short } from './dom.js';
import { makerOf, totalSteps } from './home/contestants.js';
import { drawDigit, fetchDigits, type Digits } from './home/digits.js';
import { Race, tests } from './home/race.js';
import type { Runner } from './home/runner.js';

const choice = byId<HTMLSelectElement>('choice');
const backends = byId<HTMLSelectElement>('backend');
const pause = byId('pause');
const status = byId('status');
const pictures = byId('digits');
const labels = ['AdamW', 'tf.train.adam', 'the third'];
const chart = new Chart(byId('chart'), { labels, x: 'step', y: 'training loss', log: true });

/** An average of the last losses, so that lines can be told apart. */
function smooth(losses: readonly number[]): number[] {
  let [sum, weight] = [0, 0];
  return losses.map((loss) => {
    sum = 0.92 * sum + 0.08 * loss;
    weight = 0.92 * weight + 0.08;
    return sum / weight;
  });
}

function showNumbers(runners: readonly Runner[]): void {
  const lines = runners.map(({ losses }) => smooth(losses));
  runners.forEach(({ accuracy, nanoseconds, kernels }, i) => {
    const texts = {
      loss: short(lines[i]!.at(-1)!),
      accuracy: Number.isNaN(accuracy) ? '–' : `${(100 * accuracy).toFixed(1)} %`,
      speed: Number.isNaN(nanoseconds) ? '–' : short(nanoseconds, 2),
      kernels: String(kernels || '–'),
    };
    for (const [name, text] of Object.entries(texts)) cell(i, name).textContent = text;
  });
  chart.show(
    lines[0]!.map((_, i) => i + 1),
    lines,
  );
}

const cell = (row: number, name: string): Element =>
  byId('race').children[row]!.querySelector(`[data-cell="${name}"]`)!;

function showGuesses({ labels: truths }: Digits, guesses: Uint8Array): void {
  [...pictures.children].forEach((item, i) => {
    const [truth, guess] = [truths.at(i - tests), guesses[i]];
    item.className = truth === guess ? '' : 'wrong';
    item.querySelector('span')!.textContent = truth === guess ? `${guess}` : `${guess} ✗`;
  });
}

async function run(race: Race, backend: Backend): Promise<void> {
  status.textContent = `Loading ${backend} …`;
  const third = choice.selectedOptions[0]!;
  const [digits, , ...makers] = await Promise.all([
    fetched,
    useBackend(backend),
    makerOf('AdamW', 'adamw'),
    makerOf('tf.train.adam', ''),
    makerOf(third.value, third.dataset['package']!),
  ]);
  await race.run(makers, digits, {
    onStep(step) {
      status.textContent = `Step ${step} of ${totalSteps} on ${backend}`;
      document.documentElement.dataset['step'] = String(step);
    },
    onNumbers: showNumbers,
    onGuesses: (guesses) => showGuesses(digits, guesses),
  });
  if (!race.isStopped) status.textContent = `${totalSteps} steps on ${backend} are done. Reset trains again.`;
}

const fetched = fetchDigits();
let race = new Race();
let ended: Promise<void> = Promise.resolve();

/** Trains from new; what trains now ends first, since a backend belongs to the whole page. */
function start(): void {
  race.stop();
  const next = new Race();
  race = next;
  pause.textContent = 'Pause';
  cell(2, 'name').textContent = choice.value;
  ended = ended
    .then(() => (next.isStopped ? undefined : run(next, backends.value as Backend)))
    .catch((error: unknown) => {
      status.textContent = error instanceof Error ? error.message : String(error);
    });
}

pause.addEventListener('click', () => {
  race.isPaused = !race.isPaused;
  pause.textContent = race.isPaused ? 'Go on' : 'Pause';
});
byId('reset').addEventListener('click', start);
choice.addEventListener('change', start);
backends.addEventListener('change', start);
backends.value = backendOf(new URL(location.href));
start();
const digits = await fetched;
[...pictures.children].forEach((item, i) => {
  const canvas = element('canvas', { 'aria-hidden': 'true' });
  drawDigit(canvas, digits, digits.count - tests + i);
  item.replaceChildren(canvas, element('span', {}, '·'));
});
