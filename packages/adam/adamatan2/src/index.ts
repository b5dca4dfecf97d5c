// SPDX-License-Identifier: Apache-2.0
// Everett et al., "Scaling Exponents Across Parameterizations and Optimizers", arXiv:2407.05872
// Checked against adam-atan2-pytorch.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { angle } from './angle.js';

/** Options of {@link AdamAtan2}. */
export interface AdamAtan2Options extends OptimizerOptions, Omit<MomentsOptions, 'epsilon'> {
  /** Factor on the angle; 1.27 ≈ 4/π makes a step of full certainty as long as the learning rate. @defaultValue `1.27` */
  a?: Hyper;
  /** Factor on the root of the second moment: large is Adam divided by b, small is sign descent. @defaultValue `1` */
  b?: Hyper;
}

type Coefficients = { ratio: number; c2: number };

/**
 * Adam whose quotient is replaced by the arc tangent of two arguments: no ε, bounded steps, and a factor on all gradients
 * changes nothing.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * p ← p − learningRate·a·atan2(m/(1 − β₁ᵗ), b·√v/√(1 − β₂ᵗ))
 * ```
 *
 * Where both arguments are 0 the angle is 0. No step is longer than learningRate·a·π/2.
 *
 * Slots, of the parameter's shape: `m`, `v`.
 *
 * The port that the constants are from has a learning rate of 1e-4 and β₂ 0.99.
 *
 * **When to use:** where gradients are tiny or a loss is scaled, as at low precision. **When not:** where `epsilon` is what
 * tames Adam. **Hint:** the learning rate and decay of AdamW.
 *
 * @example
 * ```ts
 * import { AdamAtan2 } from '@optim/adamatan2';
 *
 * model.compile({ optimizer: new AdamAtan2({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2407.05872
 */
export class AdamAtan2 extends Optimizer<AdamAtan2Options> {
  static readonly className: string = 'AdamAtan2';

  static override readonly rule: Rule<AdamAtan2Options, 'm' | 'v', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      a: hyper('(0, ∞)', 1.27),
      b: hyper('(0, ∞)', 1),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients(t, { beta1, beta2, b }) {
      const c2 = 1 - beta2 ** t;
      return { c2, ratio: (b * (1 - beta1 ** t)) / Math.sqrt(c2) };
    },
    secondMoment: ({ v }, { c2 }) => v.div(c2),
    update({ param, grad, m, v }, { learningRate, beta1, beta2, a, ratio }) {
      m = ema(m, grad, beta1);
      v = ema(v, grad.square(), beta2);
      // Of m̂ and b√v̂ the angle knows the ratio only.
      const turn = angle(m, v.sqrt().mul(ratio));
      return { m, v, param: param.sub(turn.mul(learningRate.mul(a))) };
    },
  };
}

register(AdamAtan2);
