// SPDX-License-Identifier: Apache-2.0
// Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5, 2012; the centered form: Graves, "Generating
// Sequences With Recurrent Neural Networks", arXiv:1308.0850
// Checked against torch.optim.RMSprop, Keras, optax and timm.

import {
  choice,
  commonOptions,
  flag,
  hyper,
  Optimizer,
  outOfRange,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, full, heavyBall, quotient, rooted, zeros, type EpsilonPosition } from '@optim/formulas';
import { constant, type Expression } from '@optim/fusion';

/** Options of {@link RMSProp}. */
export interface RMSPropOptions extends OptimizerOptions {
  /** Decay of the averages; `alpha` in PyTorch, `rho` in Keras. @defaultValue `0.99` */
  decay?: Hyper;
  /** Momentum μ; 0: no slot for it. @defaultValue `0` */
  momentum?: Hyper;
  /** Look ahead along the momentum. @defaultValue `false` */
  nesterov?: boolean;
  /** Divide by the standard deviation in place of the root mean square. @defaultValue `false` */
  centered?: boolean;
  /** Keeps the denominator from 0. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Added to the root (`'outside'`, PyTorch), or under it (TensorFlow, Keras, optax, timm). @defaultValue `'outside'` */
  epsilonPosition?: EpsilonPosition;
  /** First value of v; 1 in timm and TensorFlow 1. @defaultValue `0` */
  initialAccumulator?: number;
  /** Divide v by 1 − decayᵗ. @defaultValue `false` */
  biasCorrection?: boolean;
  /** The momentum is one of steps, the rate included, in place of one of scaled gradients. @defaultValue `false` */
  learningRateInMomentum?: boolean;
}

/**
 * Divides the gradient by a running root mean square of itself, so that every element moves by about the learning rate,
 * whatever the scale of its gradient.
 *
 * ```text
 * v ← decay·v + (1 − decay)g²
 * u = v                                    with biasCorrection v/(1 − decayᵗ)
 * a ← decay·a + (1 − decay)g               with centered
 * u = max(u − a², 0)                       with centered
 * n = g/(√u + ε)                           'inside': g/√(u + ε)
 * b ← μb + n                               with momentum; nesterov: n + μb in place of b below
 * p ← p − learningRate·b                   without momentum n in place of b
 * ```
 *
 * With `learningRateInMomentum` b ← μb + learningRate·n and p ← p − b, which differs where the rate changes.
 *
 * Slots, of the parameter's shape: `v`, with `centered` `a`, with momentum `b`.
 *
 * TensorFlow.js has a class of this name: ours is registered, saved and named in errors as `OptimRMSProp`. The defaults are
 * those of PyTorch. `tf.train.rmsprop` and Keras are `decay: 0.9, epsilon: 1e-7, epsilonPosition: 'inside',
 * learningRateInMomentum: true`, optax the same with `epsilon: 1e-8`, timm with `epsilon: 1e-10, initialAccumulator: 1`. The
 * centered form of `tf.train.rmsprop` takes ε off where it should be added, and so gives NaN for small gradients.
 *
 * **When to use:** reinforcement learning, recurrent networks, and results that were made with it. **When not:** anew, where
 * Adam, which adds a momentum and corrects the first steps, is as cheap to try. **Hint:** begin with a rate of 1e-3 and a
 * decay of 0.9; published agents were tuned with `'inside'` and an `initialAccumulator` of 1. The first steps are 1/√(1 − decay)
 * times as long as the others, unless `biasCorrection` or `initialAccumulator` shortens them.
 *
 * @example
 * ```ts
 * import { RMSProp } from '@optim/rmsprop';
 *
 * model.compile({ optimizer: new RMSProp({ learningRate: 1e-3, decay: 0.9 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1308.0850
 */
export class RMSProp extends Optimizer<RMSPropOptions> {
  static readonly className: string = 'OptimRMSProp';

  static override readonly rule: Rule<RMSPropOptions, 'v' | 'a' | 'b', { correction: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-2),
      decay: hyper('[0, 1)', 0.99),
      momentum: hyper('[0, 1)', 0),
      nesterov: flag(false),
      centered: flag(false),
      epsilon: hyper('[0, ∞)', 1e-8),
      epsilonPosition: choice(['outside', 'inside']),
      initialAccumulator: real('[0, ∞)', 0),
      biasCorrection: flag(false),
      learningRateInMomentum: flag(false),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['b'],
    validate({ nesterov, momentum, biasCorrection, centered, initialAccumulator }) {
      if (nesterov && momentum === 0)
        throw outOfRange('OptimRMSProp', 'nesterov', 'false without momentum', true);
      if (biasCorrection && (centered || initialAccumulator > 0))
        throw outOfRange('OptimRMSProp', 'biasCorrection', 'false with centered or initialAccumulator', true);
    },
    slots: ({ centered, momentum, initialAccumulator }) => ({
      v: full(initialAccumulator),
      a: centered && zeros,
      b: momentum !== 0 && zeros,
    }),
    coefficients: (t, { decay }) => ({ correction: 1 - decay ** t }),
    secondMoment: (slots, known) => spread(slots, known),
    update({ param, grad, v, a, b }, known) {
      const { learningRate, decay, momentum, nesterov, epsilon, epsilonPosition } = known;
      v = ema(v, grad.square(), decay);
      if (known.centered) a = ema(a, grad, decay);
      const kept = { v, ...(known.centered && { a }) };
      const n = quotient(grad, rooted(spread({ v, a }, known), epsilon, epsilonPosition));
      if (!b) return { ...kept, param: param.sub(n.mul(learningRate)) };
      const inside = known.learningRateInMomentum;
      const x = inside ? n.mul(learningRate) : n;
      const moved = heavyBall(b, x, { momentum, share: constant(1), nesterov });
      return { ...kept, b: moved.b, param: param.sub(inside ? moved.q : moved.q.mul(learningRate)) };
    },
  };
}

/** u: the mean square of the gradients, or their variance. */
function spread(
  { v, a }: Record<'v' | 'a', Expression>,
  known: { readonly centered: boolean; readonly biasCorrection: boolean; readonly correction: Expression },
): Expression {
  if (known.centered) return v.sub(a.square()).maximum(0);
  return known.biasCorrection ? v.div(known.correction) : v;
}

register(RMSProp);
