// SPDX-License-Identifier: Apache-2.0
// Ma, "Apollo: An Adaptive Parameter-wise Diagonal Quasi-Newton Method for Nonconvex Stochastic Optimization",
// arXiv:2009.13586
// Checked against the authors' apollo.py.

import {
  choice,
  decayed,
  hyper,
  integer,
  nullable,
  oneDecayOptions,
  Optimizer,
  outOfRange,
  real,
  register,
  type CommonOptions,
  type Hyper,
  type Rule,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { constant } from '@optim/fusion';

/** Options of {@link Apollo}. */
export interface ApolloOptions extends Omit<CommonOptions, 'weightDecayMode'> {
  /** Step size after the warm-up. @defaultValue `0.01` */
  learningRate?: Hyper;
  /** Steps over which the rate rises linearly from initLr; 0: none. @defaultValue `500` */
  warmupSteps?: number;
  /** Rate of the first step; `null`: a thousandth of learningRate. @defaultValue `null` */
  initLr?: number | null;
  /** Decay of the average of the gradients. @defaultValue `0.9` */
  beta?: Hyper;
  /** Added to ‖d‖₄, divided by r = 0.01 with `'constant'`; with `'belief'` to the curvature too. @defaultValue `1e-4` */
  epsilon?: Hyper;
  /** Lower bound r of the curvature: 0.01, or the largest change of the gradient. @defaultValue `'constant'` */
  rebound?: 'constant' | 'belief';
  /**
   * `'l2'`: g ← g + weightDecay·p; `'decoupled'`: d ← d + weightDecay·p; `'stable'`: the same, divided by the mean of D;
   * `null`: `'l2'` with rebound `'constant'`, `'decoupled'` with `'belief'`. @defaultValue `null`
   */
  weightDecayType?: 'l2' | 'decoupled' | 'stable' | null;
}

type Coefficients = { eta: number; a: number; decayType: string };

/**
 * Quasi-Newton method whose Hessian is a diagonal, updated so that it explains the last change of the gradient along the
 * last direction. (The method of 2020, not the low-rank APOLLO of 2024.)
 *
 * ```text
 * η = initLr + (learningRate − initLr)·(t − 1)/warmupSteps         learningRate after the warm-up
 * Δ = g − m
 * m ← m + a·Δ                              a = (1 − β)/(1 − βᵗ)
 * d ← d/n                                  n = ‖d‖₄ + e
 * B ← B − [(a/n)·Σ(Δ·d) + Σ(B·d²)]·d²
 * D = max(|B|, r)                          with 'belief' + ε/a
 * d ← m/D                                  + weightDecay·p, or + weightDecay·p/mean(D)
 * p ← p − η·d
 * ```
 *
 * Sums, the norm and the mean are over the whole tensor. r = 0.01 and e = ε/r with rebound `'constant'`, r = max|Δ| and
 * e = ε with `'belief'`. The first step is η·g/r, a hundred times η·g with `'constant'`: hence the warm-up.
 *
 * Slots, of the parameter's shape: `m`, `B` (diagonal of the Hessian), `d` (last direction, with its decay).
 *
 * pytorch_optimizer divides ε and the stable decay by r again for every parameter, and warms up from t = 1.
 *
 * **When to use:** where the loss is curved very differently along different weights, and second derivatives cost too
 * much. **When not:** short runs, which the warm-up eats up; without one the first steps are far too long. **Hint:** keep at
 * least 100 steps of warm-up, and start from learningRate 0.01, epsilon 1e-4, initLr 1e-5.
 *
 * @example
 * ```ts
 * import { Apollo } from '@optim/apollo';
 *
 * model.compile({ optimizer: new Apollo({ learningRate: 0.01, warmupSteps: 100 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2009.13586
 */
export class Apollo extends Optimizer<ApolloOptions> {
  static readonly className: string = 'Apollo';

  static override readonly rule: Rule<ApolloOptions, 'm' | 'B' | 'd', Coefficients> = {
    options: {
      learningRate: hyper('(0, ∞)', 0.01, '[0, ∞)'),
      warmupSteps: integer('[0, ∞)', 500),
      initLr: nullable(real('[0, ∞)')),
      beta: hyper('[0, 1)', 0.9),
      epsilon: hyper('(0, ∞)', 1e-4),
      rebound: choice(['constant', 'belief']),
      weightDecayType: nullable(choice(['l2', 'decoupled', 'stable'])),
      ...oneDecayOptions(),
    },
    momentum: ['m'],
    validate({ learningRate, initLr }) {
      if (typeof learningRate === 'number' && initLr !== null && initLr > learningRate)
        throw outOfRange('Apollo', 'initLr', `at most learningRate, ${learningRate}`, initLr);
    },
    slots: () => ({ m: zeros, B: zeros, d: zeros }),
    coefficients(t, { learningRate, warmupSteps, initLr, beta, rebound, weightDecayType }) {
      const first = initLr ?? learningRate / 1000;
      const risen = t > warmupSteps ? 1 : (t - 1) / warmupSteps;
      return {
        eta: first + (learningRate - first) * risen,
        a: (1 - beta) / (1 - beta ** t),
        decayType: weightDecayType ?? (rebound === 'constant' ? 'l2' : 'decoupled'),
      };
    },
    // Only 'l2' comes before the update: the others are part of the direction.
    decay: (pair, known) =>
      known.decayType === 'l2' ? decayed(pair, { ...known, weightDecayMode: 'coupled' }) : pair,
    rateInForce: (_param, { eta }) => eta,
    update({ param, grad, m, B, d }, known) {
      const { epsilon, rebound, weightDecay, eta, a, decays, decayType } = known;
      const delta = grad.sub(m);
      m = m.add(delta.mul(a));

      const r = rebound === 'constant' ? constant(0.01) : delta.abs().max();
      const e = rebound === 'constant' ? epsilon.div(r) : epsilon;
      const n = d.square().square().sum().sqrt().sqrt().add(e);
      d = d.div(n);
      const y = delta.mul(d).sum().mul(a.div(n)).add(B.mul(d.square()).sum());
      B = B.sub(d.square().mul(y));

      let D = B.abs().maximum(r);
      if (rebound === 'belief') D = D.add(epsilon.div(a));
      d = m.div(D);
      if (!decays || decayType === 'l2') return { m, B, d, param: param.sub(d.mul(eta)) };
      const shrink = param.mul(decayType === 'stable' ? weightDecay.div(D.mean()) : weightDecay);
      const start = param.sub(shrink.mul(eta));
      return { m, B, d: d.add(shrink), start, param: start.sub(d.mul(eta)) };
    },
  };
}

register(Apollo);
