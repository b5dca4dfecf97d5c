// SPDX-License-Identifier: Apache-2.0
// What hooks do, worked out on the host in plain numbers.

import {
  adaptiveGradientClipping,
  cautious,
  centralizeGradients,
  clipByGlobalNorm,
  clipByValue,
  normalizeGradients,
  normLoss,
  skipNonFinite,
  stableWeightDecay,
} from '@optim/hooks';
import type { Algorithm, Seen } from './algorithms.js';
import { changed, mean, norm, ofUnits, type Row } from './rows.js';

/** The sample deviation. */
function deviation(x: readonly number[]): number {
  const middle = mean(x);
  return norm(x.map((e) => e - middle)) / Math.sqrt(x.length - 1);
}

/** S of {@link stableWeightDecay}. */
function typicalStep({ after, t }: Seen, { secondMoment }: Algorithm): number {
  return Math.sqrt(mean(after.parameters.flatMap(({ slots }) => secondMoment!(slots, t))));
}

/** The step without the elements that go against the gradient, times a factor that depends on the count of the others. */
function masked(
  u: readonly number[],
  g: readonly number[],
  factor: (count: number, of: number) => number,
): number[] {
  const agrees = u.map((e, i) => e * g[i]! > 0);
  const f = factor(agrees.filter(Boolean).length, u.length);
  return u.map((e, i) => (agrees[i] ? e * f : 0));
}

export const table: Readonly<Record<string, Row>> = {
  adaptiveGradientClipping: {
    hook: () => adaptiveGradientClipping({ clipping: 0.1, exclude: /bias/ }),
    with: ['AdaFactor', 'Adai', 'AdamW', 'AliG', 'DAdaptAdam', 'Lamb', 'SGDW'],
    gradients: ({ p, g }) =>
      changed(g, (x, name) => {
        if (name === 'bias') return x;
        const [weights, norms] = [ofUnits(name, p[name]!, norm), ofUnits(name, x, norm)];
        return x.map((e, i) => e * Math.min(1, (0.1 * Math.max(1e-3, weights[i]!)) / norms[i]!));
      }),
  },
  centralizeGradients: {
    hook: () => centralizeGradients({ exclude: /filter/ }),
    with: ['AdaFactor', 'Adai', 'AdamW', 'AliG', 'DAdaptAdam', 'Fromage', 'Lamb', 'SGDW'],
    gradients: ({ g }) =>
      changed(g, (x, name) => {
        if (name !== 'kernel') return x;
        const means = ofUnits(name, x, mean);
        return x.map((e, i) => e - means[i]!);
      }),
  },
  clipByGlobalNorm: {
    hook: () => clipByGlobalNorm(1.5),
    with: ['AdaFactor', 'Adai', 'AdamW', 'AliG', 'DAdaptAdam', 'Lamb', 'SGDW'],
    gradients: ({ g }) => {
      const factor = Math.min(1, 1.5 / norm(Object.values(g).flat()));
      return changed(g, (x) => x.map((e) => e * factor));
    },
    globals: ({ g }) => ({ 'clipByGlobalNorm.norm': norm(Object.values(g).flat()) }),
  },
  clipByValue: {
    hook: () => clipByValue(0.3),
    with: ['AdaFactor', 'Adai', 'AdamW', 'AliG', 'DAdaptAdam', 'Fromage', 'Lamb', 'SGDW'],
    gradients: ({ g }) => changed(g, (x) => x.map((e) => Math.max(-0.3, Math.min(0.3, e)))),
  },
  normalizeGradients: {
    hook: () => normalizeGradients(),
    with: ['AdaFactor', 'Adai', 'AdamW', 'AliG', 'DAdaptAdam', 'Lamb', 'SGDW'],
    gradients: ({ g }) => changed(g, (x) => x.map((e) => e / (deviation(x) + 1e-8))),
  },
  skipNonFinite: {
    hook: () => skipNonFinite(),
    with: ['AdaFactor', 'Adai', 'AdamW', 'DAdaptAdam', 'Fromage', 'Lamb', 'Lion', 'SGDW'],
    skips: 2,
    globals: ({ t }) => ({ 'skipNonFinite.skipped': t < 2 ? 0 : 1 }),
  },
  normLoss: {
    hook: () => normLoss({ factor: 0.4, exclude: /bias/ }),
    with: ['AdaFactor', 'Adai', 'AdamW', 'AliG', 'DAdaptAdam', 'Fromage', 'Lamb', 'Lion', 'SGDW'],
    parameters: (seen, { rate }) =>
      changed(seen.p, (x, name) => {
        if (name === 'bias') return x;
        const norms = ofUnits(name, x, norm);
        return x.map((e, i) => e * (1 - 0.8 * rate(seen, name) * (1 - 1 / (norms[i]! + 1e-8))));
      }),
  },
  'stableWeightDecay, adaptive': {
    hook: () => stableWeightDecay({ weightDecay: 0.05, exclude: /bias/ }),
    with: ['AdaBelief', 'Adai', 'AdamP', 'AdamW', 'DAdaptAdam', 'Lamb'],
    parameters: (seen, algorithm) => {
      const S = typicalStep(seen, algorithm);
      return changed(seen.p, (x, name) =>
        name === 'bias' ? x : x.map((e) => e * (1 - (0.05 * algorithm.rate(seen, name)) / S)),
      );
    },
    globals: (seen, algorithm) => ({ 'stableWeightDecay.S': typicalStep(seen, algorithm) }),
  },
  'stableWeightDecay, by momentum': {
    hook: () => stableWeightDecay({ weightDecay: 0.05, momentum: 0.9, dampening: 0.2 }),
    with: ['AdaFactor', 'AliG', 'DAdaptAdam', 'Fromage', 'Lion', 'SGDW'],
    parameters: (seen, { rate }) =>
      changed(seen.p, (x, name) => x.map((e) => e * (1 - 0.05 * rate(seen, name) * (0.8 / 0.1)))),
  },
  'cautious, by the mean': {
    hook: () => cautious(),
    with: ['AdaBelief', 'Adai', 'AdamP', 'AdamW', 'AliG', 'DAdaptAdam', 'Lamb', 'Lion', 'SGDW'],
    steps: (u, { seen: { g } }) =>
      changed(u, (x, name) => masked(x, g[name]!, (count, of) => 1 / Math.max(count / of, 1e-3))),
  },
  'cautious, as in the paper': {
    hook: () => cautious({ scaling: 'paper' }),
    with: ['AdaFactor', 'AdamW', 'DAdaptAdam', 'Fromage', 'Lamb', 'Lion', 'SGDW'],
    steps: (u, { seen: { g } }) =>
      changed(u, (x, name) => masked(x, g[name]!, (count, of) => of / (count + 1))),
  },
};
