// SPDX-License-Identifier: Apache-2.0
// Li et al., "NorMuon: Making Muon more efficient and scalable", arXiv:2510.05491
// Checked against zichongli5/NorMuon.

import { choice, hyper, Optimizer, real, type Hyper, type Rule } from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { constant, reshape } from '@optim/fusion';
import {
  adamw,
  adamwCorrections,
  direction,
  forMatrices,
  orthogonal,
  type Coefficients,
} from './matrices.js';
import { matrixOptions, type MatrixOptions } from './options.js';

/** Options of {@link NorMuon}. */
export interface NorMuonOptions extends MatrixOptions {
  /** Step size of the matrices. @defaultValue `0.02` */
  learningRate?: Hyper;
  /** Decay of the second moment of an output unit. @defaultValue `0.95` */
  beta2?: Hyper;
  /** Added to √v and to the norm of H. @defaultValue `1e-10` */
  normEpsilon?: number;
  /**
   * Length of the step: `'original'`, that of Muon, √max(1, out/in)·‖O‖; `'matchRmsAdamW'`, that of the paper, 0.2·√(in·out),
   * with which a learning rate of AdamW fits; `'none'` ‖O‖. @defaultValue `'original'`
   */
  adjustLearningRate?: 'original' | 'matchRmsAdamW' | 'none';
}

/**
 * Muon whose orthogonalized update is evened out afterwards: each output unit is divided by a running root mean square of
 * its own, and the whole gets back its length. Parameters that are no matrices are AdamW's.
 *
 * ```text
 * m ← μm + (1 − μ)g
 * u = μm + (1 − μ)g                        without nesterov: m
 * O = Newton–Schulz of u, its last axis against all others, as in Muon
 * v ← β₂v + (1 − β₂)·mean O²               of every output unit
 * H = O/(√v + ε)
 * p ← p − learningRate·s·H/(‖H‖ + ε)       s = f·‖O‖, or as adjustLearningRate says
 * ```
 *
 * The first step gives all units the same length. A unit whose gradient is always zero stays where it is.
 *
 * Slots, zeros: `m`, of the parameter's shape; `v`, of the shape `[out]`. For AdamW's, `m` and `v` of the parameter's shape.
 *
 * A kernel is one matrix here, as in the paper; the published code takes means over its width only, norms over height and
 * width, and computes in bfloat16. The paper has no Nesterov and `'matchRmsAdamW'`.
 *
 * **When to use:** in place of Muon, the more so the wider the layers are. **When not:** for small networks, as Muon.
 * **Hint:** Muon's learning rate fits, or AdamW's with `'matchRmsAdamW'`; give both rates the same schedule.
 *
 * @example
 * ```ts
 * import { NorMuon } from '@optim/muon';
 *
 * const optimizer = new NorMuon({ learningRate: 0.02, adamwLearningRate: 1e-3 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2510.05491
 */
export class NorMuon extends Optimizer<NorMuonOptions> {
  static readonly className: string = 'NorMuon';

  static override readonly rule: Rule<NorMuonOptions, 'm' | 'v', Coefficients> = {
    options: {
      ...matrixOptions(0.02),
      beta2: hyper('[0, 1)', 0.95),
      normEpsilon: real('(0, ∞)', 1e-10),
      adjustLearningRate: choice(['original', 'matchRmsAdamW', 'none']),
    },
    ...forMatrices('NorMuon'),
    slots: () => ({
      m: zeros,
      v: (param, { matrix }) => (matrix ? constant(0).broadcastTo(param.shape.slice(-1)) : zeros(param)),
    }),
    coefficients: adamwCorrections,
    update(tensors, known) {
      if (!known.matrix) return adamw(tensors, known);
      const { param } = tensors;
      const { beta2, normEpsilon } = known;
      const { m, u } = direction(tensors, known);
      const { O, fanIn, fanOut } = orthogonal(u, known);
      const squares = reshape(O.square().mean([0]), [fanOut]);
      const v = ema(tensors.v, squares, beta2);
      const d = v.sqrt().add(normEpsilon);
      // Both norms from those of the units: a sweep over the elements less.
      const rms = squares.sqrt();
      const normO = rms.norm().mul(Math.sqrt(fanIn));
      const normH = rms.div(d).norm().mul(Math.sqrt(fanIn));
      const s = {
        original: normO.mul(Math.sqrt(Math.max(1, fanOut / fanIn))),
        matchRmsAdamW: constant(0.2 * Math.sqrt(fanIn * fanOut)),
        none: normO,
      }[known.adjustLearningRate];
      const step = reshape(O.mul(s.div(normH.add(normEpsilon)).div(d)), param.shape);
      return { m, v, param: param.sub(step.mul(known.rateInForce)) };
    },
  };
}
