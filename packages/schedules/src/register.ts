// SPDX-License-Identifier: Apache-2.0

import { registerSchedule, type Schedule } from '@optim/options';
import { chebyshev } from './chebyshev.js';
import { constant } from './constant.js';
import { cosineAnnealing } from './cosine-annealing.js';
import { cosineWarmRestarts } from './cosine-warm-restarts.js';
import { cosineWarmupRestarts } from './cosine-warmup-restarts.js';
import { cosineWithWarmup } from './cosine-with-warmup.js';
import { cyclic, cyclicMomentum } from './cyclic.js';
import { exponential } from './exponential.js';
import { inversePowerWithWarmup } from './inverse-power-with-warmup.js';
import { inverseSquareRoot } from './inverse-square-root.js';
import { inverseTime } from './inverse-time.js';
import { join } from './join.js';
import { knee } from './knee.js';
import { linear } from './linear.js';
import { linearWithWarmup } from './linear-with-warmup.js';
import { multiStep } from './multi-step.js';
import { multiplyFactory } from './multiply.js';
import { noam } from './noam.js';
import { oneCycle, oneCycleMomentum } from './one-cycle.js';
import { perEpochFactory } from './per-epoch.js';
import { piecewiseConstant } from './piecewise-constant.js';
import { polynomial } from './polynomial.js';
import { polynomialWithWarmup } from './polynomial-with-warmup.js';
import { proportionalFactory } from './proportional.js';
import { ranger21 } from './ranger21.js';
import { rex } from './rex.js';
import { scaleFactory } from './scale.js';
import { step } from './step.js';
import { untunedExponentialWarmup } from './untuned-exponential-warmup.js';
import { untunedLinearWarmup } from './untuned-linear-warmup.js';
import { warmupStableDecay } from './warmup-stable-decay.js';
import { withWarmupFactory } from './with-warmup.js';

/**
 * Makes every schedule of this package known by its name, so that a saved optimizer can be loaded whichever
 * it uses.
 *
 * A schedule registers itself when its module is evaluated, which is enough wherever it was created. A
 * program that only loads what another one saved, and is bundled, calls this first: the bundler drops modules
 * nothing refers to.
 */
export function registerSchedules(): void {
  const factories: Record<string, (options: never) => Schedule> = {
    chebyshev,
    constant,
    cosineAnnealing,
    cosineWarmRestarts,
    cosineWarmupRestarts,
    cosineWithWarmup,
    cyclic,
    cyclicMomentum,
    exponential,
    inversePowerWithWarmup,
    inverseSquareRoot,
    inverseTime,
    join,
    knee,
    linear,
    linearWithWarmup,
    multiStep,
    multiply: multiplyFactory,
    noam,
    oneCycle,
    oneCycleMomentum,
    perEpoch: perEpochFactory,
    piecewiseConstant,
    polynomial,
    polynomialWithWarmup,
    proportional: proportionalFactory,
    ranger21,
    rex,
    scale: scaleFactory,
    step,
    untunedExponentialWarmup,
    untunedLinearWarmup,
    warmupStableDecay,
    withWarmup: withWarmupFactory,
  };
  for (const [name, factory] of Object.entries(factories)) registerSchedule(name, factory);
}
