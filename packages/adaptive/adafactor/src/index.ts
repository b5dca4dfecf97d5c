// SPDX-License-Identifier: Apache-2.0
// Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", arXiv:1804.04235
// Checked against the chain of optax.adafactor.

import {
  commonOptions,
  decayed,
  flag,
  hyper,
  integer,
  nullable,
  Optimizer,
  outOfRange,
  register,
  type PeakOptions,
  type Hyper,
  type Known,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { ema, factoredAxes, factoredMoment, factoredSlots, zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';

/** Options of {@link AdaFactor}. */
export interface AdaFactorOptions extends PeakOptions {
  /** Step size; `null`: the relative step. @defaultValue `null` */
  learningRate?: Hyper | null;
  /** Use the relative step min(1e-2, 1/√t); `null`: when there is no learningRate. @defaultValue `null` */
  relativeStep?: boolean | null;
  /** The relative step starts at 1e-6·t instead of 1e-2. @defaultValue `false` */
  warmupInit?: boolean;
  /** Multiply the step by the RMS of the parameter. @defaultValue `true` */
  scaleParameter?: boolean;
  /** Decay of the average of the scaled update; `null`: none. @defaultValue `null` */
  beta1?: Hyper | null;
  /** Upper bound of the decay β; `null`: none. @defaultValue `null` */
  beta2?: Hyper | null;
  /** Exponent of the decay schedule β = 1 − t^(−decayRate). @defaultValue `0.8` */
  decayRate?: Hyper;
  /** The RMS of the update is clipped to this; `null`: off. @defaultValue `1` */
  clipThreshold?: Hyper | null;
  /** `false`: a full second moment everywhere. @defaultValue `true` */
  factored?: boolean;
  /** Factor only where the second largest axis is at least this long. @defaultValue `128` */
  minDimSizeToFactor?: number;
  /** Added to g². @defaultValue `1e-30` */
  epsilon1?: Hyper;
  /** Lower bound of the RMS of the parameter. @defaultValue `1e-3` */
  epsilon2?: Hyper;
  /**
   * `'decoupled'`: by the scaled step, p ← p − α·weightDecay·p; the others as everywhere.
   * @defaultValue `'decoupled'`
   */
  weightDecayMode?: WeightDecayMode;
}

type Coefficients = { rho: number; beta: number };

/**
 * Scaling as in RMSProp whose second moment is stored as row and column means (n + m numbers for an n × m matrix), with
 * update clipping and a step size relative to the size of the weights.
 *
 * ```text
 * β = 1 − t^(−decayRate)                   at most β₂
 * ρ = min(1e-2, 1/√t)                      or learningRate
 * α = ρ·max(ε₂, RMS(p))                    or ρ, without scaleParameter
 * R ← βR + (1 − β)·mean_c(g² + ε₁)
 * C ← βC + (1 − β)·mean_r(g² + ε₁)
 * u = g/√(R·C/mean_r(R))
 * u ← α·u/max(1, RMS(u)/clipThreshold)
 * p ← p − u                                with beta1: p ← p − m,  m ← β₁m + (1 − β₁)u
 * ```
 *
 * r and c are the two longest axes (c the longest, the later one of two equals); all others are batch axes. Rank 0 and
 * 1, and tensors whose axis r is shorter than `minDimSizeToFactor`, keep V ← βV + (1 − β)(g² + ε₁) instead.
 * RMS(p) is that before the decay; a decoupled one goes by α in place of learningRate.
 *
 * Slots: `R` (axis c of length 1) and `C` (axis r of length 1), or `V`, of the parameter's shape; with `beta1` `m`.
 *
 * The first code and the PyTorch ports always factor the last two axes; torch and optax have other decay rules.
 *
 * **When to use:** large models with large matrices (T5), where a second moment of every weight does not fit into
 * memory. **When not:** small networks: tensors below `minDimSizeToFactor` save nothing, and AdamW has less to clip.
 * **Hint:** leave `learningRate` unset at first; for fine-tuning, the documentation of Hugging Face's transformers
 * sets 1e-3 with `scaleParameter: false`, and warns against training without a warm-up or `clipThreshold`.
 *
 * @example
 * ```ts
 * import { AdaFactor } from '@optim/adafactor';
 *
 * model.compile({ optimizer: new AdaFactor(), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1804.04235
 */
export class AdaFactor extends Optimizer<AdaFactorOptions> {
  static readonly className: string = 'AdaFactor';

  static override readonly rule: Rule<AdaFactorOptions, 'R' | 'C' | 'V' | 'm', Coefficients> = {
    options: {
      learningRate: nullable(hyper('(0, ∞)', undefined, '[0, ∞)')),
      relativeStep: nullable(flag(false)),
      warmupInit: flag(false),
      scaleParameter: flag(true),
      beta1: nullable(hyper('[0, 1)')),
      beta2: nullable(hyper('(0, 1)')),
      decayRate: hyper('(0, 1]', 0.8),
      clipThreshold: nullable(hyper('(0, ∞)'), 1),
      factored: flag(true),
      minDimSizeToFactor: integer('[1, ∞)', 128),
      epsilon1: hyper('[0, ∞)', 1e-30),
      epsilon2: hyper('(0, ∞)', 1e-3),
      ...commonOptions(),
    },
    momentum: ['m'],
    validate({ learningRate, relativeStep, warmupInit, ...others }) {
      const refused = (constraint: string): RangeError =>
        outOfRange('AdaFactor', 'relativeStep', constraint, relativeStep);
      if (learningRate !== null && relativeStep === true)
        throw refused('false or null when learningRate is given');
      if (learningRate === null && relativeStep === false)
        throw refused('true or null when learningRate is null');
      if (warmupInit && learningRate !== null)
        throw outOfRange('AdaFactor', 'warmupInit', 'false when learningRate is given', true);
      const { learningRateScale = 1 } = others as { readonly learningRateScale?: number };
      if (learningRate === null && learningRateScale !== 1)
        throw outOfRange('AdaFactor', 'learningRateScale', '1 when learningRate is null', learningRateScale);
      if (learningRate === null && others.weightDecayMode === 'corrected')
        throw outOfRange('AdaFactor', 'learningRate', "given with weightDecayMode 'corrected'", null);
    },
    slots({ beta1, ...options }) {
      const minLength = minLengthOf(options);
      return {
        ...factoredSlots(minLength),
        V: (p) => (factoredAxes(p.shape, minLength) ? null : zeros(p)),
        m: beta1 !== null && zeros,
      };
    },
    coefficients: (t, { learningRate, warmupInit, decayRate, beta2 }) => ({
      rho: learningRate ?? relativeRate(t, warmupInit),
      beta: Math.min(1 - t ** -decayRate, beta2 ?? 1),
    }),
    reportedRate: ({ learningRate, warmupInit }, step) => learningRate ?? relativeRate(step, warmupInit),
    decay: 'within',
    rateInForce: alphaOf,
    update({ param, grad, R, C, V, m }, known) {
      const { beta, beta1, clipThreshold, epsilon1, decayStrength } = known;
      const q = grad.square().add(epsilon1);
      const axes = factoredAxes(param.shape, minLengthOf(known));
      if (!axes) V = ema(V, q, beta);
      const { scale, ...moment } = axes
        ? factoredMoment({ R, C }, q, beta, axes)
        : { V, scale: (x: Expression) => x.div(V.sqrt()) };
      let u = scale(grad);
      if (clipThreshold !== null) u = u.div(rms(u).div(clipThreshold).maximum(1));
      const alpha = alphaOf(param, known);
      u = u.mul(alpha);
      if (beta1 !== null) u = ema(m, u, beta1);
      const pair = { param, grad };
      const { param: start } = decayStrength ? decayed(pair, { ...known, rateInForce: alpha }) : pair;
      return { ...moment, ...(beta1 !== null && { m: u }), start, param: start.sub(u) };
    },
  };
}

/** The step size, relative to the parameter as it is before the decay. */
function alphaOf(
  param: Expression,
  { rho, scaleParameter, epsilon2 }: Known<AdaFactorOptions, Coefficients>,
): Expression {
  return scaleParameter ? rms(param).maximum(epsilon2).mul(rho) : rho;
}

function rms(x: Expression): Expression {
  return x.square().mean().sqrt();
}

function relativeRate(t: number, warmupInit: boolean): number {
  return Math.min(warmupInit ? 1e-6 * t : 1e-2, 1 / Math.sqrt(t));
}

/** How long the second longest axis of a tensor must be for its moment to be factored. */
function minLengthOf(options: { factored: boolean; minDimSizeToFactor: number }): number {
  return options.factored ? options.minDimSizeToFactor : Infinity;
}

register(AdaFactor);
