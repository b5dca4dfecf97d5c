// SPDX-License-Identifier: Apache-2.0
// The recurrences of doc comments. What is no formula stays text, so that nothing is lost or altered.

import { html, raw, type Html } from './html.js';
import { NotMath, toMathML } from './math.js';

/** Words in a row, which no formula has. */
const isProse = (text: string): boolean =>
  /[A-Za-z]{2,} [A-Za-z]|[A-Za-z] [A-Za-z]{2,}|['"]\w{2,}/.test(text);

/** MathML, or the text itself. */
export function formula(text: string): Html {
  if (isProse(text)) return html`${text}`;
  try {
    return raw(toMathML(text));
  } catch (error) {
    if (!(error instanceof NotMath)) throw error;
    return html`${text}`;
  }
}

/** What of Adam's recurrence stands in another one too. */
const adam: ReadonlySet<string> = new Set([
  'm ← β₁m + (1 − β₁)g',
  'v ← β₂v + (1 − β₂)g²',
  'p ← p − α·m/(√v/√(1 − β₂ᵗ) + ε)',
]);

/** A block of formulas, each with its remark beside it; lines that Adam does not have are marked on request. */
export function typeset(text: string, { marksDifferences = false } = {}): Html {
  const lines = text.trimEnd().split('\n');
  const rows = lines.map((line) => {
    const isInner = line.startsWith('  ');
    const [own = '', ...remarks] = line.trim().split(/ {3,}/);
    const differs = marksDifferences && own !== '' && !adam.has(own);
    const mark = differs ? html` <small>differs from Adam</small>` : '';
    const name = `${differs ? 'differs' : ''}${isInner ? ' inner' : ''}`;
    return html`<tr class="${name.trim()}">
      <td>${formula(own)}</td>
      <td>${remarks.map((remark) => html`${formula(remark)} `)}${mark}</td>
    </tr>`;
  });
  return html`<div class="formula" tabindex="0" role="region" aria-label="Recurrence">
    <table role="presentation">
      ${rows}
    </table>
  </div>`;
}
