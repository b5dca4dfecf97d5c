// SPDX-License-Identifier: Apache-2.0
// A line chart whose lines differ by dash as well as colour, and that follows dark and light.

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

  /** Points from left to right; a line that has none there has `null`. */
  show(x: readonly number[], lines: readonly (readonly (number | null)[])[]): void {
    this.#data = [x, ...lines] as uPlot.AlignedData;
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
