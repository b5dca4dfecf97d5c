// SPDX-License-Identifier: Apache-2.0
// An et al., "A PID Controller Approach for Stochastic Optimization of Deep Networks", CVPR 2018
// Checked against the authors' pid.py, corrected where it loses the first gradient.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';

/** Options of {@link PID}. */
export interface PIDOptions extends OptimizerOptions {
  /** Decay μ of i and d; `0`: plain SGD, without either. @defaultValue `0.9` */
  momentum?: Hyper;
  /** τ: a new gradient enters i times 1 − τ. @defaultValue `0` */
  dampening?: Hyper;
  /** Gain I of the accumulated gradient. @defaultValue `5` */
  integral?: Hyper;
  /** Gain D of the change of the gradient. @defaultValue `10` */
  derivative?: Hyper;
}

type Coefficients = { entering: number; kept: number };

/**
 * SGD as a controller: steps by the gradient (P), by its accumulated past (I) and by its smoothed change (D), which holds
 * back what momentum overshoots.
 *
 * ```text
 * i ← μi + (1 − τ)g                        first: i = g
 * d ← μd + (1 − μ)(g − h)                  first: d = 0
 * h ← g
 * p ← p − learningRate·(g + I·i + D·d)
 * ```
 *
 * Slots, of the parameter's shape, with momentum: `i`, `d`, and `h`, the gradient of the step before (with coupled decay,
 * the decayed one). The learning rate is outside of all three: a change acts at once.
 *
 * The authors' code and its ports lose the first gradient, so that the second step differentiates against zero; the
 * paper does not. pytorch_optimizer dampens the first step too. The default momentum there is 0; 0.9 is the paper's.
 *
 * **When to use:** in place of momentum SGD where the loss overshoots and swings back. **When not:** with very noisy
 * gradients: the derivative amplifies noise. **Hint:** a step is about 1 + 10·`integral` times that of SGD at
 * momentum 0.9: lower the learning rate accordingly; raise `derivative` against overshoot, lower it against noise.
 *
 * @example
 * ```ts
 * import { PID } from '@optim/pid';
 *
 * model.compile({ optimizer: new PID({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://openaccess.thecvf.com/content_cvpr_2018/html/An_A_PID_Controller_CVPR_2018_paper.html
 */
export class PID extends Optimizer<PIDOptions> {
  static readonly className: string = 'PID';

  static override readonly rule: Rule<PIDOptions, 'i' | 'd' | 'h', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      momentum: hyper('[0, 1)', 0.9),
      dampening: hyper('[0, 1]', 0),
      integral: hyper('[0, ∞)', 5),
      derivative: hyper('[0, ∞)', 10),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['i', 'd'],
    slots: ({ momentum }) => (momentum === 0 ? {} : { i: zeros, d: zeros, h: zeros }),
    // What the first step differs in: all of g enters i, and nothing d, since there is no gradient before it.
    coefficients: (t, { momentum, dampening }) =>
      t === 1 ? { entering: 1, kept: 1 } : { entering: 1 - dampening, kept: momentum },
    update({ param, grad, i, d, h }, known) {
      const { learningRate, momentum, integral, derivative, entering, kept } = known;
      if (!i) return { param: param.sub(grad.mul(learningRate)) };
      i = i.mul(momentum).add(grad.mul(entering));
      d = ema(d, grad.sub(h), kept);
      const step = grad.add(i.mul(integral)).add(d.mul(derivative));
      return { i, d, h: grad, param: param.sub(step.mul(learningRate)) };
    },
  };
}

register(PID);
