// SPDX-License-Identifier: Apache-2.0
// Jordan et al., "Muon: An optimizer for hidden layers in neural networks", https://kellerjordan.github.io/posts/muon/
// Checked against KellerJordan/Muon, torch.optim.Muon and optax.

import { choice, custom, Optimizer, type Hyper, type Rule } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { reshape } from '@optim/fusion';
import { isTriple, type Triple } from '@optim/linalg';
import {
  adamw,
  adamwCorrections,
  direction,
  forMatrices,
  orthogonal,
  type Coefficients,
} from './matrices.js';
import { matrixOptions, type MatrixOptions } from './options.js';

/** Options of {@link Muon}. */
export interface MuonOptions extends MatrixOptions {
  /** Step size of the matrices. @defaultValue `0.02` */
  learningRate?: Hyper;
  /** The coefficients a, b, c of all steps, as three numbers; `null`: those of `coefficients`. @defaultValue `null` */
  nsCoefficients?: Triple | null;
  /**
   * Factor of the step by the shape of the matrix, inputs × outputs: `'original'` √max(1, out/in), `'matchRmsAdamW'`
   * 0.2·√max(in, out), with which a learning rate of AdamW fits, `'none'` 1. @defaultValue `'original'`
   */
  adjustLearningRate?: 'original' | 'matchRmsAdamW' | 'none';
}

/**
 * Momentum whose update, as a matrix, is replaced by almost the nearest orthogonal one: every direction of the weights moves
 * by about the same amount. Other parameters are AdamW's.
 *
 * ```text
 * m ← μm + (1 − μ)g
 * u = μm + (1 − μ)g                        without nesterov: m
 * X = u, its last axis against all others
 * X ← X/(safety·‖X‖ + ε)                    safety 1, with 'polarExpress' 1.02
 * A = XXᵀ,  X ← aX + (bA + cA²)X           nsSteps times
 * p ← p − learningRate·f·X                 f by adjustLearningRate
 * ```
 *
 * The singular values of X land between about 0.7 and 1.2, with `'polarExpress'` at 1. The length of the gradient has no
 * influence: clipping by norm hardly has any either, and a gradient of zero still makes a full step while there is momentum.
 *
 * Slots, of the parameter's shape, zeros: `m`; for AdamW's `m` and `v`.
 *
 * Muon is for hidden matrices and kernels. Rank alone tells biases and gains apart; embeddings, the output layer, the first
 * convolution and depthwise kernels are for `useMuon` to exclude. The published code computes in bfloat16, here it is
 * float32, and takes the factor f from the last two axes of a convolution. optax corrects the bias of both parts of u;
 * pytorch_optimizer has another default f and reads its flag the other way round.
 *
 * **When to use:** hidden layers of transformers and convolutional networks, with large batches. **When not:** for small
 * networks, in which AdamW is as good and a step costs no products. **Hint:** 0.02 with `'original'`, or the learning rate of
 * AdamW with `'matchRmsAdamW'`; give both rates the same schedule.
 *
 * @example
 * ```ts
 * import { Muon } from '@optim/muon';
 *
 * const optimizer = new Muon({
 *   adjustLearningRate: 'matchRmsAdamW',
 *   learningRate: 1e-3,
 *   adamwLearningRate: 1e-3,
 *   useMuon: (name, shape) => shape.length >= 2 && !name.startsWith('head'),
 * });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://kellerjordan.github.io/posts/muon/
 */
export class Muon extends Optimizer<MuonOptions> {
  static readonly className: string = 'Muon';

  static override readonly rule: Rule<MuonOptions, 'm' | 'v', Coefficients> = {
    options: {
      ...matrixOptions(0.02),
      nsCoefficients: custom(
        'three finite numbers, or null',
        (value) => value === null || isTriple(value),
        null,
      ),
      adjustLearningRate: choice(['original', 'matchRmsAdamW', 'none']),
    },
    ...forMatrices('Muon'),
    slots: () => ({ m: zeros, v: (param, { matrix }) => (matrix ? null : zeros(param)) }),
    coefficients: adamwCorrections,
    update(tensors, known) {
      if (!known.matrix) return adamw(tensors, known);
      const { param } = tensors;
      const { m, u } = direction(tensors, known);
      const coefficients = known.nsCoefficients ?? known.coefficients;
      const { O: X, fanIn, fanOut } = orthogonal(u, { ...known, coefficients });
      const f = {
        original: Math.sqrt(Math.max(1, fanOut / fanIn)),
        matchRmsAdamW: 0.2 * Math.sqrt(Math.max(fanIn, fanOut)),
        none: 1,
      }[known.adjustLearningRate];
      return { m, param: param.sub(reshape(X, param.shape).mul(known.rateInForce.mul(f))) };
    },
  };
}
