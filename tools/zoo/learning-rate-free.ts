// SPDX-License-Identifier: Apache-2.0

import { AliG } from '@optim/alig';
import { DAdaptAdam } from '@optim/dadaptation';
import type { Zoo } from './zoo.js';

export const learningRateFree: Zoo = {
  AliG: () => new AliG({ maxLearningRate: 0.1 }),
  DAdaptAdam: () => new DAdaptAdam(),
};
