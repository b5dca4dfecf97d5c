// SPDX-License-Identifier: Apache-2.0
// Kidambi et al., "On the insufficiency of existing momentum schemes for Stochastic Optimization", arXiv:1803.05591;
// Jain et al., "Accelerating Stochastic Gradient Descent", arXiv:1704.08227
// Checked against the authors' AccSGD.

import {
  commonOptions,
  hyper,
  isSchedule,
  Optimizer,
  outOfRange,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { copy, ema } from '@optim/formulas';

/** Options of {@link AccSGD}. */
export interface AccSGDOptions extends OptimizerOptions {
  /** κ: ratio of the long step to the short one. @defaultValue `1000` */
  kappa?: Hyper;
  /** ξ: statistical advantage, between 1 and √κ. @defaultValue `10` */
  xi?: Hyper;
  /** c: a constant below 1; c²ξ must not exceed κ. @defaultValue `0.7` */
  constant?: Hyper;
}

type Coefficients = { beta: number; zeta: number; longRate: number };

/**
 * SGD with two coupled iterates, one of short steps and one of long ones, which keeps the speed of acceleration where
 * the gradient is noisy.
 *
 * ```text
 * w ← (1 − β)w + β(p − L·g)                β = c²ξ/κ, L = learningRate·κ/c
 * p ← ζ(p − learningRate·g) + (1 − ζ)w     ζ = c/(c + β)
 * ```
 *
 * Slot: `w`, of the parameter's shape, the point the long steps lead to; it starts at the parameter.
 *
 * No velocity is kept: w is a point, and a change of the learning rate acts on both steps at once. The authors decay
 * coupled only; the other modes act on p alone. Ports accept κ = 0 and ξ = 0, and divide by them.
 *
 * **When to use:** small batches, whose noise takes from Nesterov's momentum what it gains. **When not:** large batches
 * or full gradients, where Nesterov's momentum is as fast with one number less to choose. **Hint:** the learning rate of
 * plain SGD; κ from 100 for small networks to 10,000 for deep ones; ξ grows by √k with a batch k times as large. Against
 * oscillation lower the rate or ξ, against slow progress lower κ or raise ξ.
 *
 * @example
 * ```ts
 * import { AccSGD } from '@optim/accsgd';
 *
 * model.compile({ optimizer: new AccSGD({ learningRate: 0.05, kappa: 100 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1803.05591
 * @see https://arxiv.org/abs/1704.08227
 */
export class AccSGD extends Optimizer<AccSGDOptions> {
  static readonly className: string = 'AccSGD';

  static override readonly rule: Rule<AccSGDOptions, 'w', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      kappa: hyper('(0, ∞)', 1000),
      xi: hyper('(0, ∞)', 10),
      constant: hyper('(0, 1]', 0.7),
      ...commonOptions(0, 'coupled'),
    },
    validate({ kappa, xi, constant }) {
      if (!isSchedule(kappa) && !isSchedule(xi) && !isSchedule(constant)) shareOf({ kappa, xi, constant });
    },
    slots: () => ({ w: copy }),
    coefficients(_t, options) {
      const { learningRate, kappa, constant: c } = options;
      const beta = shareOf(options);
      return { beta, zeta: c / (c + beta), longRate: (learningRate * kappa) / c };
    },
    update({ param, grad, w }, { learningRate, beta, zeta, longRate }) {
      const long = param.sub(grad.mul(longRate));
      const short = param.sub(grad.mul(learningRate));
      w = ema(long, w, beta);
      return { w, param: ema(short, w, zeta) };
    },
  };
}

/** β, the share of a long step in w. */
function shareOf({ kappa, xi, constant: c }: Record<'kappa' | 'xi' | 'constant', number>): number {
  const beta = (c * c * xi) / kappa;
  if (beta > 1) throw outOfRange('AccSGD', 'kappa', 'in [constant²·xi, ∞)', kappa);
  return beta;
}

register(AccSGD);
