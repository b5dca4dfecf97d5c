// SPDX-License-Identifier: Apache-2.0
// What the formulas of every algorithm have in common, said once in each README.

import type { ExportDoc } from './source.js';

const fenced = (text: string): string => [...text.matchAll(/```text\n([^]*?)```/g)].join('\n');

/** A paragraph on what these algorithms have of it: steps, first values, ports, advice. */
export function notation(algorithms: readonly ExportDoc[]): string {
  const text = algorithms.map((entry) => entry.text).join('\n');
  const steps =
    'In formulas, t is the number of the step: **1 in the first step**, and counted for each parameter, unless the text ' +
    'says otherwise. A schedule gets the number of steps that the optimizer has done: 0 in the first.';
  const start = 'What is kept (the slots) **starts at zero**, unless the text says otherwise.';
  const ports =
    'What is said of pytorch_optimizer holds for 2.10.0 and 3.9.0, unless another version is named.';
  const judgement = '"When to use", "When not" and "Hint" are our own judgement, unless they name a source.';
  return [
    /ᵗ|\bt\b/.test(fenced(text)) ? steps : '',
    /\b[Ss]lots?\b/.test(text) ? start : '',
    text.includes('pytorch_optimizer') ? ports : '',
    text.includes('**When not:**') ? judgement : '',
  ]
    .filter(Boolean)
    .join(' ');
}
