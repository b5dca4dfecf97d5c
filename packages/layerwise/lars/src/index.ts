// SPDX-License-Identifier: Apache-2.0
// You, Gitman, Ginsburg, "Large Batch Training of Convolutional Networks", arXiv:1708.03888
// Checked against timm's Lars.

import {
  commonOptions,
  flag,
  hyper,
  Optimizer,
  outOfRange,
  register,
  type PeakOptions,
  type Hyper,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { heavyBall, zeros } from '@optim/formulas';
import { where } from '@optim/fusion';

/** Options of {@link LARS}. */
export interface LARSOptions extends PeakOptions {
  /** Step size, on top of the ratio of each layer. @defaultValue `1` */
  learningRate?: Hyper;
  /** Momentum μ. @defaultValue `0.9` */
  momentum?: Hyper;
  /** Dampening τ of all gradients but the first. @defaultValue `0` */
  dampening?: Hyper;
  /** Nesterov's momentum; needs a momentum, and no dampening. @defaultValue `false` */
  nesterov?: boolean;
  /**
   * `'layerwise'` is the paper's: part of the ratio and of the step, not for excluded vectors. The others act before
   * both, on every tensor.
   * @defaultValue `'layerwise'`
   */
  weightDecayMode?: WeightDecayMode | 'layerwise';
  /** The ratio η of step to weights. @defaultValue `0.001` */
  trustCoefficient?: Hyper;
  /** Added to the denominator of the ratio. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Tensors of rank 0 and 1 take plain momentum steps. @defaultValue `true` */
  excludeVectors?: boolean;
}

/**
 * SGD with momentum whose step in each tensor is in proportion to the norm of its weights; made for large batches.
 *
 * ```text
 * q = η‖p‖/(‖g‖ + weightDecay·‖p‖ + ε)     η = trustCoefficient; 1 where a norm is 0
 * g ← q·(g + weightDecay·p)
 * b ← μb + (1 − τ)g                        the first time b ← g
 * p ← p − learningRate·b                   nesterov: g + μb in place of b
 * ```
 *
 * Norms are over the whole tensor. Tensors of rank 0 and 1 skip the first two lines, as in all recipes for large
 * batches: a bias that starts at zero would make one full step, and then tiny ones. Without momentum g takes the
 * place of b.
 *
 * Slot: with `momentum` `b`, of the parameter's shape.
 *
 * In the paper the learning rate is inside b; here a change acts at once. optax and SimCLR divide by the norm of the
 * sum, not by the sum of the norms: `weightDecayMode: 'coupled'`. timm adapts only what decays; pytorch_optimizer has
 * no decay in the ratio.
 *
 * **When to use:** batches of thousands, with a learning rate that grows with the batch. **When not:** small batches,
 * where SGD is as good; transformers, for which there is Lamb. **Hint:** warm `learningRate` up over the first
 * epochs; η already scales the step, so that it is of the order of 1 to 10, not of 0.1.
 *
 * @example
 * ```ts
 * import { LARS } from '@optim/lars';
 *
 * model.compile({ optimizer: new LARS({ learningRate: 0.5, weightDecay: 1e-4 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1708.03888
 */
export class LARS extends Optimizer<LARSOptions> {
  static readonly className: string = 'LARS';

  static override readonly rule: Rule<LARSOptions, 'b', { share: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1),
      momentum: hyper('[0, 1)', 0.9),
      dampening: hyper('[0, 1]', 0),
      nesterov: flag(false),
      trustCoefficient: hyper('(0, ∞)', 1e-3),
      epsilon: hyper('[0, ∞)', 1e-8),
      excludeVectors: flag(true),
      ...commonOptions(0, 'layerwise', ['layerwise', 'decoupled', 'coupled', 'independent', 'corrected']),
    },
    momentum: ['b'],
    validate({ momentum, dampening, nesterov }) {
      if (nesterov && (momentum === 0 || dampening !== 0))
        throw outOfRange('LARS', 'nesterov', 'false without momentum and with dampening', nesterov);
    },
    slots: ({ momentum }) => ({ b: momentum !== 0 && zeros }),
    coefficients: (t, { dampening }) => ({ share: t === 1 ? 1 : 1 - dampening }),
    update({ param, grad, b }, known) {
      const { learningRate, trustCoefficient, epsilon, excludeVectors } = known;
      const { weightDecay, weightDecayMode, decays } = known;
      let g = grad;
      if (param.rank >= 2 || !excludeVectors) {
        const [p, n] = [param.norm(), grad.norm()];
        let d = n;
        if (decays && weightDecayMode === 'layerwise') {
          g = grad.add(param.mul(weightDecay));
          d = n.add(p.mul(weightDecay));
        }
        const q = p.mul(trustCoefficient).div(d.add(epsilon));
        g = g.mul(where(p.greater(0).and(n.greater(0)), q, 1));
      }
      if (!b) return { param: param.sub(g.mul(learningRate)) };
      const { q, ...kept } = heavyBall(b, g, known);
      return { ...kept, param: param.sub(q.mul(learningRate)) };
    },
  };
}

register(LARS);
