// SPDX-License-Identifier: Apache-2.0

import { ScheduleFreeAdamW, ScheduleFreeRAdam, ScheduleFreeSGD } from '@optim/schedulefree';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  ScheduleFreeAdamW: (steps) => new ScheduleFreeAdamW({ warmupSteps: Math.ceil(steps / 20) }),
  ScheduleFreeRAdam: () => new ScheduleFreeRAdam(),
  ScheduleFreeSGD: (steps) => new ScheduleFreeSGD({ warmupSteps: Math.ceil(steps / 20) }),
};
