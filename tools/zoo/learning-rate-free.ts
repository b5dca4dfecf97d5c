// SPDX-License-Identifier: Apache-2.0

import { AliG } from '@optim/alig';
import { DAdaptAdaGrad, DAdaptAdam, DAdaptAdan, DAdaptLion, DAdaptSGD } from '@optim/dadaptation';
import { Prodigy } from '@optim/prodigy';
import { ScheduleFreeAdamW, ScheduleFreeSGD } from '@optim/schedulefree';
import type { Zoo } from './zoo.js';

export const learningRateFree: Zoo = {
  AliG: () => new AliG({ maxLearningRate: 0.1 }),
  DAdaptAdaGrad: () => new DAdaptAdaGrad({ d0: 1e-3 }),
  DAdaptAdam: () => new DAdaptAdam(),
  DAdaptAdan: () => new DAdaptAdan({ growthRate: 1.1 }),
  DAdaptLion: (steps) => new DAdaptLion({ d0: 1e-3, learningRate: (step) => 0.1 * (1 - step / steps) }),
  DAdaptSGD: () => new DAdaptSGD({ momentum: 0.9 }),
  Prodigy: () => new Prodigy(),
  ScheduleFreeAdamW: (steps) => new ScheduleFreeAdamW({ warmupSteps: Math.ceil(steps / 20) }),
  ScheduleFreeSGD: (steps) => new ScheduleFreeSGD({ warmupSteps: Math.ceil(steps / 20) }),
};
