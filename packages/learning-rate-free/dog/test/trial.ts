// SPDX-License-Identifier: Apache-2.0

import { DoG, DoWG, LDoG } from '@optim/dog';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  DoG: () => new DoG({ repsRel: 1e-4 }),
  // At 1 the loss of this network jumps.
  DoWG: () => new DoWG({ learningRate: 0.5 }),
  LDoG: () => new LDoG({ repsRel: 1e-4 }),
};
