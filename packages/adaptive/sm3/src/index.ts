// SPDX-License-Identifier: Apache-2.0
// Anil et al., "Memory-Efficient Adaptive Optimization", arXiv:1901.11150, SM3-II
// Checked against the authors' sm3.py, and optax.scale_by_sm3 for the exponential average.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Results,
  type Rule,
} from '@optim/core/authoring';
import { ema, quotient, zeros } from '@optim/formulas';
import { constant, type Expression } from '@optim/fusion';

/** Options of {@link SM3}. */
export interface SM3Options extends OptimizerOptions {
  /** Decay μ of the average of the scaled gradients; 0: none. @defaultValue `0.9` */
  momentum?: Hyper;
  /** Decay of the squares; 0: their sum. @defaultValue `0` */
  beta?: Hyper;
  /** Added under the root. @defaultValue `1e-30` */
  epsilon?: Hyper;
}

type Coefficients = { keep: number; gain: number };

/** The axes a tensor of TensorFlow.js can have. */
const axes = [0, 1, 2, 3, 4, 5] as const;

/**
 * AdaGrad that keeps one accumulator per axis in place of one per weight: n + m numbers for an n × m matrix.
 *
 * ```text
 * ν = min over axes i of Aᵢ                each along its own axis
 * ν ← ν + g²                               with beta: β·ν + (1 − β)g²
 * Aᵢ ← max of ν over all axes but i
 * s = g/√(ν + ε)                           0 where both are 0
 * m ← μm + (1 − μ)s
 * p ← p − learningRate·m                   without momentum: s
 * ```
 *
 * ν bounds AdaGrad's accumulator of the element from above. The old Aᵢ does not enter the maximum, so that averages can
 * fall. `beta: 0` is not the limit of small values, it means the sum, by which the steps become shorter and shorter.
 *
 * Slots: `A0`, `A1`, …, one per axis, as long as that axis, with all other axes of length 1 (a scalar has `A0` alone);
 * with `momentum` `m`, of the parameter's shape.
 *
 * PyTorch ports take max(Aᵢ, new maximum) with beta > 0, which never falls; optax adds 1e-8 for ε. The paper has no
 * weight decay.
 *
 * **When to use:** large embeddings and sparse gradients, where Adam's second moment does not fit into memory.
 * **When not:** where memory is no concern: the bound is loose for tensors without structure along their axes.
 * **Hint:** warm the learning rate up, quadratically over the first 5 % of the steps; with `beta: 0` it needs no decay.
 *
 * @example
 * ```ts
 * import { SM3 } from '@optim/sm3';
 *
 * model.compile({ optimizer: new SM3({ learningRate: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1901.11150
 */
export class SM3 extends Optimizer<SM3Options> {
  static readonly className: string = 'SM3';

  static override readonly rule: Rule<SM3Options, 'm' | `A${(typeof axes)[number]}`, Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.1),
      momentum: hyper('[0, 1)', 0.9),
      beta: hyper('[0, 1)', 0),
      epsilon: hyper('[0, ∞)', 1e-30),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: ({ momentum }) => ({
      ...Object.fromEntries(axes.map((axis) => [`A${axis}`, accumulator(axis)])),
      m: momentum !== 0 && zeros,
    }),
    coefficients: (_t, { beta }) => (beta === 0 ? { keep: 1, gain: 1 } : { keep: beta, gain: 1 - beta }),
    update({ param, grad, m, ...accumulators }, { learningRate, momentum, epsilon, keep, gain }) {
      const covers = axes.flatMap((axis) => accumulators[`A${axis}`] ?? []);
      const bound = covers.reduce((least, A) => least.minimum(A));
      const nu = bound.mul(keep).add(grad.square().mul(gain));
      const kept: Results = {};
      for (const axis of axes.slice(0, covers.length)) {
        const others = axes.filter((other) => other !== axis && other < nu.rank);
        kept[`A${axis}`] = others.length > 0 ? nu.max(others) : nu;
      }
      let s = quotient(grad, nu.add(epsilon).sqrt());
      if (m) s = kept['m'] = ema(m, s, momentum);
      return { ...kept, param: param.sub(s.mul(learningRate)) };
    },
  };
}

/** Zeros as long as one axis, where there is such an axis; a scalar counts as one element of axis 0. */
function accumulator(axis: number): (param: Expression) => Expression | null {
  return ({ shape, rank }) =>
    axis < Math.max(1, rank)
      ? constant(0).broadcastTo(shape.map((length, i) => (i === axis ? length : 1)))
      : null;
}

register(SM3);
