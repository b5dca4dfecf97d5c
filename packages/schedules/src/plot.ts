// SPDX-License-Identifier: Apache-2.0

import { custom, integer, outOfRange, resolveOptions, type OptionTable, type Schedule } from '@optim/options';

/** Options of {@link plot}. */
export interface PlotOptions {
  /** How many steps to show, from 0 on; an integer in [1, ∞). */
  steps: number;
  /** Width of the picture; an integer in [160, 10000], default 640. */
  width?: number;
  /** Height of the picture; an integer in [120, 10000], default 320. */
  height?: number;
  /** What the vertical axis shows; default 'learning rate'. */
  label?: string;
}

const table: OptionTable<PlotOptions> = {
  steps: /* #__PURE__ */ integer('[1, ∞)'),
  width: /* #__PURE__ */ integer('[160, 10000]', 640),
  height: /* #__PURE__ */ integer('[120, 10000]', 320),
  label: /* #__PURE__ */ custom('a string', (value) => typeof value === 'string', 'learning rate'),
};

const margin = { left: 72, right: 16, top: 16, bottom: 44 };

/** Round numbers, about five, that cover a range. */
function ticks(low: number, high: number): number[] {
  const raw = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const unit = [1, 2, 5].map((digit) => digit * power).find((candidate) => candidate >= raw) ?? 10 * power;
  const first = Math.ceil(low / unit);
  const count = Math.floor(high / unit + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * unit);
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const written = (value: number): string => String(Number(value.toPrecision(6)));

/**
 * Draws a schedule as an SVG picture: the step to the right, the value upwards, a point per step or pixel.
 *
 * @param schedule - the schedule, or any function of the step
 * @returns the text of an SVG file, the same for the same input
 * @throws TypeError, RangeError for an option outside its range, or a value of the schedule that is not
 * finite.
 */
export function plot(schedule: Schedule, options: PlotOptions): string {
  const { steps, width, height, label } = resolveOptions('plot', table, options);
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const last = Math.max(1, steps - 1);
  const count = Math.min(steps, inner.width);
  const shown = Array.from({ length: count }, (_, i) =>
    Math.round((i * (steps - 1)) / Math.max(1, count - 1)),
  );
  const points = shown.map((step) => ({ step, value: schedule(step) }));
  const bad = points.find(({ value }) => !Number.isFinite(value));
  if (bad) throw outOfRange('plot', `schedule(${bad.step})`, 'a finite number', bad.value);

  const low = points.reduce((least, { value }) => Math.min(least, value), 0);
  const high = points.reduce((most, { value }) => Math.max(most, value), low) || low + 1;
  const x = (step: number): string => (margin.left + (step / last) * inner.width).toFixed(1);
  const y = (value: number): string =>
    (margin.top + ((high - value) / (high - low)) * inner.height).toFixed(1);
  const [right, bottom] = [width - margin.right, height - margin.bottom];
  const middle = margin.top + inner.height / 2;
  const title = escape(label);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    `  viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#333"`,
    `  role="img" aria-label="${title}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...ticks(low, high).map(
      (value) =>
        `<path d="M${margin.left} ${y(value)}H${right}" stroke="#ddd"/>` +
        `<text x="${margin.left - 8}" y="${y(value)}" dy="4" text-anchor="end">${written(value)}</text>`,
    ),
    ...ticks(0, last).map(
      (step) =>
        `<path d="M${x(step)} ${bottom}v4" stroke="#333"/>` +
        `<text x="${x(step)}" y="${bottom + 16}" text-anchor="middle">${written(step)}</text>`,
    ),
    `<path d="M${margin.left} ${margin.top}V${bottom}H${right}" fill="none" stroke="#333"/>`,
    `<text x="${margin.left + inner.width / 2}" y="${height - 8}" text-anchor="middle">step</text>`,
    `<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${title}</text>`,
    `<polyline points="${points.map(({ step, value }) => `${x(step)},${y(value)}`).join(' ')}"`,
    `  fill="none" stroke="#1f77b4" stroke-width="1.5"/>`,
    '</svg>',
    '',
  ].join('\n');
}
