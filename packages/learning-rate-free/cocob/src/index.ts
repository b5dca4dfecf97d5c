// SPDX-License-Identifier: Apache-2.0
// Orabona and Tommasi, "Training Deep Networks without Learning Rates Through Coin Betting", arXiv:1705.07795
// Checked against the authors' parameterfree 0.0.2 and optax.

import {
  hyper,
  Optimizer,
  plainDecayOptions,
  real,
  register,
  type CommonOptions,
  type Hyper,
  type Rule,
} from '@optim/core/authoring';
import { copy, full, zeros } from '@optim/formulas';

/** Options of {@link COCOB}. */
export interface COCOBOptions extends CommonOptions {
  /** Multiplies the gradient before everything else: for schedules, since a constant one has no influence. @defaultValue `1` */
  learningRate?: Hyper;
  /** Caps the first bets at 1/alpha: about the number of steps to warm up. @defaultValue `100` */
  alpha?: Hyper;
  /** First value of L, the largest gradient seen. @defaultValue `1e-8` */
  epsilon?: number;
  /** `'coupled'`, always: p is made anew from p₀ in every step, and a decay of p itself would be forgotten. @defaultValue `'coupled'` */
  weightDecayMode?: 'coupled';
}

/**
 * Every weight plays a game of betting on its gradients: what is staked follows what has been won. There is no learning rate to
 * find, and no scale to guess.
 *
 * ```text
 * g ← learningRate·(g + weightDecay·p)
 * L ← max(L, |g|)
 * S ← S + |g|
 * R ← max(R − g·(p − p₀), 0)
 * θ ← θ − g
 * p ← p₀ + θ·(L + R)/(L·max(S + L, alpha·L))
 * ```
 *
 * p is set, not moved: what else changes it, such as a projection or averaged weights that are written back, lasts for a step.
 *
 * Slots, of the parameter's shape: `p0` (the parameter before its first step), `theta`, `S`, `R`, and `L`, which starts at `epsilon`: five.
 *
 * In the authors' code the largest rate of all groups acts on each of them. The paper has no ε, decay or rate.
 *
 * **When to use:** where nothing is to be tuned. **When not:** where memory is short, or single gradients are huge: L never
 * falls. **Hint:** a few hundred for `alpha` if the first epochs are rough; give the features of the input similar scales.
 *
 * @example
 * ```ts
 * import { COCOB } from '@optim/cocob';
 *
 * model.compile({ optimizer: new COCOB(), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1705.07795
 */
export class COCOB extends Optimizer<COCOBOptions> {
  static readonly className: string = 'COCOB';

  static override readonly rule: Rule<COCOBOptions, 'p0' | 'theta' | 'S' | 'R' | 'L'> = {
    options: {
      learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
      alpha: hyper('[0, ∞)', 100),
      epsilon: real('(0, ∞)', 1e-8),
      ...plainDecayOptions(0, 'coupled', ['coupled']),
    },
    slots: ({ epsilon }) => ({
      p0: copy,
      theta: zeros,
      S: zeros,
      R: zeros,
      L: full(epsilon),
    }),
    update({ param, grad, p0, theta, S, R, L }, { learningRate, alpha }) {
      const g = grad.mul(learningRate);
      L = L.maximum(g.abs());
      S = S.add(g.abs());
      R = R.sub(g.mul(param.sub(p0))).maximum(0);
      theta = theta.sub(g);
      const stake = L.add(R).div(L.mul(S.add(L).maximum(L.mul(alpha))));
      return { theta, S, R, L, param: p0.add(theta.mul(stake)) };
    },
  };
}

register(COCOB);
