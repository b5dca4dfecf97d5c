// SPDX-License-Identifier: Apache-2.0
// McMahan, Holt, Sculley et al., "Ad Click Prediction: a View from the Trenches", KDD 2013
// Checked against Keras Ftrl.

import {
  hyper,
  oneDecayOptions,
  Optimizer,
  real,
  register,
  type CommonOptions,
  type Hyper,
  type Rule,
} from '@optim/core/authoring';
import { full, quotient, zeros } from '@optim/formulas';
import { constant, pow, where, type Expression } from '@optim/fusion';

/** Options of {@link FTRL}. */
export interface FTRLOptions extends Omit<CommonOptions, 'weightDecay' | 'weightDecayMode'> {
  /** Step size, α of the paper. @defaultValue `1e-3` */
  learningRate?: Hyper;
  /** Exponent of the accumulator: −½, or 0 for a fixed rate. @defaultValue `-0.5` */
  learningRatePower?: number;
  /** First value of n; with 0 parameters keep their first values. @defaultValue `0.1` */
  initialAccumulator?: number;
  /** L1 penalty, λ₁ of the paper. @defaultValue `0` */
  l1?: Hyper;
  /** L2 penalty, half of λ₂ of the paper. @defaultValue `0` */
  l2?: Hyper;
  /** L2 penalty on the gradient that does not enter n. @defaultValue `0` */
  l2Shrinkage?: Hyper;
  /** Added to the power of the accumulator, β of the paper. @defaultValue `0` */
  beta?: Hyper;
}

const { parameterGroups, transforms } = oneDecayOptions();

/**
 * Follow the regularized leader: every parameter is computed anew from all its gradients, with exact zeros under an L1 penalty.
 *
 * ```text
 * N = n + g²                               q = −learningRatePower
 * σ = (N^q − n^q)/learningRate
 * z ← z + g + 2·l2Shrinkage·p − σp
 * n ← N
 * D = (n^q + β)/learningRate + 2·l2
 * p ← 0 if |z| ≤ l1, else (sign(z)·l1 − z)/D
 * ```
 *
 * Where D is 0, because there has been no gradient yet, p stays (Keras gives NaN). With the default `initialAccumulator` the start is
 * forgotten: an element without a gradient in the first step becomes 0. With 0 the first step is
 * p − learningRate·sign(g). The rate is part of p: one that falls by a schedule pulls all parameters to 0, so keep it.
 *
 * Slots, of the parameter's shape: `n`, which starts at `initialAccumulator`, and `z`.
 *
 * A weight decay would be forgotten, since p is made from z: use `l2` or `l2Shrinkage`, which stand in its place. These and the
 * exponent are TensorFlow's; λ₂ of the paper is twice `l2`. pytorch_optimizer takes the root of n for any power.
 *
 * **When to use:** online learning of sparse linear and logistic models that start at 0. **When not:** with hidden layers,
 * whose random start it destroys, unless `initialAccumulator` is 0. **Hint:** `l1` from 0.1 to 10 settles how many weights
 * are exactly 0.
 *
 * @example
 * ```ts
 * import { FTRL } from '@optim/ftrl';
 *
 * model.compile({ optimizer: new FTRL({ learningRate: 0.1, l1: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://doi.org/10.1145/2487575.2488200
 */
export class FTRL extends Optimizer<FTRLOptions> {
  static readonly className: string = 'FTRL';

  static override readonly rule: Rule<FTRLOptions, 'n' | 'z'> = {
    options: {
      learningRate: hyper('(0, ∞)', 1e-3),
      learningRatePower: real('(-∞, 0]', -0.5),
      initialAccumulator: real('[0, ∞)', 0.1),
      l1: hyper('[0, ∞)', 0),
      l2: hyper('[0, ∞)', 0),
      l2Shrinkage: hyper('[0, ∞)', 0),
      beta: hyper('[0, ∞)', 0),
      parameterGroups,
      transforms,
    },
    decay: 'never',
    slots: ({ initialAccumulator }) => ({
      n: full(initialAccumulator),
      z: zeros,
    }),
    update({ param, grad, n, z }, { learningRate, learningRatePower, l1, l2, l2Shrinkage, beta }) {
      const N = n.add(grad.square());
      const [before, after] = [powered(n, -learningRatePower), powered(N, -learningRatePower)];
      // Without cancellation, for the root.
      const growth =
        learningRatePower === -0.5 ? quotient(grad.square(), after.add(before)) : after.sub(before);
      const sigma = growth.div(learningRate);
      z = z.add(grad).add(param.mul(l2Shrinkage.mul(2).sub(sigma)));
      const D = after.add(beta).div(learningRate).add(l2.mul(2));
      // What l1 holds back is exactly 0.
      const found = z.clip(l1.neg(), l1).sub(z).div(D);
      return { n: N, z, param: where(D.equal(0), param, found) };
    },
  };

  constructor(options: FTRLOptions = {}) {
    const decays = ['weightDecay', 'weightDecayMode'].find((name) => name in Object(options));
    if (decays)
      throw new TypeError(`FTRL: ${decays} would be forgotten, as p is made anew; use l2 or l2Shrinkage`);
    super(options);
  }
}

/** x^q, with 0^q = 0 for q > 0. */
function powered(x: Expression, q: number): Expression {
  if (q === 0.5) return x.sqrt();
  return q === 0 ? constant(1) : where(x.equal(0), 0, pow(x, q));
}

register(FTRL);
