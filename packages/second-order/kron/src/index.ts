// SPDX-License-Identifier: Apache-2.0
// Li, "Preconditioned Stochastic Gradient Descent", arXiv 1512.04202; Pooladzandi and Li, "Curvature-Informed SGD via General
// Purpose Lie-Group Preconditioners", arXiv 2402.04553
// Checked against numbers of kron_torch and psgd_jax by Evan Walters.

import {
  choice,
  commonOptions,
  flag,
  hyper,
  integer,
  nullable,
  Optimizer,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { alongAxis, axesOf, axisSlots, identity, type PerAxis } from '@optim/kronecker';
import { constant, random, reshape, where, type Expression, type Shape } from '@optim/fusion';
import { balanced, factorShapes, fitted, preconditionedShape } from './factors.js';
import { fits, type Probability } from './fits.js';

/** Options of {@link Kron}. */
export interface KronOptions extends OptimizerOptions {
  /** Decay β of the momentum. @defaultValue `0.9` */
  momentum?: Hyper;
  /**
   * Share of the steps that fit the factors, a number or a function of the number of steps done; `null`: 1 for the first 500
   * steps, falling to 0.03 by step 4000.
   * @defaultValue `null`
   */
  preconditionerUpdateProbability?: Hyper | null;
  /** A longer axis has a diagonal factor. @defaultValue `8192` */
  maxSizeTriangular?: number;
  /** A tensor of lower rank has diagonal factors. @defaultValue `2` */
  minNdimTriangular?: number;
  /**
   * Axes with a diagonal factor besides these: `'oneDiag'` the longest, the last of several; `'smartOneDiag'` the longest if
   * there is one; `'allDiag'` all; `null` none.
   * @defaultValue `null`
   */
  memorySaveMode?: 'oneDiag' | 'smartOneDiag' | 'allDiag' | null;
  /** Fit the factors to the momentum; else to the gradient. @defaultValue `true` */
  momentumIntoPreconditionUpdate?: boolean;
  /** Step size of the fit. @defaultValue `0.1` */
  preconditionLearningRate?: Hyper;
  /** Square root of the first preconditioner. @defaultValue `1` */
  preconditionInitScale?: number;
  /** Treat a tensor of rank 3 and more as a matrix, its last axis against all others. @defaultValue `true` */
  mergeDims?: boolean;
  /** Chance that a step that fits the factors balances them first. @defaultValue `0.01` */
  balanceProbability?: number;
  /** Seed of the random numbers. @defaultValue `0` */
  seed?: number;
}

type Slots = 'm' | PerAxis<'Q'> | 'probe';
type Coefficients = { correction: number; isFit: boolean; step: number };

/** Root of the spacing of float32 at 1: noise that keeps what is fitted from vanishing. */
const damping = 2 ** -11.5;

/**
 * Momentum whitened by a preconditioner QᵀQ with a factor Q for each axis, which is learned by stochastic descent: no roots, no
 * decompositions.
 *
 * ```text
 * m ← βm + (1 − β)g,  M = m/(1 − βᵗ)
 * V ~ N(0, 1),  X = M + √2⁻²³·mean|M|·V               in steps that fit the factors
 * A = X along every axis by Qᵢ,  B = V along every axis by Qᵢ⁻ᵀ
 * S = matᵢ(A)·matᵢ(A)ᵀ,  T = matᵢ(B)·matᵢ(B)ᵀ
 * Qᵢ ← Qᵢ − rate·triu(S − T)·Qᵢ/ℓ(S + T)              ℓ: a lower bound of the spectral norm
 * U = M along every axis by QᵢᵀQᵢ
 * U ← U·min(1, 1.1/rms(U))
 * p ← p − learningRate·U
 * ```
 *
 * Slots: `m`, zeros, of the parameter's shape; `Q0`, `Q1`, …, of which there is one for each axis: `[d, d]`, upper triangular,
 * or `[d]`, diagonal, at first the identity times `preconditionInitScale^(1/k)`. Vectors have a diagonal one.
 *
 * Weight decay is for parameters of rank 2 and more. The damping is seen by the fit alone, as in psgd_jax; in kron_torch it
 * gets into the step too. Parameters of one shape share their draws, which follow from `seed` and the step. Balancing brings
 * the factors of a parameter to a common size; it is drawn once for all parameters.
 *
 * **When to use:** as AdamW, where steps may cost more and should be fewer. **When not:** with several axes in the thousands.
 * **Hint:** a third of Adam's learning rate with three to ten times its weight decay; there is no β₂ and no ε to tune.
 * `maxSizeTriangular` bounds the cost.
 *
 * @example
 * ```ts
 * import { Kron } from '@optim/kron';
 *
 * const optimizer = new Kron({ learningRate: 3e-4, weightDecay: 0.1, maxSizeTriangular: 512 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2402.04553
 */
export class Kron extends Optimizer<KronOptions> {
  static readonly className: string = 'Kron';

  static override readonly rule: Rule<KronOptions, Slots, Coefficients> = {
    options: {
      learningRate: hyper('(0, ∞)', 3e-4, '[0, ∞)'),
      momentum: hyper('[0, 1)', 0.9),
      // A function is followed through all steps, see `fits`; it is no number of the step at hand.
      preconditionerUpdateProbability: nullable({ ...hyper('(0, 1]'), symbolic: false }),
      maxSizeTriangular: integer('[0, ∞)', 8192),
      minNdimTriangular: integer('[0, ∞)', 2),
      memorySaveMode: nullable(choice(['oneDiag', 'smartOneDiag', 'allDiag'])),
      momentumIntoPreconditionUpdate: flag(true),
      preconditionLearningRate: hyper('(0, 1]', 0.1),
      preconditionInitScale: real('(0, ∞)', 1),
      mergeDims: flag(true),
      balanceProbability: real('[0, 1]', 0.01),
      seed: integer('[0, 9007199254740991]', 0),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots(options) {
      const shapes = (param: Shape): Shape[] => factorShapes(param, options);
      const first = (shape: Shape, k: number): Expression =>
        identity(shape).mul(options.preconditionInitScale ** (1 / k));
      return { m: zeros, ...axisSlots('Q', shapes, first) };
    },
    coefficients: (t, { momentum, preconditionerUpdateProbability: probability }, step) => ({
      correction: 1 - momentum ** t,
      isFit: fits(probability as number | Probability | null, step),
      step,
    }),
    decaysFrom: 2,
    update({ param, grad, m, probe, ...slots }, known) {
      const { learningRate, seed, step, balanceProbability } = known;
      const shape = preconditionedShape(param.shape, known.mergeDims);
      const axes = axesOf(shape);
      m = ema(m, grad, known.momentum);
      const M = m.div(known.correction);
      let Q = axes.map((i) => slots[`Q${i}`]);
      if (known.isFit) {
        if (axes.length >= 2 && balanceProbability > 0) {
          const drawn = random('uniform', [], { seed, step, stream: 1 }).less(balanceProbability);
          Q = balanced(Q).map((after, i) => where(drawn, after, Q[i]!));
        }
        const V = probe ?? random('normal', param.shape, { seed, step });
        const seen = known.momentumIntoPreconditionUpdate ? M : grad;
        const X = seen.add(V.mul(seen.abs().mean().mul(damping)));
        Q = fitted(Q, reshape(X, shape), reshape(V, shape), known.preconditionLearningRate);
      }
      const U = axes.reduce((u, i) => alongAxis(alongAxis(u, i, Q[i]!), i, Q[i]!, true), reshape(M, shape));
      const rms = U.square().mean().sqrt().add(1e-12);
      const capped = U.mul(constant(1.1).div(rms).minimum(1));
      const kept = known.isFit ? Object.fromEntries(axes.map((i) => [`Q${i}`, Q[i]!])) : {};
      return { ...kept, m, param: param.sub(reshape(capped, param.shape).mul(learningRate)) };
    },
  };
}

register(Kron);
