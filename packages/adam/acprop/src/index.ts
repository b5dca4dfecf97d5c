// SPDX-License-Identifier: Apache-2.0
// Zhuang et al., "Momentum Centering and Asynchronous Update for Adaptive Gradient Methods", arXiv:2110.05454
// Checked against the authors' ACProp.

import {
  commonOptions,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  register,
  type Hyper,
  type Known,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, rectification, zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';

/** Options of {@link ACProp}. */
export interface ACPropOptions extends OptimizerOptions, MomentsOptions {
  /** Added to s in every step but the first, where it stays, and to its root. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Step along the corrected average in place of the gradient. @defaultValue `false` */
  momentumUpdate?: boolean;
  /** Use the largest s so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** Variance rectification as in RAdam. @defaultValue `false` */
  rectify?: boolean;
  /** With `rectify`, below the threshold: a momentum step without denominator (`false`: no step). @defaultValue `true` */
  degeneratedToSgd?: boolean;
}

type Coefficients = { alpha: number; before: number; factor: number; first: boolean; rectified: boolean };

/**
 * The centered second moment of AdaBelief, a step later: a gradient is divided by what was known before it, so that numerator and
 * denominator are independent.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * p ← p − learningRate·g/(√(s + ε)/√(1 − β₂ᵗ⁻¹) + ε)
 * s ← β₂(s + ε) + (1 − β₂)(g − m)²
 * ```
 *
 * With `momentumUpdate` m/(1 − β₁ᵗ) in place of g; with `amsgrad` the largest s + ε so far, and under `amsgrad` s has ε added in
 * the first step too. The first step of a parameter is p − learningRate·g with all options. With `rectify` and ρ ≥ 5 the denominator is
 * √(s + ε) + ε, and the step is multiplied by r·√(1 − β₂ᵗ), with ρ and r of RAdam; below it is a momentum step,
 * learningRate·m/(1 − β₁ᵗ), or none; weights decay in such a step all the same.
 *
 * Slots, of the parameter's shape: `m`, `s`, with `amsgrad` `x` (largest s).
 *
 * The authors' class has `rectify` on and ε 1e-16, and ignores `amsgrad` where it rectifies; the defaults here are those of their
 * experiments. optax takes the residual from the m before the step.
 *
 * **When to use:** where AdaBelief works and gradients are dense. **When not:** for embeddings: a gradient after many zeros is
 * divided by little more than ε. **Hint:** clip by global norm, since the first step is as long as the gradient, and keep
 * `epsilon` at 1e-8 or above.
 *
 * @example
 * ```ts
 * import { ACProp } from '@optim/acprop';
 *
 * model.compile({ optimizer: new ACProp({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2110.05454
 */
export class ACProp extends Optimizer<ACPropOptions> {
  static readonly className: string = 'ACProp';

  static override readonly rule: Rule<ACPropOptions, 'm' | 's' | 'x', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      epsilon: hyper('(0, ∞)', 1e-8),
      momentumUpdate: flag(false),
      amsgrad: flag(false),
      rectify: flag(false),
      degeneratedToSgd: flag(true),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: ({ amsgrad }) => ({ m: zeros, s: zeros, x: amsgrad && zeros }),
    coefficients(t, options) {
      const { beta2, rectify } = options;
      const { rho, r } = rectification(t, beta2);
      const { alpha, correction } = biasCorrection(t, { ...options, adamD: false });
      const before = Math.sqrt(1 - beta2 ** (t - 1));
      return { alpha, before, factor: r * correction, first: t === 1, rectified: rectify && rho >= 5 };
    },
    // That of the next step: the one that this step divides by is gone after it.
    secondMoment: ({ s }) => s,
    update({ param, grad, m, s, x }, known) {
      const { beta1, beta2, epsilon, amsgrad, first } = known;
      m = ema(m, grad, beta1);
      if (!first || amsgrad) s = s.add(epsilon);
      const { u, kept } = largestSoFar(s, x, amsgrad);
      const step = stepOf(grad, m, u, known);
      s = ema(s, grad.sub(m).square(), beta2);
      return { m, s, ...kept, param: step ? param.sub(step) : param };
    },
  };
}

/** The step by a denominator from u; `null` for none. */
function stepOf(
  grad: Expression,
  m: Expression,
  u: Expression,
  known: Known<ACPropOptions, Coefficients>,
): Expression | null {
  const { learningRate, epsilon, momentumUpdate, alpha, before, factor } = known;
  if (known.first) return grad.mul(learningRate);
  const along = momentumUpdate ? m.mul(alpha) : grad.mul(learningRate);
  if (!known.rectify) return along.div(u.sqrt().div(before).add(epsilon));
  if (known.rectified) return along.mul(factor).div(u.sqrt().add(epsilon));
  return known.degeneratedToSgd ? m.mul(alpha) : null;
}

register(ACProp);
