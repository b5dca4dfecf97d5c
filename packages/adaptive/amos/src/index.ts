// SPDX-License-Identifier: Apache-2.0
// Tian and Parikh, "Amos: An Adam-style Optimizer with Adaptive Weight Decay towards Model-Oriented Scale",
// arXiv:2210.11693
// Checked against the authors' jestimator/amos.py.

import {
  commonOptions,
  filled,
  hyper,
  nullable,
  Optimizer,
  register,
  type CommonOptions,
  type Hyper,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { constant, type Expression, type Shape } from '@optim/fusion';
import { reducedShape, reductions, type AmosReduction } from './reduction.js';
import { scaleOf, scales, type AmosScale } from './scale.js';

export type { AmosReduction } from './reduction.js';
export type { AmosScale } from './scale.js';

/** Options of {@link Amos}. */
export interface AmosOptions extends Omit<CommonOptions, 'weightDecay' | 'weightDecayMode'> {
  /** Step size ξ, relative to the scale; about 1/√(batches per epoch). @defaultValue `1e-3` */
  learningRate?: Hyper;
  /** Decay of the second moment; 1 − beta about as large as the learning rate. @defaultValue `0.999` */
  beta?: Hyper;
  /**
   * Expected size η of the trained weights; `null`: 0.5 for ranks 0 and 1, else √(2/fanIn), fanIn being the product of
   * all axes but the last. A record must have every variable; a function cannot be saved. @defaultValue `null`
   */
  scale?: AmosScale | null;
  /**
   * `'none'`: v and b have the shape of the parameter; `'unit'`: one number per output unit (last axis), one for ranks 0
   * and 1; `'tensor'`: one number. A function gives the shape with some axes 1, or `[]`; it cannot be saved.
   * @defaultValue `'none'`
   */
  reduction?: AmosReduction;
  /** Decay μ of the average of the updates; 0: none. @defaultValue `0` */
  momentum?: Hyper;
  /** Every element of the gradient is clipped to ±clipValue; `null`: off. @defaultValue `null` */
  clipValue?: Hyper | null;
  /** How fast the weight decay fades. @defaultValue `0.25` */
  cCoef?: Hyper;
  /** How fast the learning rate decays. @defaultValue `0.25` */
  dCoef?: Hyper;
  /** Decay in addition. @defaultValue `0` */
  extraL2?: Hyper;
  /** Lower bound of v, 2⁻¹²⁵. @defaultValue `2.350988701644575e-38` */
  epsilon?: Hyper;
}

const { parameterGroups, transforms } = commonOptions();

/**
 * Adam-style scaling without momentum, with a weight decay and a learning-rate decay that adapt to each other and to
 * the size that the weights of each variable are expected to end up with.
 *
 * ```text
 * q = mean of g² over the reduced axes
 * v ← βv + (1 − β)q
 * h = (1 − βᵗ)/max(v, ε)
 * γ = c·ξ²·h·q                             c = 1/√(1 + cCoef·√ξ·b)
 * u = d·[ξ·η·√h·g + (γ/2 + extraL2)·p]     d = 1/(1 + dCoef·√(ξ·η)·b)
 * b ← b + γ(1 + b)
 * p ← p − u                                with momentum: p − m,  m ← μm + (1 − μ)u
 * ```
 *
 * ξ is the learning rate, η the scale of the variable. The decay is γ/2: there is no option weightDecay, and no
 * schedule is needed. The average m starts at zero and is not corrected. In the first step an element moves by
 * ξ·η·|g|/√q, apart from the decay: by ξ·η with `reduction: 'none'`, by more or less with the others, and by 1 − μ of
 * that with momentum.
 *
 * Slots: `v`, `b`, of the shape that `reduction` gives; the scalar `eta` (η, settled before the first step);
 * with `momentum` `m`, of the parameter's shape.
 *
 * pytorch_optimizer has one v and b per tensor, a scale that rank alone decides, and the other sign of extraL2, which
 * makes weights grow.
 *
 * **When to use:** pretraining, above all of transformers, without a schedule to tune; with `'unit'` or `'tensor'` at next
 * to no memory. **When not:** short fine-tuning: the scale is that of weights trained from scratch. **Hint:** change the
 * learning rate alone, with a short warm-up and no other schedule. The default scale suits ReLU networks; the paper's is 1
 * for gains of normalizations, 0.5 for biases, √(2/width) for embeddings, √(1/fanIn) for a last layer.
 *
 * @example
 * ```ts
 * import { Amos } from '@optim/amos';
 *
 * model.compile({ optimizer: new Amos({ learningRate: 0.05, reduction: 'unit' }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2210.11693
 */
export class Amos extends Optimizer<AmosOptions> {
  static readonly className: string = 'Amos';

  static override readonly rule: Rule<AmosOptions, 'v' | 'b' | 'eta' | 'm', { correction: number }> = {
    options: {
      learningRate: hyper('(0, ∞)', 1e-3, '[0, ∞)'),
      beta: hyper('[0, 1)', 0.999),
      scale: scales,
      reduction: reductions,
      momentum: hyper('[0, 1)', 0),
      clipValue: nullable(hyper('(0, ∞)')),
      cCoef: hyper('[0, ∞)', 0.25),
      dCoef: hyper('[0, ∞)', 0.25),
      extraL2: hyper('[0, ∞)', 0),
      epsilon: hyper('(0, ∞)', 2 ** -125),
      parameterGroups,
      transforms,
    },
    momentum: ['m'],
    slots({ scale, reduction, momentum }) {
      const reduced = filled(
        ({ name, shape }) =>
          new Float32Array(reducedShape(reduction, name, shape).reduce((n, d) => n * d, 1)),
        (shape, name) => reducedShape(reduction, name, shape),
      );
      const eta = filled(
        ({ name, shape }) => [scaleOf(scale, name, shape)],
        () => [],
      );
      return { v: reduced, b: reduced, eta, m: momentum !== 0 && zeros };
    },
    coefficients: (t, { beta }) => ({ correction: 1 - beta ** t }),
    decay: 'never',
    update({ param, grad, v, b, eta, m }, known) {
      const { learningRate: xi, beta, clipValue, epsilon, momentum, correction } = known;
      const { cCoef, dCoef, extraL2 } = known;
      const g = clipValue === null ? grad : grad.clip(clipValue.neg(), clipValue);
      const q = meanTo(v.shape, g.square());
      v = ema(v, q, beta);
      const h = correction.div(v.maximum(epsilon));
      const c = constant(1).div(b.mul(cCoef.mul(xi.sqrt())).add(1).sqrt());
      const d = constant(1).div(b.mul(eta.mul(xi).sqrt().mul(dCoef)).add(1));
      const gamma = h.mul(q).mul(c).mul(xi.square());
      const shrink = param.mul(d.mul(gamma.div(2).add(extraL2)));
      const step = g.mul(h.sqrt()).mul(d.mul(eta.mul(xi)));
      b = b.add(b.add(1).mul(gamma));
      const u = step.add(shrink);
      if (!m) return { v, b, start: param.sub(shrink), param: param.sub(u) };
      m = ema(m, u, momentum);
      return { v, b, m, param: param.sub(m) };
    },
  };
}

/** The mean over the axes that `shape` does not have, or has with length 1. */
function meanTo(shape: Shape, x: Expression): Expression {
  if (shape.length === 0) return x.mean();
  const axes = [...x.shape.keys()].filter((axis) => shape[axis] !== x.shape[axis]);
  return axes.length > 0 ? x.mean(axes) : x;
}

register(Amos);
