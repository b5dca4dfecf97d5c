// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { WeightAveraging } from '@optim/averaging';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  WeightAveraging: () =>
    new WeightAveraging(new AdamW({ learningRate: 1e-3 }), { decay: 0.99, warmup: true }),
};
