// SPDX-License-Identifier: Apache-2.0
// Heo et al., "AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights", arXiv:2006.08217
// Checked against timm's SGDP.

import {
  commonOptions,
  decayed,
  flag,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { heavyBall, projected, zeros } from '@optim/formulas';
import { constant } from '@optim/fusion';

/** Options of {@link SGDP}. */
export interface SGDPOptions extends OptimizerOptions {
  /** Momentum μ. @defaultValue `0` */
  momentum?: Hyper;
  /** Dampening τ of the gradients. @defaultValue `0` */
  dampening?: Hyper;
  /** Nesterov's momentum. @defaultValue `false` */
  nesterov?: boolean;
  /** Threshold δ of the scale-invariance test. @defaultValue `0.1` */
  delta?: Hyper;
  /** Factor on the decay of tensors that are projected. @defaultValue `0.1` */
  wdRatio?: Hyper;
  /** Added to norms; lower bound of norms in the cosine. @defaultValue `1e-8` */
  epsilon?: Hyper;
}

/**
 * SGD with momentum that removes the component of its step along the weight vector when the weights look
 * scale-invariant, so that their norm does not grow without changing the output.
 *
 * ```text
 * b ← μb + (1 − τ)g
 * q = b                                    nesterov: g + μb
 * q ← q − p̂⟨p̂, q⟩, r = wdRatio             if max|cos(p, g)| < δ/√D, else r = 1
 * p ← p·(1 − learningRate·weightDecay·r/(1 − μ))
 * p ← p − learningRate·q
 * ```
 *
 * The cosine is taken per output unit (last axis) first, then over the whole tensor, D being the number of elements
 * it runs over; the first view that passes the test is projected. One decision per tensor: a single unit with a large
 * cosine stops the projection of all. Ranks 0 and 1 are never projected.
 *
 * Slot: `b`, of the parameter's shape, which is not projected.
 *
 * All decay but the coupled one is divided by 1 − μ, which makes it as strong as that one is through b in the long
 * run. In the authors' code, unlike in their paper, the projection without `nesterov` changes b too.
 *
 * **When to use:** for convolutions and dense layers followed by normalization, where momentum SGD is used.
 * **When not:** without normalization, where hardly a tensor passes the test, or without momentum. **Hint:** learning
 * rate 0.1, momentum 0.9, `nesterov`, and a weight decay of 1e-5.
 *
 * @example
 * ```ts
 * import { SGDP } from '@optim/sgdp';
 *
 * model.compile({
 *   optimizer: new SGDP({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 1e-5 }),
 *   loss: 'meanSquaredError',
 * });
 * ```
 * @see https://arxiv.org/abs/2006.08217
 */
export class SGDP extends Optimizer<SGDPOptions> {
  static readonly className: string = 'SGDP';

  static override readonly rule: Rule<SGDPOptions, 'b', { share: number; gain: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      momentum: hyper('[0, 1)', 0),
      dampening: hyper('[0, 1]', 0),
      nesterov: flag(false),
      delta: hyper('[0, ∞)', 0.1),
      wdRatio: hyper('[0, 1]', 0.1),
      epsilon: hyper('[0, ∞)', 1e-8),
      ...commonOptions(),
    },
    momentum: ['b'],
    slots: () => ({ b: zeros }),
    coefficients: (_t, { momentum, dampening }) => ({ share: 1 - dampening, gain: 1 / (1 - momentum) }),
    decay: 'within',
    update({ param, grad, b: old }, known) {
      const { q: step, b } = heavyBall(old, grad, known);
      const { q, ratio } =
        param.rank > 1 ? projected(step, param, grad, known) : { q: step, ratio: constant(1) };
      const { learningRate, weightDecay, gain, decayStrength } = known;
      const lambda = weightDecay.mul(gain).mul(ratio);
      if (decayStrength) ({ param } = decayed({ param, grad }, { ...known, weightDecay: lambda }));
      return { b, start: param, param: param.sub(q.mul(learningRate)) };
    },
  };
}

register(SGDP);
