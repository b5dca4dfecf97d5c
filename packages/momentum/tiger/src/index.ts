// SPDX-License-Identifier: Apache-2.0
// Su, "Tiger: A Tight-fisted Optimizer", kexue.fm/archives/9512
// Checked against the author's tiger.py.

import {
  commonOptions,
  decayed,
  filled,
  flag,
  hyper,
  integer,
  Optimizer,
  register,
  type PeakOptions,
  type Hyper,
  type Known,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { constant, where, type Expression } from '@optim/fusion';

/** Options of {@link Tiger}. */
export interface TigerOptions extends PeakOptions {
  /** Step size; with `scaleParameter` the relative change of each tensor per step. @defaultValue `1e-3` */
  learningRate?: Hyper;
  /** Momentum β. @defaultValue `0.965` */
  beta?: Hyper;
  /** Strength of the weight decay. @defaultValue `0.01` */
  weightDecay?: Hyper;
  /**
   * `'layerwise'` is the author's: part of the step, with its length, and none for vectors. The others act before the
   * step, on every tensor.
   * @defaultValue `'layerwise'`
   */
  weightDecayMode?: WeightDecayMode | 'layerwise';
  /** Scale steps by the size of the tensor; else s = learningRate, and vectors decay. @defaultValue `true` */
  scaleParameter?: boolean;
  /** Calls k that make one step, along their mean gradient. @defaultValue `1` */
  gradAccumSteps?: number;
  /** What is left of a tensor for which a gradient with a NaN comes. @defaultValue `0.99` */
  shrinkRatio?: Hyper;
}

type Coefficients = { b: number; share: number; complete: boolean };

/**
 * Signed momentum with steps in proportion to the size of each tensor; gradients of several calls gather in the
 * momentum, which is all the memory it takes.
 *
 * ```text
 * m ← bm + (1 − β)/k·g                     b = β in the first of every k = gradAccumSteps calls, else 1
 * p ← p − s·(sign(m) + weightDecay·p)      in the last of them; p stays in the others
 * s = learningRate·RMS(p)
 * ```
 *
 * Names that contain `embedding` have an RMS per row, over the last axis. For rank 0 and 1, and for names that
 * contain `bias`, `beta` or `gamma`, s = learningRate/2 and there is no decay. sign(0) is 0.
 *
 * A gradient that contains a NaN leaves m as it is, and takes p to c + shrinkRatio·(p − c), in every call; c is 1 for
 * names that contain `gamma`, else 0. Infinities are not looked for.
 *
 * Slots: `m`, of the parameter's shape; scalar: `role`, what the name says. Calls are counted by parameter.
 *
 * pytorch_optimizer has the rule of `scaleParameter: false` alone, which is Lion's with β₁ = β₂.
 *
 * **When to use:** language models, where memory is too short for AdamW or for large batches. **When not:** with
 * matrices or embeddings that start at zero, which never move under `scaleParameter`; with very small batches, unless
 * their gradients are gathered. **Hint:** the learning rate is relative, 1e-3 changes a matrix by a tenth of a
 * percent per step; the author's is 1.76e-3 for language models.
 *
 * @example
 * ```ts
 * import { Tiger } from '@optim/tiger';
 *
 * model.compile({ optimizer: new Tiger({ learningRate: 1.76e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://kexue.fm/archives/9512
 */
export class Tiger extends Optimizer<TigerOptions> {
  static readonly className: string = 'Tiger';

  static override readonly rule: Rule<TigerOptions, 'm' | 'role', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta: hyper('[0, 1)', 0.965),
      scaleParameter: flag(true),
      gradAccumSteps: integer('[1, ∞)', 1),
      shrinkRatio: hyper('(0, 1]', 0.99),
      ...commonOptions(0.01, 'layerwise', ['layerwise', 'decoupled', 'coupled', 'independent', 'corrected']),
    },
    momentum: ['m'],
    slots: () => ({
      m: zeros,
      role: filled(
        ({ name }) => [roleOf(name)],
        () => [],
      ),
    }),
    coefficients: (t, { beta, gradAccumSteps: k }) => ({
      b: (t - 1) % k === 0 ? beta : 1,
      share: (1 - beta) / k,
      complete: t % k === 0,
    }),
    // Only the coupled decay acts in a call that just gathers.
    decay: (pair, known) =>
      known.complete || known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair,
    update({ param, grad, m, role }, known) {
      const { b, share, shrinkRatio, complete, decays, weightDecayMode } = known;
      // Comparisons with NaN are false.
      const isBroken = where(grad.lessEqual(Infinity), 0, 1).max().greater(0);
      const c = where(role.equal(roles.gamma), 1, 0);
      const shrunk = c.add(param.sub(c).mul(shrinkRatio));
      m = where(isBroken, m, m.mul(b).add(grad.mul(share)));
      if (!complete) return { m, param: where(isBroken, shrunk, param) };

      const { s, d } = ratesOf(param, role, known);
      const start = decays && weightDecayMode === 'layerwise' ? param.sub(param.mul(s.mul(d))) : param;
      return { m, start, param: where(isBroken, shrunk, start.sub(m.sign().mul(s))) };
    },
  };
}

/** What the name of a variable says. */
const roles = { none: 0, vector: 1, gamma: 2, embedding: 3 };

function roleOf(name: string): number {
  if (name.includes('gamma')) return roles.gamma;
  if (/bias|beta/.test(name)) return roles.vector;
  return name.includes('embedding') ? roles.embedding : roles.none;
}

/** The length s of the step, and the decay d in it. */
function ratesOf(
  param: Expression,
  role: Expression,
  { learningRate, weightDecay, scaleParameter }: Known<TigerOptions>,
): { s: Expression; d: Expression } {
  if (!scaleParameter) return { s: learningRate, d: weightDecay };
  if (param.rank < 2) return { s: learningRate.div(2), d: constant(0) };
  const isVector = role.equal(roles.vector).or(role.equal(roles.gamma));
  const rows = param.square().mean([param.rank - 1]);
  const size = where(role.equal(roles.embedding), rows, rows.mean()).sqrt();
  return { s: where(isVector, 0.5, size).mul(learningRate), d: where(isVector, 0, weightDecay) };
}

register(Tiger);
