// SPDX-License-Identifier: Apache-2.0
// The loss along evaluations as a picture, a panel for each problem.

import type { Curve } from '../results.js';

const [width, height] = [420, 280];
const [left, right, top, bottom] = [56, 12, 30, 40];
/** The class first, what it is compared with after it. */
const colours = ['#2b6cb0', '#e0b070', '#c9803f', '#b0413e'];
/** Losses below are not told apart. */
const least = 1e-10;

const pointsOf = (curve: Curve): [number, number][] =>
  Object.entries(curve).map(([evaluations, loss]) => [Number(evaluations), loss]);

function panel(title: string, series: readonly (readonly [string, Curve])[]): string {
  const all = series.flatMap(([, curve]) => pointsOf(curve));
  const most = Math.max(...all.map(([evaluations]) => evaluations));
  const levels = all.map(([, loss]) => Math.log10(Math.max(loss, least)));
  const [low, high] = [Math.floor(Math.min(...levels)), Math.ceil(Math.max(...levels))];
  const x = (evaluations: number): string =>
    (left + ((width - left - right) * evaluations) / most).toFixed(1);
  const y = (level: number): string =>
    (top + ((height - top - bottom) * (high - level)) / (high - low)).toFixed(1);
  const marks = Array.from({ length: high - low + 1 }, (_, i) => low + i).filter((level) => level % 2 === 0);
  return [
    `<text x="${left}" y="18" font-weight="bold">${title}</text>`,
    ...marks.map(
      (level) =>
        `<path d="M${left} ${y(level)}H${width - right}" stroke="#ddd"/>` +
        `<text x="${left - 6}" y="${Number(y(level)) + 4}" text-anchor="end">1e${level}</text>`,
    ),
    ...series.map(([, curve], i) => {
      const path = pointsOf(curve)
        .map(([n, loss]) => `${x(n)} ${y(Math.log10(Math.max(loss, least)))}`)
        .join('L');
      return `<path d="M${path}" fill="none" stroke="${colours[i]}" stroke-width="${i === 0 ? 2.5 : 1.5}"/>`;
    }),
    ...series.map(
      ([name], i) =>
        `<text x="${width - right - 4}" y="${top + 16 + 16 * i}" text-anchor="end" fill="${colours[i]}">${name}</text>`,
    ),
    `<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">evaluations of the loss, 0 to ${most}</text>`,
  ].join('\n');
}

/** The text of an SVG file; the loss has a logarithmic scale. */
export function curvesSvg(problems: Readonly<Record<string, Readonly<Record<string, Curve>>>>): string {
  const panels = Object.entries(problems);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * panels.length}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...panels.map(
      ([title, series], i) =>
        `<g transform="translate(${i * width})">\n${panel(title, Object.entries(series))}\n</g>`,
    ),
    '</svg>\n',
  ].join('\n');
}
