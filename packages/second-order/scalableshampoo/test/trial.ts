// SPDX-License-Identifier: Apache-2.0

import { ScalableShampoo } from '@optim/scalableshampoo';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  ScalableShampoo: () =>
    new ScalableShampoo({ learningRate: 0.01, blockSize: 64, preconditioningComputeSteps: 20 }),
};
