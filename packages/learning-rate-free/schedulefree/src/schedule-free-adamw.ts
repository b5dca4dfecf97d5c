// SPDX-License-Identifier: Apache-2.0
// Defazio et al., "The Road Less Scheduled", arXiv:2405.15682
// Checked against the authors' schedule_free (after 1.4.1) and optax.

import { hyper, real, register, type Hyper, type Rule } from '@optim/core/authoring';
import { copy, ema, quotient, zeros } from '@optim/formulas';
import {
  advance,
  averaging,
  ScheduleFree,
  warmedOptions,
  type Averages,
  type Coefficients,
  type WarmedOptions,
} from './schedule-free.js';

/** Options of {@link ScheduleFreeAdamW}. */
export interface ScheduleFreeAdamWOptions extends WarmedOptions {
  /** Step size, 1 to 10 times that of AdamW. @defaultValue `0.0025` */
  learningRate?: Hyper;
  /** Interpolation between z (0) and x (1) at which gradients are taken; a number, and the same in all steps. @defaultValue `0.9` */
  beta1?: number;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Strength of the weight decay, which is added to the scaled gradient. @defaultValue `0` */
  weightDecay?: Hyper;
  /** Decay of a first moment as that of Adam; 0: none. @defaultValue `0` */
  innerMomentum?: Hyper;
}

type Corrections = { correction: number; mCorrection: number };

/**
 * AdamW that needs no schedule of its learning rate: an average of the iterates takes the place of the decay and of the
 * first moment.
 *
 * ```text
 * L = learningRate·min(1, t/warmupSteps),  Lmax ← max(Lmax, L)
 * ω = tʳ·Lmax^weightLrPower,  W ← W + ω,   c = ω/W
 * v ← β₂v + (1 − β₂)g²
 * u = g/(√v/√(1 − β₂ᵗ) + ε) + weightDecay·y
 * y ← y + c(z − y) − L(1 − β₁(1 − c))u
 * z ← z − Lu
 * ```
 *
 * This is z ← z − Lu, x ← (1 − c)x + cz, y = β₁x + (1 − β₁)z with x left out. There are **two points**: gradients are
 * taken at y, where the variables are while training; the model is evaluated, used and saved at the average x, to which
 * `useEvaluationWeights()` moves the variables, and from which `useTrainingWeights()` brings them back. A new optimizer is at y; a step at x is an
 * error. `fit` evaluates its validation data at y. With `innerMomentum` Adam's corrected first moment takes the place
 * of g in u.
 *
 * t counts the steps of the optimizer, also for a parameter whose first gradient comes late.
 *
 * Slots, of the parameter's shape: `z` (starts at the parameter), `v`, with `innerMomentum` `m`. Globals: `W`, `Lmax`,
 * `evaluating` (1 at x); a group whose rate, warm-up, `r` or `weightLrPower` is
 * its own has an average of its own, `W1`, `Lmax1` and so on.
 * Statistics of batch normalization belong to y: before evaluating, run a few batches forward in training mode at x.
 *
 * The authors' code must be switched to training before the first step; before 1.3 it multiplied L by √(1 − β₂ᵗ), as the
 * paper does, in place of correcting v. optax starts its warm-up from rate 0.
 *
 * **When to use:** where AdamW does well and the length of the training is not known beforehand, at no more memory.
 * **When not:** with a decaying schedule, which the average replaces, or where nobody can call
 * `useEvaluationWeights()`. **Hint:** the authors take β₁ 0.9 for most problems and 0.95 to 0.98 for very long runs,
 * and recommend a warm-up (`warmupSteps`).
 *
 * @example
 * ```ts
 * import { ScheduleFreeAdamW } from '@optim/schedulefree';
 *
 * const optimizer = new ScheduleFreeAdamW({ warmupSteps: 100 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * // after every model.fit:
 * optimizer.useEvaluationWeights(); // for model.evaluate, model.predict, model.save
 * optimizer.useTrainingWeights(); // for the next model.fit
 * ```
 * @see https://arxiv.org/abs/2405.15682
 */
export class ScheduleFreeAdamW extends ScheduleFree<ScheduleFreeAdamWOptions> {
  static readonly className: string = 'ScheduleFreeAdamW';

  static override readonly rule: Rule<
    ScheduleFreeAdamWOptions,
    'z' | 'v' | 'm',
    Coefficients & Corrections,
    Averages
  > = {
    ...averaging,
    options: {
      ...warmedOptions(0.0025),
      beta1: real('(0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      epsilon: hyper('[0, ∞)', 1e-8),
      innerMomentum: hyper('[0, 1)', 0),
    },
    momentum: ['m'],
    slots: ({ innerMomentum }) => ({ z: copy, v: zeros, m: innerMomentum !== 0 && zeros }),
    coefficients: (t, options, step) => ({
      ...averaging.coefficients(t, options, step),
      correction: Math.sqrt(1 - options.beta2 ** step),
      mCorrection: 1 - options.innerMomentum ** step,
    }),
    // The decay is part of u.
    decay: 'never',
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ grad, v, m, ...points }, known) {
      const { beta1, beta2, epsilon, innerMomentum, correction, mCorrection, weightDecay, decays } = known;
      v = ema(v, grad.square(), beta2);
      const D = v.sqrt().div(correction).add(epsilon);
      if (m) m = ema(m, grad, innerMomentum);
      const scaled = quotient(m ? m.div(mCorrection) : grad, D);
      const decay = decays ? points.param.mul(weightDecay) : undefined;
      return { ...advance(points, known, beta1, scaled, decay), v, ...(m && { m }) };
    },
  };

  protected override interpolation({ beta1 }: Required<ScheduleFreeAdamWOptions>): number {
    return beta1;
  }
}

register(ScheduleFreeAdamW);
