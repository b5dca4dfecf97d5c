// SPDX-License-Identifier: Apache-2.0

import { check, custom, isArrayOf, type OptionSpec } from '@optim/options';
import { count } from './checks.js';

/** a, b, c of one Newton–Schulz step: X ← a·X + b·(X·Xᵀ)·X + c·(X·Xᵀ)²·X. */
export type Triple = readonly [a: number, b: number, c: number];

/** A list of steps, and what a matrix must be divided by besides its Frobenius norm before the first one. */
interface Preset {
  steps: readonly Triple[];
  safety: number;
}

/**
 * Coefficients of Newton–Schulz steps by name.
 *
 * - `original`: Muon's, the same in every step; singular values land between about 0.7 and 1.2, and stay
 *   there however many steps are made.
 * - `quintic`: five steps of their own, by the same author's successors.
 * - `polarExpress`: steps that are optimal one after the other and converge to singular values of 1.
 * @see Muon, https://kellerjordan.github.io/posts/muon/; The Polar Express, arXiv:2505.16932
 */
export const newtonSchulzPresets: Readonly<Record<'original' | 'quintic' | 'polarExpress', Preset>> = {
  original: { steps: [[3.4445, -4.775, 2.0315]], safety: 1 },
  quintic: {
    steps: [
      [4.0848, -6.8946, 2.927],
      [3.9505, -6.3029, 2.6377],
      [3.7418, -5.5913, 2.3037],
      [2.8769, -3.1427, 1.2046],
      [2.8366, -3.0525, 1.2012],
    ],
    safety: 1,
  },
  polarExpress: {
    steps: [
      [8.156554524902461, -22.48329292557795, 15.878769915207462],
      [4.0429299351667245, -2.808917465908704, 0.5000178451051299],
      [3.8916678022926563, -2.7724841532176825, 0.5060648178503389],
      [3.285753657755658, -2.3681294933425394, 0.46449024233003117],
      [2.3005307116270983, -1.6111665557258408, 0.3833374427545273],
      [1.8631210546382593, -1.2042160621002727, 0.3421879560523383],
      [1.8382572152247512, -1.1779263289537742, 0.3396513038637379],
      [1.8749999923301852, -1.2499999836060613, 0.374999991275876],
    ],
    safety: 1.02,
  },
};

/** Coefficients by name, one triple for every step, or a list of triples. */
export type NewtonSchulzCoefficients = keyof typeof newtonSchulzPresets | Triple | readonly Triple[];

/** Whether a value is three finite numbers. */
export const isTriple = (value: unknown): value is Triple =>
  Array.isArray(value) &&
  value.length === 3 &&
  Array.from(value as unknown[]).every((number) => Number.isFinite(number));

/**
 * The triples of `steps` steps, and the factor of the norm. A list that is too long gives its first triples,
 * one that is too short repeats its last one.
 */
export function newtonSchulzSteps(
  coefficients: NewtonSchulzCoefficients = 'original',
  steps = 5,
): { steps: Triple[]; safety: number } {
  check('newtonSchulzSteps', 'coefficients', coefficientsRow(), coefficients);
  check('newtonSchulzSteps', 'steps', count(), steps);
  return stepsOf(coefficients, steps);
}

/** The same, of what has been checked. */
export function stepsOf(
  coefficients: NewtonSchulzCoefficients,
  steps: number,
): { steps: Triple[]; safety: number } {
  const listed = isTriple(coefficients) ? { steps: [coefficients], safety: 1 } : named(coefficients);
  return {
    steps: Array.from({ length: steps }, (_, i) => listed.steps[Math.min(i, listed.steps.length - 1)]!),
    safety: listed.safety,
  };
}

function named(coefficients: Exclude<NewtonSchulzCoefficients, Triple>): Preset {
  return typeof coefficients === 'string'
    ? newtonSchulzPresets[coefficients]
    : { steps: coefficients as readonly Triple[], safety: 1 };
}

/** What may be given for coefficients. */
export function coefficientsRow(): OptionSpec {
  const names = Object.keys(newtonSchulzPresets);
  return custom(
    `one of ${names.join(', ')}, three finite numbers, or a list of such`,
    (value) =>
      names.includes(value as string) ||
      isTriple(value) ||
      (Array.isArray(value) && value.length > 0 && isArrayOf(value, isTriple)),
    'original',
  );
}
