// SPDX-License-Identifier: Apache-2.0
// Wright and Demeure, "Ranger21: a synergistic deep learning optimizer", arXiv:2106.13731
// Checked against the authors' Ranger21 with four faults corrected.

import {
  flag,
  hyper,
  integer,
  nullable,
  oneDecayOptions,
  Optimizer,
  outOfRange,
  real,
  register,
  round,
  type CommonOptions,
  type Hyper,
  type Rule,
} from '@optim/core/authoring';
import {
  biasCorrection,
  centralized,
  clippedByUnit,
  copy,
  ema,
  positiveNegative,
  pulledToUnitNorm,
  slowWeights,
  softplus,
  stablyDecayed,
  standardized,
  zeros,
} from '@optim/formulas';
import { constant } from '@optim/fusion';
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

type Slots = 'a' | 'b' | 'v' | 'x' | 'slow';
type Coefficients = {
  eta: number;
  alpha: number;
  correction: number;
  odd: boolean;
  pulls: boolean;
  synchronizes: boolean;
};
/** S: the root of the mean of all second moments. */
type Observed = { S: number };

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
 * or scalar is that of the whole. std is of the whole tensor, with n − 1. t counts the steps of the optimizer, for all parameters. A parameter without a gradient
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
  static readonly className: string = 'Ranger21';

  static override readonly looksAhead: boolean = true;

  static override readonly rule: Rule<Ranger21Options, Slots, Coefficients, Observed> = {
    options: {
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
    },
    needs: ['gradient'],
    momentum: ['a', 'b'],
    validate(options) {
      const { numIterations, learningRate, numWarmDownIterations: down, warmDownMinLr: end } = options;
      if (options.disableLrScheduler) return;
      if (typeof learningRate === 'number' && end > learningRate)
        throw outOfRange('Ranger21', 'warmDownMinLr', `at most learningRate (${learningRate})`, end);
      if (down !== null && down > numIterations) {
        const constraint = `at most numIterations (${numIterations})`;
        throw outOfRange('Ranger21', 'numWarmDownIterations', constraint, down);
      }
    },
    slots: () => ({ a: zeros, b: zeros, v: zeros, x: zeros, slow: copy }),
    coefficients(_t, options, t) {
      const { learningRate, disableLrScheduler, warmDownMinLr } = options;
      const eta = disableLrScheduler
        ? learningRate
        : ranger21({
            learningRate,
            totalSteps: options.numIterations,
            beta2: options.beta2,
            warmupSteps: options.numWarmUpIterations,
            warmdownSteps: options.numWarmDownIterations,
            minLearningRate: Math.min(warmDownMinLr, learningRate),
          })(t - 1);
      return {
        eta,
        ...biasCorrection(t, { ...options, learningRate: eta }),
        odd: t % 2 === 1,
        pulls: options.normLossFactor > 0,
        synchronizes: t % options.lookaheadMergeTime === 0,
      };
    },
    gradient({ param, grad }, { agcClippingValue: clipping, agcEps: epsilon, ...options }) {
      if (clipping !== null) grad = clippedByUnit(grad, param, { clipping, epsilon });
      if (options.centralizeGradients) grad = centralized(grad);
      return options.normalizeGradients ? standardized(grad, { perUnit: false, epsilon: 1e-8 }) : grad;
    },
    // Within the update: it waits for S.
    decay: 'never',
    rounds: () => [
      round({
        observe({ grad, v, x }, { beta2, correction }) {
          x = x.maximum(ema(v, grad.square(), beta2));
          return { total: x.div(correction.square()).sum(), count: constant(x.size) };
        },
        combine: ({ total, count }) => ({ S: total.div(count).sqrt() }),
      }),
    ],
    rateInForce: (_param, { eta }) => eta,
    update({ param, grad, a, b, v, x, slow }, known) {
      const { beta1, beta2, beta0, epsilon, eta, alpha, correction, odd } = known;
      v = ema(v, grad.square(), beta2);
      x = x.maximum(v);
      let start = param;
      if (known.decays) start = stablyDecayed(start, known.weightDecay.mul(eta), known.S);
      if (known.pulls) start = pulledToUnitNorm(start, known.normLossFactor.mul(eta), epsilon);
      const { q, kept } = positiveNegative({ a, b }, grad, { beta1, beta0, odd });
      let d = x.sqrt().div(correction).add(epsilon);
      if (known.useSoftplus) d = softplus(d, known.betaSoftplus);
      const fast = start.sub(q.mul(alpha).div(d));
      if (!known.synchronizes) return { ...kept, v, x, start, param: fast };
      const next = slowWeights(slow, fast, known.lookaheadBlendingAlpha);
      return { ...kept, v, x, slow: next, start, param: next };
    },
  };
}

register(Ranger21);
