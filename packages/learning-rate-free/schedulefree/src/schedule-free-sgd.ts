// SPDX-License-Identifier: Apache-2.0
// Defazio et al., "The Road Less Scheduled", arXiv:2405.15682
// Checked against the authors' schedule_free (after 1.4.1) and optax.

import { decayed, real, register, type Hyper, type Rule } from '@optim/core/authoring';
import {
  advance,
  averaging,
  ScheduleFree,
  warmedOptions,
  type Averages,
  type Coefficients,
  type WarmedOptions,
} from './schedule-free.js';

/** Options of {@link ScheduleFreeSGD}. */
export interface ScheduleFreeSGDOptions extends WarmedOptions {
  /** Step size, 10 to 50 times that of plain SGD. @defaultValue `1` */
  learningRate?: Hyper;
  /** Interpolation between z (0) and x (1) at which gradients are taken; a number, and the same in all steps. @defaultValue `0.9` */
  momentum?: number;
  /** Strength of the weight decay, which is added to the gradient. @defaultValue `0` */
  weightDecay?: Hyper;
}

/**
 * SGD that needs no schedule of its learning rate: an average of the iterates takes the place of the decay.
 *
 * ```text
 * L = learningRate·min(1, t/warmupSteps),  Lmax ← max(Lmax, L)
 * ω = tʳ·Lmax^weightLrPower,  W ← W + ω,   c = ω/W
 * u = g + weightDecay·y
 * y ← y + c(z − y) − L(1 − momentum·(1 − c))u
 * z ← z − Lu
 * ```
 *
 * This is z ← z − Lu, x ← (1 − c)x + cz, y = momentum·x + (1 − momentum)z with x left out. There are **two points**:
 * gradients are taken at y, where the variables are while training; the model is evaluated, used and saved at the
 * average x, to which `useEvaluationWeights()` moves the variables, and from which `useTrainingWeights()` brings them back. A new optimizer is at y;
 * a step at x is an error. `fit` evaluates its validation data at y.
 *
 * t counts the steps of the optimizer, also for a parameter whose first gradient comes late.
 *
 * Slot, of the parameter's shape: `z` (starts at the parameter). Globals: `W`, `Lmax`, `evaluating` (1 at x); a group
 * whose rate, warm-up, `r` or `weightLrPower` is
 * its own has an average of its own, `W1`, `Lmax1` and so on. Statistics of batch normalization
 * belong to y: before evaluating, run a few batches forward in training mode at x.
 *
 * The authors' code must be switched to training before the first step. optax starts its warm-up from rate 0.
 *
 * **When to use:** where SGD does well and the length of the training is not known beforehand. **When not:** with a
 * decaying schedule, which the average replaces, or where nobody can call `useEvaluationWeights()`.
 * **Hint:** `learningRate` is 10 to 50 times that of plain SGD (the default 1 suits a problem that SGD solves with 0.02 to
 * 0.1); the authors recommend a warm-up.
 *
 * @example
 * ```ts
 * import { ScheduleFreeSGD } from '@optim/schedulefree';
 *
 * const optimizer = new ScheduleFreeSGD({ learningRate: 0.1 }); // ten times the 0.01 of SGD
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * // after every model.fit:
 * optimizer.useEvaluationWeights(); // for model.evaluate, model.predict, model.save
 * optimizer.useTrainingWeights(); // for the next model.fit
 * ```
 * @see https://arxiv.org/abs/2405.15682
 */
export class ScheduleFreeSGD extends ScheduleFree<ScheduleFreeSGDOptions> {
  static readonly className: string = 'ScheduleFreeSGD';

  static override readonly rule: Rule<ScheduleFreeSGDOptions, 'z', Coefficients, Averages> = {
    ...averaging,
    options: { ...warmedOptions(1), momentum: real('(0, 1)', 0.9) },
    decay: (pair, known) => decayed(pair, { ...known, weightDecayMode: 'coupled' }),
    update: (tensors, known) => advance(tensors, known, known.momentum, tensors.grad),
  };

  protected override interpolation({ momentum }: Required<ScheduleFreeSGDOptions>): number {
    return momentum;
  }
}

register(ScheduleFreeSGD);
