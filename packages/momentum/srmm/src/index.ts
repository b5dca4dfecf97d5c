// SPDX-License-Identifier: Apache-2.0
// Lyu, "Stochastic regularized majorization-minimization with weakly convex and multi-convex surrogates",
// arXiv:2201.01652, equations 23 and 24
// Checked against the author's SRMM.py, with two corrections.

import {
  commonOptions,
  hyper,
  integer,
  nullable,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { copy, ema, zeros } from '@optim/formulas';

/** Options of {@link SRMM}. */
export interface SRMMOptions extends OptimizerOptions {
  /** Exponent of the weights w. @defaultValue `0.5` */
  beta?: Hyper;
  /** Steps after which the averages start anew; `null`: never. @defaultValue `100` */
  memoryLength?: number | null;
  /** λ: a pull towards the parameter as it is, away from its average. @defaultValue `0` */
  proximal?: Hyper;
}

type Coefficients = { decay: number; r: number; s: number };

/**
 * Double averaging: a running average of the gradients is taken off a running average of the parameters.
 *
 * ```text
 * w = (1 + (t mod memoryLength))^(−β)      memoryLength null: (1 + t)^(−β)
 * ḡ ← (1 − w)ḡ + wg
 * p̄ ← (1 − w)p̄ + wp
 * p ← (1 − r)p̄ + rp − sḡ                   r = λ·s,  s = learningRate/(1 + learningRate·λ)
 * ```
 *
 * Every multiple of memoryLength has w = 1: both averages are then the present ones. With memoryLength 1 or β = 0
 * this is so in every step: SGD with rate s.
 *
 * Slots, of the parameter's shape: `gBar` (ḡ, from zero), `pBar` (p̄, from the parameter before its first step).
 *
 * The method has no weight decay; one that is asked for comes before the averages. The author's file starts p̄ at
 * zero, unlike the paper, and never restarts; pytorch_optimizer puts the step itself into p̄, which leaves nothing to
 * average.
 *
 * **When to use:** where gradients are so noisy that SGD needs an average of its weights to settle. **When not:** for
 * a fast start: the averages hold every step back, the more the longer they are. **Hint:** set `memoryLength` to the
 * number of batches in an epoch, and the learning rate as for SGD.
 *
 * @example
 * ```ts
 * import { SRMM } from '@optim/srmm';
 *
 * model.compile({ optimizer: new SRMM({ learningRate: 0.1, memoryLength: 391 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2201.01652
 */
export class SRMM extends Optimizer<SRMMOptions> {
  static readonly className: string = 'SRMM';

  static override readonly rule: Rule<SRMMOptions, 'gBar' | 'pBar', Coefficients> = {
    options: {
      learningRate: hyper('(0, ∞)', 0.1, '[0, ∞)'),
      beta: hyper('[0, ∞)', 0.5),
      memoryLength: nullable(integer('[1, ∞)'), 100),
      proximal: hyper('[0, ∞)', 0),
      ...commonOptions(),
    },
    momentum: ['gBar'],
    slots: () => ({ gBar: zeros, pBar: copy }),
    coefficients(t, { learningRate, beta, memoryLength, proximal }) {
      const w = (1 + (t % (memoryLength ?? Infinity))) ** -beta;
      const s = learningRate / (1 + learningRate * proximal);
      return { decay: 1 - w, r: proximal * s, s };
    },
    update({ param, grad, gBar, pBar }, { decay, r, s }) {
      gBar = ema(gBar, grad, decay);
      pBar = ema(pBar, param, decay);
      return { gBar, pBar, param: ema(param, pBar, r).sub(gBar.mul(s)) };
    },
  };
}

register(SRMM);
