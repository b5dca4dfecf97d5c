// SPDX-License-Identifier: Apache-2.0

/** A named curve: one value a step. */
export interface Curve {
  readonly name: string;
  readonly values: readonly number[];
}

const frame = { left: 76, right: 230, top: 56, bottom: 60, width: 960, height: 560 };
const plotWidth = frame.width - frame.left - frame.right;
const plotHeight = frame.height - frame.top - frame.bottom;

// Tableau's ten, which stay apart on white and for most who see colours differently.
const colours = [
  '#4e79a7',
  '#f28e2b',
  '#59a14f',
  '#e15759',
  '#b07aa1',
  '#76b7b2',
  '#9c755f',
  '#edc948',
  '#ff9da7',
  '#bab0ac',
];

/** The average over the latest values, exponentially forgetting the earlier ones. */
export function smooth(values: readonly number[], memory: number): number[] {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    sum = memory * sum + value;
    weight = memory * weight + 1;
    return sum / weight;
  });
}

/** 1, 2 and 5 times the powers of ten in a range. */
export function logarithmicTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  return decades
    .flatMap((decade) => [1, 2, 5].map((digit) => Number(`${digit}e${decade}`)))
    .filter((tick) => tick >= low && tick <= high);
}

/** Five to ten round numbers from 0 to a limit. */
export function linearTicks(limit: number): number[] {
  const unit = [1, 2, 5, 10].map((digit) => digit * 10 ** Math.floor(Math.log10(limit) - 1));
  const step = Math.max(1, unit.find((size) => limit / size <= 10) ?? limit);
  return Array.from({ length: Math.floor(limit / step) + 1 }, (_, i) => i * step);
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

/** An SVG image of loss curves, smoothed, over the steps, on a logarithmic scale. */
export function plot(title: string, curves: readonly Curve[]): string {
  const steps = Math.max(...curves.map(({ values }) => values.length));
  const memory = Math.exp(-25 / steps);
  const smoothed = curves.map(({ name, values }) => ({ name, values: smooth(values, memory) }));
  // With 1 among them there is a range even if no loss is a number.
  const losses = [1, ...smoothed.flatMap(({ values }) => values)].filter(
    (value) => value > 0 && value < Infinity,
  );
  const [low, high] = [Math.min(...losses) * 0.9, Math.max(...losses) * 1.1];

  const x = (step: number): number => frame.left + (plotWidth * step) / steps;
  const y = (loss: number): number =>
    frame.top + (plotHeight * Math.log(high / Math.min(Math.max(loss, low), high))) / Math.log(high / low);
  const text = (at: readonly [number, number], anchor: string, content: string, extra = ''): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}"${extra}>${escaped(content)}</text>`;
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
    `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${stroke}"/>`;

  const [right, bottom] = [frame.left + plotWidth, frame.top + plotHeight];
  const grid = [
    ...logarithmicTicks(low, high).flatMap((loss) => [
      line(frame.left, y(loss), right, y(loss), '#e4e4e4'),
      text([frame.left - 10, y(loss) + 4], 'end', String(loss)),
    ]),
    ...linearTicks(steps).flatMap((step) => [
      line(x(step), bottom, x(step), bottom + 5, '#888'),
      text([x(step), bottom + 21], 'middle', String(step)),
    ]),
    line(frame.left, bottom, right, bottom, '#888'),
  ];
  // About one point for every two pixels.
  const stride = Math.max(1, Math.floor((2 * steps) / plotWidth));
  const drawn = smoothed.flatMap(({ name, values }, i) => {
    const colour = colours[i % colours.length]!;
    const points = values
      .map((value, step) => [step, value] as const)
      .filter(([step, value]) => (step % stride === 0 || step === values.length - 1) && !Number.isNaN(value))
      .map(([step, value]) => `${x(step + 1).toFixed(1)},${y(value).toFixed(1)}`);
    const height = frame.top + 12 + 22 * i;
    return [
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.8" stroke-linejoin="round"/>`,
      `<rect x="${right + 24}" y="${height - 3}" width="22" height="4" rx="2" fill="${colour}"/>`,
      text([right + 54, height + 4], 'start', name),
    ];
  });
  const middle = frame.top + plotHeight / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${frame.width} ${frame.height}" width="${frame.width}" height="${frame.height}" font-family="system-ui, sans-serif" font-size="13" fill="#333">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text([frame.left, 30], 'start', title, ' font-size="16" font-weight="600"'),
    ...grid,
    text([frame.left + plotWidth / 2, frame.height - 14], 'middle', 'step'),
    text([22, middle], 'middle', 'training loss (smoothed)', ` transform="rotate(-90 22 ${middle})"`),
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}
