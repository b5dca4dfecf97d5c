// SPDX-License-Identifier: Apache-2.0
// Gupta, Koren, Singer, "Shampoo: Preconditioned Stochastic Tensor Optimization", arXiv 1802.09568
// Checked against numbers of the paper's algorithm in float64 and the authors' distributed_shampoo.

import {
  commonOptions,
  hyper,
  integer,
  Optimizer,
  real,
  register,
  round,
  type Hyper,
  type OptimizerOptions,
  type Results,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import {
  alongAxis,
  assertedFinite,
  axesOf,
  axisSlots,
  gram,
  matrixRoot,
  type PerAxis,
} from '@optim/kronecker';
import { reshape, type Shape } from '@optim/fusion';

/** Options of {@link Shampoo}. */
export interface ShampooOptions extends OptimizerOptions {
  /** Step size; it belongs with `matrixEpsilon`. @defaultValue `1` */
  learningRate?: Hyper;
  /** Decay μ of the average of gradients. @defaultValue `0` */
  momentum?: Hyper;
  /** ε, added to the diagonal of every matrix before its root is taken. @defaultValue `0.1` */
  matrixEpsilon?: number;
  /** Steps from one computation of the roots to the next. @defaultValue `1` */
  preconditioningComputeSteps?: number;
  /** A longer axis has a diagonal in place of a matrix. @defaultValue `768` */
  maxMatrixSize?: number;
}

type Slots = 'M' | PerAxis<'H'> | PerAxis<'P'>;

/** A scalar is a vector of one element. */
const atLeastVector = (shape: Shape): Shape => (shape.length === 0 ? [1] : shape);

/**
 * AdaGrad with a full matrix for each axis: the gradient is multiplied, along every axis, by an inverse root of the sum of its
 * products.
 *
 * ```text
 * M = μM + (1 − μ)g
 * Hᵢ ← Hᵢ + matᵢ(g)·matᵢ(g)ᵀ               matᵢ: axis i against all others
 * Pᵢ = (Hᵢ + εI)^(−1/2k)                   k axes; every preconditioningComputeSteps steps, from the first
 * U = M multiplied along every axis by Pᵢ  for a matrix P₀·M·P₁
 * p ← p − learningRate·U
 * ```
 *
 * Slots: `H0`, `H1`, … and `P0`, `P1`, …, zeros, `[d, d]` for an axis of length d, `[d]` where d is larger than
 * `maxMatrixSize`; `M`, zeros, of the parameter's shape, if there is momentum. With `n` elements in a square matrix that is 4n
 * numbers.
 *
 * Kernels keep their rank: a convolution has four matrices and the exponent −1/8. A vector is full-matrix AdaGrad. Roots
 * are computed in float64 on the host, on webgpu by products in float32. The ports in torch_optimizer and pytorch_optimizer
 * take −1/k for −1/2k and feed all but the first matrix what is preconditioned already. A gradient that is not finite is a
 * RangeError when roots are computed, which names the parameter; nothing has changed then. On webgpu it is none.
 *
 * **When to use:** layers of moderate size whose gradients are correlated, where few, good steps count. **When not:** with
 * axes in the thousands, or long training: the step shrinks like 1/√t. **Hint:** `preconditioningComputeSteps` of 20 to
 * 100 loses little and takes nearly all of the extra time away; with `matrixEpsilon` 1e-4 take a tenth of the rate.
 *
 * @example
 * ```ts
 * import { Shampoo } from '@optim/shampoo';
 *
 * const optimizer = new Shampoo({ learningRate: 0.5, momentum: 0.9, preconditioningComputeSteps: 20 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1802.09568
 */
export class Shampoo extends Optimizer<ShampooOptions> {
  static readonly className: string = 'Shampoo';

  static override readonly rule: Rule<ShampooOptions, Slots, { refreshes: boolean }> = {
    options: {
      learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
      momentum: hyper('[0, 1)', 0),
      matrixEpsilon: real('(0, ∞)', 0.1),
      preconditioningComputeSteps: integer('[1, ∞)', 1),
      maxMatrixSize: integer('[1, ∞)', 768),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['M'],
    slots({ momentum, maxMatrixSize }) {
      const shapes = (param: Shape): Shape[] =>
        atLeastVector(param).map((d) => (d > maxMatrixSize ? [d] : [d, d]));
      return { M: momentum !== 0 && zeros, ...axisSlots('H', shapes), ...axisSlots('P', shapes) };
    },
    coefficients: (t, { preconditioningComputeSteps }) => ({
      refreshes: (t - 1) % preconditioningComputeSteps === 0,
    }),
    rounds: () => [
      round({
        observe({ grad, ...slots }, { refreshes }): Results {
          if (!refreshes) return {};
          const g = reshape(grad, atLeastVector(grad.shape));
          return { finite: assertedFinite(g, new Map(axesOf(g.shape).map((i) => [i, slots[`H${i}`]]))) };
        },
        combine: () => ({}),
      }),
    ],
    update({ param, grad, ...slots }, { learningRate, momentum, matrixEpsilon, refreshes }) {
      const shape = atLeastVector(grad.shape);
      const g = reshape(grad, shape);
      const M = slots.M ? ema(slots.M, grad, momentum) : grad;
      const kept: Results = slots.M ? { M } : {};
      let U = reshape(M, shape);
      for (const i of axesOf(shape)) {
        const H = slots[`H${i}`].add(gram(g, i, slots[`H${i}`].rank === 1));
        const P = refreshes ? matrixRoot(H, 2 * shape.length, matrixEpsilon) : slots[`P${i}`];
        Object.assign(kept, { [`H${i}`]: H }, refreshes && { [`P${i}`]: P });
        U = alongAxis(U, i, P);
      }
      return { ...kept, param: param.sub(reshape(U, param.shape).mul(learningRate)) };
    },
  };
}

register(Shampoo);
