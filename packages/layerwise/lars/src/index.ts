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
  type CommonOptions,
  type DecayScalars,
  type Hyper,
  type OptionTable,
  type Pair,
  type Resolved,
  type Results,
  type Scalars,
  type SlotInit,
  type Tensors,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { heavyBall, zeros } from '@optim/formulas';
import { where, type Expression } from '@optim/fusion';

/** Options of {@link LARS}. */
export interface LARSOptions extends CommonOptions {
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

type Coefficients = { share: number };
type LARSScalars = Scalars<LARSOptions, Coefficients & { decays: boolean }>;

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
  static get className(): string {
    return 'LARS';
  }

  static override readonly options: OptionTable<LARSOptions> = {
    learningRate: hyper('[0, ∞)', 1),
    momentum: hyper('[0, 1)', 0.9),
    dampening: hyper('[0, 1]', 0),
    nesterov: flag(false),
    trustCoefficient: hyper('(0, ∞)', 1e-3),
    epsilon: hyper('[0, ∞)', 1e-8),
    excludeVectors: flag(true),
    ...commonOptions(0, 'layerwise', ['layerwise', 'decoupled', 'coupled', 'independent']),
  };

  static override readonly momentumSlots: readonly string[] = ['b'];

  protected override validate({ momentum, dampening, nesterov }: Required<LARSOptions>): void {
    if (nesterov && (momentum === 0 || dampening !== 0))
      throw outOfRange('LARS', 'nesterov', 'false without momentum and with dampening', nesterov);
  }

  protected override slots({ momentum }: LARSOptions): Record<string, SlotInit> {
    return momentum === 0 ? {} : { b: zeros };
  }

  protected override coefficients(t: number, { dampening }: Resolved<LARSOptions>): Coefficients {
    return { share: t === 1 ? 1 : 1 - dampening };
  }

  protected override decay(pair: Pair, scalars: DecayScalars): Pair {
    return scalars.weightDecayMode === 'layerwise' ? pair : super.decay(pair, scalars);
  }

  protected override update({ param, grad, b }: Tensors<'b'>, scalars: LARSScalars): Results {
    const { learningRate, excludeVectors } = scalars;
    const g = param.rank < 2 && excludeVectors ? grad : adapted(param, grad, scalars);
    if (!b) return { param: param.sub(g.mul(learningRate)) };
    const { q, ...kept } = heavyBall(b, g, scalars);
    return { ...kept, param: param.sub(q.mul(learningRate)) };
  }
}

/** The first two lines: a gradient with decay, of the length that suits the weights. */
function adapted(
  param: Expression,
  grad: Expression,
  { trustCoefficient, epsilon, weightDecay, weightDecayMode, decays }: LARSScalars,
): Expression {
  const [p, g] = [param.norm(), grad.norm()];
  let [u, d] = [grad, g];
  if (decays && weightDecayMode === 'layerwise') {
    u = grad.add(param.mul(weightDecay));
    d = g.add(p.mul(weightDecay));
  }
  const q = p.mul(trustCoefficient).div(d.add(epsilon));
  return u.mul(where(p.greater(0).and(g.greater(0)), q, 1));
}

register(LARS);
