// SPDX-License-Identifier: Apache-2.0

import { GradientAccumulation } from '@optim/accumulation';
import { AdamW } from '@optim/adamw';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  GradientAccumulation: () => new GradientAccumulation(new AdamW({ learningRate: 2e-3 }), { every: 2 }),
};
