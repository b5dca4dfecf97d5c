// SPDX-License-Identifier: Apache-2.0
// Jordan et al., "Muon: An optimizer for hidden layers in neural networks", https://kellerjordan.github.io/posts/muon/
// Checked against KellerJordan/Muon, torch.optim.Muon and optax.

import {
  choice,
  commonOptions,
  custom,
  decayed,
  flag,
  hyper,
  integer,
  Optimizer,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, matrixOf, orthogonalized, zeros } from '@optim/formulas';
import { newtonSchulzSteps, type NewtonSchulzCoefficients } from '@optim/linalg';
import { isCoefficients, isMatrix, type UseMuon } from './matrices.js';

/** Options of {@link Muon}. */
export interface MuonOptions extends OptimizerOptions {
  /** Step size of the matrices. @defaultValue `0.02` */
  learningRate?: Hyper;
  /** Decay μ of the momentum. @defaultValue `0.95` */
  momentum?: Hyper;
  /** Nesterov's momentum. @defaultValue `true` */
  nesterov?: boolean;
  /** Newton–Schulz steps. @defaultValue `5` */
  nsSteps?: number;
  /**
   * Their coefficients a, b, c: three numbers for all steps, a list of three for each, or by name: `'original'`, `'quintic'`,
   * `'polarExpress'`. @defaultValue `'original'`
   */
  nsCoefficients?: NewtonSchulzCoefficients;
  /** Added to the norm of the matrix. @defaultValue `1e-7` */
  epsilon?: number;
  /**
   * Factor of the step by the shape of the matrix, inputs × outputs: `'original'` √max(1, out/in), `'matchRmsAdamW'`
   * 0.2·√max(in, out), with which a learning rate of AdamW fits, `'none'` 1. @defaultValue `'original'`
   */
  adjustLearningRate?: 'original' | 'matchRmsAdamW' | 'none';
  /**
   * Which variables are matrices, by name and shape; the others are AdamW's. `null`: those of rank 2 and more. It cannot be
   * saved. @defaultValue `null`
   */
  useMuon?: UseMuon | null;
  /** Step size of the other variables. @defaultValue `3e-4` */
  adamwLearningRate?: Hyper;
  /** Decay of their first moment. @defaultValue `0.9` */
  adamwBeta1?: Hyper;
  /** Decay of their second moment. @defaultValue `0.95` */
  adamwBeta2?: Hyper;
  /** Added to √v̂. @defaultValue `1e-10` */
  adamwEpsilon?: Hyper;
  /** Strength of their weight decay, in the mode of the matrices. @defaultValue `0` */
  adamwWeightDecay?: Hyper;
}

type Coefficients = { matrix: boolean; correction1: number; correction2: number };

/**
 * Momentum whose update, as a matrix, is replaced by almost the nearest orthogonal one: every direction of the weights moves
 * by about the same amount. Other parameters are AdamW's.
 *
 * ```text
 * m ← μm + (1 − μ)g
 * u = μm + (1 − μ)g                        without nesterov: m
 * X = u, its last axis against all others
 * X ← X/(‖X‖ + ε)
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
  static get className(): string {
    return 'Muon';
  }

  static override readonly rule: Rule<MuonOptions, 'm' | 'v', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.02),
      momentum: hyper('[0, 1)', 0.95),
      nesterov: flag(true),
      nsSteps: integer('[1, ∞)', 5),
      nsCoefficients: custom('three numbers, a list of such, or a name of them', isCoefficients, 'original'),
      epsilon: real('[0, ∞)', 1e-7),
      adjustLearningRate: choice(['original', 'matchRmsAdamW', 'none']),
      useMuon: custom(
        'a function of name and shape, or null',
        (f) => f === null || typeof f === 'function',
        null,
      ),
      adamwLearningRate: hyper('[0, ∞)', 3e-4),
      adamwBeta1: hyper('[0, 1)', 0.9),
      adamwBeta2: hyper('[0, 1)', 0.95),
      adamwEpsilon: hyper('[0, ∞)', 1e-10),
      adamwWeightDecay: hyper('[0, ∞)', 0),
      ...commonOptions(),
    },
    momentum: ['m'],
    decayOptions: ['adamwWeightDecay'],
    traits: (variable, { useMuon }) => ({ matrix: isMatrix(variable, useMuon) }),
    slots: () => ({ m: zeros, v: (param, { matrix }) => (matrix ? null : zeros(param)) }),
    coefficients: (t, { adamwBeta1, adamwBeta2 }) => ({
      correction1: 1 - adamwBeta1 ** t,
      correction2: Math.sqrt(1 - adamwBeta2 ** t),
    }),
    decay: (pair, { matrix, ...known }) =>
      decayed(pair, matrix ? known : { ...known, weightDecay: known.adamwWeightDecay }),
    rateInForce: (_param, { matrix, learningRate, adamwLearningRate }) =>
      matrix ? learningRate : adamwLearningRate,
    update({ param, grad, m, v }, known) {
      const { momentum, nesterov, nsSteps, nsCoefficients, epsilon, adjustLearningRate: adjust } = known;
      if (!known.matrix) {
        m = ema(m, grad, known.adamwBeta1);
        v = ema(v, grad.square(), known.adamwBeta2);
        const d = v.sqrt().div(known.correction2).add(known.adamwEpsilon);
        return { m, v, param: param.sub(m.div(d).mul(known.rateInForce.div(known.correction1))) };
      }
      m = ema(m, grad, momentum);
      const { matrix, fanIn, fanOut } = matrixOf(nesterov ? ema(m, grad, momentum) : m);
      const X = orthogonalized(matrix, newtonSchulzSteps(nsCoefficients, nsSteps), epsilon).reshape(
        param.shape,
      );
      const f = {
        original: Math.sqrt(Math.max(1, fanOut / fanIn)),
        matchRmsAdamW: 0.2 * Math.sqrt(Math.max(fanIn, fanOut)),
        none: 1,
      }[adjust];
      return { m, param: param.sub(X.mul(known.rateInForce.mul(f))) };
    },
  };
}

register(Muon);
