// SPDX-License-Identifier: Apache-2.0
// Mishchenko and Defazio, "Prodigy: An Expeditiously Adaptive Parameter-Free Learner", arXiv:2306.06101
// Checked against the authors' prodigy 1.1.2 and optax.

import {
  decayed,
  flag,
  hyper,
  integer,
  nullable,
  Optimizer,
  plainDecayOptions,
  real,
  register,
  round,
  whole,
  type Hyper,
  type Known,
  type PlainOptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { countedCorrections, ema, pauses, zeros } from '@optim/formulas';
import { every, where, type Expression } from '@optim/fusion';

/** Options of {@link Prodigy}. */
export interface ProdigyOptions extends PlainOptimizerOptions {
  /** Factor on the estimated rate; leave it at 1, schedules multiply it. @defaultValue `1` */
  learningRate?: Hyper;
  /** Decay of the first moment; 0: no slot for it. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Decay of the sums for d; `null`: √β₂. @defaultValue `null` */
  beta3?: Hyper | null;
  /** Times d, added to √v. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Adam's bias correction, as a factor on λ. @defaultValue `false` */
  biasCorrection?: boolean;
  /** Leave learningRate out of the denominator of d, so that a warm-up does not drive d up. @defaultValue `false` */
  safeguardWarmup?: boolean;
  /** First estimate of the distance d. @defaultValue `1e-6` */
  d0?: number;
  /** Factor on the estimate: the knob to tune. @defaultValue `1` */
  dCoef?: Hyper;
  /** The estimate may grow by at most this factor per step, but for its first jump. @defaultValue `Infinity` */
  growthRate?: number;
  /** Only every so-many-th element of a parameter takes part in the estimate, which saves memory. @defaultValue `1` */
  sliceP?: number;
}

type Coefficients = { b: number };
/** Once a round has found the new d, the step goes on with that before it, and with λ for a learningRate of 1. */
type Globals = {
  d: number;
  M: number;
  r: number;
  c1: number;
  c2: number;
  before?: number;
  unit?: number;
  counts?: number;
};
type ProdigyKnown = Known<ProdigyOptions, Coefficients & Globals>;

/**
 * Adam whose learning rate comes from an estimate d of the distance to the solution, found from how far the parameters
 * have moved along the gradients; it adapts faster than D-Adaptation.
 *
 * ```text
 * λ = d·learningRate                       with biasCorrection · √(1 − β₂ᵗ)/(1 − β₁ᵗ)
 * r ← β₃r + (d/d₀)·λ·Σ S(g)·(p₀ − S(p))
 * s ← β₃s + (d/d₀)·λ·S(g)                  with safeguardWarmup d in place of λ
 * m ← β₁m + (1 − β₁)·d·g
 * v ← β₂v + (1 − β₂)·d²·g²
 * d̂ = dCoef·r/Σ|s|
 * M ← max(M, d̂)
 * d ← min(M, d·growthRate)                 at first max(d, d̂) in place of d here
 * p ← p − λ·m/(√v + d·ε)
 * ```
 *
 * Sums are over all parameters; S(x) are the elements 0, sliceP, 2·sliceP, … in row-major order. Moments and λ go by the
 * d before the step, ε by the new one. Decoupled decay is p ← p·(1 − weightDecay·λ). While all gradients have been zero
 * nothing changes and no step is counted; neither in a step whose scheduled learningRate is 0.
 *
 * Slots: `m` (unless β₁ is 0) and `v`, of the parameter's shape; `s` and `p0`, S of the parameter before its first step,
 * of its shape too, or of ⌈size/sliceP⌉ elements: four numbers a parameter, with `sliceP: 11` a little over two.
 * Globals: `d` and `M`, which start at d₀, `r`, and `c1`, `c2`, the values of 1 − βᵗ.
 *
 * Differs from the authors' code with β₁ = 0, where that multiplies g by the new d. optax always corrects the bias
 * and decouples the decay; pytorch_optimizer counts steps twice in the correction and loses the coupled decay. While
 * d is tiny p₀ − p has few digits in float32, and estimates differ between machines in the second significant digit.
 *
 * **When to use:** where Adam does well and its rate is not known: fine-tuning, diffusion models, many small trainings.
 * **When not:** where a good rate is known already, or memory is short. **Hint:** keep learningRate at 1 with a cosine
 * schedule without restarts, set `safeguardWarmup` with a warm-up, and change `dCoef` (0.5 to 2) first.
 *
 * @example
 * ```ts
 * import { Prodigy } from '@optim/prodigy';
 *
 * model.compile({ optimizer: new Prodigy(), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2306.06101
 */
export class Prodigy extends Optimizer<ProdigyOptions> {
  static readonly className: string = 'Prodigy';

  static override readonly rule: Rule<ProdigyOptions, 'm' | 'v' | 's' | 'p0', Coefficients, Globals> = {
    options: {
      learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      beta3: nullable(hyper('[0, 1)')),
      epsilon: hyper('(0, ∞)', 1e-8),
      biasCorrection: flag(false),
      safeguardWarmup: flag(false),
      d0: real('(0, ∞)', 1e-6),
      dCoef: whole(hyper('(0, ∞)', 1)),
      growthRate: whole(real('[1, ∞]', Infinity)),
      sliceP: integer('[1, ∞)', 1),
      ...plainDecayOptions(),
    },
    momentum: ['m'],
    slots: ({ beta1, sliceP }) => ({
      m: beta1 !== 0 && zeros,
      v: zeros,
      s: (param) => zeros(sliced(param, sliceP)),
      p0: (param) => sliced(param, sliceP),
    }),
    globals: ({ d0 }) => ({ d: d0, M: d0, r: 0, c1: 0, c2: 0 }),
    coefficients: (_t, { beta2, beta3 }) => ({ b: beta3 ?? Math.sqrt(beta2) }),
    pauses,
    // p is measured before it decays, and a step that does not count does not decay.
    decay(pair, known) {
      const { counts, weightDecay, weightDecayMode } = known;
      if (weightDecayMode === 'coupled') return decayed(pair, known);
      return counts ? decayed(pair, { ...known, weightDecay: weightDecay.mul(counts) }) : pair;
    },
    rounds: () => [
      round({
        observe({ param, grad, s, p0 }, known) {
          const { d, d0, sliceP } = known;
          const along = sliced(grad, sliceP).mul(p0.sub(sliced(param, sliceP)));
          return {
            product: along.sum().mul(d.div(d0).mul(rates(known).lambda)),
            length: accumulated(grad, s, known).abs().sum(),
          };
        },
        // The new estimate.
        combine({ product, length }, known) {
          const { d, d0, b, dCoef, growthRate } = known;
          const r = known.r.mul(b).add(product);
          const found = r.mul(dCoef).div(length);
          const M = known.M.maximum(found);
          const first = where(d.greater(d0), d, d.maximum(found));
          const { c1, c2 } = countedCorrections(known);
          const counts = length.greater(0);
          return {
            d: where(counts, growthRate === Infinity ? M : M.minimum(first.mul(growthRate)), d),
            M: where(counts, M, known.M),
            r: where(counts, r, known.r),
            c1: where(counts, c1, known.c1),
            c2: where(counts, c2, known.c2),
            before: d,
            unit: where(counts, rates(known).unit, 0),
            counts: where(counts, 1, 0),
          };
        },
      }),
    ],
    rateInForce: (_param, known) => (known.unit ? rates(known).lambda : null),
    update({ param, grad, v, s, ...slots }, known) {
      const { beta1, beta2, epsilon, d } = known;
      const { before, lambda } = rates(known);
      const scaled = grad.mul(before);
      const m = slots.m ? ema(slots.m, scaled, beta1) : scaled;
      v = ema(v, scaled.square(), beta2);
      const step = m.mul(lambda).div(v.sqrt().add(d.mul(epsilon)));
      return { ...(slots.m && { m }), v, s: accumulated(grad, s, known), param: param.sub(step) };
    },
  };
}

/** S(x). */
function sliced(x: Expression, sliceP: number): Expression {
  return sliceP === 1 ? x : every(x, sliceP);
}

/** The d before the step and λ, also when the new d is known. */
function rates(known: ProdigyKnown): Record<'before' | 'unit' | 'lambda', Expression> {
  const { d, before = d, biasCorrection, learningRate } = known;
  const { c1, c2 } = countedCorrections(known);
  const unit = known.unit ?? (biasCorrection ? d.mul(c2.sqrt().div(c1)) : d);
  return { before, unit, lambda: unit.mul(learningRate) };
}

/** The new s. */
function accumulated(grad: Expression, s: Expression, known: ProdigyKnown): Expression {
  const { b, d0, learningRate, safeguardWarmup, sliceP } = known;
  const { before, lambda } = rates(known);
  // What is frozen does not count.
  const warm = safeguardWarmup ? where(learningRate.greater(0), before, 0) : lambda;
  const weight = before.div(d0).mul(warm);
  return s.mul(b).add(sliced(grad, sliceP).mul(weight));
}

register(Prodigy);
