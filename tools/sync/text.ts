// SPDX-License-Identifier: Apache-2.0
// Pieces of text that several generators make.

/** A default value as it is written in code. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'number' && value > 0 && value < 1e-3) return value.toExponential();
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return String(value);
}

/** The first sentence of a text. */
export function firstSentence(text: string): string {
  const paragraph = text.split('\n\n')[0]!;
  return /^.*?(?<!\be\.g|\bi\.e|\bet al)\.(?=\s|$)/s.exec(paragraph)?.[0] ?? paragraph;
}
