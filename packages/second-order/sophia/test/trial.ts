// SPDX-License-Identifier: Apache-2.0

import { SophiaG, SophiaH } from '@optim/sophia';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  SophiaG: () => new SophiaG({ learningRate: 1e-3, weightDecay: 0, batchSize: 64 }),
  SophiaH: () => new SophiaH({ learningRate: 0.1 }),
};
