// SPDX-License-Identifier: Apache-2.0
// Zhou et al., "AdaShift: Decorrelation and Convergence of Adaptive Learning Rate Methods", arXiv:1810.00143
// Checked against the authors' optimizer_all.py.

import {
  choice,
  commonOptions,
  hyper,
  integer,
  Optimizer,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zero, zeros } from '@optim/formulas';
import { constant, where } from '@optim/fusion';

/** Options of {@link AdaShift}. */
export interface AdaShiftOptions extends OptimizerOptions {
  /** Ratio of the weights of one gradient and the next in the window; no schedule. @defaultValue `0.9` */
  beta1?: number;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-10` */
  epsilon?: Hyper;
  /** K, the number of gradients in the window, and the delay of the second moment. @defaultValue `10` */
  keepNum?: number;
  /** φ, which makes one number of a tensor's h²; `'none'` leaves it as it is. @defaultValue `'max'` */
  reduceFunc?: 'max' | 'mean' | 'none';
}

type Window = `g${number}`;
type Coefficients = { newest: number; last: number; oldest: Window };

/**
 * Adam whose second moment is that of gradients that have left the window of its first, so that a step and its scale
 * are independent of each other.
 *
 * ```text
 * h = the gradient K steps ago             zeros if there was none
 * v ← β₂v + (1 − β₂)φ(h²)                  φ = max, mean or identity
 * m = Σ wⱼ·(gradient j steps ago)          wⱼ = β₁ʲ/Σβ₁ⁱ, i and j = 0 … K − 1
 * p ← p − learningRate·m/(√(v/(1 − β₂ⁿ)) + ε)
 * ```
 *
 * n counts the steps in which v > 0, with `'none'` for every element. While v = 0 nothing moves: in the first K
 * steps, and as long as there were only gradients of zero.
 *
 * Slots, of the parameter's shape: `g0` … `g9`, the window, K of them, taken in turn; `m`. Scalars, with `'none'` of
 * the parameter's shape: `v`, and `c` = 1 − β₂ⁿ. m is updated step by step: the newest gradient is added, the oldest
 * taken out; wrappers must not reset it, so it does not count as momentum.
 *
 * Weight decay, which the authors have none of, acts from the first step on. The authors' later code divides by ε where
 * v = 0, and takes the mean by default. pytorch_optimizer queues the first gradient twice, which gives NaN in step 9.
 *
 * **When to use:** where Adam fails to converge because large gradients are rare: its scale shrinks the very steps that
 * matter. **When not:** where memory is short (K + 1 tensors more than SGD), or in runs of few steps. **Hint:** with
 * `'max'` a tensor has one rate, as in SGD: raise `learningRate` to 0.01 … 0.1.
 *
 * @example
 * ```ts
 * import { AdaShift } from '@optim/adashift';
 *
 * model.compile({ optimizer: new AdaShift({ learningRate: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1810.00143
 */
export class AdaShift extends Optimizer<AdaShiftOptions> {
  static readonly className: string = 'AdaShift';

  static override readonly rule: Rule<AdaShiftOptions, 'm' | 'v' | 'c' | Window, Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: real('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      epsilon: hyper('[0, ∞)', 1e-10),
      keepNum: integer('[1, 1000]', 10),
      reduceFunc: choice(['max', 'mean', 'none']),
      ...commonOptions(),
    },
    slots({ keepNum, reduceFunc }) {
      const window = Array.from({ length: keepNum }, (_, j) => [`g${j}`, zeros]);
      const scale = reduceFunc === 'none' ? zeros : zero;
      return { ...Object.fromEntries(window), m: zeros, v: scale, c: scale };
    },
    coefficients(t, { beta1, keepNum }) {
      const newest = (1 - beta1) / (1 - beta1 ** keepNum);
      return { newest, last: newest * beta1 ** (keepNum - 1), oldest: `g${(t - 1) % keepNum}` };
    },
    secondMoment: ({ param, v, c }) => where(v.equal(0), 0, v.div(c)).broadcastTo(param.shape),
    update({ param, grad, m, v, c, ...window }, known) {
      const { learningRate, beta1, beta2, epsilon, reduceFunc, newest, last, oldest } = known;
      const h = window[oldest]!;
      const h2 = h.square();
      v = ema(v, reduceFunc === 'none' ? h2 : h2[reduceFunc](), beta2);
      m = m.sub(h.mul(last)).mul(beta1).add(grad.mul(newest));
      const waits = v.equal(0);
      // A moving average of ones: 1 − β₂ⁿ itself would lose its first digits.
      c = where(waits, c, ema(c, constant(1), beta2));
      const step = m.mul(learningRate).div(v.div(c).sqrt().add(epsilon));
      return { [oldest]: grad, m, v, c, param: param.sub(where(waits, 0, step)) };
    },
  };
}

register(AdaShift);
