// SPDX-License-Identifier: Apache-2.0
// Defazio et al., "The Road Less Scheduled", arXiv:2405.15682; Liu et al., "On the Variance of the Adaptive Learning Rate and
// Beyond", arXiv:1908.03265
// Checked against the authors' schedule_free (after 1.4.1).

import { flag, hyper, outOfRange, real, register, type Hyper, type Rule } from '@optim/core/authoring';
import { copy, ema, quotient, rectification, zeros } from '@optim/formulas';
import {
  advance,
  averagingBy,
  ScheduleFree,
  scheduleFreeOptions,
  type Averages,
  type Coefficients,
  type ScheduleFreeOptions,
} from './schedule-free.js';

/** Options of {@link ScheduleFreeRAdam}. */
export interface ScheduleFreeRAdamOptions extends ScheduleFreeOptions {
  /** Step size. @defaultValue `0.0025` */
  learningRate?: Hyper;
  /** Interpolation between z (0) and x (1) at which gradients are taken; a number, and the same in all steps. @defaultValue `0.9` */
  beta1?: number;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Strength of the weight decay, which is added to the scaled gradient. @defaultValue `0` */
  weightDecay?: Hyper;
  /** While the variance is not finite nothing moves (`false`: steps of SGD). @defaultValue `true` */
  silentSgdPhase?: boolean;
}

const averaging = averagingBy<ScheduleFreeRAdamOptions>(
  (t, { learningRate, beta2, silentSgdPhase }) => {
    const { rho, r } = rectification(t, beta2);
    return learningRate * (rho > 4 ? r : silentSgdPhase ? 0 : 1);
  },
  ['learningRate', 'beta2', 'silentSgdPhase'],
);

/**
 * ScheduleFreeAdamW whose step size follows RAdam's rectification: neither a schedule nor a warm-up is to be chosen.
 *
 * ```text
 * ρ, R by RAdam; R = 0 where ρ ≤ 4
 * L = learningRate·R,  Lmax ← max(Lmax, L)
 * ω = tʳ·Lmax^weightLrPower,  W ← W + ω,   c = ω/W
 * v ← β₂v + (1 − β₂)g²
 * u = g/(√v/√(1 − β₂ᵗ) + ε) + weightDecay·y
 * y ← y + c(z − y) − L(1 − β₁(1 − c))u
 * z ← z − Lu
 * ```
 *
 * Where ρ ≤ 4, in the first four steps by default, a step moves nothing; without `silentSgdPhase` R = 1 and u = g + weightDecay·y
 * there, and early points weigh as much as later ones. There are **two points**, as with {@link ScheduleFreeAdamW}: the
 * variables are at y while training; `useEvaluationWeights()` moves them to the average x, and `useTrainingWeights()` back.
 *
 * t counts the steps of the optimizer, also for a parameter whose first gradient comes late.
 *
 * Slots, of the parameter's shape: `z` (at first the parameter before its first step), `v`. Globals: `W`, `Lmax`, `evaluating` (1 at x); a group whose rate, β₂,
 * `silentSgdPhase`, `r` or `weightLrPower` is its own has an average of its own, `W1`, `Lmax1` and so on.
 *
 * RAdam begins at ρ = 5; β₁ is its first moment, here the share of x in y. The authors' code must be switched to training first.
 *
 * **When to use:** where the length of a warm-up would have to be guessed. **When not:** with a schedule or a warm-up, or where
 * nobody can call `useEvaluationWeights()`. **Hint:** as with ScheduleFreeAdamW: change `learningRate` first, then β₁ to 0.95
 * or 0.98 for very long trainings.
 *
 * @example
 * ```ts
 * import { ScheduleFreeRAdam } from '@optim/schedulefree';
 *
 * const optimizer = new ScheduleFreeRAdam();
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * // after every model.fit:
 * optimizer.useEvaluationWeights(); // for model.evaluate, model.predict, model.save
 * optimizer.useTrainingWeights(); // for the next model.fit
 * ```
 * @see https://arxiv.org/abs/2405.15682
 */
export class ScheduleFreeRAdam extends ScheduleFree<ScheduleFreeRAdamOptions> {
  static readonly className: string = 'ScheduleFreeRAdam';

  static override readonly rule: Rule<
    ScheduleFreeRAdamOptions,
    'z' | 'v',
    Coefficients & { correction: number; rectified: boolean },
    Averages
  > = {
    ...averaging,
    options: {
      ...scheduleFreeOptions(0.0025),
      beta1: real('(0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      epsilon: hyper('[0, ∞)', 1e-8),
      silentSgdPhase: flag(true),
    },
    validate({ beta2, silentSgdPhase }) {
      // ρ never exceeds 2/(1 − β₂) − 1.
      if (silentSgdPhase && (beta2 as number) <= 0.6)
        throw outOfRange('ScheduleFreeRAdam', 'beta2', 'above 0.6 with silentSgdPhase', beta2);
    },
    slots: () => ({ z: copy, v: zeros }),
    coefficients: (t, options, step) => ({
      ...averaging.coefficients(t, options, step),
      correction: Math.sqrt(1 - options.beta2 ** step),
      rectified: rectification(step, options.beta2).rho > 4,
    }),
    // The decay is part of u.
    decay: 'never',
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ grad, v, ...points }, known) {
      const { beta1, beta2, epsilon, correction, rectified, weightDecay, decays } = known;
      v = ema(v, grad.square(), beta2);
      const u = rectified ? quotient(grad, v.sqrt().div(correction).add(epsilon)) : grad;
      const decay = decays ? points.param.mul(weightDecay) : undefined;
      return { ...advance(points, known, beta1, u, decay), v };
    },
  };

  protected override interpolation({ beta1 }: Required<ScheduleFreeRAdamOptions>): number {
    return beta1;
  }
}

register(ScheduleFreeRAdam);
