// SPDX-License-Identifier: Apache-2.0
// A line chart whose lines differ by dash as well as colour, and that follows dark and light.

import './locale.js'; // before uPlot
import uPlot from 'uplot';
import { colour, onTheme, series } from './theme.js';
import { short } from './dom.js';

export interface ChartOptions {
  readonly labels: readonly string[];
  readonly x: string;
  readonly y: string;
  /** A logarithmic axis to the top. */
  readonly log?: boolean;
  /** Called with the index of the point beneath the pointer. */
  readonly onPoint?: (index: number | null) => void;
}

/** Powers of ten; where there are few, twice and five times them too. */
function decades(_plot: uPlot, _axis: number, least: number, most: number): number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const factors = to - from > 3 ? [1] : [1, 2, 5];
  return Array.from({ length: to - from + 1 }, (_, i) => factors.map((factor) => factor * 10 ** (from + i)))
    .flat()
    .filter((value) => value >= least && value <= most);
}

export class Chart {
  readonly #holder: HTMLElement;
  readonly #options: ChartOptions;
  #plot: uPlot;
  #data: uPlot.AlignedData;

  constructor(holder: HTMLElement, options: ChartOptions) {
    this.#holder = holder;
    this.#options = options;
    this.#data = [[], ...options.labels.map(() => [])];
    this.#plot = this.#make();
    new ResizeObserver(() => this.#plot.setSize(this.#size())).observe(holder);
    onTheme(() => {
      this.#plot.destroy();
      this.#plot = this.#make();
    });
  }

  /** Points from left to right; a line that has none there has `null`; the last lines may be missing. */
  show(x: readonly number[], lines: readonly (readonly (number | null)[])[]): void {
    this.#data = [x, ...this.#options.labels.map((_, i) => lines[i] ?? [])] as uPlot.AlignedData;
    this.#plot.setData(this.#data);
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(this.#holder.clientWidth, 200), height: this.#holder.clientHeight };
  }

  #make(): uPlot {
    const { labels, x, y, log, onPoint } = this.#options;
    const [ink, line] = [colour('soft'), colour('line')];
    const axis = {
      stroke: ink,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line },
      font: '12px system-ui',
    };
    return new uPlot(
      {
        ...this.#size(),
        legend: { show: false },
        cursor: { y: false, points: { size: 9 } },
        scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
        axes: [
          { ...axis, label: x, labelSize: 20, labelFont: '12px system-ui', size: 34 },
          {
            ...axis,
            ...(log ? { splits: decades } : {}),
            label: y,
            labelSize: 20,
            labelFont: '12px system-ui',
            size: 56,
            values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : short(tick, 2))),
          },
        ],
        series: [
          {},
          ...labels.map((label, i) => {
            const { colour: name, dash } = series[i % series.length]!;
            return {
              label,
              stroke: colour(name),
              width: 2.25,
              dash: [...dash],
              points: { show: false },
              spanGaps: true,
            };
          }),
        ],
        hooks: { setCursor: [({ cursor: { idx } }) => onPoint?.(idx ?? null)] },
      },
      this.#data,
      this.#holder,
    );
  }
}
