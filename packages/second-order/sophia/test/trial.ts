// SPDX-License-Identifier: Apache-2.0

import { SophiaG, SophiaH } from '@optim/sophia';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  SophiaG: () => new SophiaG({ learningRate: 3e-4, weightDecay: 0 }),
  SophiaH: () => new SophiaH({ learningRate: 0.1 }),
};
