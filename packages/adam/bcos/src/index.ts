// SPDX-License-Identifier: Apache-2.0
// Jiang and Xiao, "Stochastic Approximation with Block Coordinate Optimal Stepsizes", arXiv:2507.08963
// Checked against the authors' bcos.

import {
  choice,
  commonOptions,
  decayed,
  flag,
  hyper,
  nullable,
  Optimizer,
  outOfRange,
  register,
  type Hyper,
  type Known,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';

/** Options of {@link BCOS}. */
export interface BCOSOptions extends OptimizerOptions {
  /** What is stepped along and divided by, see {@link BCOS}. @defaultValue `'conditional'` */
  mode?: 'conditional' | 'momentum' | 'gradient';
  /** Decay β of the momentum. @defaultValue `0.9` */
  beta?: Hyper;
  /** Decay of v; `null`: 1 − (1 − β)² for the simple condition, β for the other modes. @defaultValue `null` */
  beta2?: Hyper | null;
  /** `'conditional'` with a simpler estimate of v. @defaultValue `false` */
  simpleCondition?: boolean;
  /** Added to √v. @defaultValue `1e-6` */
  epsilon?: Hyper;
}

type Coefficients = { b: number; mm: number; gg: number; mg: number; first: boolean };

/**
 * Momentum divided by an estimate of its own second moment that takes no slot: given the momentum before, the moment of the new
 * one can be written down.
 *
 * ```text
 * v = (3β² − 2β³)m² + (1 − β)²g² + 2β(1 − β)²mg         m before the step
 * m ← βm + (1 − β)g
 * p ← p − learningRate·m/(√v + ε)
 * ```
 *
 * Other ways to find v: with `simpleCondition` v = b·m² + (1 − b)·g², b = 1 − (1 − β)² or β₂. In mode `'momentum'`
 * v ← b·v + (1 − b)·m² with the new m, in mode `'gradient'` the same with g, which is also stepped along: b = β₂ or β. Both start
 * at the first gradient, m = g and v = g², before any decay is added to it, and no bias is corrected.
 *
 * Slots, of the parameter's shape: `m` (not in mode `'gradient'`), `v` (not in mode `'conditional'`).
 *
 * The weight decay is on by default, as in the authors' class.
 *
 * **When to use:** where AdamW does well, with half of its slots. **When not:** where a long memory of the second moment is what
 * helps, as with sparse gradients. **Hint:** the learning rate and decay of AdamW.
 *
 * @example
 * ```ts
 * import { BCOS } from '@optim/bcos';
 *
 * model.compile({ optimizer: new BCOS({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2507.08963
 */
export class BCOS extends Optimizer<BCOSOptions> {
  static readonly className: string = 'BCOS';

  static override readonly rule: Rule<BCOSOptions, 'm' | 'v', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      mode: choice(['conditional', 'momentum', 'gradient']),
      beta: hyper('[0, 1)', 0.9),
      beta2: nullable(hyper('[0, 1)')),
      simpleCondition: flag(false),
      epsilon: hyper('(0, ∞)', 1e-6),
      ...commonOptions(0.1),
    },
    momentum: ['m'],
    validate({ mode, simpleCondition, beta2 }) {
      if (simpleCondition && mode !== 'conditional')
        throw outOfRange('BCOS', 'simpleCondition', `false in mode '${mode}'`, true);
      if (beta2 !== null && mode === 'conditional' && !simpleCondition)
        throw outOfRange('BCOS', 'beta2', "null in mode 'conditional' without simpleCondition", beta2);
    },
    slots: ({ mode }) => ({ m: mode !== 'gradient' && zeros, v: mode !== 'conditional' && zeros }),
    coefficients: (t, { beta, beta2, simpleCondition }) => ({
      b: beta2 ?? (simpleCondition ? 1 - (1 - beta) ** 2 : beta),
      mm: 3 * beta ** 2 - 2 * beta ** 3,
      gg: (1 - beta) ** 2,
      mg: 2 * beta * (1 - beta) ** 2,
      first: t === 1,
    }),
    // The first gradient is needed as it was.
    decay: 'never',
    update({ param: old, grad: raw, ...slots }, known) {
      const { learningRate, beta, epsilon, mode, first, decays } = known;
      const pair = { param: old, grad: raw };
      const { param: start, grad } = decays ? decayed(pair, { ...known, rateInForce: learningRate }) : pair;
      const before = first ? raw : slots.m;
      const d = mode === 'gradient' ? grad : ema(before, grad, beta);
      const kept = mode === 'conditional' ? null : ema(first ? raw.square() : slots.v, d.square(), known.b);
      const v = kept ?? conditional(before, grad, known);
      return {
        ...(mode !== 'gradient' && { m: d }),
        ...(kept && { v: kept }),
        start,
        param: start.sub(d.mul(learningRate).div(v.sqrt().add(epsilon))),
      };
    },
  };
}

/** The second moment of the new momentum, from the one before. */
function conditional(m: Expression, g: Expression, known: Known<BCOSOptions, Coefficients>): Expression {
  const { b, mm, gg, mg } = known;
  if (known.simpleCondition) return ema(m.square(), g.square(), b);
  const v = m.square().mul(mm).add(g.square().mul(gg)).add(m.mul(g).mul(mg));
  // Never negative but for rounding.
  return v.maximum(0);
}

register(BCOS);
