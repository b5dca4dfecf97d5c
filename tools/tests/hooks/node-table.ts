// SPDX-License-Identifier: Apache-2.0
// What the other hooks do. How they run on graphics processors is shown by their golden trajectories.

import type { Hook } from '@optim/core';
import { draw } from '@optim/fusion';
import {
  autoClip,
  box,
  cautiousWeightDecay,
  clipByBlockRms,
  clipUpdates,
  gradientNoise,
  grokfast,
  mars,
  maxNorm,
  minMaxNorm,
  nonNegative,
  orthogonalizeGradients,
  simplex,
  skipLargeUpdates,
  unitNorm,
  zClip,
} from '@optim/hooks';
import type { Seen } from './algorithms.js';
import { changed, norm, ofUnits, shapes, sum, type Row } from './rows.js';

/** A slot of a hook before the step, a number where there is none yet. */
function kept({ before }: Seen, name: string, slot: string): (i: number) => number {
  const data = before.parameters.find((parameter) => parameter.name === name)?.slots[slot]?.data;
  return (i) => data?.[i] ?? 0;
}

/** What the row of {@link zClip} does to the norm of all gradients, and its statistics after the step. */
function clippedByStatistics({ g, t, before }: Seen): {
  n: number;
  limit: number;
  mean: number;
  variance: number;
} {
  const n = norm(Object.values(g).flat());
  const statistic = (name: string): number => (before.globals[`zClip.${name}`] ?? 0) as number;
  const [mu, V] = [statistic('mean'), statistic('variance')];
  if (t <= 2) {
    const middle = mu + (n - mu) / t;
    return {
      n,
      limit: Math.min(n, 3.5),
      mean: middle,
      variance: (V * (t - 1) + (n - mu) * (n - middle)) / t,
    };
  }
  const y = (n - mu) / (Math.sqrt(V) + 1e-6) > 0.1 ? mu : n;
  const next = (mu + y) / 2;
  return { n, limit: Math.min(y, 3.5), mean: next, variance: (V + (y - next) ** 2) / 2 };
}

/** A constraint on the filter, and what it makes of a weight among those of its unit. */
function constraint(hook: () => Hook, project: (weight: number, unit: readonly number[]) => number): Row {
  return {
    hook,
    with: ['AdaFactor', 'AdamP', 'SGDW'],
    trains: false,
    steps: (u, { start }) =>
      changed(u, (x, name) => {
        if (name !== 'filter') return x;
        const w = x.map((e, i) => start[name]![i]! - e);
        return w.map((weight, i) => {
          const projected = ofUnits(name, w, (unit) => project(weight, unit))[i]!;
          return start[name]![i]! - projected;
        });
      }),
  };
}

/** What a weight loses on the way to the simplex: τ with Σmax(p − τ, 0) = 1, halved into. */
function tau(unit: readonly number[]): number {
  let [low, high] = [Math.min(...unit) - 1, Math.max(...unit)];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sum(unit.map((e) => Math.max(e - middle, 0))) > 1) low = middle;
    else high = middle;
  }
  return low;
}

export const nodeTable: Readonly<Record<string, Row>> = {
  cautiousWeightDecay: {
    hook: () => cautiousWeightDecay({ weightDecay: 0.3, exclude: /bias/ }),
    with: ['AdaFactor', 'AdamP', 'AliG', 'DAdaptAdam', 'Lamb', 'Lion', 'SGDW'],
    steps: (u, { start, rate }) =>
      changed(u, (x, name) => {
        if (name === 'bias') return x;
        return x.map((e, i) => e + (e * start[name]![i]! < 0 ? 0 : 0.3 * rate(name) * start[name]![i]!));
      }),
  },
  'clipUpdates, per tensor': {
    hook: () => clipUpdates({ threshold: 0.3, exclude: /bias/ }),
    with: ['AdaFactor', 'AdamP', 'AliG', 'DAdaptAdam', 'Lamb', 'Lion', 'SGDW'],
    steps: (u, { rate }) =>
      changed(u, (x, name) => {
        if (name === 'bias') return x;
        const R = norm(x) / Math.sqrt(x.length) / rate(name);
        return x.map((e) => e * Math.min(1, 0.3 / R));
      }),
  },
  'clipUpdates, over all': {
    hook: () => clipUpdates({ threshold: 0.2, scope: 'global' }),
    with: ['AdaFactor', 'DAdaptAdam', 'SGDW'],
    steps: (u, { rate }) => {
      const all = Object.entries(u).flatMap(([name, x]) => x.map((e) => e / rate(name)));
      return changed(u, (x) => x.map((e) => e * Math.min(1, (0.2 * Math.sqrt(all.length)) / norm(all))));
    },
  },
  'grokfast, by averages': {
    hook: () => grokfast({ alpha: 0.8, lambda: 0.5, exclude: /bias/ }),
    with: ['AdamW', 'AliG', 'Lamb'],
    gradients: (seen) =>
      changed(seen.g, (x, name) => {
        if (name === 'bias') return x;
        const mu = kept(seen, name, 'grokfast.mu');
        return x.map((e, i) => e + 0.5 * (seen.t === 1 ? e : 0.8 * mu(i) + 0.2 * e));
      }),
  },
  'grokfast, by a window': {
    hook: () => grokfast({ filter: 'window', windowSize: 2, lambda: 0.5 }),
    with: ['DAdaptAdam', 'SGDW'],
    gradients: (seen) =>
      changed(seen.g, (x, name) => {
        const window = kept(seen, name, 'grokfast.window');
        return x.map((e, i) => (seen.t === 1 ? e : e + (0.5 * (window(x.length + i) + e)) / 2));
      }),
  },
  autoClip: {
    hook: () => autoClip({ percentile: 40, historySize: 3 }),
    with: ['AdaFactor', 'DAdaptAdam', 'SGDW'],
    gradients: ({ g, before }) => {
      const n = norm(Object.values(g).flat());
      const known = (before.globals['autoClip.history'] ?? []) as readonly number[];
      const H = [n, ...known.filter((each) => each >= 0)].slice(0, 3).sort((a, b) => a - b);
      const [low, share] = [Math.floor(0.4 * (H.length - 1)), (0.4 * (H.length - 1)) % 1];
      const limit = H[low]! + share * ((H[low + 1] ?? H[low]!) - H[low]!);
      return changed(g, (x) => x.map((e) => e * Math.min(1, limit / n)));
    },
    globals: ({ t }) => ({ 'autoClip.count': Math.min(3, t) }),
  },
  zClip: {
    hook: () => zClip({ warmupSteps: 2, method: 'mean', zThreshold: 0.1, maxNorm: 3.5, alpha: 0.5 }),
    with: ['AdaFactor', 'DAdaptAdam', 'SGDW'],
    gradients: (seen) => {
      const { n, limit } = clippedByStatistics(seen);
      return changed(seen.g, (x) => x.map((e) => e * Math.min(1, limit / n)));
    },
    globals: (seen) => {
      const { mean, variance } = clippedByStatistics(seen);
      return { 'zClip.mean': mean, 'zClip.variance': variance, 'zClip.count': Math.min(2, seen.t) };
    },
  },
  skipLargeUpdates: {
    hook: () => skipLargeUpdates(1000),
    with: ['AdamW', 'DAdaptAdam', 'Lion'],
    skips: 2,
    globals: ({ t }) => ({ 'skipLargeUpdates.skipped': t < 2 ? 0 : 1 }),
  },
  clipByBlockRms: {
    hook: () => clipByBlockRms({ threshold: 0.3, exclude: /filter/ }),
    with: ['AdaFactor', 'DAdaptAdam', 'SGDW'],
    gradients: ({ g }) =>
      changed(g, (x, name) => {
        const R = norm(x) / Math.sqrt(x.length);
        return name === 'filter' ? x : x.map((e) => e * Math.min(1, 0.3 / R));
      }),
  },
  gradientNoise: {
    hook: () => gradientNoise({ eta: 0.09, gamma: 0.8, seed: 5 }),
    with: ['AdamW', 'AliG', 'Lamb'],
    gradients: ({ g, t }) =>
      changed(g, (x, name) => {
        const xi = draw('normal', x.length, [5, t, Object.keys(shapes).indexOf(name)]);
        return x.map((e, i) => e + Math.sqrt(0.09 / t ** 0.8) * xi[i]!);
      }),
  },
  mars: {
    hook: () => mars({ gamma: 0.1, beta1: 0.9, exclude: /bias/ }),
    with: ['AdamW', 'AliG', 'Lamb'],
    gradients: (seen) =>
      changed(seen.g, (x, name) => {
        if (name === 'bias') return x;
        const d = kept(seen, name, 'mars.d');
        const c = x.map((e, i) => e + 0.9 * (e - d(i)));
        return c.map((e) => e / Math.max(1, norm(c)));
      }),
  },
  orthogonalizeGradients: {
    hook: () => orthogonalizeGradients({ exclude: /filter/ }),
    with: ['AdamW', 'AliG', 'Lamb'],
    gradients: ({ p, g }) =>
      changed(g, (x, name) => {
        if (name === 'filter') return x;
        const w = p[name]!;
        const along = sum(x.map((e, i) => e * w[i]!)) / sum(w.map((e) => e * e));
        const r = x.map((e, i) => e - along * w[i]!);
        return r.map((e) => (e * norm(x)) / norm(r));
      }),
  },
  nonNegative: constraint(
    () => nonNegative({ match: /filter/ }),
    (w) => Math.max(w, 0),
  ),
  box: constraint(
    () => box({ lower: -0.3, upper: 0.2, match: /filter/ }),
    (w) => Math.min(Math.max(w, -0.3), 0.2),
  ),
  maxNorm: constraint(
    () => maxNorm({ maxValue: 1.5, match: /filter/ }),
    (w, unit) => w * Math.min(1, 1.5 / norm(unit)),
  ),
  unitNorm: constraint(
    () => unitNorm({ match: /filter/ }),
    (w, unit) => w / norm(unit),
  ),
  minMaxNorm: constraint(
    () => minMaxNorm({ minValue: 3, maxValue: 4, rate: 0.5, match: /filter/ }),
    (w, unit) => w * (0.5 * Math.min(Math.max(1, 3 / norm(unit)), 4 / norm(unit)) + 0.5),
  ),
  simplex: constraint(
    () => simplex({ match: /filter/ }),
    (w, unit) => Math.max(w - tau(unit), 0),
  ),
};
