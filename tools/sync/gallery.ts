// SPDX-License-Identifier: Apache-2.0
// All schedules in one picture, each with the options of its first golden case.

import type { Schedule } from '@optim/core';
import { plot } from '@optim/schedules';
import { golden, make, notSchedules, type GoldenEntry } from '../../packages/schedules/test/golden.js';

const columns = 4;
const [width, height, head] = [320, 190, 24];

/** What the horizontal axis counts, where it is not the step. */
const axes: Readonly<Record<string, string>> = {
  reduceOnPlateau: 'by epoch',
  layerwiseDecay: 'by level',
  debertaV3LayerRates: 'by layer',
};

function curve(entry: GoldenEntry): Schedule {
  if (!notSchedules.has(entry.schedule)) return make(entry);
  const values = entry.values.map(([, value]) => value!);
  return (step) => values[step]!;
}

/** The text of an SVG file. */
export function gallery(): string {
  const names = [...new Set(golden.map(({ schedule }) => schedule))];
  const pictures = names.map((name, i) => {
    const entry = golden.find(({ schedule }) => schedule === name)!;
    const steps = notSchedules.has(name) ? entry.values.length : entry.values.at(-1)![0] + 1;
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * (height + head)];
    const drawn = plot(curve(entry), { steps, width, height, label: 'rate' });
    const title = axes[name] ? `${name} (${axes[name]})` : name;
    return (
      `<text x="${x + 72}" y="${y + 18}" font-weight="bold">${title}</text>\n` +
      drawn.replace('<svg ', `<svg x="${x}" y="${y + head}" `)
    );
  });
  const [right, bottom] = [columns * width, Math.ceil(names.length / columns) * (height + head)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${right}" height="${bottom}" font-family="sans-serif" font-size="13">`,
    `<rect width="${right}" height="${bottom}" fill="#fff"/>`,
    ...pictures,
    '</svg>\n',
  ].join('\n');
}
