// SPDX-License-Identifier: Apache-2.0

import { AdEMAMix, SimplifiedAdEMAMix } from '@optim/ademamix';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  AdEMAMix: (steps) =>
    new AdEMAMix({ learningRate: 1e-3, beta3: 0.999, alphaWarmup: steps, beta3Warmup: steps }),
  SimplifiedAdEMAMix: (steps) =>
    new SimplifiedAdEMAMix({ learningRate: 1e-4, alpha: 10, beta1Warmup: steps }),
};
