// SPDX-License-Identifier: Apache-2.0

import { OptimisticAdam } from '@optim/optimisticadam';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  OptimisticAdam: () => new OptimisticAdam({ learningRate: 1e-3, beta1: 0.5 }),
};
