// SPDX-License-Identifier: Apache-2.0

import { DAdaptAdaGrad, DAdaptAdam, DAdaptAdan, DAdaptLion, DAdaptSGD } from '@optim/dadaptation';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  DAdaptAdaGrad: () => new DAdaptAdaGrad({ d0: 1e-3 }),
  DAdaptAdam: () => new DAdaptAdam(),
  DAdaptAdan: () => new DAdaptAdan({ growthRate: 1.1 }),
  DAdaptLion: (steps) => new DAdaptLion({ d0: 1e-3, learningRate: (step) => 0.1 * (1 - step / steps) }),
  DAdaptSGD: () => new DAdaptSGD({ momentum: 0.9 }),
};
