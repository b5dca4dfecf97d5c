// SPDX-License-Identifier: Apache-2.0

import { Shampoo } from '@optim/shampoo';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  Shampoo: () =>
    new Shampoo({ learningRate: 0.1, momentum: 0.9, preconditioningComputeSteps: 20, maxMatrixSize: 256 }),
};
