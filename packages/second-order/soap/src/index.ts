// SPDX-License-Identifier: Apache-2.0
// Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", arXiv 2409.11321
// Checked against nikhilvyas/SOAP.

import {
  commonOptions,
  flag,
  hyper,
  integer,
  momentsOptions,
  nullable,
  Optimizer,
  register,
  round,
  shrunk,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Results,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema } from '@optim/formulas';
import {
  alongAxis,
  assertedFinite,
  axesOf,
  axisSlots,
  eigenvectors,
  gram,
  identity,
  orthogonalFactor,
  sorted,
  type PerAxis,
} from '@optim/kronecker';
import { constant, matMul, reshape, type Expression, type Shape } from '@optim/fusion';
import { mergeAxesUpTo } from '@optim/linalg';

/** Options of {@link SOAP}. */
export interface SOAPOptions extends OptimizerOptions, MomentsOptions {
  /** Decay s of the statistics; `null`: that of the second moment. @defaultValue `null` */
  shampooBeta?: Hyper | null;
  /** Steps from one refresh of the bases to the next. @defaultValue `10` */
  preconditionFrequency?: number;
  /** A longer axis has no basis; also the longest axis that merging makes. @defaultValue `10000` */
  maxPreconditionDim?: number;
  /** Merge neighbouring axes as long as they stay within `maxPreconditionDim`. @defaultValue `false` */
  mergeDims?: boolean;
  /** Give vectors a basis as well. @defaultValue `false` */
  precondition1d?: boolean;
  /** Divide the step of each parameter by its root mean square. @defaultValue `false` */
  normalizeGradient?: boolean;
  /** Adam's correction of the bias. @defaultValue `true` */
  correctBias?: boolean;
}

type Slots = 'M' | 'V' | PerAxis<'L'> | PerAxis<'Q'>;
type Coefficients = { first: boolean; refreshes: boolean; alpha: number };

/**
 * Adam in the eigenbasis of Shampoo's preconditioner, which rotates slowly.
 *
 * ```text
 * ĝ = g along every axis by Qᵢᵀ
 * M ← β₁M + (1 − β₁)g
 * V ← β₂V + (1 − β₂)ĝ²
 * U = M along every axis by Qᵢᵀ, over √V + ε, along every axis by Qᵢ
 * p ← p − α·U                             α = learningRate·√(1 − β₂ⁿ)/(1 − β₁ⁿ)
 * p ← p·(1 − learningRate·λ)
 * Lᵢ ← s·Lᵢ + (1 − s)·matᵢ(g)·matᵢ(g)ᵀ      matᵢ: axis i against all others
 * Qᵢ ← orthogonal factor of Lᵢ·Qᵢ          every preconditionFrequency steps; its columns, and V, sorted before
 * ```
 *
 * The first step of a parameter moves nothing: it makes Lᵢ, and Qᵢ of its eigenvectors; n counts the steps after it.
 *
 * Slots: `M`, `V`, zeros, of the parameter's shape, its axes merged with `mergeDims`; `L0`, `L1`, …, zeros, and `Q0`, `Q1`,
 * …, identities, `[d, d]` for an axis of length d up to `maxPreconditionDim`; none for a vector without `precondition1d`,
 * which is Adam's, one step late.
 *
 * The published code is followed, not the listing of the paper, which leaves out the correction of the bias and the step
 * without movement. Weight decay, ε and the bias stand as in the code: decay after the step. pytorch_optimizer and SOAP_JAX
 * count the first step. Bases are computed in float64 on the host, on webgpu by products in float32. A gradient that is not
 * finite is a RangeError when bases are computed, which names the parameter; nothing has changed then. On webgpu it is
 * none.
 *
 * **When to use:** transformers and other networks of matrices, where Adam takes many steps. **When not:** with axes in the
 * thousands that need a basis, or steps that have to be cheap. **Hint:** the learning rate of AdamW; `maxPreconditionDim` so
 * that embeddings and output layers keep a basis for their short axis only.
 *
 * @example
 * ```ts
 * import { SOAP } from '@optim/soap';
 *
 * const optimizer = new SOAP({ learningRate: 1e-3, maxPreconditionDim: 256 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2409.11321
 */
export class SOAP extends Optimizer<SOAPOptions> {
  static readonly className: string = 'SOAP';

  static override readonly rule: Rule<SOAPOptions, Slots, Coefficients> = {
    options: {
      learningRate: hyper('(0, ∞)', 3e-3, '[0, ∞)'),
      ...momentsOptions(0.95, 0.95, 1e-8),
      shampooBeta: nullable(hyper('[0, 1)')),
      preconditionFrequency: integer('[1, ∞)', 10),
      maxPreconditionDim: integer('[1, ∞)', 10000),
      mergeDims: flag(false),
      precondition1d: flag(false),
      normalizeGradient: flag(false),
      correctBias: flag(true),
      ...commonOptions(0.01),
    },
    decay: 'within',
    momentum: ['M'],
    slots({ maxPreconditionDim: most, mergeDims, precondition1d }) {
      const merged = (param: Shape): Shape => (mergeDims ? mergeAxesUpTo(param, most) : param);
      const matrices = (param: Shape): (Shape | null)[] =>
        merged(param).map((d) => (d > most || (param.length === 1 && !precondition1d) ? null : [d, d]));
      const zeros = ({ shape }: Expression): Expression => constant(0).broadcastTo(merged(shape));
      return { M: zeros, V: zeros, ...axisSlots('L', matrices), ...axisSlots('Q', matrices, identity) };
    },
    coefficients(t, options) {
      const n = t - 1;
      const { alpha, correction } = biasCorrection(Math.max(n, 1), { ...options, adamD: false });
      return {
        first: n === 0,
        refreshes: n > 0 && n % options.preconditionFrequency === 0,
        alpha: options.correctBias ? alpha * correction : options.learningRate,
      };
    },
    rounds: () => [
      round({
        observe({ grad, M, ...slots }, { first, refreshes }): Results {
          const g = reshape(grad, M.shape);
          const axes = axesOf(g.shape).filter((i) => slots[`L${i}`]);
          if (axes.length === 0 || !(first || refreshes)) return {};
          return { finite: assertedFinite(g, new Map(axes.map((i) => [i, slots[`L${i}`]]))) };
        },
        combine: () => ({}),
      }),
    ],
    update({ param, grad, M, V, ...slots }, known) {
      const { beta1, beta2, epsilon, first, refreshes, alpha, decayStrength } = known;
      const g = reshape(grad, M.shape);
      const axes = axesOf(g.shape).filter((i) => slots[`L${i}`]);
      const rotated = (x: Expression, back = false): Expression =>
        axes.reduce((y, i) => alongAxis(y, i, slots[`Q${i}`], !back), x);

      const kept: Results = {};
      for (const i of axes) kept[`L${i}`] = ema(slots[`L${i}`], gram(g, i), known.shampooBeta ?? beta2);
      if (first) {
        for (const i of axes) kept[`Q${i}`] = eigenvectors(kept[`L${i}`]!);
        return kept;
      }

      M = ema(M, g, beta1);
      V = ema(V, rotated(g).square(), beta2);
      let U = rotated(rotated(M).div(V.sqrt().add(epsilon)), true);
      if (known.normalizeGradient) U = U.div(U.square().mean().sqrt().add(1e-30));
      const step = reshape(U, param.shape).mul(alpha);
      if (refreshes) {
        for (const i of axes) {
          const Q = slots[`Q${i}`];
          const LQ = matMul(kept[`L${i}`]!, Q);
          const e = Q.mul(LQ).sum([0]);
          kept[`Q${i}`] = orthogonalFactor(sorted(LQ, 1, e), sorted(Q, 1, e));
          V = sorted(V, i, e);
        }
      }
      return {
        ...kept,
        M,
        V,
        param: shrunk(param.sub(step), decayStrength),
        start: shrunk(param, decayStrength),
      };
    },
  };
}

register(SOAP);
