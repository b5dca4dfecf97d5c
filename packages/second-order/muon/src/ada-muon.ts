// SPDX-License-Identifier: Apache-2.0
// Si et al., "AdaMuon: Adaptive Muon Optimizer", arXiv:2507.11005
// Checked against timm, with whole kernels and the signs put in, which it leaves out.

import { choice, flag, hyper, Optimizer, real, type Hyper, type Rule } from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { reshape } from '@optim/fusion';
import {
  adamw,
  adamwCorrections,
  direction,
  forMatrices,
  orthogonal,
  type Coefficients,
} from './matrices.js';
import { matrixOptions, type MatrixOptions } from './options.js';

/** Options of {@link AdaMuon}. */
export interface AdaMuonOptions extends MatrixOptions {
  /** Step size of the matrices, at the scale of AdamW. @defaultValue `1e-3` */
  learningRate?: Hyper;
  /** Decay of the second moment. @defaultValue `0.95` */
  beta2?: Hyper;
  /** Orthogonalize the signs of u in place of u. @defaultValue `true` */
  signFirst?: boolean;
  /** Added to √v and to the norm of H. @defaultValue `1e-8` */
  normEpsilon?: number;
  /**
   * Length of the step: `'matchRmsAdamW'` a root mean square of 0.2, with which a learning rate of AdamW fits; the others
   * correct the bias of v and leave the length, `'rmsToRms'` times √(out/in). @defaultValue `'matchRmsAdamW'`
   */
  adjustLearningRate?: 'matchRmsAdamW' | 'rmsToRms' | 'none';
}

/**
 * Muon with a second moment of the orthogonalized update, element by element, as Adam has of the gradient, and steps as
 * long as Adam's. Parameters that are no matrices are AdamW's.
 *
 * ```text
 * m ← μm + (1 − μ)g
 * u = μm + (1 − μ)g                        without nesterov: m
 * u ← sign(u)                              with signFirst
 * O = Newton–Schulz of u, its last axis against all others, as in Muon
 * v ← β₂v + (1 − β₂)O²
 * H = O/(√v + ε)
 * p ← p − learningRate·0.2·√n·H/(‖H‖ + ε)  n elements
 *
 * with another adjustLearningRate:
 * p ← p − learningRate·f·O/(√(v/(1 − β₂ᵗ)) + ε)
 * ```
 *
 * The first step is 0.2·learningRate for every element. The signs make a step jump where an element of u passes zero.
 * Elements of O that are zero but for rounding are kept small by ε; make it smaller than 1e-8 and they are not.
 *
 * Slots, of the parameter's shape, zeros: `m` and `v`.
 *
 * The paper has no Nesterov; its first version has no signs, and neither has timm, which also takes the shape of a kernel
 * from its height and width alone.
 *
 * **When to use:** in place of Muon, with the learning rate and schedule of AdamW as they are. **When not:** for small
 * networks, as Muon. **Hint:** `signFirst: false` where steps are to be smooth in the gradient.
 *
 * @example
 * ```ts
 * import { AdaMuon } from '@optim/muon';
 *
 * model.compile({ optimizer: new AdaMuon({ adamwLearningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2507.11005
 */
export class AdaMuon extends Optimizer<AdaMuonOptions> {
  static readonly className: string = 'AdaMuon';

  static override readonly rule: Rule<AdaMuonOptions, 'm' | 'v', Coefficients & { correction: number }> = {
    options: {
      ...matrixOptions(1e-3),
      beta2: hyper('[0, 1)', 0.95),
      signFirst: flag(true),
      normEpsilon: real('(0, ∞)', 1e-8),
      adjustLearningRate: choice(['matchRmsAdamW', 'rmsToRms', 'none']),
    },
    ...forMatrices('AdaMuon'),
    slots: () => ({ m: zeros, v: zeros }),
    coefficients: (t, options) => ({
      ...adamwCorrections(t, options),
      correction: Math.sqrt(1 - options.beta2 ** t),
    }),
    update(tensors, known) {
      if (!known.matrix) return adamw(tensors, known);
      const { param } = tensors;
      const { beta2, normEpsilon, adjustLearningRate: adjust, rateInForce } = known;
      const { m, u } = direction(tensors, known);
      const { O: matrix, fanIn, fanOut } = orthogonal(known.signFirst ? u.sign() : u, known);
      const O = reshape(matrix, param.shape);
      const v = ema(tensors.v, O.square(), beta2);
      if (adjust === 'matchRmsAdamW') {
        const H = O.div(v.sqrt().add(normEpsilon));
        const s = rateInForce.mul(0.2 * Math.sqrt(O.size)).div(H.norm().add(normEpsilon));
        return { m, v, param: param.sub(H.mul(s)) };
      }
      const H = O.div(v.sqrt().div(known.correction).add(normEpsilon));
      const f = adjust === 'rmsToRms' ? Math.sqrt(fanOut / fanIn) : 1;
      return { m, v, param: param.sub(H.mul(rateInForce.mul(f))) };
    },
  };
}
