// SPDX-License-Identifier: Apache-2.0
// Defazio and Jelassi, "Adaptivity without Compromise: A Momentumized, Adaptive, Dual Averaged Gradient Method for
// Stochastic Optimization", arXiv:2101.11075
// Checked against the authors' madgrad.py.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { copy, ema, quotient, zeros } from '@optim/formulas';
import { cbrt, where, type Expression } from '@optim/fusion';

/** Options of {@link MADGRAD}. */
export interface MADGRADOptions extends OptimizerOptions {
  /** Step size. @defaultValue `0.01` */
  learningRate?: Hyper;
  /** The weights are a moving average of the dual averages with this decay; 0: no average. @defaultValue `0.9` */
  momentum?: Hyper;
  /** Added to the cube root of v, and to the learning rate. @defaultValue `1e-6` */
  epsilon?: Hyper;
  /**
   * `'decoupled'`: p ← p − ℓ·weightDecay·p with the p before the step; the others as everywhere.
   * @defaultValue `'coupled'`
   */
  weightDecayMode?: WeightDecayMode;
}

/**
 * Dual averaging with momentum: all gradients since the start, summed, divided by the cube root of the sum of their
 * squares, and measured from the first weights.
 *
 * ```text
 * ℓ = learningRate + ε                     0 for a learning rate of 0
 * λ = ℓ·√t
 * v ← v + λg²
 * s ← s + λg
 * z = x₀ − s/(∛v + ε)                      x₀ where the denominator is 0
 * p ← momentum·p + (1 − momentum)z
 * ```
 *
 * t counts the steps of the optimizer, also for a parameter whose first gradient comes late. ε counts twice, as in the
 * authors' code. Decoupled decay takes ℓ·weightDecay·p off after the averaging; it shrinks p but not x₀, towards which p
 * is still drawn.
 *
 * Slots, of the parameter's shape: `s`, `v`; with `momentum` `x0`, the first weights. Without, x₀ is p + s/(∛v + ε) with
 * the s and v before the step, so that decoupled decay shrinks it too.
 *
 * timm decays before the step, by the rate without ε; optax gives NaN for ε = 0.
 *
 * **When to use:** where adaptive methods do badly and SGD does well: the paper matches SGD and Adam on both sides;
 * and for sparse gradients. **When not:** where weights must be decayed: they are measured from where they started.
 * **Hint:** search for the learning rate anew (best in the paper: 2.5e-4 for CIFAR10, 1e-3 for ImageNet, 5e-3 for
 * BERT, 0.025 for translation), clip gradients of language models, and take much less weight decay than there, often
 * none.
 *
 * @example
 * ```ts
 * import { MADGRAD } from '@optim/madgrad';
 *
 * model.compile({ optimizer: new MADGRAD({ learningRate: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2101.11075
 */
export class MADGRAD extends Optimizer<MADGRADOptions> {
  static readonly className: string = 'MADGRAD';

  static override readonly rule: Rule<MADGRADOptions, 's' | 'v' | 'x0', { l: number; lambda: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.01),
      momentum: hyper('[0, 1)', 0.9),
      epsilon: hyper('[0, ∞)', 1e-6),
      ...commonOptions(0, 'coupled'),
    },
    slots: ({ momentum }) => ({ s: zeros, v: zeros, x0: momentum !== 0 && copy }),
    coefficients(_t, { learningRate, epsilon }, step) {
      const l = learningRate === 0 ? 0 : learningRate + epsilon;
      return { l, lambda: l * Math.sqrt(step) };
    },
    decay: 'within',
    update({ param, grad, s, v, x0 }, known) {
      const { momentum, epsilon, weightDecay, weightDecayMode, l, lambda, decayStrength } = known;
      const origin = x0 ?? param.add(displacement(s, v, epsilon));
      v = v.add(grad.square().mul(lambda));
      s = s.add(grad.mul(lambda));
      const z = origin.sub(displacement(s, v, epsilon));
      // An average of a number with itself may round: what has a rate of 0 stays.
      const next = x0 ? where(z.equal(param), param, ema(param, z, momentum)) : z;
      if (!decayStrength) return { s, v, param: next };
      // Acts on the average, with the p before it; decoupled decay goes by ℓ.
      const shrink = param.mul(weightDecayMode === 'decoupled' ? weightDecay.mul(l) : decayStrength);
      return { s, v, start: param.sub(shrink), param: next.sub(shrink) };
    },
  };
}

/** s/(∛v + ε), and 0 where the denominator is: nothing has come in there. */
function displacement(s: Expression, v: Expression, epsilon: Expression): Expression {
  return quotient(s, cbrt(v).add(epsilon));
}

register(MADGRAD);
