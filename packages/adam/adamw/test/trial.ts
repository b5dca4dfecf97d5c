// SPDX-License-Identifier: Apache-2.0

import { Adam, AdamD, AdamW, AMSGrad } from '@optim/adamw';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  Adam: () => new Adam({ learningRate: 1e-3 }),
  AdamD: () => new AdamD({ learningRate: 1e-3 }),
  AdamW: () => new AdamW({ learningRate: 1e-3 }),
  AMSGrad: () => new AMSGrad({ learningRate: 1e-3 }),
};
