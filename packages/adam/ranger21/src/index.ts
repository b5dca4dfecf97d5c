// SPDX-License-Identifier: Apache-2.0
// Wright and Demeure, "Ranger21: a synergistic deep learning optimizer", arXiv:2106.13731
// Checked against the authors' Ranger21 with four faults corrected.

import { flag, hyper, integer, nullable, oneDecayOptions, Optimizer, outOfRange, real, register, type CommonOptions, type DecayScalars, type Hyper, type OptionTable, type Pair, type Resolved, type Results, type Round, type Scalars, type SlotInit, type Tensors } from '@optim/core/authoring';
import { biasCorrection, centralized, clippedByUnit, copy, ema, positiveNegative, pulledToUnitNorm, slowWeights, softplus, stablyDecayed, standardized, zeros } from '@optim/formulas';
import { constant, type Expression } from '@optim/fusion';
import { ranger21 } from '@optim/schedules';

/** Options of {@link Ranger21}. */
export interface Ranger21Options extends Omit<CommonOptions, 'weightDecayMode'> {
  /** Planned number of steps N, from which the schedule follows. */
  numIterations: number;
  /** Peak of the learning rate. @defaultValue `1e-3` */
  learningRate?: Hyper;
  /** Decay of the first moments: by β₁² in every second step. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Weight of the negative moment. @defaultValue `0.9` */
  beta0?: Hyper;
  /** Added to the root of the second moment, and to norms in the norm loss. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Smooth the denominator, so that small ones give no huge steps. @defaultValue `true` */
  useSoftplus?: boolean;
  /** Sharpness of that: the larger, the closer to the denominator itself. @defaultValue `50` */
  betaSoftplus?: Hyper;
  /** Largest ratio of gradient norm to weight norm in a unit; `null`: no clipping. @defaultValue `0.01` */
  agcClippingValue?: Hyper | null;
  /** Lower bound of the weight norm in that. @defaultValue `1e-3` */
  agcEps?: Hyper;
  /** Subtract from the gradient of every unit its mean, for rank ≥ 2. @defaultValue `true` */
  centralizeGradients?: boolean;
  /** Divide the gradient by its standard deviation, for more than two elements. @defaultValue `true` */
  normalizeGradients?: boolean;
  /** Strength of the stable weight decay, which is decoupled. @defaultValue `1e-4` */
  weightDecay?: Hyper;
  /** Pull of unit norms towards 1. @defaultValue `1e-4` */
  normLossFactor?: Hyper;
  /** Steps between two synchronizations with the slow weights. @defaultValue `5` */
  lookaheadMergeTime?: number;
  /** Share of the way that slow weights go towards the fast ones. @defaultValue `0.5` */
  lookaheadBlendingAlpha?: number;
  /** Steps of linear warm-up; `null`: 2/(1 − β₂), or 22 % of N if that is more than 45 %. @defaultValue `null` */
  numWarmUpIterations?: number | null;
  /** Steps of linear warm-down, at the end of N; 0: none; `null`: 28 % of N. @defaultValue `null` */
  numWarmDownIterations?: number | null;
  /** Rate that the warm-down ends at. @defaultValue `3e-5` */
  warmDownMinLr?: number;
  /** Keep to `learningRate` in all steps. @defaultValue `false` */
  disableLrScheduler?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = {
  eta: number;
  alpha: number;
  correction: number;
  odd: boolean;
  pulls: boolean;
  synchronizes: boolean;
};
type Ranger21Scalars = Scalars<Ranger21Options, Coefficients & { decays: boolean; S: number }>;

/**
 * AdamW with eight additions: clipping, centralization and normalization of gradients, positive-negative momentum, a softplus
 * denominator, stable weight decay and norm loss, a schedule, and Lookahead.
 *
 * ```text
 * g ← g·L/max(‖g‖, L)                      per unit, L = agcClippingValue·max(‖p‖, agcEps)
 * g ← g − mean(g)                          per unit
 * g ← g/(std(g) + 1e-8)
 * v ← β₂v + (1 − β₂)g²
 * x ← max(x, v)
 * S = √(mean of x/(1 − β₂ᵗ) over all elements of all parameters)
 * p ← p·(1 − η·weightDecay/S)              where S > 0
 * p ← p·(1 − 2η·normLossFactor·(1 − 1/(‖p‖ + ε)))     per unit
 * P, N = a, b in odd steps; b, a in even ones
 * P ← β₁²P + (1 − β₁²)g
 * q = [(1 + β₀)P − β₀N]/√[(1 + β₀)² + β₀²]
 * d = softplus(√x/√(1 − β₂ᵗ) + ε)
 * p ← p − α·q/d                            α = η/(1 − β₁ᵗ)
 * every lookaheadMergeTime steps: φ ← φ + lookaheadBlendingAlpha·(p − φ); p ← φ
 * ```
 *
 * η rises to learningRate, stays, and falls to warmDownMinLr at step N, where it remains: the schedule `ranger21` of
 * `@optim/schedules`; the optimizer's `learningRate` is that peak. A unit is an index of the last axis; the norm of a bias
 * or scalar is that of the whole. t counts the steps of the optimizer, for all parameters. A parameter without a gradient
 * stays out of S, and is synchronized at the next turn at which it has one.
 *
 * Slots, of the parameter's shape: `a`, `b`, `v`, `x` (largest v), `slow` (φ, at first a copy of the parameter).
 *
 * The authors' code decays the last parameter only, never uses the maximum, takes a boolean for β₀, and changes the same
 * gradient twice; their PyTorch code has β₀ = 1. pytorch_optimizer starts the sum in S at 1 and has the other faults.
 *
 * **When to use:** to train image models from scratch in a known number of steps without tuning. **When not:** where that number
 * is open, with a schedule of your own, inside Lookahead, or with kernels [1, out], which centralization stops from training.
 * **Hint:** set `numIterations` to the true number of steps.
 *
 * @example
 * ```ts
 * import { Ranger21 } from '@optim/ranger21';
 *
 * model.compile({ optimizer: new Ranger21({ numIterations: 1000 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2106.13731
 */
export class Ranger21 extends Optimizer<Ranger21Options> {
  static get className(): string {
    return 'Ranger21';
  }

  static override readonly options: OptionTable<Ranger21Options> = {
    numIterations: integer('[1, ∞)'),
    learningRate: hyper('(0, ∞)', 1e-3),
    beta1: hyper('[0, 1)', 0.9),
    beta2: hyper('[0, 1)', 0.999),
    beta0: hyper('[0, 1]', 0.9),
    epsilon: hyper('[0, ∞)', 1e-8),
    useSoftplus: flag(true),
    betaSoftplus: hyper('(0, ∞)', 50),
    agcClippingValue: nullable(hyper('(0, ∞)'), 1e-2),
    agcEps: hyper('[0, ∞)', 1e-3),
    centralizeGradients: flag(true),
    normalizeGradients: flag(true),
    normLossFactor: hyper('[0, ∞)', 1e-4),
    lookaheadMergeTime: integer('[1, ∞)', 5),
    lookaheadBlendingAlpha: real('[0, 1]', 0.5),
    numWarmUpIterations: nullable(integer('[0, ∞)')),
    numWarmDownIterations: nullable(integer('[0, ∞)')),
    warmDownMinLr: real('[0, ∞)', 3e-5),
    disableLrScheduler: flag(false),
    adamD: flag(false),
    ...oneDecayOptions(1e-4),
  };

  static override readonly momentumSlots: readonly string[] = ['a', 'b'];
  static override readonly needs: readonly ('loss' | 'gradient')[] = ['gradient'];

  protected override validate(options: Required<Ranger21Options>): void {
    const { numIterations, learningRate, numWarmDownIterations, warmDownMinLr, disableLrScheduler } = options;
    if (disableLrScheduler) return;
    if (typeof learningRate === 'number' && warmDownMinLr > learningRate)
      throw outOfRange('Ranger21', 'warmDownMinLr', `at most learningRate (${learningRate})`, warmDownMinLr);
    if (numWarmDownIterations !== null && numWarmDownIterations > numIterations) {
      const constraint = `at most numIterations (${numIterations})`;
      throw outOfRange('Ranger21', 'numWarmDownIterations', constraint, numWarmDownIterations);
    }
  }

  protected override slots(): Record<string, SlotInit> {
    return { a: zeros, b: zeros, v: zeros, x: zeros, slow: copy };
  }

  protected override coefficients(_t: number, hyper: Resolved<Ranger21Options>): Coefficients {
    const t = this.iterations + 1;
    const eta = hyper.disableLrScheduler ? hyper.learningRate : scheduled(t, hyper);
    return {
      eta,
      ...biasCorrection(t, { ...hyper, learningRate: eta }),
      odd: t % 2 === 1,
      pulls: hyper.normLossFactor > 0,
      synchronizes: t % hyper.lookaheadMergeTime === 0,
    };
  }

  protected override rounds(): Round[] {
    return [typicalStep];
  }

  protected override rateInForce(
    _param: Expression,
    { eta }: DecayScalars & Pick<Ranger21Scalars, 'eta'>,
  ): Expression {
    return eta;
  }

  /** The decay waits for S, and the clipping of gradients looks at the weights as they were. */
  protected override decay(pair: Pair): Pair {
    return pair;
  }

  protected override update(
    { param, grad, a, b, slow, ...second }: Tensors<'a' | 'b' | 'v' | 'x' | 'slow'>,
    scalars: Ranger21Scalars,
  ): Results {
    const { beta1, beta0, epsilon, useSoftplus, betaSoftplus, eta, alpha, correction, odd } = scalars;
    const g = transformed(grad, param, scalars);
    const { v, x } = secondMoments(second, g, scalars);
    let start = param;
    if (scalars.decays) start = stablyDecayed(start, scalars.weightDecay.mul(eta), scalars.S);
    if (scalars.pulls) start = pulledToUnitNorm(start, scalars.normLossFactor.mul(eta), epsilon);
    const { q, kept } = positiveNegative({ a, b }, g, { beta1, beta0, odd });
    let d = x.sqrt().div(correction).add(epsilon);
    if (useSoftplus) d = softplus(d, betaSoftplus);
    const fast = start.sub(q.mul(alpha).div(d));
    if (!scalars.synchronizes) return { ...kept, v, x, start, param: fast };
    const next = slowWeights(slow, fast, scalars.lookaheadBlendingAlpha);
    return { ...kept, v, x, slow: next, start, param: next };
  }
}

/** The gradient clipped, centralized and normalized. */
function transformed(grad: Expression, param: Expression, options: Ranger21Scalars): Expression {
  const { agcClippingValue: clipping, agcEps: epsilon, centralizeGradients, normalizeGradients } = options;
  if (clipping !== null) grad = clippedByUnit(grad, param, { clipping, epsilon });
  if (centralizeGradients) grad = centralized(grad);
  return normalizeGradients ? standardized(grad, { perUnit: false, epsilon: 1e-8 }) : grad;
}

function secondMoments(
  { v, x }: { readonly v: Expression; readonly x: Expression },
  g: Expression,
  { beta2 }: Pick<Ranger21Scalars, 'beta2'>,
): { v: Expression; x: Expression } {
  v = ema(v, g.square(), beta2);
  return { v, x: x.maximum(v) };
}

/** S: the root of the mean of all second moments. */
const typicalStep: Round = {
  observe: (tensors, scalars) => {
    const { param, grad, ...second } = tensors as Tensors<'v' | 'x'>;
    const known = scalars as Ranger21Scalars;
    const { x } = secondMoments(second, transformed(grad, param, known), known);
    return { total: x.div(known.correction.square()).sum(), count: constant(x.size) };
  },
  combine: ({ total, count }) => ({ S: total!.div(count!).sqrt() }),
};

/** The rate of step t, from 1. */
function scheduled(t: number, options: Resolved<Ranger21Options>): number {
  const { learningRate, numIterations, beta2, warmDownMinLr } = options;
  const schedule = ranger21({
    learningRate,
    totalSteps: numIterations,
    beta2,
    warmupSteps: options.numWarmUpIterations,
    warmdownSteps: options.numWarmDownIterations,
    minLearningRate: Math.min(warmDownMinLr, learningRate),
  });
  return schedule(t - 1);
}

register(Ranger21);
