// SPDX-License-Identifier: Apache-2.0
// A picture of losses over rates, whose axis is logarithmic.

const [width, height] = [640, 320];
const margin = { left: 72, right: 16, top: 16, bottom: 44 };

const written = (value: number): string => String(Number(value.toPrecision(3)));

/** The text of an SVG picture; losses that are not finite are left out. */
export function plotRates(rates: readonly number[], losses: readonly number[]): string {
  const points = rates
    .map((rate, i) => [Math.log10(rate), losses[i]!] as const)
    .filter(([, loss]) => Number.isFinite(loss));
  const all = points.map(([, loss]) => loss);
  const [low, high] = points.length > 0 ? [Math.min(...all), Math.max(...all)] : [0, 1];
  const [first, last] = [Math.log10(rates[0]!), Math.log10(rates.at(-1)!)];
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const x = (log: number): number => margin.left + ((log - first) / (last - first || 1)) * inner.width;
  const y = (loss: number): number => margin.top + ((high - loss) / (high - low || 1)) * inner.height;
  const line = points.map(([log, loss]) => `${x(log).toFixed(1)},${y(loss).toFixed(1)}`).join(' ');
  const decades = Array.from(
    { length: Math.max(0, Math.floor(last) - Math.ceil(first) + 1) },
    (_, i) => i + Math.ceil(first),
  );
  const bottom = height - margin.bottom;
  const text = (at: number, down: number, anchor: string, what: string): string =>
    `<text x="${at.toFixed(1)}" y="${down.toFixed(1)}" text-anchor="${anchor}">${what}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...decades.map((decade) => text(x(decade), bottom + 18, 'middle', `1e${decade}`)),
    ...[low, high].map((loss) => text(margin.left - 6, y(loss) + 4, 'end', written(loss))),
    text(margin.left + inner.width / 2, height - 8, 'middle', 'learning rate'),
    `<polyline points="${line}" fill="none" stroke="#1f77b4" stroke-width="2"/>`,
    '</svg>\n',
  ].join('\n');
}
