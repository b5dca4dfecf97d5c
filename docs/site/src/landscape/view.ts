// SPDX-License-Identifier: Apache-2.0
// The picture: heights in bands, ways as lines with dashes and markers, and a start that can be moved.

import { element, short } from '../dom.js';
import { isDark, markerPath, onTheme, series } from '../theme.js';
import { valuesOf, type Problem } from './problems.js';
import type { Walk } from './walk.js';

const [width, height] = [800, 600];
const bands = 16;
const svg = 'http://www.w3.org/2000/svg';

type Point = readonly [number, number];

export class View {
  readonly #canvas = element('canvas', { width, height, 'aria-hidden': 'true' });
  readonly #lines = document.createElementNS(svg, 'svg');
  readonly #start = element('button', { type: 'button', className: 'start' });
  readonly #onMove: (start: Point) => void;
  #problem: Problem | undefined;
  #at: Point = [0, 0];

  /** @param onMove - is called while the start is moved */
  constructor(holder: HTMLElement, onMove: (start: Point) => void) {
    this.#onMove = onMove;
    this.#lines.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#lines.setAttribute('aria-hidden', 'true');
    holder.replaceChildren(this.#canvas, this.#lines, this.#start);
    holder.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.#start.focus();
      holder.setPointerCapture(event.pointerId);
      this.#follow(holder, event);
    });
    holder.addEventListener('pointermove', (event) => {
      if (holder.hasPointerCapture(event.pointerId)) this.#follow(holder, event);
    });
    this.#start.addEventListener('keydown', (event) => this.#press(event));
    onTheme(() => this.#paint());
  }

  show(problem: Problem, start: Point): void {
    const isNew = problem !== this.#problem;
    this.#problem = problem;
    this.#at = start;
    if (isNew) this.#paint();
    const [x, y] = this.#place(start);
    this.#start.style.left = `${(100 * x) / width}%`;
    this.#start.style.top = `${(100 * y) / height}%`;
    const label = `Start, x ${short(start[0])}, y ${short(start[1])}. Arrow keys move it.`;
    this.#start.setAttribute('aria-label', label);
  }

  /** Draws ways up to a step; the numbers of the series are those of the walks. */
  draw(walks: readonly Walk[], upTo: number): void {
    const minima = this.#problem!.minima.map((point) => {
      const [x, y] = this.#place(point);
      return `<path d="M${x - 8} ${y}h16M${x} ${y - 8}v16" stroke="var(--ink)" stroke-width="2.5"/>`;
    });
    const ways = walks.map(({ points }, i) => {
      const { colour, dash, marker } = series[i]!;
      const places = points
        .slice(0, upTo + 1)
        .filter(([x, y]) => Number.isFinite(x + y))
        .map((point) => this.#place(point));
      const path = `M${places.map((place) => place.map((z) => z.toFixed(1)).join(' ')).join('L')}`;
      const every = Math.max(1, Math.round(points.length / 8));
      const marks = places
        .filter((_, step) => step % every === 0 && step > 0)
        .map(([x, y]) => markerPath(marker, x, y, 5));
      const [x, y] = places.at(-1)!;
      return (
        `<path d="${path}" fill="none" stroke="var(--paper)" stroke-width="6" stroke-opacity="0.65" stroke-linejoin="round"/>` +
        `<path d="${path}" fill="none" stroke="var(--${colour})" stroke-width="2.6" stroke-dasharray="${dash.join(' ') || 'none'}" stroke-linejoin="round"/>` +
        `<path d="${marks.join('')}" fill="var(--${colour})" stroke="var(--paper)" stroke-width="1"/>` +
        `<path d="${markerPath(marker, x, y, 9)}" fill="var(--${colour})" stroke="var(--paper)" stroke-width="2"/>`
      );
    });
    this.#lines.innerHTML = [...minima, ...ways].join('');
  }

  #place([x, y]: Point): [number, number] {
    const [left, right, bottom, top] = this.#problem!.box;
    const clamp = (z: number): number => Math.max(-5000, Math.min(5000, z));
    return [clamp(((x - left) / (right - left)) * width), clamp(((top - y) / (top - bottom)) * height)];
  }

  #move([x, y]: Point): void {
    const [left, right, bottom, top] = this.#problem!.box;
    this.#onMove([Math.max(left, Math.min(right, x)), Math.max(bottom, Math.min(top, y))]);
  }

  #follow(holder: HTMLElement, { clientX, clientY }: PointerEvent): void {
    const [left, right, bottom, top] = this.#problem!.box;
    const area = holder.getBoundingClientRect();
    const x = left + ((clientX - area.left) / area.width) * (right - left);
    this.#move([x, top - ((clientY - area.top) / area.height) * (top - bottom)]);
  }

  #press(event: KeyboardEvent): void {
    const directions: Readonly<Record<string, Point>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    };
    const direction = directions[event.key];
    if (!direction) return;
    event.preventDefault();
    const [left, right, bottom, top] = this.#problem!.box;
    const stride = event.shiftKey ? 0.1 : 0.02;
    this.#move([
      this.#at[0] + direction[0] * stride * (right - left),
      this.#at[1] + direction[1] * stride * (top - bottom),
    ]);
  }

  #paint(): void {
    if (!this.#problem) return;
    const values = valuesOf(this.#problem, width, height);
    const least = values.reduce((a, b) => Math.min(a, b));
    const heights = values.map((value) => Math.log1p(40 * (value - least)));
    const highest = heights.reduce((a, b) => Math.max(a, b));
    const band = (i: number): number => Math.floor((heights[i]! / highest) * bands);
    const [low, high, line] = isDark()
      ? [
          [32, 96, 106],
          [15, 18, 24],
          [70, 130, 140],
        ]
      : [
          [120, 190, 198],
          [251, 250, 246],
          [86, 140, 148],
        ];
    const context = this.#canvas.getContext('2d')!;
    const picture = context.createImageData(width, height);
    for (let i = 0; i < heights.length; i++) {
      const own = band(i);
      const isEdge = (i % width > 0 && band(i - 1) !== own) || (i >= width && band(i - width) !== own);
      const share = own / bands;
      for (let c = 0; c < 3; c++) {
        const flat = low![c]! + (high![c]! - low![c]!) * share;
        picture.data[4 * i + c] = isEdge ? (flat + line![c]!) / 2 : flat;
      }
      picture.data[4 * i + 3] = 255;
    }
    context.putImageData(picture, 0, 0);
  }
}
