// SPDX-License-Identifier: CC-BY-NC-SA-4.0
// Bernstein et al., "On the distance between two neural networks and the stability of learning", arXiv:2002.03432
// Checked against optax.fromage; written from the paper alone.

import {
  commonOptions,
  hyper,
  nullable,
  Optimizer,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { where } from '@optim/fusion';

/** Options of {@link Fromage}. */
export interface FromageOptions extends OptimizerOptions {
  /** Step size: the relative change of each tensor per step. @defaultValue `0.01` */
  learningRate?: Hyper;
  /** Keep each norm below this many times its first value; `null` is off. @defaultValue `null` */
  pBound?: number | null;
}

/**
 * A gradient step with the length of learningRate times the weight norm in each tensor, and a shrinkage that keeps
 * norms from growing.
 *
 * ```text
 * q = ‖p‖/‖g‖                              1 where a norm is 0
 * p ← (p − learningRate·q·g)/√(1 + learningRate²)
 * p ← p·B/‖p‖    if ‖p‖ > B                B = pBound·‖p‖ before the first step
 * ```
 *
 * Norms are over the whole tensor. Slot: with `pBound` the scalar `B`. A tensor that starts at zero has B = 0 and
 * never learns with `pBound`: give it a start value, or a parameter group with `pBound: null`.
 *
 * optax raises norms below 1e-6 to 1e-6 and has no bound.
 *
 * **When to use:** where one learning rate has to serve layers and networks of any size, GANs and transformers among them,
 * without a slot. **When not:** where gradients are sparse or differ in size within a tensor, which Adam evens out.
 * **Hint:** 0.01 from scratch, 0.001 for fine-tuning; halve it when the loss stalls. `pBound` 2 or so against overfitting.
 *
 * @example
 * ```ts
 * import { Fromage } from '@optim/fromage';
 *
 * model.compile({ optimizer: new Fromage({ learningRate: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2002.03432
 */
export class Fromage extends Optimizer<FromageOptions> {
  static readonly className: string = 'Fromage';

  static override readonly rule: Rule<FromageOptions, 'B', { growth: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.01),
      pBound: nullable(real('(0, ∞)')),
      ...commonOptions(),
    },
    slots: ({ pBound }) => ({ B: pBound !== null && ((param) => param.norm().mul(pBound)) }),
    coefficients: (_t, { learningRate }) => ({ growth: Math.sqrt(1 + learningRate ** 2) }),
    update({ param, grad, B }, { learningRate, pBound, growth }) {
      const [p, g] = [param.norm(), grad.norm()];
      const q = where(p.greater(0).and(g.greater(0)), p.div(g), 1);
      const next = param.sub(grad.mul(q.mul(learningRate))).div(growth);
      if (pBound === null) return { param: next };
      const n = next.norm();
      return { param: next.mul(where(n.greater(B), B.div(n), 1)) };
    },
  };
}

register(Fromage);
