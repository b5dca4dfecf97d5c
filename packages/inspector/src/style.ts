// SPDX-License-Identifier: Apache-2.0

/** The style of the panel; colours of the lines are after Okabe and Ito. */
export const style = `
:host {
  display: block;
  --line: color-mix(in srgb, currentcolor 22%, transparent);
  --gradient: light-dark(#0068a8, #5ab4f0);
  --update: light-dark(#c24e00, #f59a3c);
  --parameter: light-dark(#00805c, #34c79a);
  font-variant-numeric: tabular-nums;
}
* { box-sizing: border-box; }
dl {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
  gap: 0.75rem;
  margin: 0 0 0.75rem;
}
dt { font-size: 0.8em; }
dd { margin: 0; font-size: 1.25em; font-weight: 650; }
.fault { min-height: 2.75em; margin: 0 0 0.75rem; }
button { font: inherit; color: inherit; text-align: start; cursor: pointer; }
.fault button {
  width: 100%;
  padding: 0.55em 0.9em;
  border: 2px solid var(--update);
  border-radius: 10px;
  background: transparent;
}
button:focus-visible, .scroll:focus-visible {
  outline: 3px solid var(--gradient);
  outline-offset: 2px;
}
figure { margin: 0 0 1rem; }
figcaption {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  gap: 0.25rem 1.25rem;
  margin-bottom: 0.4rem;
}
.key { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.85em; }
.key svg { width: 2.2em; height: 0.7em; margin-inline-end: 0.4em; overflow: visible; }
.chart { position: relative; padding-inline-start: 3.4em; }
.chart > svg {
  display: block;
  width: 100%;
  height: 11rem;
  border-block: 1px solid var(--line);
  overflow: visible;
}
.chart span { position: absolute; inset-inline-start: 0; font-size: 0.8em; translate: 0 -50%; }
path { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.gradient { stroke: var(--gradient); }
.update { stroke: var(--update); stroke-dasharray: 9 5; }
.parameter { stroke: var(--parameter); stroke-dasharray: 2 4; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9em; }
th, td { padding: 0.35em 0.7em; border-top: 1px solid var(--line); text-align: end; white-space: nowrap; }
thead th { border: 0; font-weight: 600; }
th:first-child { text-align: start; padding-inline-start: 0; }
tbody button { padding: 0.15em 0.5em; border: 1px solid transparent; border-radius: 6px; background: none; font-weight: 600; }
tbody button:hover { border-color: var(--line); }
tbody button[aria-pressed='true'] { border-color: currentcolor; }
tr.bad td { font-weight: 700; }
.spark { width: 6rem; height: 1.4em; vertical-align: middle; }
`;
