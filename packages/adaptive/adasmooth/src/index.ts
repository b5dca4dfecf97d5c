// SPDX-License-Identifier: Apache-2.0
// Lu, "AdaSmooth: An Adaptive Learning Rate Method based on Effective Ratio", arXiv:2204.00825
// Checked against the formulas of the paper, and borisshapa's inception-v3-numpy.

import {
  commonOptions,
  hyper,
  integer,
  Optimizer,
  outOfRange,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, quotient, zeros } from '@optim/formulas';
import { constant } from '@optim/fusion';

/** Options of {@link AdaSmooth}. */
export interface AdaSmoothOptions extends OptimizerOptions {
  /** Decay of the shortest window, for elements that move steadily in one direction. @defaultValue `0.5` */
  beta1?: Hyper;
  /** Decay of the longest window, for elements that zigzag; not below beta1. @defaultValue `0.99` */
  beta2?: Hyper;
  /** Added under the root. @defaultValue `1e-6` */
  epsilon?: Hyper;
  /** Steps after which the ratio starts anew; 0: never. The paper's is an epoch. @defaultValue `0` */
  window?: number;
}

/**
 * RMSProp with a window of its own for every element: short while the element moves steadily, long while it zigzags.
 *
 * ```text
 * e = |s|/n                                0 where n = 0
 * c = (β₂ − β₁)e + (1 − β₂)
 * v ← c²g² + (1 − c²)v
 * Δ = −learningRate·g/√(v + ε)             and what a decay takes off p, −learningRate·weightDecay·p if decoupled
 * s ← s + Δ
 * n ← n + |Δ|
 * p ← p + Δ
 * ```
 *
 * With `window`, s and n go back to zero before the first step and every `window` steps after it; v does not.
 *
 * Nothing corrects the bias: in the first step e = 0, and an element can move by learningRate/(1 − β₂), a hundred times
 * the learning rate.
 *
 * Slots, of the parameter's shape: `s`, `n`, `v`.
 *
 * pytorch_optimizer has one ratio for a whole tensor, and takes the parameter itself for its first move.
 *
 * **When to use:** in place of RMSProp or AdaDelta where their decay would have to be tuned. **When not:** where the long
 * first step does harm and there is no warm-up. **Hint:** set `window` to the number of batches of an epoch, as in the
 * paper, and leave the betas alone.
 *
 * @example
 * ```ts
 * import { AdaSmooth } from '@optim/adasmooth';
 *
 * model.compile({ optimizer: new AdaSmooth({ learningRate: 1e-3, window: 200 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2204.00825
 */
export class AdaSmooth extends Optimizer<AdaSmoothOptions> {
  static readonly className: string = 'AdaSmooth';

  static override readonly rule: Rule<AdaSmoothOptions, 's' | 'n' | 'v', { restarts: boolean }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: hyper('[0, 1)', 0.5),
      beta2: hyper('[0, 1)', 0.99),
      epsilon: hyper('(0, ∞)', 1e-6),
      window: integer('[0, ∞)', 0),
      ...commonOptions(0, 'coupled'),
    },
    validate({ beta1, beta2 }) {
      if (typeof beta1 === 'number' && typeof beta2 === 'number' && beta2 < beta1)
        throw outOfRange('AdaSmooth', 'beta2', `at least beta1, ${beta1}`, beta2);
    },
    slots: () => ({ s: zeros, n: zeros, v: zeros }),
    coefficients: (t, { window }) => ({ restarts: window > 0 && (t - 1) % window === 0 }),
    decay: 'within',
    secondMoment: ({ v }) => v,
    update({ param, grad, s, n, v }, known) {
      const { learningRate, beta1, beta2, epsilon, restarts, decayStrength } = known;
      if (restarts) s = n = constant(0);
      const e = quotient(s.abs(), n);
      const c = e.mul(beta2.sub(beta1)).add(beta2.complement());
      v = ema(grad.square(), v, c.square());
      const step = grad.mul(learningRate).div(v.add(epsilon).sqrt());
      // The move as computed: the difference of two parameters would be rounded.
      let [start, move] = [param, step.neg()];
      if (decayStrength) {
        const shrink = param.mul(decayStrength);
        [start, move] = [param.sub(shrink), move.sub(shrink)];
      }
      return { s: s.add(move), n: n.add(move.abs()), v, start, param: start.sub(step) };
    },
  };
}

register(AdaSmooth);
