// SPDX-License-Identifier: Apache-2.0
// Xie, Yuan, Zhu, Sugiyama, "Positive-Negative Momentum: Manipulating Stochastic Gradient Noise to Improve
// Generalization", arXiv:2103.17182
// Checked against the authors' pnm.py.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { positiveNegative, zeros } from '@optim/formulas';

/** Options of {@link PNM}. */
export interface PNMOptions extends OptimizerOptions {
  /** Inertia: each of the two averages decays by β₁². @defaultValue `0.9` */
  beta1?: Hyper;
  /** Weight of the negative average (β₀ in the paper). @defaultValue `1` */
  beta2?: Hyper;
}

/**
 * Momentum SGD with two averages, fed in turn: subtracting the older one raises the noise of the gradient and leaves
 * its mean direction.
 *
 * ```text
 * P, N = a, b in odd steps; b, a in even ones
 * P ← β₁²P + (1 − β₁²)g
 * p ← p − learningRate·[(1 + β₂)P − β₂N]/√[(1 + β₂)² + β₂²]
 * ```
 *
 * Slots, of the parameter's shape: `a`, `b`. Steps are counted by parameter: one without a gradient keeps its turn.
 *
 * There is no bias correction, so the first steps are short, and no ε. pytorch_optimizer counts steps by group, and
 * takes an ε that has no effect.
 *
 * **When to use:** where well-tuned momentum SGD trains easily and generalizes badly, as with large batches: the
 * noise is that of smaller ones. **When not:** where batches are small and gradients noisy enough as they are.
 * **Hint:** take the learning rate of SGD times 1/(1 − momentum), far above the default, and its decay; lower `beta2`
 * for less noise.
 *
 * @example
 * ```ts
 * import { PNM } from '@optim/pnm';
 *
 * model.compile({ optimizer: new PNM({ learningRate: 0.1, weightDecay: 5e-4 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2103.17182
 */
export class PNM extends Optimizer<PNMOptions> {
  static readonly className: string = 'PNM';

  static override readonly rule: Rule<PNMOptions, 'a' | 'b', { odd: boolean }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1]', 1),
      ...commonOptions(),
    },
    momentum: ['a', 'b'],
    slots: () => ({ a: zeros, b: zeros }),
    coefficients: (t) => ({ odd: t % 2 === 1 }),
    update({ param, grad, a, b }, { learningRate, beta1, beta2, odd }) {
      const { q, kept } = positiveNegative({ a, b }, grad, { beta1, beta0: beta2, odd });
      return { ...kept, param: param.sub(q.mul(learningRate)) };
    },
  };
}

register(PNM);
