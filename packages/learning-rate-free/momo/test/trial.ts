// SPDX-License-Identifier: Apache-2.0

import { MoMo, MoMoAdam } from '@optim/momo';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  MoMo: () => new MoMo({ learningRate: 1 }),
  MoMoAdam: () => new MoMoAdam({ learningRate: 1e-2 }),
};
