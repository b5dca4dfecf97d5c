// SPDX-License-Identifier: Apache-2.0

/**
 * Learning-rate schedules as pure functions of the step, for TensorFlow.js.
 *
 * ```ts
 * import { cosineWithWarmup } from '@optim/schedules';
 *
 * const learningRate = cosineWithWarmup({ maxLearningRate: 1e-3, warmupSteps: 100, totalSteps: 5000 });
 * ```
 *
 * Every optimizer of `@optim` takes a schedule wherever it takes a learning rate, but Rprop, for which that is the first step
 * size alone, and for every other option whose range in its option table says "or a schedule". For the optimizers of `tf.train` there is
 * {@link scheduleCallback}.
 *
 * Conventions, which hold wherever an entry says nothing else:
 *
 * - **Step.** It counts the updates already done: `schedule(0)` is the rate of the FIRST update,
 *   `schedule(N - 1)` that of the N-th. A rate of 0 makes the first update a no-op; `initialLearningRate`
 *   avoids that.
 * - **Unit.** Steps are updates of the optimizer, not epochs and, where gradients are accumulated, not
 *   batches. {@link perEpoch} makes any schedule count epochs. Steps that are not whole are allowed.
 * - **Pure.** The same step gives the same value, in any order. To resume a run, the number of the step is
 *   enough.
 * - **After the end** the last value is held for ever. A rate never becomes negative.
 * - **Symbols.** t is the step, w `warmupSteps`, T `totalSteps` (the warm-up included); min and max are
 *   `minLearningRate` and `maxLearningRate`. Arithmetic is done in float64.
 * - **Errors** come when a schedule is made: `TypeError` for an option that is missing, unknown or of the
 *   wrong type, `RangeError` for one outside its range, each naming schedule, option, rule and received
 *   value. A negative or infinite step is a `RangeError`.
 * - **Saving.** `schedule.config` is JSON, and `scheduleFromConfig` of `@optim/core` makes an equal
 *   schedule of it. See {@link registerSchedules} for programs that only load.
 *
 * @packageDocumentation
 */

export {
  reduceOnPlateauCallback,
  scheduleCallback,
  type ReduceOnPlateauCallbackOptions,
  type ReduceOnPlateauCallback,
  type ScheduleCallbackOptions,
  type ScheduleCallback,
} from './callbacks.js';
export { chebyshev, type ChebyshevOptions } from './chebyshev.js';
export { constant, type ConstantOptions } from './constant.js';
export { cosineAnnealing, type CosineAnnealingOptions } from './cosine-annealing.js';
export { cosineWarmRestarts, type CosineWarmRestartsOptions } from './cosine-warm-restarts.js';
export { cosineWarmupRestarts, type CosineWarmupRestartsOptions } from './cosine-warmup-restarts.js';
export { cosineWithWarmup } from './cosine-with-warmup.js';
export { cyclic, cyclicMomentum, type CyclicOptions } from './cyclic.js';
export {
  debertaV3LayerRates,
  type DebertaV3LayerRatesOptions,
  type ParameterRates,
} from './deberta-v3-layer-rates.js';
export { exponential, type ExponentialOptions } from './exponential.js';
export { inversePowerWithWarmup, type InversePowerWithWarmupOptions } from './inverse-power-with-warmup.js';
export { inverseSquareRoot, type InverseSquareRootOptions } from './inverse-square-root.js';
export { inverseTime, type InverseTimeOptions } from './inverse-time.js';
export { join, type JoinOptions } from './join.js';
export { knee, type KneeOptions } from './knee.js';
export { layerwiseDecay, type LayerwiseDecayOptions } from './layerwise-decay.js';
export { linearWithWarmup } from './linear-with-warmup.js';
export { linear, type LinearOptions } from './linear.js';
export { multiStep, type MultiStepOptions } from './multi-step.js';
export { multiply } from './multiply.js';
export { noam, type NoamOptions } from './noam.js';
export { oneCycle, oneCycleMomentum, type OneCycleOptions } from './one-cycle.js';
export { perEpoch } from './per-epoch.js';
export { piecewiseConstant, type PiecewiseConstantOptions } from './piecewise-constant.js';
export { plot, type PlotOptions } from './plot.js';
export { polynomialWithWarmup, type PolynomialWithWarmupOptions } from './polynomial-with-warmup.js';
export { polynomial, type PolynomialOptions } from './polynomial.js';
export { proportional, type ProportionalOptions } from './proportional.js';
export { ranger21, type Ranger21Options } from './ranger21.js';
export {
  reduceOnPlateau,
  type ReduceOnPlateauOptions,
  type PlateauState,
  type ReduceOnPlateau,
} from './reduce-on-plateau.js';
export { registerSchedules } from './register.js';
export { rex, type RexOptions } from './rex.js';
export { scale } from './scale.js';
export { step, type StepOptions } from './step.js';
export { untunedExponentialWarmup } from './untuned-exponential-warmup.js';
export { untunedLinearWarmup, type UntunedWarmupOptions } from './untuned-linear-warmup.js';
export { warmupStableDecay, type Cooldown, type WarmupStableDecayOptions } from './warmup-stable-decay.js';
export { withWarmup, type WithWarmupOptions } from './with-warmup.js';
export type { WarmupDecayOptions } from './with-warmup-decay.js';
