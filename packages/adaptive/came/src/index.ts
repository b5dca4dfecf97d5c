// SPDX-License-Identifier: Apache-2.0
// Luo et al., "CAME: Confidence-guided Adaptive Memory Efficient Optimization", arXiv:2307.02047
// Checked against the authors' CAME.py.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, factoredAxes, factoredMoment, factoredSlots, zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';

/** Options of {@link CAME}. */
export interface CAMEOptions extends OptimizerOptions {
  /** Decay of the average of the updates. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Decay of the instability. @defaultValue `0.9999` */
  beta3?: Hyper;
  /** The RMS of the update is clipped to this. @defaultValue `1` */
  clipThreshold?: Hyper;
  /** Added to g²; with 0, gradients of zero give NaN. @defaultValue `1e-30` */
  epsilon1?: Hyper;
  /** Added to the squared deviation of the update; as epsilon1. @defaultValue `1e-16` */
  epsilon2?: Hyper;
}

/**
 * AdaFactor with momentum and confidence: the further an update is from its running average, the smaller the step.
 *
 * ```text
 * R ← β₂R + (1 − β₂)·mean_c(g² + ε₁)
 * C ← β₂C + (1 − β₂)·mean_r(g² + ε₁)
 * u = g/√(R·C/mean_r(R))
 * u ← u/max(1, RMS(u)/clipThreshold)
 * m ← β₁m + (1 − β₁)u
 * Rs ← β₃Rs + (1 − β₃)·mean_c((u − m)² + ε₂)
 * Cs ← β₃Cs + (1 − β₃)·mean_r((u − m)² + ε₂)
 * p ← p − learningRate·m/√(Rs·Cs/mean_r(Rs))
 * ```
 *
 * r and c are the two longest axes (c the longest, the later one of two equals); all others are batch axes. Rank 0 and 1
 * keep V ← β₂V + (1 − β₂)(g² + ε₁), have no confidence, and step by m.
 *
 * Nothing corrects a bias. The clipping tames the first u; the instability starts at 1 − β₃ of its size, so that the
 * early steps of matrices are longer than later ones, by up to 1/√(1 − β₃).
 *
 * Slots: `m`, of the parameter's shape; `R` and `Rs` (axis c of length 1), `C` and `Cs` (axis r of length 1), or `V`, of
 * the parameter's shape.
 *
 * The authors' code factors the last two axes, the same for matrices and for kernels with more channels than pixels.
 * pytorch_optimizer multiplies the m of vectors by the learning rate in every step, so that they hardly move.
 *
 * **When to use:** large language models with AdaFactor's memory and Adam's convergence. **When not:** small models, where
 * AdamW's memory is no concern, and short runs, which end before β₃ has averaged anything. **Hint:** 0.5 to 0.9 times the
 * learning rate of AdamW, with a warm-up, and its beta1 and beta2; keep beta3 above beta2, 0.9995 to 0.99995.
 *
 * @example
 * ```ts
 * import { CAME } from '@optim/came';
 *
 * model.compile({ optimizer: new CAME({ learningRate: 2e-4, weightDecay: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2307.02047
 */
export class CAME extends Optimizer<CAMEOptions> {
  static readonly className: string = 'CAME';

  static override readonly rule: Rule<CAMEOptions, 'm' | 'R' | 'C' | 'Rs' | 'Cs' | 'V'> = {
    options: {
      learningRate: hyper('[0, ∞)', 2e-4),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      beta3: hyper('[0, 1)', 0.9999),
      clipThreshold: hyper('(0, ∞)', 1),
      epsilon1: hyper('[0, ∞)', 1e-30),
      epsilon2: hyper('[0, ∞)', 1e-16),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({
      m: zeros,
      ...factoredSlots(1),
      ...factoredSlots(1, { R: 'Rs', C: 'Cs' }),
      V: (p) => (factoredAxes(p.shape) ? null : zeros(p)),
    }),
    update({ param, grad, m, R, C, Rs, Cs, V }, known) {
      const { learningRate, beta1, beta2, beta3, clipThreshold, epsilon1, epsilon2 } = known;
      const q = grad.square().add(epsilon1);
      const axes = factoredAxes(param.shape);
      if (!axes) {
        V = ema(V, q, beta2);
        m = ema(m, clipped(grad.div(V.sqrt()), clipThreshold), beta1);
        return { m, V, param: param.sub(m.mul(learningRate)) };
      }
      const { scale, ...moment } = factoredMoment({ R, C }, q, beta2, axes);
      const u = clipped(scale(grad), clipThreshold);
      m = ema(m, u, beta1);
      const w = u.sub(m).square().add(epsilon2);
      const S = factoredMoment({ R: Rs, C: Cs }, w, beta3, axes);
      return { m, ...moment, Rs: S.R, Cs: S.C, param: param.sub(S.scale(m).mul(learningRate)) };
    },
  };
}

/** The update with an RMS of at most the threshold. */
function clipped(u: Expression, threshold: Expression): Expression {
  return u.div(u.square().mean().sqrt().div(threshold).maximum(1));
}

register(CAME);
