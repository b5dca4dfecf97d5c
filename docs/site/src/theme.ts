// SPDX-License-Identifier: Apache-2.0

/** What the visitor has chosen, or what the system prefers. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

/** Calls back when colours have changed. */
export function onTheme(listener: () => void): void {
  new MutationObserver(listener).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}

/** Dark becomes light, and the other way round; typedoc keeps its choice under the same name. */
export function toggleTheme(): void {
  const chosen = isDark() ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = chosen;
  try {
    localStorage.setItem('tsd-theme', chosen);
  } catch {
    // A browser that keeps nothing forgets this too.
  }
}

/** A colour of the style sheet as canvases take it. */
export function colour(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** How the series of a chart differ: colour, dash, and the marker of its points. */
export const series = [
  { colour: 'series-1', dash: [] as number[], marker: 'circle' },
  { colour: 'series-2', dash: [9, 5], marker: 'square' },
  { colour: 'series-3', dash: [2, 4], marker: 'triangle' },
  { colour: 'series-4', dash: [12, 4, 2, 4], marker: 'diamond' },
] as const;

/** The path of a marker around a point. */
export function markerPath(
  marker: (typeof series)[number]['marker'],
  x: number,
  y: number,
  r: number,
): string {
  if (marker === 'circle') return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  if (marker === 'square') return `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`;
  if (marker === 'triangle') return `M${x} ${y - 1.2 * r}l${1.2 * r} ${2.1 * r}h${-2.4 * r}z`;
  return `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`;
}

/** A sample of a series, for a key, as SVG. */
export function sampleOf(i: number): string {
  const { colour: name, dash, marker } = series[i]!;
  const line = `<path d="M0 9h52" fill="none" stroke="var(--${name})" stroke-width="3" stroke-dasharray="${dash.join(' ') || 'none'}"/>`;
  return `<svg viewBox="0 0 52 18" aria-hidden="true">${line}<path d="${markerPath(marker, 26, 9, 5)}" fill="var(--${name})"/></svg>`;
}
